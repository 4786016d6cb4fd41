"""Positions: what delegates are to say on one matter, as a form has it, as an item keeps it, and in words."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Any, Final

from app.governance.act import Ref
from app.governance.mandate import Item, Kind, Latitude, Topic
from app.governance.proposal import Proposal
from app.governance.ratification import Stance
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.record.reading import Reading
from app.store import acts, agenda
from app.store.database import Connection
from app.wiring import Instance

_ONE: Final = frozenset({Kind.FIXED, Kind.AMENDABLE})


@dataclass(frozen=True, slots=True)
class Position:
    """What is to be said on one matter: `subject` is a proposal's address, or a topic by name.

    `clauses` are the numbers of those that have to stay as they are, for `amendable` alone.
    """

    subject: str
    latitude: Kind
    choices: tuple[Stance, ...]
    clauses: tuple[str, ...] = ()


def written(connection: Connection, instance: Instance, position: Position) -> Document | Refusal:
    """The position as an item of the agenda keeps it: a proposal that is here by its reference, else a topic.

    Refuses by `mandate.items` (no such proposal, or answers that the latitude does not take) and
    `mandate.clauses` (the text has no clause of that number).
    """
    latitude = written_latitude(Latitude(position.latitude, position.choices, position.clauses))
    if isinstance(latitude, Refusal):
        return latitude
    if "://" not in position.subject:
        return {"subject": {"topic": position.subject}, "latitude": latitude}
    act = acts.by_id(connection, position.subject)
    proposal = Reading(connection, loopback=instance.loopback).parsed(act) if act is not None else None
    if act is None or act.type != "gov:Proposal":
        return Refusal("mandate.items", f"no proposal {position.subject} is here")
    numbers = {clause.number for clause in proposal.clauses} if isinstance(proposal, Proposal) else set()
    unknown = sorted(set(position.clauses) - numbers)
    if unknown:
        return Refusal("mandate.clauses", f"{act.id} has no clause {', '.join(unknown)[:80]}")
    return {"subject": {"id": act.id, "gov:digest": act.digest}, "latitude": latitude}


def written_latitude(latitude: Latitude) -> Document | Refusal:
    """A latitude as an item keeps it; `mandate.items` if its answers are not those that its kind takes."""
    if latitude.kind in _ONE and len(latitude.choices) != 1:
        return Refusal("mandate.items", f"{latitude.kind} names one answer, not {len(latitude.choices)}")
    if latitude.kind is Kind.RANGE and not latitude.choices:
        return Refusal("mandate.items", "a range names at least one answer")
    found: Document = {"kind": latitude.kind.value, "choices": [choice.value for choice in latitude.choices]}
    if latitude.kind is Kind.AMENDABLE and latitude.clauses:
        found["clauses"] = list(latitude.clauses)
    return found


def item_of(kept: Document) -> Item:
    """The item of a mandate that `written` kept."""
    subject: dict[str, Any] = kept["subject"]
    about = Topic(subject["topic"]) if "topic" in subject else Ref(Id(subject["id"]), subject["gov:digest"])
    return Item(about, latitude_of(kept["latitude"]))


def latitude_of(kept: Document) -> Latitude:
    """The latitude that `written_latitude` kept."""
    choices = tuple(Stance(choice) for choice in kept["choices"])
    return Latitude(Kind(kept["kind"]), choices, tuple(kept.get("clauses", ())))


def in_words(connection: Connection, position: Position) -> str:
    """The position as the text that is voted on says it."""
    act = acts.by_id(connection, position.subject) if "://" in position.subject else None
    known = agenda.about(connection, act.id) if act is not None else None
    title = naming.title_of(connection, act.id) if act is not None else ""
    about = known.title if known is not None else title or position.subject
    return _("On “{subject}”: {answer}").format(
        subject=about, answer=latitude_in_words(Latitude(position.latitude, position.choices, position.clauses))
    )


def latitude_in_words(latitude: Latitude) -> str:
    """How much room a position leaves, as a sentence."""
    said = _(" or ").join(answer_in_words(choice) for choice in latitude.choices)
    words = {
        Kind.FIXED: _("{answer}, and nothing else."),
        Kind.RANGE: _("{answer}."),
        Kind.AMENDABLE: _("{answer}, also on a text with small changes."),
        Kind.INDICATIVE: _("they may only show the tendency."),
    }
    if latitude.clauses:
        held = _("{answer}, also on another text in which these points read the same: {clauses}.")
        return held.format(answer=said, clauses=", ".join(latitude.clauses))
    return words[latitude.kind].format(answer=said)


def answer_in_words(stance: Stance) -> str:
    """What a page calls one of the four answers."""
    return {
        Stance.RATIFIED: _("agree"),
        Stance.RESERVED: _("agree with reservations"),
        Stance.REJECTED: _("against"),
        Stance.ABSTAINED: _("abstain"),
    }[stance]
