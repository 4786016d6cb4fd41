"""The demo from curtain to curtain: build the stage, play the cycle, count again offline, report."""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from app.demo import bundles, cast
from app.demo.cycle import Cycle, Told
from app.demo.stage import Server, StageError, free_ports
from app.kernel.canonical import Document

_SEATS: Final = 2
_VERDICTS: Final = {"whole": 1, "without the second result": 0, "without Harbour's entry too": 2}


@dataclass(slots=True)
class Report:
    """What is said while it is played: sentences, or one JSON document at the end."""

    as_json: bool
    told: list[Told] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def tell(self, told: Told) -> None:
        """Say one step with the address where it can be seen."""
        self.told.append(told)
        self.say(f"{told.step}. {told.happened}\n   {told.address}")

    def say(self, sentence: str) -> None:
        """Print a sentence, unless a script reads."""
        if not self.as_json:
            sys.stdout.write(sentence + "\n")
            sys.stdout.flush()

    def waiting(self, what: str) -> AbstractContextManager[object]:
        """Show that something goes on, where somebody looks at a terminal."""
        return nullcontext() if self.as_json else Console(stderr=True).status(what)

    def end(self, failed: str | None) -> int:
        """Say how it ended; the exit code."""
        if self.as_json:
            steps = [{"step": one.step, "happened": one.happened, "address": one.address} for one in self.told]
            seconds = round(time.monotonic() - self.began)
            sys.stdout.write(json.dumps({"held": failed is None, "failed": failed, "seconds": seconds, "steps": steps}))
            sys.stdout.write("\n")
        elif failed is not None:
            sys.stderr.write(f"roundabout demo: {failed}\n")
        return 0 if failed is None else 1


def play(
    *, once: bool, communes: int, folder: Path | None, bundle: Path | None, as_json: bool, database: str = ""
) -> int:
    """Play it, and stay up until interrupted unless `once`; 0 only if every step held.

    `database` is an address with `{name}` in it, for PostgreSQL; without it each body has a SQLite file.
    """
    report = Report(as_json)
    kept = folder or Path(tempfile.mkdtemp(prefix="roundabout-demo-"))
    servers = bodies(kept, communes, database)
    failed: str | None = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being ended from outside ends the servers too
    try:
        raise_curtain(servers, report)
        _play(servers, kept, bundle, report)
        if not once:
            _stay(servers, report)
    except (StageError, LookupError, ValueError, OSError) as broken:
        failed = f"{type(broken).__name__}: {broken}" if not isinstance(broken, StageError) else str(broken)
    finally:
        for server in servers:
            server.stop()
    return report.end(failed)


def bodies(folder: Path, communes: int, database: str) -> list[Server]:
    """The communes, then the council, each with a port and a folder of its own."""
    more = [cast.village(number) for number in range(len(cast.COMMUNES) + 1, communes + 1)]
    bodies = [(body, "commune") for body in (*cast.COMMUNES, *more)] + [(cast.VALLEY, "council")]
    return [
        Server(
            body,
            kind,
            f"http://127.0.0.1:{port}",
            folder.resolve() / body.name.lower().replace(" ", "-"),
            database.replace("{name}", body.name.lower().replace(" ", "_")),
        )
        for (body, kind), port in zip(bodies, free_ports(len(bodies)), strict=True)
    ]


def raise_curtain(servers: list[Server], report: Report) -> None:
    """Make and found every body, and start its server."""
    *communes, council = servers
    report.say("In this demo nobody has to wait: what takes days in life is decided at once here.")
    with report.waiting("Making the bodies, their keys and their people"):
        _at_once(server.gather for server in servers)
        _found(communes, council)
    for server in servers:
        server.start()
    for server in servers:
        server.await_start()
        report.say(f"   {server.body.name}: {server.url} (sign in as {', '.join(server.body.signing_in)})")
    report.say(f"   Everybody's password is: {cast.PASSWORD}")


def _found(communes: list[Server], council: Server) -> None:
    """Found every commune, then the council with all but Harbour as its founding members."""
    rows: list[Document] = []
    for commune in communes:
        body = commune.body
        how = ("--present", str(body.agreed), "--agree", str(body.agreed))
        founded = commune.found(cast.commune_rules(), *how)
        if body.name != cast.HARBOUR.name:
            keylog = founded["keylog"]["gov:digest"]
            rows.append({"assembly": commune.assembly, "gov:keylog": keylog, "gov:seats": _SEATS})
    listed = council.folder / "members.json"
    listed.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    council.found(cast.council_rules(), "--council", str(listed))


def _play(servers: list[Server], folder: Path, bundle: Path | None, report: Report) -> None:
    riverside, hill, harbour, *others, council = servers
    cycle = Cycle(riverside, hill, harbour, council, others, report.tell)
    cycle.confederate()
    cycle.bring()
    cycle.mandate()
    cycle.speak()
    cycle.ratify()
    outcome = cycle.count()
    forged = cycle.deceive(outcome)
    file = bundle or folder / "record.gov.zip"
    riverside.run("export", str(file.resolve()))
    answer = next(
        act["id"]
        for act in riverside.record()
        if act["type"] == "gov:Ratification"
        and act["attributedTo"] == harbour.assembly
        and act["gov:proposal"]["id"] == cycle.proposal
    )
    whole = file.read_bytes()
    variants = {
        "whole": whole,
        "without the second result": bundles.without(whole, [forged["id"]]),
        "without Harbour's entry too": bundles.without(whole, [forged["id"], answer]),
    }
    for number, (name, content) in enumerate(variants.items()):
        changed = folder / f"count-again-{number}.gov.zip"
        changed.write_bytes(content)
        _count_again(name, changed, cycle.proposal, outcome, forged["id"])
    report.tell(Told(8, "Counted again offline: 1 with the second result, 0 without it, 2 without Harbour", str(file)))


def _count_again(name: str, file: Path, proposal: str, outcome: Document, forged: str) -> None:
    """Run the offline verifier on a file; StageError if it does not say what it should."""
    done = subprocess.run(  # noqa: S603 - our own program with our own arguments
        [sys.executable, "-m", "app", "verify", str(file), "--json"], capture_output=True, text=True, check=False
    )
    if done.returncode != _VERDICTS[name]:
        raise StageError(f"verify {name}: exit {done.returncode}, not {_VERDICTS[name]}: {done.stdout[-1500:]}")
    if name == "without Harbour's entry too":
        return
    if (forged in done.stdout) is not (name == "whole"):
        raise StageError(f"verify {name}: the second result {forged} is not named where it is: {done.stdout[-1500:]}")
    [told] = [one for one in json.loads(done.stdout)["proposals"] if one["proposal"]["id"] == proposal]
    if told["count"] is None or told["count"]["counts"] != outcome["gov:counts"]:
        raise StageError(f"verify {name}: counted {told['count']}, Valley signed {outcome['gov:counts']}")


def _at_once(work: Iterable[Callable[[], None]]) -> None:
    """Do independent work side by side; what one of them raises is raised here."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        for done in [pool.submit(one) for one in work]:
            done.result()


def _stay(servers: list[Server], report: Report) -> None:
    hill = servers[1]
    report.say("The servers stay up to be looked at. Ctrl-C ends them.")
    report.say(f"   Begin at {hill.url}/sign-in as Leyla, password: {cast.PASSWORD}")
    try:
        while True:
            for server in servers:
                if any(process.poll() is not None for process in server.processes):
                    raise StageError(f"{server.body.name} has stopped, so the others were ended too")
            time.sleep(1)
    except KeyboardInterrupt:
        report.say("")
