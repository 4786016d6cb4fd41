"""Protecting who votes: more on request, never less once a vote is open (governance.md §3)."""

from typing import Any

from app.governance.modes import NAMES_PEOPLE, Mode, enough_ask, protects_more, raised
from app.kernel.canonical import commitment
from app.kernel.refusal import Refusal
from app.operations import rolls
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
    a tenth of those present. Refuses by `item.unknown`, `vote.mode` (it would not protect more than the
    open vote does) and `vote.late` (its time is over, and what was cast stands).
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if mode is Mode.ROLL_CALL:
        return Refusal("vote.mode", "a roll call protects nobody")
    open_vote = next((vote for vote in votes.of_item(connection, item.id) if not vote.closed), None)
    refused = _too_late_or_less(instance, open_vote, mode) if open_vote is not None else None
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


def asking(item: Item) -> dict[str, Any]:
    """Who asks for which mode on the text in force, by the mode's word."""
    kept: dict[str, Any] = item.details.get("protection", {})
    return dict(kept.get("asked", {})) if kept.get("about") == item.act_digest else {}


def asked_for(connection: Connection, instance: Instance, item: Item, meeting: Meeting | None) -> Mode | None:
    """The most protection for which enough people ask; None if too few ask for any."""
    known = asking(item)
    granted = [
        mode for mode in Mode if _is_enough(connection, instance, item, tuple(known.get(mode.value, ())), meeting)
    ]
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
    """Give an open vote the protection that enough ask for; on paper, what was cast online is set aside, and told."""
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
    agenda.tell(connection, "protected", int(instance.now().timestamp()), item=item.id)
