"""What the page of a proposal shows: the item, its texts, its votes and what they came to, as plain values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import gettext as _
from typing import Any, Final

from app.federation.tags import Attachment
from app.governance.meeting import Stage
from app.governance.proposal import State
from app.http.pages.assembly import charter, exclusions, provisions
from app.http.pages.assembly.charter import Proposed
from app.http.pages.assembly.exclusions import Exclusion
from app.http.pages.confederation import belonging, calling, extensions, stances
from app.http.pages.confederation.calling import Call
from app.http.pages.confederation.extensions import Haste, Time
from app.http.pages.mandates import hearings, reports, sitting
from app.http.pages.mandates.hearings import Hearing
from app.http.pages.mandates.reports import Told
from app.http.pages.mandates.sitting import Delegation
from app.http.pages.matters import alternatives, asked, authorship, introductions, revisions, voices
from app.http.pages.matters.alternatives import Beside
from app.http.pages.matters.asked import Asked
from app.http.pages.matters.authorship import Authorship
from app.http.pages.matters.introductions import Introduction
from app.http.pages.matters.revisions import Amendment, Revisions
from app.http.pages.matters.voices import Conversation
from app.http.pages.record import attached
from app.http.pages.votes import standing
from app.http.pages.votes.standing import Standing
from app.http.pages.votes.votings import Voting, person, voting_of
from app.kernel.instant import Instant
from app.operations.assembly import moderating, naming
from app.operations.confederation import reserving
from app.operations.matters import authoring, deliberating, lapsing, linking, redeciding
from app.operations.meetings import facilitating
from app.operations.votes import procedure
from app.store import agenda, hiding, meetings, votes
from app.store.accounts import Account
from app.store.agenda import Item, Kind, Text
from app.store.database import Connection
from app.store.hiding import Hidden
from app.wiring import Instance

ULID: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)
_ROOM: Final = 20_000
_AROUND: Final = 300
_WAITING: Final = frozenset({State.OPEN, State.NO_QUORUM})
_VOTABLE: Final = frozenset({State.OPEN, State.FROZEN, State.UNRESOLVED, State.NO_QUORUM})


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said, with the name."""

    who: str
    text: str
    when: int
    thing: str
    hidden: Hidden | None


@dataclass(frozen=True, slots=True)
class View:
    """Everything on the page of a proposal."""

    item: Item
    state: str
    forum: str
    author: str
    authorship: Authorship
    texts: tuple[Text, ...]
    votings: tuple[Voting, ...]
    said: tuple[Said, ...]
    earlier: int
    heard: Conversation
    may_amend: bool
    may_open: bool
    two_rounds: bool
    chairs: bool
    may_tell: bool
    times: deliberating.Times | None
    least: str
    meetings: tuple[meetings.Meeting, ...]
    questions: tuple[Asked, ...]
    introduction: Introduction
    hearing: Hearing | None = None
    delegation: Delegation | None = None
    report: Told | None = None
    charter: Proposed | None = None
    adopted_in: int = 0
    may_reserve: bool = False
    reservations: str = ""
    exclusion: Exclusion | None = None
    taken_from: tuple[str, str] | None = None
    revisions: Revisions | None = None
    amendment: Amendment | None = None
    may_hide: bool = False
    lapses: Instant | None = None
    holds_until: Instant | None = None
    call: Call | None = None
    stuck: bool = False
    standing: Standing | None = None
    beside: Beside | None = None
    time: Time | None = None
    haste: Haste | None = None
    attached: tuple[Attachment, ...] = ()
    admitted: str = ""

    @property
    def is_open(self) -> bool:
        """True until it is decided."""
        return self.item.state in _VOTABLE | {State.DECIDING}

    @property
    def picture(self) -> Mapping[str, Any] | None:
        """The picture of the text in force, as its act names it."""
        return self.item.details.get("picture")

    @property
    def text(self) -> Text | None:
        """The text in force."""
        return self.texts[-1] if self.texts else None


