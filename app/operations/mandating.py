"""Mandates: proposed like everything else, granted by a Decision, given to people by name (governance.md §5)."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Any

from app.governance.act import Ref
from app.governance.mandate import Item as MandateItem
from app.governance.mandate import Kind as Latitudes
from app.governance.mandate import Latitude, Topic
from app.governance.ratification import Stance
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant, parse_instant
from app.kernel.refusal import Refusal
from app.operations import confederations
from app.operations.opening import is_founded_commune, open_item, paragraphs
from app.operations.publishing import seal_and_announce
from app.operations.sealing import give_keys, heading
from app.store import accounts, acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_FIXED = (Latitudes.FIXED, Latitudes.AMENDABLE)


@dataclass(frozen=True, slots=True)
class Position:
    """What the delegates are to say on one matter: `subject` is a proposal's address, or a topic by name."""

    subject: str
    latitude: Latitudes
    choices: tuple[Stance, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A mandate as a member proposes it: for which confederation, who, what, until when, why."""

    council: str
    delegates: tuple[str, ...]
    positions: tuple[Position, ...]
    valid_until: Instant
    why: str
    title: str = ""


def propose(connection: Connection, instance: Instance, account: Account, wish: Wish) -> Item | Refusal:
    """Open the item by which our assembly decides on a mandate.

    Refuses by `mandate.council` (no confederation of ours), `.delegates` (nobody, or no member),
    `.items`, `.time` and `.why`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people gives mandates")
    refused = _refuse(connection, instance, wish)
    if refused is not None:
        return refused
    written = _items(connection, wish)
    if isinstance(written, Refusal):
        return written
    people = [found.shown for name in wish.delegates if (found := accounts.named(connection, name)) is not None]
    title = wish.title or _("Mandate for %(people)s") % {"people": ", ".join(people)}
    details = {
        "council": wish.council,
        "delegates": [f"{instance.url}/people/{name}" for name in wish.delegates],
        "items": written,
        "valid_from": format_instant(instance.now()),
        "valid_until": format_instant(wish.valid_until),
        "why": wish.why,
    }
    return open_item(
        connection,
        instance,
        agenda.Kind.MANDATE,
        category="mandate",
        title=title,
        source=_text(connection, wish, people),
        details=details,
        author=account,
    )


def grant(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct:
    """Seal the Mandate that an adopted Decision orders, and give its delegates their keys (B13)."""
    head, details = heading(connection, instance), item.details
    for person in details["delegates"]:
        give_keys(connection, instance, person)
    document = build.mandate(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        delegates=[Id(person) for person in details["delegates"]],
        items=[_read_item(written) for written in details["items"]],
        valid_from=_instant(details["valid_from"]),
        valid_until=_instant(details["valid_until"]),
        decision=Ref(Id(decision.id), decision.digest),
        council=Id(details["council"]),
        content=paragraphs(details["why"]),
    )
    return seal_and_announce(connection, instance, document)


def _refuse(connection: Connection, instance: Instance, wish: Wish) -> Refusal | None:
    if wish.council not in confederations.ours(connection, instance):
        return Refusal("mandate.council", f"{wish.council} is no confederation of ours")
    known = {member.name for member in accounts.members(connection)}
    strangers = [name for name in wish.delegates if name not in known]
    if not wish.delegates or strangers or len(set(wish.delegates)) != len(wish.delegates):
        return Refusal("mandate.delegates", f"a mandate names members, each once; not on the list: {strangers}")
    if wish.valid_until <= instance.now():
        return Refusal("mandate.time", "a mandate ends later than now")
    return None if wish.why else Refusal("mandate.why", "a mandate says why: what was argued and what mattered")


def _items(connection: Connection, wish: Wish) -> list[Document] | Refusal:
    """The positions as the item keeps them: a proposal that is here by its reference, anything else by topic."""
    found: list[Document] = []
    for position in wish.positions:
        if position.latitude in _FIXED and len(position.choices) != 1:
            return Refusal("mandate.items", f"{position.latitude} names one answer, not {len(position.choices)}")
        if position.latitude is Latitudes.RANGE and not position.choices:
            return Refusal("mandate.items", "a range names at least one answer")
        subject: dict[str, Any] = {"topic": position.subject}
        if "://" in position.subject:
            act = acts.by_id(connection, position.subject)
            if act is None or act.type != "gov:Proposal":
                return Refusal("mandate.items", f"no proposal {position.subject} is here")
            subject = {"id": act.id, "gov:digest": act.digest}
        latitude = {"kind": position.latitude.value, "choices": [choice.value for choice in position.choices]}
        found.append({"subject": subject, "latitude": latitude})
    return found


def _read_item(written: Document) -> MandateItem:
    subject, latitude = written["subject"], written["latitude"]
    about = Topic(subject["topic"]) if "topic" in subject else Ref(Id(subject["id"]), subject["gov:digest"])
    choices = tuple(Stance(choice) for choice in latitude["choices"])
    return MandateItem(about, Latitude(Latitudes(latitude["kind"]), choices, tuple(latitude.get("clauses", ()))))


def _text(connection: Connection, wish: Wish, people: list[str]) -> str:
    """The text that is voted on: everything that the Mandate will say, in words."""
    lines = [_("We send %(people)s.") % {"people": ", ".join(people)}]
    for position in wish.positions:
        act = acts.by_id(connection, position.subject)
        known = agenda.about(connection, act.id) if act is not None else None
        about = known.title if known is not None else position.subject
        said = ", ".join(answer_in_words(choice) for choice in position.choices) or _("no answer fixed")
        lines.append(_("On “%(subject)s”: %(answer)s.") % {"subject": about, "answer": said})
    lines.append(_("Until %(end)s.") % {"end": f"{wish.valid_until:%Y-%m-%d %H:%M} UTC"})
    return "\n\n".join([*lines, wish.why])


def answer_in_words(stance: Stance) -> str:
    """What a page calls one of the four answers."""
    return {
        Stance.RATIFIED: _("agree"),
        Stance.RESERVED: _("agree with reservations"),
        Stance.REJECTED: _("against"),
        Stance.ABSTAINED: _("abstain"),
    }[stance]


def _instant(text: str) -> Instant:
    found = parse_instant(text)
    if isinstance(found, Refusal):
        raise TypeError(f"an item of the agenda has a bad time: {found.because}")
    return found
