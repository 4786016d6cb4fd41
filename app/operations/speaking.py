"""Saying it aloud: a ballot that a trusted person enters in a teller's presence (governance.md §3, B21)."""

from app.kernel.refusal import Refusal
from app.operations import voting
from app.store import accounts, meetings, votes
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
    """Keep what a member says aloud: `helper` enters it, `teller` is there; all three are different people.

    Refuses by `vote.spoken` (not three people, or no teller of the meeting) and as `voting.cast` does.
    """
    vote = votes.get(connection, vote_id)
    if vote is None:
        return Refusal("vote.unknown", f"no vote {vote_id}")
    who, present = accounts.named(connection, member), accounts.named(connection, teller)
    if who is None or present is None or len({who.id, present.id, helper.id}) < 3:
        return Refusal("vote.spoken", "a member, who enters it and a teller are three people")
    if vote.meeting is None or present.id not in meetings.holders(connection, vote.meeting, Duty.TELLER):
        return Refusal("vote.spoken", f"{present.name} is no teller of the meeting")
    return voting.cast(connection, instance, who, vote.id, choice, reason, version, spoken=(helper.id, present.id))