def view(
    connection: Connection, instance: Instance, item_id: str, account: Account | None, before: int = 0, skip: int = 0
) -> View | None:
    """The page's values for one member, or for anybody (print) if `account` is None; None if there is no item.

    Of what was said it has the last part before the number `before`, if any; of voices from outside without `skip`.
    """
    if not ULID.fullmatch(item_id) or (item := agenda.get(connection, item_id)) is None:
        return None
    authors = authorship.of(connection, item, account)
    kept = [one for one in agenda.discussion(connection, item.id) if not before or one.number < before]
    shown = _last(kept)
    texts = agenda.versions(connection, item.id)
    votings = _votings(connection, instance, item, texts, account)
    member, stands = account is not None, standing.of(connection, instance, item, account)
    times = deliberating.times(connection, instance, item) if member and item.state in _WAITING else None
    return View(
        item=item,
        state=_("Closed, not signed yet.") if _waits_to_be_signed(votings) else standing.state(item, stands),
        forum=named(connection, instance, item.details.get("forum")),
        author=", ".join(authors.names),
        authorship=authors,
        texts=introductions.different(texts),
        introduction=introductions.introduction(connection, instance, item, texts),
        votings=votings,
        said=_said(connection, instance, shown),
        earlier=shown[0].number if len(shown) < len(kept) else 0,
        heard=voices.of_item(connection, instance, item, account, skip),
        may_amend=_may_amend(item, account),
        may_open=member and item.state in _VOTABLE,
        chairs=isinstance(facilitating.meeting_for(connection, instance, item, account), meetings.Meeting),
        may_tell=_may_tell(connection, account),
        two_rounds=procedure.granted(item, procedure.Question.BOTH_ROUNDS) is not None,
        times=times,
        least=provisions.span(times.least) if times is not None and times.least else "",
        meetings=meetings.at_stage(connection, Stage.CONVENED, Stage.OPEN) if member else (),
        questions=asked.questions(connection, instance, item, account),
        charter=charter.proposed(connection, instance, item),
        revisions=revisions.of(connection, item, account),
        amendment=revisions.amendment(connection, item, account),
        taken_from=_taken_from(connection, instance, item),
        reservations=reserving.declared(item),
        may_reserve=_may_reserve(connection, instance, item, account),
        adopted_in=len(deliberating.adopted_in(item)),
        hearing=hearings.hearing(connection, instance, item, account) if item.kind is Kind.RECALL else None,
        delegation=sitting.proposed(connection, instance, item, account) if item.kind is Kind.MANDATE else None,
        exclusion=exclusions.exclusion(connection, item, account),
        report=reports.of_item(connection, instance, item, account) if item.kind is Kind.REPORT else None,
        call=calling.call(connection, instance, item, account),
        stuck=member and _is_stuck(connection, instance, item),
        may_hide=account is not None and moderating.has_turn(connection, instance, account),
        lapses=lapsing.lapses_at(connection, instance, item) if item.state in _VOTABLE else None,
        holds_until=lapsing.holds_until(item),
        standing=stands,
        admitted=belonging.of_item(connection, instance, item),
        beside=alternatives.of(connection, instance, item),
        haste=extensions.haste_of(connection, instance, item) if member else None,
        time=extensions.of_item(connection, instance, item, account),
        attached=attached.to_text(connection, instance, texts[-1]) if texts else (),
    )


def _votings(
    connection: Connection, instance: Instance, item: Item, texts: tuple[Text, ...], account: Account | None
) -> tuple[Voting, ...]:
    held = votes.of_item(connection, item.id)
    return tuple(voting_of(connection, instance, item, texts, vote, account) for vote in held)


def _may_amend(item: Item, account: Account | None) -> bool:
    """True for an author of a proposal that is open."""
    mine = account is not None and authoring.is_author(item, account)
    return mine and item.kind is Kind.PROPOSAL and item.state == State.OPEN


def _is_stuck(connection: Connection, instance: Instance, item: Item) -> bool:
    """True if what we decided waits for co-signers who are none any more, and can be decided again."""
    return calling.is_stuck(connection, instance, item) or redeciding.stuck(connection, instance, item) is not None


def _waits_to_be_signed(votings: tuple[Voting, ...]) -> bool:
    """True between the close of the newest vote and its signature."""
    newest = votings[-1].result if votings else None
    return newest is not None and newest.signed_by > 0


def _may_reserve(connection: Connection, instance: Instance, item: Item, account: Account | None) -> bool:
    """True if this member may write what we reserve if we agree."""
    if account is None or item.kind is not Kind.ANSWER or item.state not in _VOTABLE - {State.FROZEN}:
        return False
    return reserving.may_reserve(connection, instance, item, account)


def _may_tell(connection: Connection, account: Account | None) -> bool:
    """True if this member may count hands in the meeting that is open."""
    meeting = meetings.sitting(connection)
    if meeting is None or account is None:
        return False
    return facilitating.may_tell(connection, meeting.id, account) is None


def _taken_from(connection: Connection, instance: Instance, item: Item) -> tuple[str, str] | None:
    """Whose text an item was taken from, and where that is."""
    act = linking.source_of(connection, item)
    if act is None:
        return None
    return naming.assembly_name(connection, instance, act.author), stances.address_of(act)


def _last(kept: list[agenda.Comment]) -> tuple[agenda.Comment, ...]:
    """As many of the last as one page holds (story 1: at most 60 KB), and at least one if there are any."""
    room, count = _ROOM, 0
    for one in reversed(kept):
        room -= len(one.body) + _AROUND
        if room < 0 and count:
            break
        count += 1
    return tuple(kept[len(kept) - count :])


def _said(connection: Connection, instance: Instance, comments: tuple[agenda.Comment, ...]) -> tuple[Said, ...]:
    """What members said; of what is hidden by duty only that it is, and why."""
    things = [moderating.comment_thing(comment.number) for comment in comments]
    hidden = hiding.now_hidden(connection, things, int(instance.now().timestamp()))
    return tuple(
        Said(
            person(connection, comment.account).name,
            comment.body if thing not in hidden else "",
            comment.written_at,
            thing,
            hidden.get(thing),
        )
        for thing, comment in zip(things, comments, strict=True)
    )


def named(connection: Connection, instance: Instance, assembly: object) -> str:
    """What an assembly is called, or several; empty for what is no address."""
    listed = assembly if isinstance(assembly, list) else [assembly] if isinstance(assembly, str) else []
    return ", ".join(naming.assembly_name(connection, instance, one) for one in listed)
