"""What waits is taken up in turns: of each domain its oldest, and of one that floods no more than its share."""

import pytest

from app.store import inbox
from app.store.database import Connection, Database
from app.store.inbox import Arrival


def arrive(connection: Connection, domain: str, *times: int) -> None:
    kept = [Arrival(f"https://{domain}/{at}", f"https://{domain}/u", domain, b"{}", at) for at in times]
    inbox.append(connection, kept)


@pytest.mark.anyio
@pytest.mark.withstands("D10")
async def test_of_each_domain_the_oldest_are_claimed(database: Database) -> None:
    await database.write(lambda c: arrive(c, "loud.example", 9, 5, 1, 2, 3, 4))
    await database.write(lambda c: arrive(c, "quiet.example", 4, 8))
    await database.write(lambda c: arrive(c, "busy.example", 1))
    whose = ("loud.example", "quiet.example", "nobody.example")
    due = await database.take(lambda c: inbox.claim(c, 5, whose, 3, 60))
    assert [(one.domain, one.activity_id.rpartition("/")[2], one.raw) for one in due] == [
        ("loud.example", "1", b"{}"),
        ("loud.example", "2", b"{}"),
        ("loud.example", "3", b"{}"),
        ("quiet.example", "4", b"{}"),
    ]
    await database.write(lambda c: inbox.settle(c, [(one.seq, None) for one in due]))
    later = await database.take(lambda c: inbox.claim(c, 5, whose, 3, 60))
    assert [one.activity_id.rpartition("/")[2] for one in later] == ["4", "5"]
    assert await database.take(lambda c: inbox.claim(c, 5, (), 3, 60)) == ()
