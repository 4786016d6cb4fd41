"""One of everything that we send and serve, from instances that played the confederal cycle, made comparable.

Run as a module it writes the golden documents anew.
"""

import asyncio
import json
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from app import main
from app.kernel.ids import Id
from app.operations.confederation import hosting, relaying
from app.operations.exchange import complaining, following, posting, replying
from app.operations.exchange.handling.families import outcome_of
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import consulting, proposing
from app.operations.record import erasing
from app.operations.record.sealing import heading
from app.store import actors, acts, voices
from app.store.actors import Follower, StoredActor
from app.store.database import Connection
from app.store.engine import writing_engine
from app.store.schema import metadata
from app.store.voices import Voice
from app.translation import build
from app.wiring import Instance
from tests.federation.peers import PUBLIC, Document
from tests.operations.cycle import PEOPLE, join, play
from tests.operations.hill import ordered, post_about, proposed, queued
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down

FOLDER: Final = Path(__file__).parent / "golden"
COMMUNITY: Final = "https://lemmy.example/c/mills"
ELSEWHERE: Final = "https://ordinary.example/users/mei"
ACTIVITY_JSON: Final = {"Accept": "application/activity+json"}
_WORDS: Final = {"gov:checkpoint": "(a checkpoint)", "content": "(words)", "contentMap": {"en": "(words)"}}
_ULID: Final = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
_SECRET: Final = re.compile(r"^z[1-9A-HJ-NP-Za-km-z]{40,}$")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass
class Everything:
    """What was sent by all places and what they serve."""

    clients: dict[str, TestClient]
    activities: list[Document] = field(default_factory=list)
    actors: list[Document] = field(default_factory=list)
    served: dict[str, Document] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    @property
    def posts(self) -> list[Document]:
        """The posts within activities."""
        kinds = {"Note", "Event", "Question"}
        things = [one["object"] for one in self.activities if one["type"] in {"Create", "Update"}]
        return [thing for thing in things if isinstance(thing, dict) and thing["type"] in kinds]

    def fetch(self, address: str) -> tuple[int, Document | None]:
        """What a stranger's server gets at an address of one of the places."""
        url = next(url for url in self.clients if address.startswith(f"{url}/"))
        answer = self.clients[url].get(address.removeprefix(url), headers=ACTIVITY_JSON)
        return answer.status_code, answer.json() if answer.content else None


def collect(folder: Path, template: Path) -> Iterator[Everything]:
    """Play the cycle and everything beside it; what came of it, while the applications answer."""
    valley = settle_down(folder, template, PEOPLE)
    for place in valley.places.values():
        _followed(place)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    played = play(valley)
    erased = _beside(valley, played.proposal)
    with ExitStack() as stack:
        clients = {
            place.instance.url: stack.enter_context(
                TestClient(main.build(place.instance, with_worker=False), base_url=place.instance.url)
            )
            for place in valley.places.values()
        }
        everything = Everything(clients, erased=erased)
        for place in valley.places.values():
            with sqlite3.connect(folder / f"{place.name}.db") as database:
                rows = database.execute("SELECT raw, public FROM activities ORDER BY seq").fetchall()
                people = database.execute("SELECT DISTINCT owner FROM keys ORDER BY owner").fetchall()
            kept = [(json.loads(raw), public) for raw, public in rows]
            everything.activities += [one for one, _ in kept if one["type"] != "Tombstone"]
            everything.erased |= {one["id"] for one, public in kept if public and one["type"] == "Tombstone"}
            everything.actors += [document for (owner,) in people if (document := everything.fetch(owner)[1])]
        _serve(everything, valley["Hill"])
        yield everything


def samples(everything: Everything) -> dict[str, Document]:
    """One document of each kind by the name of its file, ids, times and signatures made the same in every run."""
    found: dict[str, Document] = {}
    for activity in everything.activities:
        thing = activity["object"]
        named = "list" if isinstance(thing, list) else "id"
        kind = thing["type"].replace("gov:", "") if isinstance(thing, dict) else named
        found.setdefault(f"{activity['type']}-{kind}{_more(activity)}".lower(), activity)
    for actor in everything.actors:
        found.setdefault(f"actor-{actor['type']}".lower(), actor)
    shortened = {name: _without_keys_of_acts(document) for name, document in found.items()}
    return {name: _steady(document) for name, document in {**shortened, **everything.served}.items()}


def _more(activity: Document) -> str:
    """What sets an activity apart from others of its type that bring things of the same type."""
    thing = activity["object"]
    if not isinstance(thing, dict):
        return ""
    if activity["type"] == "Announce":
        inner = thing.get("object")
        brings = f"-of-{inner['type'].replace('gov:', '')}" if isinstance(inner, dict) else ""
        return f"{brings}-to-{'everybody' if PUBLIC in activity['to'] else 'members'}"
    tags = thing.get("tag") or ()
    return "-reply" if "inReplyTo" in thing else "-hashtag" if any(one["type"] == "Hashtag" for one in tags) else ""


def _followed(place: Place) -> None:
    follower = Follower(ELSEWHERE, f"{ELSEWHERE}/inbox", reads_acts=False)
    place.do(lambda c, _: actors.follow(c, place.assembly, follower, 0))


