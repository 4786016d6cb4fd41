"""Drafts: texts of a session's working groups, which decide nothing until an assembly makes them its own (S10)."""

from dataclasses import dataclass, replace
from typing import Final

from app.governance.act import Ref
from app.governance.proposal import Proposal
from app.governance.ratification import Decision
from app.governance.rules import Status
from app.governance.session import Called, Draft, drafts_of
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.confederation import sessions
from app.operations.confederation.signatures import Signature, signed_by
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters.opening import paragraphs
from app.operations.matters.proposing import check_text
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading, load
from app.store import acts
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

LONGEST_NAME: Final = 100
MOST_AUTHORS: Final = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """A draft as it is to be published: of which working group, by whom; in place of which draft, if of any."""

    name: str
    text: str
    group: str
    authors: tuple[str, ...]
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A text that an assembly made of a draft: `status` is what its assembly decided, None while it talks about it.

    `as_it_stands` says that title and text are the draft's. `signed` is who signed where it is a call, else None.
    """

    act: StoredAct
    status: Status | None
    as_it_stands: bool
    signed: tuple[Signature, ...] | None


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it now stands: the act of its latest text, how many texts it had, and what was made of any of them."""

    draft: Draft
    act: StoredAct
    versions: int
    taken: tuple[Taken, ...]


def publish(
    connection: Connection, instance: Instance, account: Account, session_id: str, wish: Wish
) -> StoredAct | Refusal:
    """Seal a working group's text as who called the session; during it and after it, since groups go on writing.

    Until it is over the draft comes before the plenary: on its agenda, in place of an earlier text of it (G13).
    Refuses by `session.unknown` (none of ours), `session.who`, `item.title`, `item.text`, `draft.group`,
    `draft.authors` and `draft.unknown` (no draft of this session to put a new text in place of).
    """
    found = sessions.find(connection, instance, session_id)
    if isinstance(found, Refusal):
        return found
    if found.session.head.author != instance.assembly:
        return Refusal("session.unknown", f"{session_id} is no session of ours")
    if not account.caretaker:
        return Refusal("session.who", "a draft is put on record by those who look after the session's office")
    refused = check_text(wish.name, wish.text) or _refuse(wish)
    if refused is not None:
        return refused
    known = {one.act.id: one.draft.head.ref for one in of_session(connection, instance, found)}
    if wish.replaces and wish.replaces not in known:
        return Refusal("draft.unknown", f"{wish.replaces[:200]} is no draft of this session as it stands")
    head = heading(connection, instance)
    document = build.draft(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        supersedes=known.get(wish.replaces),
        name=wish.name,
        session=found.first,
        authors=wish.authors,
        group=wish.group,
        content=paragraphs(wish.text),
        source=wish.text,
    )
    act = seal_and_announce(connection, instance, document, also=sessions.told(connection, instance))
    if not found.is_over(instance.now()):
        _put_on(connection, instance, found, Ref(Id(act.id), act.digest), known.get(wish.replaces))
    return act


def _put_on(connection: Connection, instance: Instance, found: Called, draft: Ref, earlier: Ref | None) -> None:
    agenda = tuple(draft if ref == earlier else ref for ref in found.session.agenda)
    changed = replace(found.session, agenda=agenda if draft in agenda else (*agenda, draft))
    sessions.change(connection, instance, found, changed)


def of_session(connection: Connection, instance: Instance, called: Called) -> tuple[Drafted, ...]:
    """The drafts of a session as they now stand, first published first."""
    reading = Reading(connection, loopback=instance.loopback)
    named = {
        act.seq: act
        for ref in called.versions
        for act in acts.naming(connection, ref.id, "gov:session")
        if act.type == "gov:Draft"
    }
    kept = {draft.head.ref: act for act in named.values() if isinstance(draft := reading.parsed(act), Draft)}
    found: list[Drafted] = []
    for line in drafts_of(called, reading.all_of(Draft, named.values())):
        stored = [kept[one.head.ref] for one in line]
        found.append(Drafted(line[-1], stored[-1], len(line), _made_of(connection, instance, reading, stored)))
    return tuple(found)


def _refuse(wish: Wish) -> Refusal | None:
    if not 0 < len(wish.group) <= LONGEST_NAME or not wish.group.isprintable():
        return Refusal("draft.group", f"a working group has a name of 1 to {LONGEST_NAME} characters")
    names = [one for one in wish.authors if 0 < len(one) <= LONGEST_NAME and one.isprintable()]
    if not 0 < len(names) <= MOST_AUTHORS or len(names) < len(wish.authors):
        return Refusal("draft.authors", f"a draft names from 1 to {MOST_AUTHORS} who wrote it")
    return None


def _made_of(
    connection: Connection, instance: Instance, reading: Reading, drafts: list[StoredAct]
) -> tuple[Taken, ...]:
    """What assemblies made of a draft, the latest version of each text that says so, oldest first."""
    found = {
        act.seq: (act, proposal)
        for draft in drafts
        for act in acts.naming(connection, draft.id, "gov:links")
        if isinstance(proposal := reading.parsed(act), Proposal) and _derives_from(proposal, draft)
    }
    replaced = {proposal.head.supersedes for _, proposal in found.values()}
    latest = [pair for pair in found.values() if pair[1].head.ref not in replaced]
    latest.sort(key=lambda pair: (pair[1].head.published, pair[1].head.ref))
    return tuple(_taken(connection, instance, reading, act, proposal, drafts) for act, proposal in latest)


def _derives_from(proposal: Proposal, draft: StoredAct) -> bool:
    named = (ref for link in proposal.links if link.kind == "derivedFrom" for ref in link.acts)
    return Ref(Id(draft.id), draft.digest) in named


def _taken(
    connection: Connection,
    instance: Instance,
    reading: Reading,
    act: StoredAct,
    proposal: Proposal,
    drafts: list[StoredAct],
) -> Taken:
    said = [one for one, _ in reading.naming(proposal.head.ref, "gov:Decision", Decision)]
    own = [one.status for one in said if one.head.author == proposal.head.author]
    allowed = reading.at(Decision, proposal.decision)  # by which it is brought before others, as adopted at home
    own += [allowed.status] if allowed is not None and not own else []
    document = load(act)
    same = any(all(load(one).get(key) == document.get(key) for key in ("name", "content")) for one in drafts)
    signed = signed_by(connection, instance, proposal.head.ref, instance.now())
    return Taken(act, own[-1] if own else None, same, signed)
