"""What was rendered lately is not rendered again, is not kept for long, and is not kept without bound."""

from datetime import timedelta

import pytest

from app.http.activitypub.shelf import Rendered, Shelf, render
from app.wiring import current_instant

pytestmark = pytest.mark.anyio


class Press:
    """Makes answers, and counts how often it was asked to."""

    def __init__(self, body: bytes | None = b"{}") -> None:
        self.body = body
        self.made = 0

    async def __call__(self) -> Rendered | None:
        self.made += 1
        return None if self.body is None else render(self.body, "text/plain")


async def test_many_askers_cost_one_reading_until_it_is_five_seconds_old() -> None:
    at = [current_instant()]
    shelf, press = Shelf(lambda: at[0]), Press()
    assert {await shelf.get(("/a", b""), press) for _ in range(10)} == {render(b"{}", "text/plain")}
    assert press.made == 1
    at[0] += timedelta(seconds=5)
    await shelf.get(("/a", b""), press)
    assert press.made == 2


async def test_addresses_that_lead_nowhere_take_no_room() -> None:
    shelf, nothing = Shelf(current_instant), Press(None)
    for _ in range(2):
        assert await shelf.get(("/nowhere", b""), nothing) is None
    assert nothing.made == 2


async def test_what_was_asked_for_longest_ago_makes_room() -> None:
    at = current_instant()
    shelf, first, other = Shelf(lambda: at), Press(), Press()
    await shelf.get(("/first", b""), first)
    for number in range(2_048):
        await shelf.get((f"/{number}", b""), other)
    await shelf.get(("/first", b""), first)
    assert first.made == 2
    made = other.made
    await shelf.get(("/2047", b""), other)
    assert other.made == made


async def test_one_document_under_ever_new_queries_takes_no_more_room_than_there_is() -> None:
    at = current_instant()
    shelf, first, page = Shelf(lambda: at), Press(), Press(b" " * 60_000)
    await shelf.get(("/first", b""), first)
    for number in range(16 * 1024 * 1024 // 60_000 + 1):
        await shelf.get(("/page", str(number).encode()), page)
    await shelf.get(("/first", b""), first)
    assert first.made == 2
    made = page.made
    await shelf.get(("/page", str(number).encode()), page)
    assert page.made == made


async def test_a_long_address_is_not_kept() -> None:
    shelf, press = Shelf(current_instant), Press()
    for _ in range(2):
        await shelf.get(("/a", b" " * 65_536), press)
    assert press.made == 2


async def test_a_question_mark_in_a_path_is_not_where_the_query_begins() -> None:
    shelf, press = Shelf(current_instant), Press()
    await shelf.get(("/a", b"page=1?"), press)
    await shelf.get(("/a?page=1", b""), press)
    assert press.made == 2


async def test_a_large_answer_is_made_each_time() -> None:
    shelf, large = Shelf(current_instant), Press(b" " * 65_537)
    for _ in range(2):
        await shelf.get(("/large", b""), large)
    assert large.made == 2


async def test_the_etag_is_of_the_bytes() -> None:
    assert render(b"a", "text/plain").etag == render(b"a", "text/html").etag != render(b"b", "text/plain").etag
