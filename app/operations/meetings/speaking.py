"""Saying it aloud: a ballot that a trusted person enters in a teller's presence (governance.md §3, B21)."""

from app.kernel.refusal import Refusal
from app.operations.assembly.electorate import replaced_by
from app.operations.meetings import attending
from app.operations.votes import voting
from app.store import accounts, meetings, spoken_ballots, votes, waiting_ballots
from app.store.accounts import Account
from app.store.database import Connection
from app.store.meetings import Duty
from app.store.votes import Vote
from app.wiring import Instance


def enter(
    connection: Connection,
    instance: Instance,
    helper: Account,
    vote_id: str,
    member: str,
    teller: str,
    choice: str,
    reason: str,
    version: str,
) -> Vote | Refusal:
    """Keep what a member says aloud in the meeting: `helper` enters it; it counts once `teller`, who is there, says so.

    Refuses by `vote.spoken` (not three people, no teller of the meeting that is open, or the member did not come in
    at the door), `vote.own` (they voted under their own sign-in) and as `voting.cast` does.
    """
    vote = votes.get(connection, vote_id)
    if vote is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    who, present = accounts.named(connection, member), accounts.named(connection, teller)
    if who is None or present is None or len({who.id, present.id, helper.id}) < 3:
        return Refusal("vote.spoken", "a member, who enters it and a teller are three people")
    meeting = meetings.sitting(connection)
    if meeting is None or meeting.id != vote.meeting:
        return Refusal("vote.spoken", "something is said aloud in the meeting of the vote, while it goes on")
    if present.id not in meetings.holders(connection, meeting.id, Duty.TELLER):
        return Refusal("vote.spoken", f"{present.name} is no teller of the meeting")
    if not attending.was_here(connection, meeting.id, who.id):
        return Refusal("vote.spoken", f"{who.name} did not come in at the door")
    earlier = votes.ballot(connection, vote.id, who.id)
    if earlier is not None and earlier.helper is None:
        return Refusal("vote.own", f"{who.name} voted under their own sign-in")
    return voting.cast(connection, instance, who, vote.id, choice, reason, version, spoken=(helper.id, present.id))


def confirm(connection: Connection, instance: Instance, teller: Account, vote_id: str, member: str) -> Vote | Refusal:
    """The teller who was there says that a member said what was entered: now it counts.

    Refuses by `vote.unknown`, `vote.closed` and `vote.unspoken` (nothing of theirs waits for this teller).
    """
    vote, who = votes.get(connection, vote_id), accounts.named(connection, member)
    if vote is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    if vote.over:
        return Refusal("vote.closed", f"{vote.id} is closed")
    if who is None or not spoken_ballots.waits(connection, vote.id, who.id, teller.id):
        return Refusal("vote.unspoken", f"nothing that {member[:60]!r} said waits for {teller.name}")
    replaced = replaced_by(instance, who, votes.ballot(connection, vote.id, who.id))
    waiting_ballots.count(connection, vote.id, who.id, replaced)
    return vote
