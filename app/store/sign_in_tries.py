"""Wrong tries at signing in, under keyed hashes of whose account and from where; kept for minutes."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, or_, select

from app.store.tables_assembly import sign_in_tries as tries


def count(connection: Connection, subject: bytes, since: int) -> int:
    """How often it was tried after `since`."""
    where = (tries.c.subject == subject, tries.c.tried_at > since)
    return int(connection.scalar(select(func.count()).select_from(tries).where(*where)) or 0)


def add(connection: Connection, subjects: Iterable[bytes], now: int) -> tuple[int, ...]:
    """Note a try under each subject; the numbers of what was noted."""
    return tuple(
        int(connection.execute(insert(tries).values(subject=subject, tried_at=now).returning(tries.c.id)).scalar_one())
        for subject in subjects
    )


def succeeded(connection: Connection, numbers: Iterable[int], account: bytes) -> None:
    """The password was right: forget this try, and every earlier one at the account."""
    connection.execute(delete(tries).where(or_(tries.c.id.in_(list(numbers)), tries.c.subject == account)))


def forget(connection: Connection, until: int) -> None:
    """Forget every try up to `until`."""
    connection.execute(delete(tries).where(tries.c.tried_at <= until))
