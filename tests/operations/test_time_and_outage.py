"""A clock that goes back, and an outage that is over: neither leaves a mark on the record, or for long."""

from pathlib import Path

import pytest

from app.federation.keys import RsaPublicKey
from app.kernel.refusal import Refusal
from app.operations import corresponding, keyholders
from app.operations.publishing import seal_and_announce
from app.operations.sealing import heading
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation.gov_context import CONTEXT
from app.wiring import Instance
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock
from tests.processes.servers import Peer, Someone

pytestmark = pytest.mark.anyio


async def report(instance: Instance) -> StoredAct:
    def seal(connection: Connection) -> StoredAct:
        head = heading(connection, instance)
        document = {
            "@context": list(CONTEXT),
            "id": head.id,
            "type": "gov:Report",
            "attributedTo": head.author,
            "content": "<p>A report</p>",
        }
        return seal_and_announce(connection, instance, document)

    return await instance.database.write(seal)


@pytest.mark.withstands("E06")
async def test_when_the_clock_goes_back_an_hour_the_times_of_the_record_do_not(
    tmp_path: Path, sqlite_template: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    async with instance_here(tmp_path, sqlite_template, clock) as instance:
        first = await report(instance)
        assert "clock" not in capsys.readouterr().out
        clock.tick(hours=-1)
        second = await report(instance)
        assert "the clock is behind the ledger" in capsys.readouterr().out
        clock.tick(hours=1, seconds=5)
        third = await report(instance)
    assert [act.leaf for act in (first, second, third)] == [0, 1, 2]
    assert first.published_at == second.published_at == third.published_at - 5


@pytest.mark.withstands("E18")
async def test_what_could_not_be_fetched_during_an_outage_is_asked_for_again_after_ten_minutes(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock, peer = Clock(), Peer()
    someone = Someone(f"{peer.url}/away")
    async with instance_here(tmp_path, sqlite_template, clock) as instance:

        async def key() -> object:
            return await keyholders.key(instance, someone.http.key_id, for_stranger=True)

        assert isinstance(await key(), Refusal)
        peer.serve("/away", someone.document("Person"))
        clock.tick(minutes=9)
        assert isinstance(await key(), Refusal)
        assert peer.asked == ["/away"]
        clock.tick(minutes=1)
        assert isinstance(await key(), RsaPublicKey)
    peer.close()


@pytest.mark.withstands("E18")
async def test_a_caretaker_ends_the_time_for_which_nobody_is_asked(tmp_path: Path, sqlite_template: Path) -> None:
    clock, peer = Clock(), Peer()
    someone = Someone(f"{peer.url}/away")
    async with instance_here(tmp_path, sqlite_template, clock) as instance:
        assert isinstance(await keyholders.key(instance, someone.http.key_id, for_stranger=True), Refusal)
        peer.serve("/away", someone.document("Person"))
        assert isinstance(await keyholders.key(instance, someone.http.key_id, for_stranger=True), Refusal)
        assert not isinstance(await corresponding.refetch(instance, someone.id), Refusal)
        assert isinstance(await keyholders.key(instance, someone.http.key_id, for_stranger=True), RsaPublicKey)
    peer.close()
