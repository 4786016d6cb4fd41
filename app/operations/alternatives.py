"""Alternatives: proposals on the agenda stand beside each other under one question, and one of them wins (§4)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from app.governance.act import Ref
from app.governance.proposal import Event, State, advance
from app.governance.rules import Method, Result, Status
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.opening import open_item
from app.operations.proposing import MOST_OPEN, OPEN_STATES, charter_of, check_text
from app.store import agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation.acts import writing
from app.wiring import Instance

MOST: Final = 20
"""Proposals under one question."""

_CAME_TO: Final = {
    Status.REJECTED: Event.REJECTED,
    Status.UNRESOLVED: Event.LEFT_UNRESOLVED,
    Status.NO_QUORUM: Event.QUORUM_MISSED,
}


def ask(
    connection: Connection, instance: Instance, account: Account, title: str, text: str, chosen: Iterable[str]
) -> Item | Refusal:
    """Put one question before our assembly: which of these proposals, or none; their texts are fixed from then on.

    They are of one category, which our charter decides by options: the question's `gov:options` name each text
    by digest. Refuses by `item.title`, `item.text`, `item.many`, `item.unknown`, `item.alternatives` (not several,
    not of one category, or of one that is decided text by text) and `proposal.state` (decided, or under another
    question).
    """
    items = [agenda.get(connection, item_id) for item_id in dict.fromkeys(chosen)]
    found = [item for item in items if item is not None and item.kind is Kind.PROPOSAL]
    if len(found) != len(items):
        return Refusal("item.unknown", "not all of these are proposals")
    refused = check_text(title, text) or _refuse(connection, instance, found)
    if refused is not None:
        return refused
    if agenda.open_of(connection, account.id, OPEN_STATES) >= MOST_OPEN:
        return Refusal("item.many", f"{account.name} has {MOST_OPEN} proposals that are not decided yet")
    for item in found:
        if not is_free(connection, item):
            return Refusal("proposal.state", f"{item.id} is {item.state}, or under another question")
    options = [
        {"id": f"option-{number}", "name": item.title, "gov:proposal": writing.ref(Ref(Id(item.act), item.act_digest))}
        for number, item in enumerate(found, 1)
    ]
    question = open_item(
        connection,
        instance,
        Kind.PROPOSAL,
        category=found[0].category,
        title=title,
        source=text,
        details={"keys": {"gov:options": options}, "alternatives": [item.id for item in found]},
        author=account,
    )
    for item in found:
        agenda.set_details(connection, item.id, {**item.details, "question": question.id})
        _move(connection, item, Event.FROZEN)
    return question


def is_free(connection: Connection, item: Item) -> bool:
    """True if a proposal can be put under a question: undecided, before us alone, and under no question that lives."""
    question = question_of(connection, item)
    lives = question is not None and question.state in OPEN_STATES
    plain = not item.details.get("forum") and "gov:options" not in item.details.get("keys", {})
    return plain and not lives and item.state in {State.OPEN, State.FROZEN}


def question_of(connection: Connection, item: Item) -> Item | None:
    """The question under which a proposal stands."""
    named = item.details.get("question")
    return agenda.get(connection, named) if named is not None else None


def of(connection: Connection, question: Item) -> tuple[Item, ...]:
    """The proposals under a question, in the order of its options; nothing for any other item."""
    found = (agenda.get(connection, item_id) for item_id in question.details.get("alternatives", ()))
    return tuple(item for item in found if item is not None)


def begin(connection: Connection, question: Item) -> Refusal | None:
    """Let the proposals under a question be voted on with it; `item.alternatives` if one was withdrawn or changed."""
    found, options = of(connection, question), question.details.get("keys", {}).get("gov:options", ())
    for item, option in zip(found, options, strict=False):
        named: dict[str, Any] = option.get("gov:proposal", {})
        if isinstance(advance(State(item.state), Event.VOTING_OPENED), Refusal) or item.act != named.get("id"):
            return Refusal("item.alternatives", f"{item.id} is {item.state}, or reads otherwise: ask anew")
    for item in found:
        _move(connection, item, Event.VOTING_OPENED)
    return None


def outcomes(connection: Connection, question: Item, result: Result) -> tuple[tuple[Item, Status], ...]:
    """What each proposal under a question comes to: the winner is adopted with its text, the others are not.

    Where nothing wins, or too few took part, all come to what the question came to.
    """
    found = of(connection, question)
    if not found or result.status is not Status.ADOPTED:
        return tuple((item, result.status) for item in found)
    winner = result.order[0][0]
    return tuple(
        (item, Status.ADOPTED if f"option-{number}" == winner else Status.REJECTED)
        for number, item in enumerate(found, 1)
    )


def end(connection: Connection, item: Item, status: Status) -> None:
    """Move a proposal under a question to what it came to."""
    _move(connection, item, Event.ADOPTED if status is Status.ADOPTED else _CAME_TO[status])


def release(connection: Connection, question: Item) -> None:
    """Let the proposals under a question wait with it: nobody could add up the vote."""
    for item in of(connection, question):
        _move(connection, item, Event.UNCOUNTED)


def _refuse(connection: Connection, instance: Instance, found: list[Item]) -> Refusal | None:
    """None if one of them wins by the charter under which each was opened, which it keeps."""
    if len({item.category for item in found}) != 1 or len(found) > MOST:
        return Refusal("item.alternatives", f"1 to {MOST} proposals of one category")
    least = 1
    for item in found:
        since = datetime.fromtimestamp(item.created_at, UTC)
        charter = charter_of(connection, instance, instance.assembly, since)
        rule = charter.rules.get(item.category) if charter is not None else None
        choosing = rule.of_options if rule is not None else None
        if choosing is None:
            return Refusal("item.alternatives", f"{item.category} is decided text by text")
        least = max(least, 1 if choosing.method is Method.RANKED else 2)
    return None if len(found) >= least else Refusal("item.alternatives", f"{least} proposals or more")


def _move(connection: Connection, item: Item, event: Event) -> None:
    if item.state == State.FROZEN and event is Event.FROZEN:
        return
    following = advance(State(item.state), event)
    if isinstance(following, Refusal):
        raise TypeError(f"{item.id}: {following.because}")
    agenda.set_state(connection, item.id, following.value)