def _beside(valley: Valley, proposal: str) -> set[str]:
    """What an assembly does in the fediverse beside deciding, and a meeting; the addresses that are gone then."""
    hill, council, river = valley["Hill"], valley["Valley"], valley["Riverside"]
    decision = hill.read(lambda c: acts.of_type(c, "gov:Decision", author=hill.assembly))[0].id
    _hears_a_follow(hill)
    proposed(hill, "Fuel for the hall", "Wood for all. #WinterFuel")
    assert hill.do(following.follow, COMMUNITY) is None
    assert hill.do(following.unfollow, COMMUNITY) is None
    post = f"{hill.instance.url}/notices/{decision.rpartition('/')[2]}"
    assert hill.do(posting.pin, post) is None
    assert hill.do(posting.unpin, post) is None
    assert hill.do(posting.pin, post) is None
    closes = hill.clock.now() + timedelta(hours=1)
    asked = done(hill.do(consulting.ask, decision, "Where should it stand?", ("Square", "Park"), closes))
    assert hill.do(consulting.hear, asked, ELSEWHERE, "Park") is None
    voice = Voice(f"{ELSEWHERE}/1", ELSEWHERE, "<p>Good.</p>", 0, post, post_about(hill, decision)["context"])
    hill.do(lambda c, _: voices.hear(c, voice))
    done(hill.do(replying.reply, hill.people["rojin"], voice.id, "Thank you."))
    done(hill.do(complaining.complain, ELSEWHERE, [f"{ELSEWHERE}/1"], "Spam."))
    answer = queued(river, "Create")
    told = next(one for one in answer if one["object"]["type"] == "Note" and council.assembly in one["cc"])
    council.do(relaying.relay_post, (told["object"]["gov:act"]["id"], told["object"]["gov:act"]["gov:digest"]), told)
    council.do(_meeting)
    council.do(_asked_twice, valley["Harbour"].assembly)
    again = proposing.Draft("More fuel", "We buy more.", "policy", forum=council.assembly)
    river.decide(done(river.do(proposing.propose, next(iter(river.people.values())), again)))
    done(river.do(erasing.erase, proposal, "It named a child.", decision=ordered(river, proposal)))
    valley.clock.tick(hours=2)
    hill.do(consulting.close_due)
    valley.deliver()
    return {proposal, f"{river.instance.url}/notices/{proposal.rpartition('/')[2]}"}


def _hears_a_follow(place: Place) -> None:
    """Somebody on an ordinary server follows and is told so."""
    raw = json.dumps({"id": ELSEWHERE, "type": "Person", "inbox": f"{ELSEWHERE}/inbox"}).encode()
    stored = StoredActor(ELSEWHERE, raw, f"{ELSEWHERE}/inbox", None, reads_acts=False, fetched_at=0)
    place.do(lambda c, _: actors.put(c, stored))
    follow = {"id": f"{ELSEWHERE}/follows/1", "type": "Follow", "actor": ELSEWHERE, "object": place.assembly}
    effect = asyncio.run(outcome_of(place.instance, follow, ELSEWHERE))
    assert callable(effect)
    place.do(lambda c, _: effect(c))


def _meeting(connection: Connection, instance: Instance) -> None:
    head = heading(connection, instance)
    document = build.session(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name="Spring meeting",
        starts=head.published + timedelta(days=7),
        ends=head.published + timedelta(days=7, hours=3),
    )
    seal_and_announce(connection, instance, document)


def _asked_twice(connection: Connection, instance: Instance, member: str) -> None:
    """A member asks to join once more, and is told why that cannot be."""
    act = acts.of_type(connection, "gov:Decision", author=member)[0]
    join = {"id": f"{member}/joins/2", "type": "Join", "actor": member, "object": instance.assembly}
    hosting.on_act(connection, instance, act, join)


def _serve(everything: Everything, place: Place) -> None:
    """What is served beside actors and activities: discovery and collections."""
    url = place.instance.url
    host = url.removeprefix("https://")
    post = next(one for one in everything.posts if one["type"] == "Note" and one["attributedTo"] == place.assembly)
    paths = {
        "webfinger": f"/.well-known/webfinger?resource=acct:assembly@{host}",
        "nodeinfo-links": "/.well-known/nodeinfo",
        "nodeinfo": "/nodeinfo/2.1",
        "outbox": "/assembly/outbox",
        "followers": "/assembly/followers",
        "following": "/assembly/following",
        "featured": "/assembly/featured",
        "dossier": post["context"].removeprefix(url),
        "dossier-page": f"{post['context'].removeprefix(url)}?page=1",
        "replies": post["replies"]["id"].removeprefix(url),
        "likes": post["likes"]["id"].removeprefix(url),
    }
    for name, path in paths.items():
        status, document = everything.fetch(url + path)
        assert status == 200, path
        assert document is not None
        everything.served[f"served-{name}"] = document


def _without_keys_of_acts(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A document in which acts are named by id and type: their own keys are tested where they are written."""
    if isinstance(value, list):
        return [_without_keys_of_acts(item) for item in value]
    if not isinstance(value, dict):
        return value
    if str(value.get("type")).startswith("gov:"):
        return {key: value[key] for key in ("id", "type", "attributedTo")}
    return {key: _without_keys_of_acts(item) for key, item in value.items()}


def _steady(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A document with what differs from run to run made the same."""
    if isinstance(value, dict):
        return {key: _WORDS.get(key) or _steady(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_steady(item) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("-----BEGIN"):
        return "(a PEM)"
    if _SECRET.match(value):
        return "z(a digest, a key or a signature)"
    return _TIME.sub("2026-11-22T15:04:05Z", _ULID.sub("01JDA5ZC3W6V8E0R6T2Y4QK9MB", value))


def write() -> None:
    """Write the golden documents anew."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        with writing_engine(f"sqlite:///{template}").begin() as connection:
            metadata.create_all(connection)
        for everything in collect(Path(folder), template):
            for name, document in samples(everything).items():
                text = json.dumps(document, indent=1, ensure_ascii=False)
                (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
