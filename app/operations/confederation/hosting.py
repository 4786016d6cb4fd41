"""A council's duties: it receipts, relays and counts, and has no opinion (governance.md §1)."""

from typing import Final

from app.governance import haste
from app.governance.act import Ref
from app.governance.assembly import Body
from app.governance.charter import Charter
from app.governance.council import check_admission, is_forming
from app.governance.deliberation import earliest_close
from app.governance.proposal import Proposal, is_void
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations, receipting, relaying, sessions, settling, tiers
from app.operations.exchange import publishing, visiting
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import load
from app.operations.votes import extending, hastening
from app.store import accounts, acts, parking
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.wiring import Instance

_PREMISES: Final = frozenset({"gov:Charter", "gov:Decision", "gov:Mandate"})
_RECEIPTED: Final = publishing.RELAYED - {"gov:Proposal"}


def on_act(connection: Connection, instance: Instance, act: StoredAct, activity: Document) -> None:
    """Do what a council owes for an authentic act of another; nothing if we are none.

    A proposal brought to us is put on the agenda with a Receipt that freezes the roll, or refused as
    void; an answer to one gets its Receipt, is relayed, and may complete a count. Twice is once.
    """
    if not is_forum(connection, instance):
        return
    document = load(act)
    if is_council(connection):
        tiers.on_act(connection, instance, act)
    if activity.get("type") == "Join":
        _answer_join(connection, instance, activity)
    if act.type in _PREMISES or (act.type == "gov:Ratification" and _is_of_founder(connection, instance, document)):
        _catch_up(connection, instance)
    if act.type == "gov:Charter":
        relaying.go_on(connection, instance, act.author)
    _weigh(connection, instance, act, document, activity)


def _weigh(connection: Connection, instance: Instance, act: StoredAct, document: Document, activity: Document) -> None:
    if act.type == "gov:Attestation":
        _count_confirmed(connection, instance, document)
    elif act.type == "gov:Proposal" and confederations.is_before(act, instance.assembly):
        _take_up(connection, instance, act, activity)
    elif extending.is_request(document):
        _note_request(connection, instance, act, activity)
    elif act.type in _RECEIPTED and _is_ours_to_receipt(connection, instance, document):
        if receipting.receipt_of(connection, instance, act) is None:
            receipting.seal(connection, instance, act, also=(visiting.speaks_for(document),))
            _relay(connection, instance, act, activity, _subjects(connection, document))
            if act.type == "gov:Registration":
                _introduce(connection, instance, act)
        for proposal_id in _subjects(connection, document):
            settling.settle(connection, instance, proposal_id)


def _note_request(connection: Connection, instance: Instance, act: StoredAct, activity: Document) -> None:
    """Confirm that an assembly asked for more time, which is what gives it (governance.md §2, `rhythm`)."""
    subject = extending.subject_of(connection, instance, act)
    if subject is None or subject.confederation != instance.assembly:
        return
    if receipting.receipt_of(connection, instance, act) is None:
        receipting.seal(connection, instance, act, also=extending.concerned(connection, instance, subject))
        _relay(connection, instance, act, activity, (subject.head.ref.id,))


def duties(connection: Connection, instance: Instance) -> None:
    """Seal the Outcomes whose time has come: after the close, and as final after the time to object."""
    if not is_forum(connection, instance):
        return
    for act in acts.of_type(connection, "gov:Proposal"):
        if not confederations.is_before(act, instance.assembly):
            _settle_below(connection, instance, act)
            continue
        if receipting.receipt_of(connection, instance, act) is None:
            # What came before a session opened is taken up when it opens, and who is there is fixed.
            if not is_council(connection):
                _take_up(connection, instance, act, {})
        elif settling.is_waiting(connection, instance, act) or settling.has_moved(connection, act):
            settling.settle(connection, instance, act.id)


def _settle_below(connection: Connection, instance: Instance, act: StoredAct) -> None:
    """Count what the council above brought to our members before it is too late to say so there."""
    if not is_council(connection) or receipting.receipt_of(connection, instance, act) is None:
        return
    reading = Reading(connection, loopback=instance.loopback)
    proposal = reading.parsed(act)
    closes = reading.closing(proposal, instance.now()).at if isinstance(proposal, Proposal) else None
    if closes is not None and settling.is_due_below(closes, instance.now()):
        settling.settle(connection, instance, act.id)


def is_council(connection: Connection) -> bool:
    """True if this instance is a council's."""
    body = accounts.body(connection)
    return body is not None and body.kind == Body.COUNCIL


def is_forum(connection: Connection, instance: Instance) -> bool:
    """True if this instance is a council's, or a commune's that called a session."""
    return is_council(connection) or confederations.calls_sessions(connection, instance.assembly)


