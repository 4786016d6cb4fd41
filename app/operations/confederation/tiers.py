"""Tiers: what comes before a council of councils goes down to the base, and the count comes up (R2, H5)."""

from typing import Final

from app.governance.act import Ref
from app.governance.council import is_forming
from app.governance.proposal import Proposal
from app.governance.ratification import Ratification, Stance
from app.governance.rules import Status
from app.kernel.ids import Id
from app.operations.confederation import confederations, receipting, relaying
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading, load
from app.operations.votes import extending
from app.store import acts
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_PASSED: Final = frozenset({"gov:Ratification", "gov:DelegateVote", "gov:Receipt"})
_UPWARD: Final = {Status.ADOPTED: Stance.RATIFIED, Status.REJECTED: Stance.REJECTED}


def on_act(connection: Connection, instance: Instance, act: StoredAct) -> None:
    """What a council owes its members and the council above it for an act of another.

    A text before the council above is brought to our members with a Receipt that freezes our roll; what
    is answered to it anywhere is passed on, so that every tier counts by councils and over all assemblies.
    """
    document = load(act)
    about = document.get("gov:act") if act.type == "gov:Receipt" else document.get("gov:proposal")
    subject = acts.by_id(connection, about["id"]) if isinstance(about, dict) else None
    request = act if act.type == "gov:Decision" else subject
    if request is not None and extending.is_request(load(request)):
        extended = extending.subject_of(connection, instance, request)
        kept = acts.by_id(connection, extended.head.ref.id) if extended is not None else None
        if kept is not None:
            _pass_on(connection, instance, act, kept)
        return
    if act.type in {"gov:Proposal", "gov:Charter"}:
        _take_down(connection, instance, act)
    elif act.type == "gov:Receipt" and subject is not None and "gov:roll" in document:
        _take_down(connection, instance, subject)
    if act.type in _PASSED and subject is not None and (act.type != "gov:Receipt" or "gov:roll" in document):
        _pass_on(connection, instance, act, subject)


def relayed_by(connection: Connection, about: str, assembly: str, forums: frozenset[str]) -> str | None:
    """The council of `forums` whose Receipt brings a text to `assembly`, or which names it in its own Charter."""
    act = acts.by_id(connection, about)
    if act is not None and act.type == "gov:Charter":
        listed = {member.get("assembly") for member in load(act).get("gov:members") or ()}
        if assembly in listed:
            return act.author
    for receipt in acts.naming(connection, about, "gov:act"):
        authentic = receipt.type == "gov:Receipt" and receipt.standing is Standing.AUTHENTIC
        if authentic and receipt.author in forums and assembly in (load(receipt).get("gov:roll") or ()):
            return receipt.author
    return None


def ratify_upward(
    connection: Connection, instance: Instance, reading: Reading, subject: Proposal, outcome: StoredAct, status: Status
) -> StoredAct | None:
    """Say to the council above what our members decided, with the Outcome that says so; None if it is said or open.

    A council has no opinion: adopted is ratified, rejected is rejected, anything else is nothing (fine-print 19).
    """
    head = heading(connection, instance)
    above = _above(connection, instance, subject.head.ref.id)
    closes = reading.closing(subject, head.published).at
    late = closes is not None and head.published > closes
    stance = _UPWARD.get(status)
    if above is None or late or stance is None:
        return None
    said = [act for act, kept in reading.naming(subject.head.ref, "gov:Ratification", Ratification) if kept.own]
    if said and said[-1].stance is stance:
        return None
    charter = reading.record(subject, Id(instance.assembly)).charter
    document = build.ratification(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        proposal=subject.head.ref,
        stance=stance,
        confederation=Id(above),
        charter=charter.head.ref if charter is not None else None,
        outcome=Ref(Id(outcome.id), outcome.digest),
        supersedes=said[-1].head.ref if said else None,
    )
    return seal_and_announce(connection, instance, document, also=(above,))


def _above(connection: Connection, instance: Instance, about: str) -> str | None:
    return relayed_by(connection, about, instance.assembly, confederations.ours(connection, instance))


def _take_down(connection: Connection, instance: Instance, act: StoredAct) -> None:
    """Bring a text to our members, once, if the council above brought it to us."""
    above = _above(connection, instance, act.id)
    if above is None or above == instance.assembly or receipting.receipt_of(connection, instance, act) is not None:
        return
    roll = Reading(connection, loopback=instance.loopback).members_at(instance.assembly, instance.now())
    if is_forming(roll):
        return
    rolls = [one for one in acts.naming(connection, act.id, "gov:act") if "gov:roll" in load(one)]
    for one in (act, *rolls):
        if one.standing is Standing.AUTHENTIC:
            relaying.relay_act(connection, instance, one, roll)
    receipting.seal(connection, instance, act, also=(above, *roll), roll=roll)


def _pass_on(connection: Connection, instance: Instance, act: StoredAct, subject: StoredAct) -> None:
    """Announce what was answered to a text in another tier; each act is new to us once, so it goes round once."""
    document, above = load(act), _above(connection, instance, subject.id)
    if receipting.receipt_of(connection, instance, subject) is None:
        return
    members = confederations.members_of(connection, instance.assembly)
    told = document.get("gov:assembly", act.author) in members  # what members answer is relayed to them anyway
    reached = (frozenset() if told else members) | ({above} if above is not None else frozenset())
    relaying.relay_act(connection, instance, act, reached, to_all=not told)
