"""Questioning: a delegate who voted against the mandate is asked why, and answers to the assembly (B3, B6)."""

from datetime import timedelta
from typing import Final

from app.kernel.refusal import Refusal
from app.store import acts, agenda, questions
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

TIME_TO_ANSWER: Final = timedelta(hours=48)
"""How long a delegate has; governance.md §5."""

LONGEST: Final = 5_000


def ask(connection: Connection, instance: Instance, account: Account, vote: StoredAct, item: str | None) -> None:
    """Tell all members of a vote against the mandate, and ask the delegate about it; no recall opens by itself."""
    now = instance.now()
    asked, until = int(now.timestamp()), int((now + TIME_TO_ANSWER).timestamp())
    questions.ask(connection, vote.seq, account.id, asked, until)
    agenda.tell(connection, "against_mandate", asked, act=vote.seq, item=item)


def answer(connection: Connection, instance: Instance, account: Account, vote_id: str, text: str) -> Refusal | None:
    """Keep what the delegate answers; it stays in the assembly, and can be changed until the time is over.

    Refuses by `question.unknown` (none to this member about this vote), `question.text` and `question.late`.
    """
    vote = acts.by_id(connection, vote_id)
    asked = questions.about(connection, vote.seq) if vote is not None else None
    if asked is None or asked.account != account.id:
        return Refusal("question.unknown", f"{account.name} was not asked about {vote_id[:80]!r}")
    if not 0 < len(text) <= LONGEST:
        return Refusal("question.text", f"an answer has 1 to {LONGEST} characters, got {len(text)}")
    now = int(instance.now().timestamp())
    if now > asked.answer_by:
        return Refusal("question.late", f"the time to answer was over at {asked.answer_by}")
    questions.answer(connection, asked.act, text, now)
    agenda.tell(connection, "answered", now, act=asked.act)
    return None
