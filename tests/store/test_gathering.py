"""Items that wait together are one write: each gets its own answer, and what fails is told to all of them."""

import asyncio
from collections.abc import Sequence

import pytest

from app.store import inbox
from app.store.database import Connection, Database, open_database
from app.store.inbox import Arrival

pytestmark = pytest.mark.anyio


def arrival(number: int) -> Arrival:
    return Arrival(f"https://a.example/{number}", "https://a.example/someone", "a.example", b"{}", 0)


def doubled(_: Connection, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Twice each number, and with how many it came."""
    return [(2 * number, len(numbers)) for number in numbers]


def failing(_: Connection, numbers: Sequence[int]) -> list[int]:
    raise ArithmeticError(sum(numbers))


async def test_each_item_has_its_own_answer_and_most_share_a_write(database: Database) -> None:
    answers = await asyncio.gather(*(database.write_each(doubled, number) for number in range(200)))
    assert [twice for twice, _ in answers] == [2 * number for number in range(200)]
    assert max(together for _, together in answers) > 100
    assert await database.write_each(doubled, 7) == (14, 1)


async def test_what_a_group_meets_is_told_to_all_of_it_and_the_next_one_is_written(database: Database) -> None:
    outcomes = await asyncio.gather(*(database.write_each(failing, 1) for _ in range(20)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {ArithmeticError}
    assert await database.write_each(doubled, 1) == (2, 1)


async def test_who_gives_up_waiting_takes_nothing_from_the_others(database: Database) -> None:
    waiting = [asyncio.create_task(database.write_each(doubled, number)) for number in range(20)]
    await asyncio.sleep(0)
    waiting[3].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(outcomes[3], asyncio.CancelledError)
    assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 19


@pytest.mark.withstands("E08")
async def test_an_activity_that_comes_to_two_servers_at_once_is_kept_once(
    database: Database, database_url: str
) -> None:
    other = open_database(database_url)
    both = [
        one.write_each(inbox.append, arrival(number % 50), decides=False)
        for number in range(200)
        for one in (database, other)
    ]
    await asyncio.gather(*both)
    assert await database.read(inbox.waiting) == 50
    await other.close()