def _take_up(connection: Connection, instance: Instance, act: StoredAct, activity: Document) -> None:
    """Put a proposal on the agenda, or answer `void` with the rule broken: a council cannot decline (§1)."""
    reading = Reading(connection, loopback=instance.loopback)
    roll = reading.members_at(instance.assembly, instance.now())
    if is_forming(roll):
        return  # what makes members of our founders is on its way, and the roll that is frozen now would be wrong
    # A proposal for us is offered by whichever of its author's activities brings it first.
    offer = activity["id"] if activity.get("type") == "Offer" else _unnamed("Offer", act.author, act.id)
    refused = _refuse(instance, reading, act, roll)
    if refused is not None:
        if activity.get("actor") == act.author:
            _reject(connection, instance, offer, act.author, refused)
    elif receipting.receipt_of(connection, instance, act) is None:
        receipt = receipting.seal(connection, instance, act, also=(act.author,), roll=roll)
        publishing.send(connection, instance, "Accept", instance.assembly, offer, (act.author,), result=load(receipt))
        sessions.put_on(connection, instance, Ref(Id(act.id), act.digest))
        _relay(connection, instance, act, activity, (act.id,))
        settling.settle(connection, instance, act.id)


def _catch_up(connection: Connection, instance: Instance) -> None:
    """Do what could not be done before an act arrived on which others rest: a charter, a decision, a mandate."""
    for act in acts.of_type(connection, "gov:Proposal"):
        if not confederations.is_before(act, instance.assembly):
            continue
        if receipting.receipt_of(connection, instance, act) is None:
            _take_up(connection, instance, act, {})
        elif not any(one.own and one.type == "gov:Outcome" for one in acts.naming(connection, act.id, "gov:proposal")):
            settling.settle(connection, instance, act.id)


def _count_confirmed(connection: Connection, instance: Instance, attestation: Document) -> None:
    """Count anew what an act bears on that a co-signer has just confirmed; it may make us exist."""
    act = acts.by_reference(connection, attestation["gov:act"]["id"], attestation["gov:act"]["gov:digest"])
    if act is None:
        return
    document = load(act)
    if act.type == "gov:Ratification" and _is_of_founder(connection, instance, document):
        _catch_up(connection, instance)
        return
    for subject in _borne_on(connection, act):
        proposal = acts.by_id(connection, subject)
        if proposal is not None and receipting.receipt_of(connection, instance, proposal) is not None:
            settling.settle(connection, instance, subject)


def _borne_on(connection: Connection, act: StoredAct) -> frozenset[str]:
    """The proposals whose count an act bears on, directly or by way of the mandate that it grants or ends."""
    if act.type == "gov:Decision":
        granted = acts.naming(connection, act.id, "gov:decision")
        return frozenset(found for one in granted for found in _borne_on(connection, one))
    if act.type == "gov:Mandate":
        votes = acts.naming(connection, act.id, "gov:mandate")
        return frozenset(found for one in votes for found in _subjects(connection, load(one)))
    return frozenset(_subjects(connection, load(act)))


def _is_of_founder(connection: Connection, instance: Instance, document: Document) -> bool:
    """True for the Ratification of our own Charter: it may make us exist."""
    about = acts.by_id(connection, document["gov:proposal"]["id"])
    return about is not None and about.type == "gov:Charter" and about.author == instance.assembly


def _answer_join(connection: Connection, instance: Instance, activity: Document) -> None:
    """Answer a `Join` at once only where nobody could let the assembly in; else its members decide.

    What they decide on is the admission proposal that the assembly itself brings (fine-print 14).
    """
    roll = Reading(connection, loopback=instance.loopback).members_at(instance.assembly, instance.now())
    refused = check_admission(roll, Id(activity["actor"]))
    if refused is not None:
        _reject(connection, instance, activity["id"], activity["actor"], refused)


def _refuse(instance: Instance, reading: Reading, act: StoredAct, roll: tuple[Id, ...]) -> Refusal | None:
    """Why a proposal cannot be on our agenda; only members bring one, or who asks to become one."""
    proposal = reading.parsed(act)
    if not isinstance(proposal, Proposal):
        return Refusal("proposal.form", f"{act.id} is no proposal that can be read")
    joins = proposal.category == "admission" and proposal.assembly == proposal.head.author
    if joins:
        refused = check_admission(roll, proposal.head.author)
        if refused is not None:
            return refused
    elif proposal.head.author not in roll:
        return Refusal("offer.member", f"{proposal.head.author} is no member, and only members bring proposals")
    charter = reading.at(Charter, proposal.charter)
    # Who asks to join need not know yet when the members meet: the time that our charter names is enough.
    opens, asked = proposal.opens or proposal.head.published, () if joins else roll
    known = (charter_of(reading.connection, instance, member, opens) for member in asked)
    members = tuple(one for one in known if one is not None)
    early = is_void(proposal, charter) or _closes_too_early(proposal, charter, members)
    named = early is not None and early.code == "proposal.closes" and proposal.earlier is not None
    return hastening.check(reading.connection, instance, proposal) if named else early


