"""Questions to delegates: who was asked about which vote, until when an answer is awaited, and what was answered."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from app.store.tables_assembly import questions


@dataclass(frozen=True, slots=True)
class Question:
    """What one delegate is asked about one vote, `act` by number in the record; `answer` is Markdown."""

    act: int
    account: int
    asked_at: int
    answer_by: int
    answer: str | None
    answered_at: int | None


def ask(connection: Connection, act: int, account: int, now: int, answer_by: int) -> None:
    """Ask a delegate about a vote of theirs."""
    connection.execute(insert(questions).values(act=act, account=account, asked_at=now, answer_by=answer_by))


def about(connection: Connection, act: int) -> Question | None:
    """The question about a vote, if there is one."""
    row = connection.execute(select(questions).where(questions.c.act == act)).first()
    if row is None:
        return None
    return Question(row.act, row.account, row.asked_at, row.answer_by, row.answer, row.answered_at)


def answer(connection: Connection, act: int, text: str, now: int) -> None:
    """Keep the delegate's answer in place of an earlier one."""
    connection.execute(update(questions).where(questions.c.act == act).values(answer=text, answered_at=now))
