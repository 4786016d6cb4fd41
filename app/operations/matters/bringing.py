"""Bringing a text that we adopted before a confederation of ours, or a list of assemblies (governance.md §4)."""

from app.governance.act import Ref
from app.governance.charter import Charter, Settings, rule_for
from app.governance.deliberation import earliest_close
from app.governance.starter import BETWEEN_ASSEMBLIES
from app.kernel.ids import Id
from app.kernel.instant import Instant, parse_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import sessions
from app.operations.confederation.answering import put_on_agenda
from app.operations.exchange.publishing import seal_and_announce, send
from app.operations.matters.opening import carried, paragraphs
from app.operations.matters.proposing import CALL, charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading, load
from app.operations.votes import hastening
from app.store import agenda
from app.store.acts import StoredAct
from app.store.agenda import Item
from app.store.database import Connection
from app.translation import build
from app.translation.acts import writing
from app.wiring import Instance


def bring(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct | Refusal:
    """Seal the Proposal before the forum that the Decision allows, announce it, and `Offer` it to the forum.

    Every assembly gets it from us directly; the forum only orders its agenda. Refuses by
    `item.forum` and `item.category` where the forum's charter is gone or has no rule any more. A list
    of assemblies decides by the starter rules between assemblies, with no charter (fine-print 33).
    """
    forum: str | list[str] = item.details["forum"]
    head = heading(connection, instance)
    charter = charter_of(connection, instance, forum, head.published) if isinstance(forum, str) else None
    if charter is None and isinstance(forum, str):
        return Refusal("item.forum", f"no charter of {forum} is here")
    rule = rule_for(charter, item.category) if charter is not None else BETWEEN_ASSEMBLIES.get(item.category)
    if rule is None:
        return Refusal("item.category", f"there is no rule for {item.category!r} before {forum}")
    meeting = sessions.hosted_by(connection, instance, forum) if isinstance(forum, str) else None
    opens = max(head.published, meeting.session.starts) if meeting is not None else head.published
    known = agenda.versions(connection, item.id)
    source = known[-1].source if known else ""
    soon = hastening.granted(connection, instance, item)
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name=item.title,
        category=item.category,
        forum=Id(forum) if isinstance(forum, str) else [Id(one) for one in forum],
        rule=rule,
        opens=opens,
        closes=soon[1] if soon is not None else _closes(connection, instance, item, charter, opens),
        charter=charter.head.ref if charter is not None else None,
        version=len(known) + 1,
        decision=Ref(Id(decision.id), decision.digest),
        supersedes=Ref(Id(item.act), item.act_digest),
        content=paragraphs(source),
        source=source,
    )
    if soon is not None:
        document["gov:earlier"] = writing.ref(soon[0])
    if meeting is not None:
        document["gov:session"] = {"id": meeting.first.id, "gov:digest": meeting.first.digest}
    act = seal_and_announce(connection, instance, document | carried(item))
    asked = [forum] if isinstance(forum, str) else [one for one in forum if one != instance.assembly]
    send(connection, instance, "Offer", instance.assembly, load(act), asked)
    if not isinstance(forum, str) or forum == instance.assembly:
        put_on_agenda(connection, instance, act)  # we bring it by a decision, and answer it by another
    agenda.set_details(connection, item.id, {**item.details, "brought": act.id})
    return act


def closing_time(connection: Connection, instance: Instance, charter: Charter | None, opens: Instant) -> Instant | None:
    """The earliest end of a proposal before the forum of `charter`: when every member could meet, and a week on.

    Its members' charters say when they meet, as far as these are here (governance.md §2, `rhythm`). None
    where the rules set no time: a close at the opening would make every answer late.
    """
    roll = Reading(connection, loopback=instance.loopback).members_at(charter.head.author, opens) if charter else ()
    known = (charter_of(connection, instance, member, opens) for member in roll)
    settings = charter if charter is not None else Settings()
    earliest = earliest_close(settings, (one for one in known if one is not None), opens)
    return earliest if earliest > opens else None


def _closes(
    connection: Connection, instance: Instance, item: Item, charter: Charter | None, opens: Instant
) -> Instant | None:
    """Until when answers are asked: as proposed, but never earlier than every member can meet.

    A call stays open where nobody said until when: an assembly signs it when it has talked about it (G6).
    """
    asked = hastening.closes_of(item)
    if asked is not None:
        return max(asked, opens)
    earliest = closing_time(connection, instance, charter, opens)
    wished = parse_instant(item.details.get("answers_by"))
    if isinstance(wished, Refusal):
        return None if item.category == CALL else earliest
    return max(wished, earliest or opens)