def _closes_too_early(proposal: Proposal, charter: Charter | None, members: tuple[Charter, ...]) -> Refusal | None:
    """`proposal.closes` if answers are asked before our members can meet, by their charters and the one it cites."""
    if charter is None or proposal.closes is None or haste.asks(proposal):
        return None
    earliest = earliest_close(charter, members, proposal.opens or proposal.head.published)
    if proposal.closes >= earliest:
        return None
    return Refusal("proposal.closes", f"closes at {proposal.closes}, and the members need until {earliest} to meet")


def _is_ours_to_receipt(connection: Connection, instance: Instance, document: Document) -> bool:
    """True if an act of a member of ours, or of who was one when the roll froze, is about something before us.

    Whoever registers for a session of ours is heard too, and a caucus that the rule asks.
    """
    if document["type"] == "gov:Registration":
        session = acts.by_id(connection, document["gov:session"]["id"])
        return session is not None and session.author == instance.assembly
    assembly, me = visiting.speaks_for(document), instance.assembly
    heard = confederations.members_of(connection, me) | confederations.delegations_of(connection, me)
    counted = (_asked(connection, subject) for subject in _subjects(connection, document))
    if assembly not in heard.union(*counted):
        return False
    if document["type"] != "gov:Recall":
        return bool(document.get("gov:confederation") == instance.assembly)
    mandate = acts.by_id(connection, document["gov:mandate"]["id"])
    return mandate is not None and load(mandate).get("gov:council") == instance.assembly


def _asked(connection: Connection, proposal: str) -> frozenset[str]:
    """The assemblies that are counted in a proposal, and the caucuses that its rule asks."""
    act = acts.by_id(connection, proposal)
    caucuses = confederations.caucuses_of(load(act)) if act is not None else frozenset[str]()
    return confederations.frozen_roll(connection, proposal) | caucuses


def _subjects(connection: Connection, document: Document) -> tuple[str, ...]:
    """The proposals that an act bears on: the one it names, or those voted on under the mandate it ends.

    A vote that names no mandate is undone by the recall of who cast it too (B4).
    """
    about = document.get("gov:proposal")
    if isinstance(about, dict):
        return (about["id"],)
    mandate = document.get("gov:mandate")
    votes = acts.naming(connection, mandate["id"], "gov:mandate") if isinstance(mandate, dict) else ()
    found = {load(vote)["gov:proposal"]["id"] for vote in votes if vote.type == "gov:DelegateVote"}
    if document["type"] == "gov:Recall":
        ended = acts.by_id(connection, mandate["id"]) if isinstance(mandate, dict) else None
        whole = load(ended)["gov:delegates"] if ended is not None and ended.type == "gov:Mandate" else ()
        people = document.get("gov:delegates") or whole
        cast = map(load, acts.of_authors(connection, people, "gov:DelegateVote"))
        found |= {vote["gov:proposal"]["id"] for vote in cast if "gov:mandate" not in vote}
    return tuple(sorted(found))


def _relay(
    connection: Connection, instance: Instance, act: StoredAct, activity: Document, subjects: tuple[str, ...]
) -> None:
    """Announce what has its Receipt to our members, to whoever brought the proposal, and to who follows us."""
    parking.release(connection, act.id)  # the post about it may have come before
    if not activity or activity["type"] == "Announce":
        return
    brought = (acts.by_id(connection, subject) for subject in subjects)
    reached = confederations.members_of(connection, instance.assembly) | sessions.told(connection, instance)
    for one in brought:
        reached |= {one.author} | confederations.caucuses_of(load(one)) if one is not None else set()
    relaying.relay(connection, instance, act, activity, reached)


def _introduce(connection: Connection, instance: Instance, newcomer: StoredAct) -> None:
    """Tell an assembly that registers who did before it, and what was drafted: that went out without its address."""
    found = sessions.find(connection, instance, load(newcomer)["gov:session"]["id"])
    versions = sorted(found.versions) if not isinstance(found, Refusal) else ()
    for act in (one for ref in versions for one in acts.naming(connection, ref.id, "gov:session")):
        earlier = act.type == "gov:Registration" and act.author != newcomer.author
        drafted = act.type == "gov:Draft" and act.own
        if (earlier or drafted) and act.standing is Standing.AUTHENTIC:
            publishing.send(connection, instance, "Announce", instance.assembly, load(act), (newcomer.author,))


def _unnamed(kind: str, actor: str, thing: str) -> Document:
    """An activity as it is answered when nothing said its id."""
    return {"type": kind, "actor": actor, "object": thing}


def _reject(connection: Connection, instance: Instance, asked: Document | str, to: str, refused: Refusal) -> None:
    """Answer that it cannot be, naming the rule."""
    reason = {"type": "Note", "content": f"{refused.code}: {refused.because}"}
    publishing.send(connection, instance, "Reject", instance.assembly, asked, (to,), result=reason)
