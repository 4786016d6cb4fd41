"""A server whose record is no JSON for a while: that is noted and tried again, and no leaf holds up the rest."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.federation.documents import ACTIVITY_JSON
from app.operations.exchange import pulling
from app.store import acts, pulls
from app.store.database import Connection
from app.store.pulls import Pull
from app.wiring import Instance
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock
from tests.processes.servers import Peer, Someone

pytestmark = pytest.mark.anyio

HTML = b"<!doctype html><title>Back in a minute</title>"


@dataclass
class Reading:
    """Somebody whose record we read, on a peer."""

    instance: Instance
    clock: Clock
    peer: Peer
    hill: Someone

    def say(self, query: str, body: bytes) -> None:
        """What the peer answers to a range, with the type that it should have."""
        self.peer.judges[f"/acts?{query}"] = lambda *_: (200, {"Content-Type": ACTIVITY_JSON}, body)

    def has(self, query: str, leaf: int, number: int, following: int | None = None) -> str:
        """A range with one act; its id."""
        act = self.hill.report(number)
        self.say(query, json.dumps({"gov:items": [{"leaf": leaf, "act": act}], "gov:next": following}).encode())
        return str(act["id"])

    async def read(self) -> Pull:
        """Read what is due; how far we are."""
        now = int(self.clock.now().timestamp())
        due = await self.instance.database.take(lambda c: pulls.claim(c, now, 4, 300))
        for one in due:
            await pulling.pull(self.instance, one)
        [known] = await self.instance.database.read(pulls.known)
        return known

    async def kept(self) -> set[str]:
        def look(connection: Connection) -> set[str]:
            return {act.id for act in acts.received_after(connection, 0, 100)}

        return await self.instance.database.read(look)


@pytest.fixture
async def reading(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Reading]:
    clock, peer = Clock(), Peer()
    hill = peer.actor("hill", "Group", **{"gov:body": "commune"})
    async with instance_here(tmp_path, sqlite_template, clock) as instance:
        here = [(hill.id, peer.url.removeprefix("http://"))]
        await instance.database.write(lambda c: pulls.enlist(c, here, int(clock.now().timestamp())))
        peer.ledger(hill, 3)
        yield Reading(instance, clock, peer, hill)
    peer.close()


@pytest.mark.withstands("E11")
async def test_a_server_that_answers_everything_with_a_page_is_noted_and_read_when_it_is_well(reading: Reading) -> None:
    for query in ("after=-1&limit=50", "after=-1&limit=1", "after=0&limit=50"):
        reading.say(query, HTML)
    noted = await reading.read()
    assert (noted.leaf, noted.tries, (noted.because or "").partition(":")[0]) == (-1, 1, "json.form")
    act = reading.has("after=-1&limit=50", 0, 1)
    assert await reading.kept() == set()
    reading.clock.tick(minutes=2)
    healed = await reading.read()
    assert (healed.leaf, healed.tries, healed.because) == (0, 0, None)
    assert await reading.kept() == {act}


@pytest.mark.withstands("E11")
async def test_a_leaf_in_whose_place_there_is_no_json_is_passed_over_where_those_behind_it_can_be_read(
    reading: Reading,
) -> None:
    first = reading.has("after=-1&limit=50", 0, 1, following=0)
    for query in ("after=0&limit=50", "after=0&limit=1"):
        reading.say(query, HTML)
    behind = reading.has("after=1&limit=50", 2, 2)
    assert (await reading.read()).leaf == 2
    assert await reading.kept() == {first, behind}


@pytest.mark.withstands("E11")
@pytest.mark.withstands("F14")
async def test_the_number_of_a_leaf_that_is_not_there_moves_us_past_none_that_is(reading: Reading) -> None:
    reading.has("after=-1&limit=50", 9_007_199_254_740_991, 1)
    noted = await reading.read()
    assert (noted.leaf, noted.tries, (noted.because or "").partition(":")[0]) == (-1, 1, "pull.beyond")
    assert await reading.kept() == set()
    first = reading.has("after=-1&limit=50", 0, 2, following=0)
    reading.has("after=0&limit=50", 3, 3)
    reading.clock.tick(minutes=2)
    assert (await reading.read()).leaf == 0
    second = reading.has("after=0&limit=50", 2, 4)
    reading.clock.tick(minutes=4)
    assert (await reading.read()).leaf == 2
    assert await reading.kept() == {first, second}


@pytest.mark.withstands("F14")
async def test_where_a_ledger_ends_is_what_its_own_key_signed(reading: Reading) -> None:
    reading.has("after=-1&limit=50", 7, 1)
    reading.peer.documents["/ledger/checkpoint"] = ("text/plain", Someone(reading.hill.id).checkpoint(9).encode())
    noted = await reading.read()
    assert (noted.leaf, (noted.because or "").partition(":")[0]) == (-1, "checkpoint.bad")
    reading.peer.ledger(reading.hill, 9)
    reading.clock.tick(minutes=2)
    assert (await reading.read()).leaf == 7


@pytest.mark.withstands("E11")
async def test_a_ledger_that_is_shorter_than_what_we_read_is_read_from_its_beginning(reading: Reading) -> None:
    reading.peer.ledger(reading.hill, 1_000_001)
    far = reading.has("after=-1&limit=50", 1_000_000, 1)
    assert (await reading.read()).leaf == 1_000_000
    reading.peer.ledger(reading.hill, 2)
    reading.say("after=1000000&limit=50", b'{"gov:items": [], "gov:next": null}')
    near = reading.has("after=-1&limit=50", 1, 2)
    reading.clock.tick(hours=2)
    assert (await reading.read()).leaf == 1
    assert await reading.kept() == {far, near}
