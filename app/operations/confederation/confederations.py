"""Which confederations this assembly belongs to, and whom an act of ours must reach."""

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.governance.act import Ref
from app.governance.charter import Charter, settled_from
from app.governance.council import Admission
from app.governance.outcome import Outcome
from app.governance.rules import Rule, parse_rule
from app.kernel.canonical import Document
from app.kernel.ids import Id, same_origin
from app.kernel.refusal import Refusal
from app.operations.record.reading import Reading
from app.store import actors, acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.store.outbox import Target
from app.wiring import Instance

_NAMING = ("gov:confederation", "gov:council", "gov:assembly", "gov:forum", "gov:roll")


def members_of(connection: Connection, confederation: str) -> frozenset[str]:
    """The assemblies that a confederation's own acts name as members, whether they answered or not."""
    found: dict[str, int] = {}
    for act in acts.of_type(connection, "gov:Charter", "gov:Admission", author=confederation):
        document = json.loads(act.raw)
        named = {member["assembly"] for member in document.get("gov:members") or ()}
        named |= {document["gov:assembly"]} if "gov:assembly" in document else set()
        found |= {name: max(act.published_at, found.get(name, 0)) for name in named}
    left = _left(connection, found, confederation)
    return frozenset(name for name, joined in found.items() if left.get(name, -1) < joined)


def ours(connection: Connection, instance: Instance) -> frozenset[str]:
    """The confederations that this assembly is a member of by its own decision (hostile B17: never by another's).

    One whose founding Charter lists us counts from our own Ratification of it, one that admitted us
    from the Admission that answers our own `Join`, once that lets us in; each until our Withdrawal from it.
    """
    me, now = instance.assembly, instance.now().timestamp()
    joined: dict[str, int] = {}
    for act in acts.of_type(connection, "gov:Charter", "gov:Admission"):
        if act.own:
            continue
        since = _joined_by(connection, instance, act)
        if since is not None and since <= now:
            joined[act.author] = max(since, joined.get(act.author, 0))
    return frozenset(name for name, since in joined.items() if _left(connection, (me,), name).get(me, -1) < since)


def delegations_of(connection: Connection, host: str) -> frozenset[str]:
    """The assemblies that registered a delegation for a session of `host`, by acts of their own (fine-print 14).

    They share what is before that session, and nothing else: registering makes nobody a confederate.
    """
    sessions = acts.of_type(connection, "gov:Session", author=host)
    found = (acts.naming(connection, session.id, "gov:session") for session in sessions)
    return frozenset(act.author for named in found for act in named if act.type == "gov:Registration")


def hosts(connection: Connection, instance: Instance) -> frozenset[str]:
    """Who hosts a session for which we registered our delegation: by our own act, we answer before them too."""
    found: set[str] = set()
    for act in acts.of_type(connection, "gov:Registration", author=instance.assembly):
        session = acts.by_id(connection, json.loads(act.raw)["gov:session"]["id"])
        found |= {session.author} if session is not None else set()
    return frozenset(found)


def met(connection: Connection, instance: Instance) -> frozenset[str]:
    """Whom we meet in hosted sessions: the hosts to which we go, and everybody who goes to them or comes to us."""
    halls = hosts(connection, instance) | {instance.assembly}
    return (halls | {one for hall in halls for one in delegations_of(connection, hall)}) - {instance.assembly}


def forums(connection: Connection, instance: Instance) -> frozenset[str]:
    """Before whom we answer: the confederations that we belong to, and the hosts of sessions that we go to."""
    return ours(connection, instance) | hosts(connection, instance)


def calls_sessions(connection: Connection, assembly: str) -> bool:
    """True if `assembly` called a session, as far as is known here."""
    return bool(acts.of_type(connection, "gov:Session", author=assembly))


def is_before(act: StoredAct, forum: str) -> bool:
    """True if a Proposal is before the one assembly `forum`; what a commune decides alone is before nobody else.

    A host's own text is before its session if it names it (`gov:session`).
    """
    document = json.loads(act.raw)
    return document.get("gov:forum") == forum and (act.author != forum or "gov:session" in document)


def caucuses_of(proposal: Document) -> frozenset[str]:
    """The bodies that the rule of a Proposal asks beside the members, off the roll or on it (fine-print 20)."""
    rule = parse_rule(proposal.get("gov:rule")) if proposal.get("type") == "gov:Proposal" else None
    return rule.bodies if isinstance(rule, Rule) else frozenset()


def answered_as_caucus(connection: Connection, assembly: str) -> frozenset[str]:
    """The confederations before which `assembly` answered what their rules ask it beside the members."""
    found: set[str] = set()
    for act in acts.of_type(connection, "gov:Ratification", author=assembly):
        document = json.loads(act.raw)
        about = acts.by_id(connection, document["gov:proposal"]["id"])
        if about is not None and assembly in caucuses_of(json.loads(about.raw)):
            found.add(document.get("gov:confederation", assembly))
    return frozenset(found - {assembly})


def asked_to_join(connection: Connection, instance: Instance, confederation: str) -> bool:
    """True if a Decision of ours, adopted, was about joining `confederation`."""
    for act in acts.of_type(connection, "gov:Proposal", author=instance.assembly):
        document = json.loads(act.raw)
        if document.get("gov:category") != "admission" or document.get("gov:assembly") != instance.assembly:
            continue
        if document.get("gov:confederation") == confederation and any(
            json.loads(decision.raw).get("gov:status") == "adopted"
            for decision in acts.naming(connection, act.id, "gov:proposal")
            if decision.own and decision.type == "gov:Decision"
        ):
            return True
    return False


