"""The record of a hundred instances: fifty councils of 150 members, every act really signed, by keys used again."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from app.federation import integrity_proofs, keys
from app.governance.charter import Member
from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.kernel.canonical import Document, canonical, digest
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant
from app.ledger.merkle import leaf_hash
from app.operations.assembly import founding
from app.operations.record.folds.rows import received_leaf
from app.store.engine import writing_engine
from app.store.schema import metadata
from app.store.tables_record import acts, leaves
from app.translation.gov_context import CONTEXT
from tests.operations.neighbours import Place, done, settle_down

COUNCILS: Final = 50
MEMBERS: Final = 150
_BATCH: Final = 5_000
_SEEDS: Final = [sha256(b"%d" % number).digest() for number in range(20)]
_COUNTS: Final = {"entitled": 60, "present": 40, "agree": 30, "disagree": 8, "abstain": 2}
_RULE: Final = STARTER_SETTINGS["rules"]["ratification"]


def recorded(folder: Path) -> tuple[Place, int]:
    """A council that has all these acts and their leaves, and nothing else that follows from them; how many acts."""
    folder.mkdir(parents=True)
    template = folder / "template.db"
    engine = writing_engine(f"sqlite:///{template}")
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    place = settle_down(folder, template, {})["Valley"]
    members = [Member(Id(_assembly(0, number)), "zKey", 1) for number in range(MEMBERS)]
    done(place.do(founding.found_council, {}, members))
    place.clock.tick(hours=1)
    others = _acts(place.clock.now())
    number = 0
    while batch := list(islice(others, _BATCH)):
        place.do(_keep, batch)
        number += len(batch)
    return place, number


def _keep(connection: Connection, _: object, batch: list[Document]) -> None:
    """Acts and leaves as a copy of the record brings them; the columns that follow are still empty."""
    end = connection.scalar(select(leaves.c.number).order_by(leaves.c.number.desc()).limit(1))
    first = 1 + (end if end is not None else -1)
    rows, lines = [], []
    for number, document in enumerate(batch, first):
        named = digest(document)
        rows.append(_row(document, named))
        body = received_leaf(document["id"], named)
        lines.append({"number": number, "hash": leaf_hash(body), "body": body})
    connection.execute(insert(acts), rows)
    connection.execute(insert(leaves), lines)


def _row(document: Document, named: str) -> dict[str, Any]:
    return {
        "id": document["id"],
        "digest": named,
        "type": "",
        "author": "",
        "published_at": 0,
        "raw": canonical(document),
        "own": False,
        "standing": "evidence",
        "received_at": 0,
    }


def _acts(at: Instant) -> Iterator[Document]:
    """Of every member its first key, its rules with their decision, and two answers; of every council what is asked."""
    for council in range(COUNCILS):
        forum = f"https://council{council}.example/assembly"
        law = _sealed(forum, "charter", "Charter", at, **_charter(STARTER_CONFEDERATION, _members(council)))
        author = _assembly(council, 0)
        opened = at + timedelta(minutes=1)
        asked = _sealed(author, "fuel", "Proposal", opened, **_proposal(forum, law, opened))
        yield from (law, asked)
        for member in range(MEMBERS):
            yield from _of_member(_assembly(council, member), forum, law, asked, opened)


def _of_member(author: str, forum: str, law: Document, asked: Document, at: Instant) -> Iterator[Document]:
    first = {"gov:version": 1, "gov:keys": ["z6Mk"], "gov:nextKeyDigests": ["zQm"], "gov:body": "commune"}
    yield _sealed(author, "key", "KeyEvent", at, **first)
    decided = {"gov:status": "adopted", "gov:counts": _COUNTS, "gov:rule": _RULE, "gov:modes": ["room"]}
    decision = _sealed(author, "founding", "Decision", at, **decided)
    yield decision
    charter = _sealed(
        author, "charter", "Charter", at, **_charter(STARTER_SETTINGS, []), **{"gov:decision": _ref(decision)}
    )
    yield charter
    for name, about in (("joins", law), ("answers", asked)):
        said = {
            "gov:confederation": forum,
            "gov:proposal": _ref(about),
            "gov:stance": "ratified",
            "gov:counts": _COUNTS,
            "gov:rule": _RULE,
            "gov:charter": _ref(charter),
        }
        yield _sealed(author, name, "Ratification", at + timedelta(hours=1), **said)


def _sealed(author: str, name: str, kind: str, at: Instant, /, **more: object) -> Document:
    document = {
        "@context": list(CONTEXT),
        "id": f"{author.removesuffix('/assembly')}/acts/{name}",
        "type": f"gov:{kind}",
        "attributedTo": author,
        "published": format_instant(at),
        **more,
    }
    signer = keys.seal_signer(f"{author}#ed25519-key", _SEEDS[len(author) % len(_SEEDS)])
    return integrity_proofs.seal(document, signer, at)


def _charter(settings: Document, members: list[Document]) -> Document:
    return {"name": "Rules", "gov:version": 1, "gov:clauses": [], "gov:settings": settings, "gov:members": members}


def _proposal(forum: str, law: Document, at: Instant) -> Document:
    return {
        "name": "Winter fuel",
        "content": "<p>We buy together.</p>" * 10,
        "gov:category": "policy",
        "gov:forum": forum,
        "gov:version": 1,
        "gov:opens": format_instant(at),
        "gov:closes": format_instant(at + timedelta(days=30)),
        "gov:charter": _ref(law),
    }


def _members(council: int) -> list[Document]:
    return [{"assembly": _assembly(council, number), "gov:keylog": "zKey", "gov:seats": 1} for number in range(MEMBERS)]


def _assembly(council: int, number: int) -> str:
    return f"https://member{number}.council{council}.example/assembly"


def _ref(act: Document) -> Document:
    return {"id": act["id"], "gov:digest": digest(act)}
