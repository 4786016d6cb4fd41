"""Alternatives: texts stand beside each other under one question, here or before others; one of them wins (§4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from app.governance.act import Ref
from app.governance.proposal import Event, State, advance
from app.governance.rules import Method, Result, Rule, Status
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.matters import proposing
from app.operations.matters.opening import open_item
from app.operations.matters.proposing import LONGEST_OPTION, MOST_OPEN, OPEN_STATES, charter_of, check_text
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import Standing, StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation.acts import writing
from app.wiring import Instance

MOST: Final = 20
"""Texts under one question."""

_TEXTS: Final = frozenset({"gov:Proposal", "gov:Draft"})
_CAME_TO: Final = {
    Status.REJECTED: Event.REJECTED,
    Status.UNRESOLVED: Event.LEFT_UNRESOLVED,
    Status.NO_QUORUM: Event.QUORUM_MISSED,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question as a member writes it.

    `chosen` are matters of our agenda by id. With a `forum` it is brought to that confederation if we agree, as of
    this `category`, and asks for answers until `answers_by`; `chosen` may then name texts of others by their address.
    """

    title: str
    text: str
    chosen: tuple[str, ...]
    forum: str | None = None
    category: str = ""
    answers_by: Instant | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text under a question: its act, what it is called, and our matter about it if it is one of ours."""

    text: Ref
    name: str
    item: Item | None = None


def ask(connection: Connection, instance: Instance, account: Account, asked: Question) -> Item | Refusal:
    """Put one question before our assembly: which of these texts, or none; they are fixed from then on.

    At home they are proposals of one category, which our charter decides by options. Before a confederation its
    charter has to decide the category so; our assembly first decides whether to bring the question. Its
    `gov:options` name each text by digest. Refuses by `item.title`, `item.text`, `item.many`, `item.unknown`,
    `item.forum`, `item.category` (we have no rule by which to bring it), `item.choosing` (the forum decides that
    text by text), `item.alternatives` (not several, not of one category, or of one that we decide text by text) and
    `proposal.state` (decided, or under another question).
    """
    found = _candidates(connection, asked)
    if isinstance(found, Refusal):
        return found
    refused = check_text(asked.title, asked.text)
    refused = refused or (_refuse_before(connection, instance, asked, found) if asked.forum else None)
    refused = refused or (_refuse(connection, instance, found) if not asked.forum else None)
    if refused is not None:
        return refused
    if agenda.open_of(connection, account.id, OPEN_STATES) >= MOST_OPEN:
        return Refusal("item.many", f"{account.name} has {MOST_OPEN} proposals that are not decided yet")
    ours = [one.item for one in found if one.item is not None]
    for item in ours:
        if not is_free(connection, item):
            return Refusal("proposal.state", f"{item.id} is {item.state}, or under another question")
    question = open_item(
        connection,
        instance,
        Kind.PROPOSAL,
        category=asked.category if asked.forum else ours[0].category,
        title=asked.title,
        source=asked.text,
        details={
            "keys": {"gov:options": _options(found)},
            "alternatives": [item.id for item in ours],
            **({"forum": asked.forum} if asked.forum else {}),
            **({"answers_by": format_instant(asked.answers_by)} if asked.forum and asked.answers_by else {}),
        },
        author=account,
    )
    for item in ours:
        agenda.set_details(connection, item.id, {**item.details, "question": question.id})
        _move(connection, item, Event.FROZEN)
    return question


def chosen_before(connection: Connection, instance: Instance, forum: str) -> tuple[str, ...]:
    """The kinds of matter for which a confederation chooses among texts, by its charter in force, that we can bring."""
    ours = charter_of(connection, instance, instance.assembly, instance.now())
    theirs = charter_of(connection, instance, forum, instance.now())
    if ours is None or theirs is None:
        return ()
    known = proposing.categories(ours)
    return tuple(name for name in known if (rule := theirs.rules.get(name)) is not None and rule.choosing is not None)


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
    """The proposals of ours under a question, in the order of its options; nothing for any other item."""
    found = (agenda.get(connection, item_id) for item_id in question.details.get("alternatives", ()))
    return tuple(item for item in found if item is not None)


def begin(connection: Connection, question: Item) -> Refusal | None:
    """Let the proposals under a question be voted on with it; `item.alternatives` if one was withdrawn or changed.

    Where we only decide whether to bring the question to a confederation, they stay as they are.
    """
    named = {option.get("gov:proposal", {}).get("id") for option in _named(question)}
    found = of(connection, question)
    for item in found:
        moves = is_before_others(question) or not isinstance(advance(State(item.state), Event.VOTING_OPENED), Refusal)
        if not moves or item.state == State.WITHDRAWN or item.act not in named:
            return Refusal("item.alternatives", f"{item.id} is {item.state}, or reads otherwise: ask anew")
    for item in () if is_before_others(question) else found:
        _move(connection, item, Event.VOTING_OPENED)
    return None


def is_before_others(question: Item) -> bool:
    """True if a question is brought to a confederation, where other assemblies choose too."""
    return bool(question.details.get("forum"))


def is_away(connection: Connection, item: Item) -> bool:
    """True for a text that we brought to a confederation under a question: that decides on it, and we may too."""
    question = question_of(connection, item)
    return question is not None and "brought" in question.details


def outcomes(connection: Connection, question: Item, result: Result) -> tuple[tuple[Item, Status], ...]:
    """What each proposal under a question comes to: the winner is adopted with its text, the others are not.

    Where nothing wins, or too few took part, all come to what the question came to. What other assemblies choose
    among too we have not decided.
    """
    found = () if is_before_others(question) else of(connection, question)
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
    for item in () if is_before_others(question) else of(connection, question):
        _move(connection, item, Event.UNCOUNTED)


def _named(question: Item) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = question.details.get("keys", {}).get("gov:options", ())
    return found


def _candidates(connection: Connection, asked: Question) -> tuple[Candidate, ...] | Refusal:
    """The texts that were chosen, in this order; `item.unknown` if one is none, or is at home and not ours."""
    found: list[Candidate] = []
    for one in dict.fromkeys(asked.chosen):
        item = agenda.get(connection, one)
        act = acts.by_id(connection, one) if item is None and asked.forum else None
        if item is not None and item.kind is Kind.PROPOSAL:
            found.append(Candidate(Ref(Id(item.act), item.act_digest), item.title, item))
        elif act is not None and act.type in _TEXTS and act.standing is Standing.AUTHENTIC:
            found.append(_of_others(connection, act))
        else:
            return Refusal("item.unknown", f"{one[:200]} is no text that can be chosen")
    return tuple(found)


def _of_others(connection: Connection, act: StoredAct) -> Candidate:
    mine = agenda.about(connection, act.id)
    kept = mine if mine is not None and mine.kind is Kind.PROPOSAL and mine.act == act.id else None
    return Candidate(Ref(Id(act.id), act.digest), str(load(act).get("name") or "")[:LONGEST_OPTION], kept)


def _options(found: Iterable[Candidate]) -> list[Document]:
    return [
        {"id": f"option-{number}", "name": one.name, "gov:proposal": writing.ref(one.text)}
        for number, one in enumerate(found, 1)
    ]


def _refuse(connection: Connection, instance: Instance, found: tuple[Candidate, ...]) -> Refusal | None:
    """None if one of them wins by the charter under which each was opened, which it keeps."""
    ours = [one.item for one in found if one.item is not None]
    if len({item.category for item in ours}) != 1 or len(ours) > MOST:
        return Refusal("item.alternatives", f"1 to {MOST} proposals of one category")
    least = 1
    for item in ours:
        since = datetime.fromtimestamp(item.created_at, UTC)
        charter = charter_of(connection, instance, instance.assembly, since)
        choosing = _choosing(charter.rules.get(item.category) if charter is not None else None)
        if choosing is None:
            return Refusal("item.alternatives", f"{item.category} is decided text by text")
        least = max(least, _least(choosing))
    return None if len(ours) >= least else Refusal("item.alternatives", f"{least} proposals or more")


def _refuse_before(
    connection: Connection, instance: Instance, asked: Question, found: tuple[Candidate, ...]
) -> Refusal | None:
    """None if a confederation of ours chooses among such texts by its charter in force, and we can bring them."""
    forum, now = asked.forum or "", instance.now()
    theirs = charter_of(connection, instance, forum, now)
    if theirs is None or forum not in confederations.forums(connection, instance):
        return Refusal("item.forum", f"{forum[:200]} is no confederation of ours")
    ours = charter_of(connection, instance, instance.assembly, now)
    if ours is None or asked.category not in proposing.categories(ours):
        return Refusal("item.category", f"our charter has no rule for {asked.category[:80]!r}")
    choosing = _choosing(theirs.rules.get(asked.category))
    if choosing is None:
        return Refusal("item.choosing", f"{forum} decides {asked.category} text by text")
    if any(one.item is not None and one.item.category != asked.category for one in found):
        return Refusal("item.alternatives", f"not all of these are about {asked.category}")
    if not _least(choosing) <= len(found) <= MOST:
        return Refusal("item.alternatives", f"{_least(choosing)} to {MOST} texts")
    return None


def _choosing(rule: Rule | None) -> Rule | None:
    return rule.choosing if rule is not None else None


def _least(choosing: Rule) -> int:
    """Leaving things as they are is always there to be ranked, so that one text is a choice."""
    return 1 if choosing.method is Method.RANKED else 2


def _move(connection: Connection, item: Item, event: Event) -> None:
    if item.state == State.FROZEN and event is Event.FROZEN:
        return
    following = advance(State(item.state), event)
    if isinstance(following, Refusal):
        raise TypeError(f"{item.id}: {following.because}")
    agenda.set_state(connection, item.id, following.value)
