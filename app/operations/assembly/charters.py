"""Charters: our own rules, changed by our own decision; a confederation's, by its members' (governance.md §2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from gettext import gettext as _
from typing import Any, Final

from app.governance.act import Ref
from app.governance.charter import Charter, Clause, Settings, may_leave_by, parse_settings
from app.governance.proposal import Proposal, State
from app.kernel.canonical import Document, canonical
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import confederations
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.matters.proposing import LONGEST_TEXT, charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.translation.acts import writing
from app.wiring import Instance

MOST_CLAUSES: Final = 100
LONGEST_CLAUSE: Final = 2_000
LONGEST_NUMBER: Final = 20
_MOST_BYTES: Final = 40 * 1024
_OWN_RULE: Final = "charter"
_MOST_ITEMS: Final = 500


@dataclass(frozen=True, slots=True)
class Amendment:
    """A charter as a member would have it, whole, and why; `forum` is the confederation whose charter it is."""

    clauses: tuple[Clause, ...]
    settings: Document
    why: str
    forum: str | None = None


def propose(connection: Connection, instance: Instance, account: Account, wish: Amendment) -> Item | Refusal:
    """Put a change of our charter, or of our confederation's, on our agenda.

    Refuses by `charter.missing`, `item.forum`, `item.text`, `charter.clauses`, `charter.size`, `charter.same`,
    `charter.withdrawal` (they could keep somebody in), `charter.double` (they could choose two things at once),
    `item.category` (no rule left by which it could be changed again) and the codes of `parse_settings`.
    """
    if not is_founded_commune(connection):
        return Refusal("charter.missing", "only a founded assembly of people decides")
    if wish.forum is not None and wish.forum not in confederations.ours(connection, instance):
        return Refusal("item.forum", f"{wish.forum} is no confederation of ours")
    charter = charter_of(connection, instance, wish.forum or instance.assembly, instance.now())
    own = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None or own is None:
        return Refusal("charter.missing", "there is no charter to change")
    refusal = _check(wish, charter)
    if refusal is not None:
        return refusal
    if _OWN_RULE not in own.rules or _OWN_RULE not in charter.rules:
        return Refusal("item.category", "there is no rule by which it could be changed")
    clauses = writing.clauses(wish.clauses)
    keys: Document = writing.present({"gov:clauses": clauses, "gov:settings": wish.settings})
    base = {"id": charter.head.ref.id, "gov:digest": charter.head.ref.digest}
    details: dict[str, Any] = {"keys": keys, "changes": base}
    if wish.forum is not None:
        details["forum"] = wish.forum
    name = naming.assembly_name(connection, instance, wish.forum or instance.assembly)
    return open_item(
        connection,
        instance,
        Kind.PROPOSAL if wish.forum is not None else Kind.CHARTER,
        category=_OWN_RULE,
        title=_("The rules of {name}, version {number}").format(name=name, number=charter.version + 1),
        source=wish.why,
        details=details,
        author=account,
    )


def unfit(settings: Settings, *, between_assemblies: bool) -> Refusal | None:
    """None if rules that can be read can be lived by.

    `charter.double` if one asks two bodies which option comes first, so that each may name another;
    `charter.withdrawal` if they could keep somebody in who wants to leave, by two thirds at most.
    """
    if any(rule.of_options is not None and rule.choosing is None for rule in settings.rules.values()):
        return Refusal("charter.double", "both parts of a double rule would choose, and might choose two things")
    rule = settings.rules.get("withdrawal")
    if rule is None:
        return None
    if between_assemblies:
        return Refusal("charter.withdrawal", "a confederation has no rule by which its members leave")
    if may_leave_by(rule):
        return None
    return Refusal("charter.withdrawal", "two thirds of those present are always enough to leave")


def may_vote(connection: Connection, instance: Instance, item: Item) -> Refusal | None:
    """None if a vote on a change of our rules may open; `charter.changed` if they are no longer those it changes.

    `charter.voting` while another change is voted on: the later would undo the earlier unseen.
    """
    if item.kind is not Kind.CHARTER:
        return None
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None or charter.head.ref.digest != item.details["changes"]["gov:digest"]:
        return Refusal("charter.changed", "the rules have changed since this was proposed")
    others = (one for one in agenda.listed(connection, _MOST_ITEMS) if one.kind is Kind.CHARTER and one.id != item.id)
    if any(other.state == State.DECIDING for other in others):
        return Refusal("charter.voting", "another change of the rules is being voted on")
    return None


def adopt(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct | Refusal:
    """Seal the next version of our charter as an adopted Decision orders; `charter.missing` if there is none."""
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    proposal = Reading(connection, loopback=instance.loopback).at(Proposal, Ref(Id(item.act), item.act_digest))
    if charter is None or proposal is None or proposal.settings is None:
        return Refusal("charter.missing", "there is no charter to change")
    return _seal(connection, instance, charter, proposal, decision=Ref(Id(decision.id), decision.digest))


def adopt_on(
    connection: Connection, instance: Instance, proposal: Proposal, outcome: StoredAct
) -> StoredAct | Refusal | None:
    """Seal the charter that a final, adopted Outcome of our members orders, once (fine-print 25).

    None where it is in force already; `charter.settings` and the codes of `parse_settings` where it cannot be read,
    `charter.changed` where another version came into force since.
    """
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None or proposal.settings is None:
        return Refusal("charter.settings", "the proposal carries no settings")
    parsed = parse_settings(proposal.settings)
    if isinstance(parsed, Refusal):
        return parsed
    if _is_sealed(connection, instance, proposal):
        return None
    if proposal.charter != charter.head.ref:
        return Refusal("charter.changed", "the rules have changed since this was proposed")
    return _seal(connection, instance, charter, proposal, outcome=Ref(Id(outcome.id), outcome.digest))


def versions(connection: Connection, instance: Instance, assembly: str) -> tuple[Charter, ...]:
    """Every charter that an assembly had, first version first."""
    known = Reading(connection, loopback=instance.loopback).charters_of(assembly)
    return tuple(sorted(known, key=lambda one: (one.head.published, one.version)))


def _is_sealed(connection: Connection, instance: Instance, proposal: Proposal) -> bool:
    """True if one of our charters rests on an Outcome about this proposal."""
    reading = Reading(connection, loopback=instance.loopback)
    about = {act.id for act in acts.naming(connection, proposal.head.ref.id, "gov:proposal")}
    return any(one.outcome is not None and one.outcome.id in about for one in reading.charters_of(instance.assembly))


def _seal(
    connection: Connection,
    instance: Instance,
    charter: Charter,
    proposal: Proposal,
    *,
    decision: Ref | None = None,
    outcome: Ref | None = None,
) -> StoredAct:
    head = heading(connection, instance)
    document = build.charter(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name=charter.name,
        version=charter.version + 1,
        settings=proposal.settings or {},
        clauses=proposal.clauses,
        supersedes=charter.head.ref,
        decision=decision,
        outcome=outcome,
    )
    return seal_and_announce(connection, instance, document)


def _check(wish: Amendment, charter: Charter) -> Refusal | None:
    if not 0 < len(wish.why) <= LONGEST_TEXT:
        return Refusal("item.text", f"a reason has 1 to {LONGEST_TEXT} characters, got {len(wish.why)}")
    if not _are_clauses(wish.clauses):
        return Refusal("charter.clauses", "each clause has a number of its own and a text")
    settings = parse_settings(wish.settings)
    if isinstance(settings, Refusal):
        return settings
    if settings.uncounted:
        return next(iter(settings.uncounted.values()))
    if _OWN_RULE not in settings.rules:
        return Refusal("item.category", "there would be no rule left by which it could be changed again")
    refused = unfit(settings, between_assemblies=wish.forum is not None)
    if refused is not None:
        return refused
    if len(canonical([wish.settings, writing.clauses(wish.clauses)])) > _MOST_BYTES:
        return Refusal("charter.size", f"a charter has at most {_MOST_BYTES} bytes")
    if (wish.clauses, wish.settings) == (charter.clauses, charter.settings):
        return Refusal("charter.same", "nothing would change")
    return None


def _are_clauses(clauses: Iterable[Clause]) -> bool:
    found = tuple(clauses)
    return (
        len(found) <= MOST_CLAUSES
        and len({one.number for one in found}) == len(found)
        and all(0 < len(one.number) <= LONGEST_NUMBER and one.number.isprintable() for one in found)
        and all(0 < len(one.content) <= LONGEST_CLAUSE for one in found)
    )
