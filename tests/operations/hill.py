"""One founded commune with a follower on an ordinary server, and what was queued for them."""

import json
from pathlib import Path

from app.kernel.canonical import Document
from app.operations.matters import proposing
from app.operations.record import erasing
from app.store import actors, notices, outbox
from app.store.actors import Follower
from tests.operations.neighbours import Place, done, settle_down

FOLLOWER = "https://ordinary.example/users/mei"


def founded(folder: Path, template: Path) -> Place:
    """Hill, founded, with a follower who reads no acts."""
    place = settle_down(folder, template, {"Hill": ("Rojin", "Tom", "Leyla")})["Hill"]
    follower = Follower(FOLLOWER, f"{FOLLOWER}/inbox", reads_acts=False)
    place.do(lambda c, _: actors.follow(c, place.assembly, follower, 0))
    return place


def proposed(place: Place, title: str = "A bench", text: str = "Words of Rojîn.") -> str:
    """The act of a new proposal of Hill's."""
    draft = proposing.Draft(title, text, "policy", None)
    return done(place.do(proposing.propose, place.people["rojin"], draft)).act


def ordered(place: Place, act: str) -> str:
    """The decision of the assembly that the words of an act go."""
    item = done(place.do(erasing.propose, next(iter(place.people.values())), act, "It named somebody."))
    closed = place.decide(item, agree=len(place.people))
    return next(one.id for one in closed.acts if one.type == "gov:Decision")


def queued(place: Place, kind: str) -> list[Document]:
    """The activities of one type that went out, oldest first."""
    rows = place.read(lambda c: outbox.page(c, place.assembly, None, 500))
    sent = [json.loads(row.raw) for row in reversed(rows)]
    return [activity for activity in sent if activity["type"] == kind]


def post_about(place: Place, act: str) -> Document:
    """The post about an act, as it is served."""
    name = act.rpartition("/")[2]
    raw = place.read(lambda c: notices.get(c, f"{place.instance.url}/notices/{name}"))
    assert raw is not None
    found: Document = json.loads(raw)
    return found
