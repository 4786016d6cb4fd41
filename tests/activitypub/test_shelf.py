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
    assert {await shelf.get("/a", press) for _ in range(10)} == {render(b"{}", "text/plain")}
    assert press.made == 1
    at[0] += timedelta(seconds=5)
    await shelf.get("/a", press)
    assert press.made == 2


async def test_addresses_that_lead_nowhere_take_no_room() -> None:
    shelf, nothing = Shelf(current_instant), Press(None)
    for _ in range(2):
        assert await shelf.get("/nowhere", nothing) is None
    assert nothing.made == 2


async def test_what_was_asked_for_longest_ago_makes_room() -> None:
    at = current_instant()
    shelf, first, other = Shelf(lambda: at), Press(), Press()
    await shelf.get("/first", first)
    for number in range(2_048):
        await shelf.get(f"/{number}", other)
    await shelf.get("/first", first)
    assert first.made == 2
    made = other.made
    await shelf.get("/2047", other)
    assert other.made == made


async def test_a_large_answer_is_made_each_time() -> None:
    shelf, large = Shelf(current_instant), Press(b" " * 65_537)
    for _ in range(2):
        await shelf.get("/large", large)
    assert large.made == 2


async def test_the_etag_is_of_the_bytes() -> None:
    assert render(b"a", "text/plain").etag == render(b"a", "text/html").etag != render(b"b", "text/plain").etag
