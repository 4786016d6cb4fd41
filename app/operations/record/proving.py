"""Proving: everything that bears on one proposal as one file, so that anybody can count it again (fine-print 38)."""

from collections.abc import Callable, Iterator
from typing import Final

from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.record import bundling
from app.operations.record.sealing import load, references
from app.store import acts
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.wiring import Instance

MOST_ACTS: Final = 5_000
"""So many acts are in one file at most: it is made for whoever asks."""

_ASKED_ABOUT: Final = frozenset(
    {"gov:Proposal", "gov:Charter", "gov:Mandate", "gov:Ratification", "gov:DelegateVote", "gov:Outcome"}
)
_TELLING: Final = frozenset(
    {"gov:Receipt", "gov:Recall", "gov:Attestation", "gov:Ratification", "gov:DelegateVote", "gov:Outcome"}
)
_OF_A_FORUM: Final = ("gov:Charter", "gov:Admission", "gov:Withdrawal")
_KEY_EVENT: Final = "gov:KeyEvent"


def proof(
    connection: Connection, instance: Instance, proposal_id: str, may_see: Callable[[StoredAct], bool]
) -> bytes | Refusal:
    """A `.gov.zip` of what is here about a proposal, of it what the reader `may_see`.

    Every Outcome about it, what they are counted from and what refutes them. `item.unknown` if it
    is not here or not to be seen, `bundle.size` if there is more than a file holds.
    """
    act = acts.by_id(connection, proposal_id)
    if act is None or act.type != "gov:Proposal" or not may_see(act):
        return Refusal("item.unknown", f"no proposal {proposal_id[:80]!r} is here")
    kept: dict[int, StoredAct] = {}
    todo = [act]
    while todo:
        one = todo.pop()
        if one.seq in kept or one.standing is not Standing.AUTHENTIC or not may_see(one):
            continue
        if len(kept) >= MOST_ACTS:
            return Refusal("bundle.size", f"more than {MOST_ACTS} entries bear on {proposal_id}")
        kept[one.seq] = one
        todo += _bearing(connection, one)
    members = {bundling.path_of(one): one.raw for one in kept.values()}
    members |= bundling.actors_of(connection, instance, {one.author for one in kept.values()})
    return bundling.pack(members)


def _bearing(connection: Connection, act: StoredAct) -> Iterator[StoredAct]:
    """What an act rests on, what is said about it, its forum's rules and members, its author's keys."""
    document = load(act)
    for named in references(document):
        found = acts.by_reference(connection, named.id, named.digest)
        if found is not None:
            yield found
    if act.type in _ASKED_ABOUT:
        yield from (one for one in acts.naming(connection, act.id) if one.type in _TELLING)
    for forum in _forums(document):
        yield from acts.of_authors(connection, [forum], *_OF_A_FORUM)
    yield from acts.of_type(connection, _KEY_EVENT, author=act.author)


def _forums(document: Document) -> Iterator[str]:
    for key in ("gov:forum", "gov:confederation"):
        value = document.get(key)
        yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))
