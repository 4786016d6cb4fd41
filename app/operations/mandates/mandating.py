"""Mandates: proposed like everything else, granted by a Decision, given to people by name (governance.md §5)."""

from dataclasses import dataclass
from gettext import gettext as _
from typing import Any, Final

from app.governance.act import Ref
from app.governance.charter import Charter
from app.governance.mandate import Latitude, Mandate, Office
from app.governance.proposal import Proposal
from app.governance.ratification import Decision
from app.governance.terms import derogates
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant, in_words, parse_instant
from app.kernel.refusal import Refusal
from app.operations.assembly import rotating
from app.operations.confederation import confederations
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import positions, seating
from app.operations.mandates.positions import Position
from app.operations.matters.opening import is_founded_commune, open_item, paragraphs
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import give_keys, heading
from app.store import accounts, acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

__all__ = ["Position", "Wish", "chosen_instead", "grant", "propose", "receivers"]

LONGEST_WORDS: Final = 200
_NOT_VOTED_DOWN: Final = frozenset({"open", "frozen", "deciding", "unresolved", "no_quorum", "adopted", "expired"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A mandate as a member proposes it: to whom (a confederation or host, or an outside `office`), who, what, why.

    `default` is what holds on whatever no position names; `instead_of` the mandate whose place it
    takes; `beyond` why somebody is sent for longer than the rules foresee.
    """

    council: str
    delegates: tuple[str, ...]
    positions: tuple[Position, ...]
    valid_until: Instant
    why: str
    title: str = ""
    valid_from: Instant | None = None
    term: str = ""
    default: Latitude | None = None
    office: Office | None = None
    instead_of: str = ""
    beyond: str = ""


def propose(connection: Connection, instance: Instance, account: Account, wish: Wish) -> Item | Refusal:
    """Open the item by which our assembly decides on a mandate.

    Refuses by `mandate.council` (no confederation of ours, and no host of a session), `.office` (our
    rules have no outside offices), `.delegates` (nobody, or no member), `.seats`, `.items`,
    `.clauses`, `.time`, `.why`, `.instead` and `.beyond` (longer than our rules foresee, and no reason).
    """
    refused = _refuse(connection, instance, wish) or _refuse_instead(connection, instance, wish)
    if refused is not None:
        return refused
    written = _items(connection, instance, wish)
    if isinstance(written, Refusal):
        return written
    starts = wish.valid_from or instance.now()
    overruns = rotating.overruns(connection, instance, _proposed(instance, wish, starts), wish.term)
    if overruns and not wish.beyond:
        return Refusal("mandate.beyond", " ".join(rotating.in_words(connection, instance, overruns)))
    people = [found.shown for name in wish.delegates if (found := accounts.named(connection, name)) is not None]
    details = {
        "delegates": [f"{instance.url}/people/{name}" for name in wish.delegates],
        **written,
        "valid_from": format_instant(starts),
        "valid_until": format_instant(wish.valid_until),
        "keys": {"gov:validUntil": format_instant(wish.valid_until)},
        "why": wish.why,
        **({"term": wish.term} if wish.term else {}),
        **({"instead_of": wish.instead_of} if wish.instead_of else {}),
        **({"beyond": wish.beyond} if overruns else {}),
    }
    longer = rotating.in_words(connection, instance, overruns)
    return open_item(
        connection,
        instance,
        agenda.Kind.MANDATE,
        category="mandate",
        title=wish.title or _("Mandate for %(people)s") % {"people": ", ".join(people)},
        source=_text(connection, instance, wish, people, longer),
        details=details,
        author=account,
    )


def grant(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct | Refusal:
    """Seal the Mandate that an adopted Decision orders, and give its delegates their keys (B13).

    Refuses by `term.derogation` where somebody would serve longer than our rules foresee and fewer
    than two thirds agreed: then nobody is sent (B11).
    """
    details = item.details
    known = Reading(connection, loopback=instance.loopback).parsed(decision)
    if "beyond" in details and isinstance(known, Decision):
        refused = derogates(known)
        if refused is not None:
            return refused
    head = heading(connection, instance)
    for person in details["delegates"]:
        give_keys(connection, instance, person)
    office, replaced = details.get("office"), _act(connection, details.get("instead_of", ""))
    document = build.mandate(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        delegates=[Id(person) for person in details["delegates"]],
        items=[positions.item_of(kept) for kept in details["items"]],
        valid_from=max(_instant(details["valid_from"]), head.published),
        valid_until=_instant(details["valid_until"]),
        decision=Ref(Id(decision.id), decision.digest),
        council=_council(details.get("council", "")),
        office=Office(office["name"], office["institution"]) if office is not None else None,
        default=positions.latitude_of(details["default"]) if "default" in details else None,
        term=details.get("term"),
        composition=seating.composition_of(item),
        supersedes=Ref(Id(replaced.id), replaced.digest) if replaced is not None else None,
        content=paragraphs(details["why"]),
    )
    act = seal_and_announce(connection, instance, document)
    agenda.set_details(connection, item.id, {**item.details, "granted": act.id})
    return act


def _council(kept: str) -> Id | tuple[Id, ...]:
    """To whom an item sends: one assembly, or the list."""
    named = tuple(Id(address) for address in kept.split())
    return named[0] if len(named) == 1 else named


def receivers(connection: Connection, instance: Instance) -> tuple[str, ...]:
    """To whom delegates can be sent: confederations of ours, assemblies that called a session (G18) and lists.

    A list of assemblies before which a text is that we answer too is their addresses, a space between (fine-print 33).
    """
    hosts = {act.author for act in acts.of_type(connection, "gov:Session")}
    found = Reading(connection, loopback=instance.loopback).all_of(Proposal, acts.of_type(connection, "gov:Proposal"))
    lists = {" ".join(one.forum) for one in found if one.listed and instance.assembly in one.forum}
    return (*sorted(confederations.ours(connection, instance) | hosts), *sorted(lists))


def chosen_instead(connection: Connection, mandate_id: str) -> Item | None:
    """The item by which a mandate in place of this one was proposed last, if it was not voted down (B5)."""
    return next(
        (
            item
            for item in agenda.of_kind(connection, Kind.MANDATE)
            if item.details.get("instead_of") == mandate_id and item.state in _NOT_VOTED_DOWN
        ),
        None,
    )


def _refuse(connection: Connection, instance: Instance, wish: Wish) -> Refusal | None:
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people gives mandates")
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if wish.office is None and wish.council not in receivers(connection, instance):
        return Refusal("mandate.council", f"{wish.council} is no confederation of ours")
    if wish.office is not None and not _may_have(charter, instance, wish.office):
        return Refusal("mandate.office", "our charter has no outside offices, or the office has no name")
    known = {member.name for member in accounts.members(connection)}
    strangers = [name for name in wish.delegates if name not in known]
    if not wish.delegates or strangers or len(set(wish.delegates)) != len(wish.delegates):
        return Refusal("mandate.delegates", f"a mandate names members, each once; not on the list: {strangers}")
    if wish.office is None and charter is not None and len(wish.delegates) > charter.seats:
        return Refusal("mandate.seats", f"a delegation has {charter.seats} seats, not {len(wish.delegates)}")
    starts = wish.valid_from or instance.now()
    if wish.valid_until <= instance.now() or wish.valid_until <= starts:
        return Refusal("mandate.time", "a mandate ends later than now, and later than it begins")
    if max(map(len, (wish.term, wish.title, *_texts_of(wish.office)))) > LONGEST_WORDS:
        return Refusal("mandate.words", f"a name has at most {LONGEST_WORDS} characters")
    return None if wish.why else Refusal("mandate.why", "a mandate says why: what was argued and what mattered")


def _may_have(charter: Charter | None, instance: Instance, office: Office) -> bool:
    """An office of our own always; one outside only if our rules have them."""
    own = _is_own(instance, office)
    return all(_texts_of(office)) and (own or (charter is not None and charter.offices))


def _is_own(instance: Instance, office: Office | None) -> bool:
    return office is not None and office.institution == instance.assembly


def _refuse_instead(connection: Connection, instance: Instance, wish: Wish) -> Refusal | None:
    """`mandate.instead` if the mandate whose place it takes is none of ours, or its place is taken."""
    if not wish.instead_of:
        return None
    act = _act(connection, wish.instead_of)
    mandate = Reading(connection, loopback=instance.loopback).parsed(act) if act is not None else None
    if act is None or not act.own or not isinstance(mandate, Mandate):
        return Refusal("mandate.instead", f"{wish.instead_of[:80]} is no mandate of ours")
    if chosen_instead(connection, act.id) is not None:
        return Refusal("mandate.instead", f"another is proposed in place of {act.id}, or was chosen")
    return None


def _items(connection: Connection, instance: Instance, wish: Wish) -> dict[str, Any] | Refusal:
    """What the mandate says, as the item keeps it."""
    if not wish.positions and wish.default is None and not _is_own(instance, wish.office):
        return Refusal("mandate.items", "a mandate names what it is about, or what holds on everything")
    found: list[Document] = []
    for position in wish.positions:
        written = positions.written(connection, instance, position)
        if isinstance(written, Refusal):
            return written
        found.append(written)
    kept: dict[str, Any] = {"items": found}
    if wish.default is not None:
        default = positions.written_latitude(wish.default)
        if isinstance(default, Refusal):
            return default
        kept["default"] = default
    if wish.office is not None:
        return kept | {"office": {"name": wish.office.name, "institution": wish.office.institution}}
    return kept | {"council": wish.council}


def _proposed(instance: Instance, wish: Wish, starts: Instant) -> rotating.Term:
    people = frozenset(Id(f"{instance.url}/people/{name}") for name in wish.delegates)
    kind = rotating.DELEGATE if wish.office is None else wish.office.name
    return rotating.Term(kind, people, starts, wish.valid_until)


def _text(connection: Connection, instance: Instance, wish: Wish, people: list[str], longer: tuple[str, ...]) -> str:
    """The text that is voted on: everything that the Mandate will say, in words."""
    lines = [_("We send %(people)s.") % {"people": ", ".join(people)}]
    own = _is_own(instance, wish.office)
    if wish.office is not None and own:
        held = _("%(people)s hold an office of ours: %(office)s. What it says both sign.")
        lines = [held % {"people": ", ".join(people), "office": wish.office.name}]
    elif wish.office is not None:
        lines = [
            _("%(people)s, as %(office)s in %(institution)s, speak for us.")
            % {"people": ", ".join(people), "office": wish.office.name, "institution": wish.office.institution}
        ]
    if wish.term:
        lines.append(_("For: %(term)s.") % {"term": wish.term})
    lines += [positions.in_words(connection, position) for position in wish.positions]
    if wish.default is not None:
        said = positions.latitude_in_words(wish.default)
        lines.append(_("On everything else: %(answer)s") % {"answer": said})
    elif not own:
        lines.append(_("On everything else they may only show the tendency, and ask us."))
    if wish.valid_from is not None:
        lines.append(_("From %(start)s.") % {"start": in_words(wish.valid_from)})
    lines.append(_("Until %(end)s.") % {"end": in_words(wish.valid_until)})
    if longer:
        lines += [*longer, _("Why all the same: %(why)s") % {"why": wish.beyond}]
        lines.append(_("This needs two thirds of those who are for or against it."))
    return "\n\n".join([*lines, wish.why])


def _act(connection: Connection, act_id: str) -> StoredAct | None:
    plain = act_id.isascii() and act_id.isprintable()
    return acts.by_id(connection, act_id) if act_id and plain else None


def _texts_of(office: Office | None) -> tuple[str, ...]:
    return (office.name, office.institution) if office is not None else ()


def _instant(text: str) -> Instant:
    found = parse_instant(text)
    if isinstance(found, Refusal):
        raise TypeError(f"an item of the agenda has a bad time: {found.because}")
    return found