def fellows(connection: Connection, instance: Instance) -> frozenset[str]:
    """Every other assembly that shares a confederation with us, and the confederations themselves."""
    found = set(members_of(connection, instance.assembly))
    for confederation in ours(connection, instance):
        found |= {confederation} | members_of(connection, confederation)
    return frozenset(found - {instance.assembly})


def named_by(connection: Connection, instance: Instance, document: Document) -> frozenset[str]:
    """The assemblies that an act names: directly, as members of a confederation, or as the list it is before.

    Also those on the roll that its proposal froze: who left since is counted in it and counts along (F05); and the
    caucuses that its rule asks.
    """
    found: set[str] = set()
    for key in _NAMING:
        value = document.get(key)
        listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        found |= {item for item in listed if isinstance(item, str)}
    found |= {member["assembly"] for member in document.get("gov:members") or ()}
    session = document.get("gov:session")
    called = acts.by_id(connection, session["id"]) if isinstance(session, dict) else None
    found |= {called.author} if called is not None else set()
    about = document.get("gov:extends") or document.get("gov:proposal")
    act = acts.by_id(connection, about["id"]) if isinstance(about, dict) else None
    subject = json.loads(act.raw) if act is not None else document
    forum = subject.get("gov:forum") if subject.get("type") == "gov:Proposal" else None
    found |= set(forum) if isinstance(forum, list) else set()
    found |= frozen_roll(connection, act.id) if act is not None else set()
    found |= caucuses_of(subject) | _taken_from(connection, document)
    found |= _taken_from(connection, subject) if act is not None else set()
    for name in tuple(found):
        found |= members_of(connection, name) | delegations_of(connection, name)
    return frozenset(found - {instance.assembly})


def frozen_roll(connection: Connection, proposal: str) -> frozenset[str]:
    """The assemblies that are counted in a proposal, by the Receipts for it, also those that left since."""
    receipts = (act for act in acts.naming(connection, proposal, "gov:act") if act.type == "gov:Receipt")
    return frozenset(name for act in receipts for name in json.loads(act.raw).get("gov:roll") or ())


def targets(connection: Connection, instance: Instance, addresses: Iterable[str]) -> tuple[Target, ...]:
    """Where to deliver for these actors: their shared inbox where it is known, else the actor to look up."""
    found: dict[Target, None] = {}
    for address in sorted(set(addresses)):
        if same_origin(address, instance.url):
            continue
        known = actors.get(connection, address)
        inbox = (known.shared_inbox or known.inbox) if known is not None else None
        host = urlsplit(inbox or address).netloc
        found[Target(inbox or address, inbox is not None, host)] = None
    return tuple(found)


def _taken_from(connection: Connection, document: Document) -> set[str]:
    """Whose texts a proposal was taken from: they hear what became of it, as all do to whose session it belonged."""
    links = document.get("gov:links")
    named = (links.get("derivedFrom") or ()) if document["type"] == "gov:Proposal" and isinstance(links, dict) else ()
    return {source.author for ref in named if (source := acts.by_id(connection, ref["id"])) is not None}


def _joined_by(connection: Connection, instance: Instance, act: StoredAct) -> int | None:
    """Since when we belong to the author of this Charter or Admission by it, in seconds since 1970; or None."""
    document, me = json.loads(act.raw), instance.assembly
    if act.type == "gov:Admission":
        asked = document.get("gov:assembly") == me and asked_to_join(connection, instance, act.author)
        return _let_in(connection, instance, act) if asked else None
    if all(member["assembly"] != me for member in document.get("gov:members") or ()):
        return None
    answers = acts.naming(connection, act.id, "gov:proposal")
    return min((one.published_at for one in answers if one.own and one.type == "gov:Ratification"), default=None)


def _let_in(connection: Connection, instance: Instance, act: StoredAct) -> int | None:
    """From when everybody has us on the roll by this Admission; None if nobody does (hostile F16).

    It is taken at its word where what it rests on is not here: whoever does not belong does not read on either.
    """
    reading = Reading(connection, loopback=instance.loopback)
    admission = reading.at(Admission, Ref(Id(act.id), act.digest))
    if admission is None or _waited(reading, admission):
        return act.published_at
    found = reading.admits(admission)
    if isinstance(found, Refusal):
        return None
    return act.published_at if found is None else int(found.head.published.timestamp())


def _waited(reading: Reading, admission: Admission) -> bool:
    """True if nothing could be objected any more when it was sealed: then nothing has to be counted again."""
    outcome = reading.at(Outcome, admission.outcome)
    proposal = reading.subject(outcome.proposal) if outcome is not None else None
    if proposal is None:
        return False
    at = admission.head.published
    settled = settled_from(reading.closing(proposal, at).at, reading.at(Charter, proposal.charter))
    return settled is None or at >= settled


def _left(connection: Connection, assemblies: Iterable[str], confederation: str) -> dict[str, int]:
    """When those of the assemblies that left a confederation did so last, in seconds since 1970."""
    found: dict[str, int] = {}
    for act in acts.of_authors(connection, assemblies, "gov:Withdrawal"):
        if json.loads(act.raw).get("gov:confederation") == confederation:
            found[act.author] = max(act.published_at, found.get(act.author, 0))
    return found
