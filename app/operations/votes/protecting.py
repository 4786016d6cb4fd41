"""Protecting who votes: more on request, never less once a vote is open (governance.md §3)."""

from typing import Any

from app.governance.modes import NAMES_PEOPLE, Mode, enough_ask, protects_more, raised
from app.kernel.canonical import commitment
from app.kernel.refusal import Refusal
from app.operations.meetings import convening
from app.operations.votes import rolls, setting_aside
from app.store import accounts, agenda, attendances, meetings, room_counts, votes
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.meetings import Meeting
from app.store.votes import Vote
from app.wiring import Instance


def ask(connection: Connection, instance: Instance, account: Account, item_id: str, mode: Mode) -> Item | Refusal:
    """Ask that a matter is voted on with more protection; an open vote gets it as soon as enough ask.

    One person concerned is enough for secret paper, in a recall or an exclusion any one person; else
    a tenth of those present. Where no paper is at hand, an open vote ends and the next meeting votes. Refuses by
    `item.unknown`, `vote.mode` (it would not protect more than the open vote does), `vote.late` (its time is over, and
    what was cast stands) and `vote.concerned_late` (who is concerned by a vote that is going on asks no more for it).
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if mode is Mode.ROLL_CALL:
        return Refusal("vote.mode", "a roll call protects nobody")
    open_vote = next((vote for vote in votes.of_item(connection, item.id) if not vote.closed), None)
    refused = _too_late_or_less(instance, open_vote, mode) if open_vote is not None else None
    if open_vote is not None and refused is None and not _sits(connection, open_vote):
        refused = _concerned(connection, instance, item, account)
    if refused is not None:
        return refused
    asked = asking(item)
    kept = {**asked, mode.value: sorted({*asked.get(mode.value, ()), account.id})}
    agenda.set_details(connection, item.id, {**item.details, "protection": {"about": item.act_digest, "asked": kept}})
    item = agenda.get(connection, item_id) or item
    if open_vote is not None:
        _raise(connection, instance, item, open_vote)
    return item


def _too_late_or_less(instance: Instance, vote: Vote, mode: Mode) -> Refusal | None:
    if vote.over or instance.now().timestamp() > vote.closes_at:
        return Refusal("vote.late", f"closed at {vote.closes_at}")
    higher = raised(Mode(vote.mode), mode)
    return higher if isinstance(higher, Refusal) else None


def _sits(connection: Connection, vote: Vote) -> bool:
    """True while the meeting of a vote goes on, and paper is at hand."""
    sitting = meetings.sitting(connection)
    return sitting is not None and sitting.id == vote.meeting


def _concerned(connection: Connection, instance: Instance, item: Item, account: Account) -> Refusal | None:
    """Whom a matter is about does not end the vote on it: they ask before it opens, or once paper is at hand."""
    named = rolls.is_named(connection, instance, item, account)
    if not named and not rolls.is_concerned(connection, instance, item, account):
        return None
    return Refusal("vote.concerned_late", f"{account.name} is concerned by {item.id}, whose vote is open")


def asking(item: Item) -> dict[str, Any]:
    """Who asks for which mode on the text in force, by the mode's word."""
    kept: dict[str, Any] = item.details.get("protection", {})
    return dict(kept.get("asked", {})) if kept.get("about") == item.act_digest else {}


def asked_for(connection: Connection, instance: Instance, item: Item, meeting: Meeting | None) -> Mode | None:
    """The most protection for which enough people ask; None if too few ask for any."""
    if convening.is_for_paper(item):
        return Mode.SECRET
    here = {member.id for member in accounts.members(connection)}  # the names of who left ask no more
    asked = {word: tuple(one for one in names if one in here) for word, names in asking(item).items()}
    granted = [mode for mode in Mode if _is_enough(connection, instance, item, asked.get(mode.value, ()), meeting)]
    return max(granted, key=list(Mode).index, default=None)


def _is_enough(
    connection: Connection, instance: Instance, item: Item, people: tuple[int, ...], meeting: Meeting | None
) -> bool:
    named = (accounts.numbered(connection, one) for one in people)
    about_people = item.kind is Kind.RECALL or item.category in NAMES_PEOPLE
    concerned = any(
        one is not None and (about_people or rolls.is_named(connection, instance, item, one)) for one in named
    )
    here = len(attendances.present(connection, meeting.id)) if meeting is not None else 0
    return bool(people) and enough_ask(len(people), here or accounts.count(connection), concerned=concerned)


def _raise(connection: Connection, instance: Instance, item: Item, vote: Vote) -> None:
    """Give an open vote the protection that enough ask for; on paper, what was cast online is set aside, and told.

    With no paper at hand the vote ends, and is never counted without those who were told to vote again.
    """
    meeting = meetings.get(connection, vote.meeting) if vote.meeting is not None else None
    wanted = asked_for(connection, instance, item, meeting)
    now = Mode(vote.mode)
    if wanted is None or not protects_more(wanted, now):
        return
    to = raised(now, wanted)
    if isinstance(to, Refusal):
        return
    votes.set_mode(connection, vote.id, to.value)
    if to is Mode.SECRET:
        cast = votes.cast_ballots(connection, vote.id)
        aside = [commitment(instance.new_salt(), [vote.id, str(who), choice]) for who, choice in cast.items()]
        votes.set_ballots_aside(connection, vote.id, aside)
        room_counts.forget(connection, vote.id)  # hands that were seen are no secret paper: the tellers count anew
        if not _sits(connection, vote):
            setting_aside.set_aside(connection, instance, item, vote)
            convening.leave_to_paper(connection, instance, item, vote.id)
            agenda.tell(connection, "on_paper", int(instance.now().timestamp()), item=item.id)
            return
    agenda.tell(connection, "protected", int(instance.now().timestamp()), item=item.id)
