"""A clock that goes back, and an outage that is over: neither leaves a mark on the record, or for long."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from app.federation.keys import RsaPublicKey
from app.kernel.refusal import Refusal
from app.operations.confederation import looking_up
from app.operations.exchange import corresponding, keyholders, process
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record.sealing import heading
from app.store import acts, parking
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation.gov_context import CONTEXT
from app.wiring import Instance
from tests.network.servers import answer, serving
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock
from tests.processes.dripping import Dripping
from tests.processes.servers import Peer, Someone
from tests.processes.voices import does, note

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


@pytest.mark.withstands("D02")
@pytest.mark.withstands("D20")
@pytest.mark.withstands("E09")
async def test_what_is_asked_of_a_server_that_drips_or_breaks_something_holds_up_nothing_else(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock, peer, beside = Clock(), Peer(), Peer()
    poison, good = peer.actor("poison"), beside.actor("good")
    async with instance_here(tmp_path, sqlite_template, clock, seconds=1) as instance:
        with closing(Dripping()) as slow:
            for someone, home in ((poison, peer), (good, beside)):
                home.serve(f"/{someone.id.rpartition('/')[2]}/acts/1", someone.report(1))
            dripping = [f"{slow.url}/acts/{number}" for number in range(20)]

            named = [*dripping, f"{poison.id}/acts/1", f"{good.id}/acts/1"]

            def prepare(connection: Connection) -> None:
                acts.want(connection, [acts.Reference("gov:proposal", one, "zQm") for one in named], 0)
                breaks = f"NEW.author = '{poison.id}' BEGIN SELECT RAISE(ABORT, 'nobody foresaw this'); END"
                connection.exec_driver_sql(f"CREATE TRIGGER poison BEFORE INSERT ON acts WHEN {breaks}")

            await instance.database.write(prepare)
            await process.ask_for_missing(instance)
            assert slow.asked == 1  # for the rest it is not asked now
        assert [act.id for act in await instance.database.read(received)] == [f"{good.id}/acts/1"]
        due = await instance.database.read(lambda c: acts.due_wants(c, int(clock.now().timestamp()) + 1, 100))
        assert {one for one, _, _ in due}.isdisjoint(named)
    peer.close()
    beside.close()


@pytest.mark.withstands("D02")
@pytest.mark.withstands("D07")
async def test_of_what_waits_for_a_server_that_drips_one_is_tried_at_a_time(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock = Clock()
    now = int(clock.now().timestamp())
    async with instance_here(tmp_path, sqlite_template, clock, seconds=1) as instance:
        with closing(Dripping()) as slow, closing(Peer()) as peer:
            ann = Someone(f"{peer.url}/ann")
            said = [does(ann, "Create", note(ann, f"{slow.url}/notes/{number}")) for number in range(10)]

            def park(connection: Connection) -> None:
                for one in said:
                    premise, raw = one["object"]["inReplyTo"], json.dumps(one).encode()
                    parked = parking.Parked(one["id"], ann.id, "127.0.0.1", raw, premise, 0, now)
                    parking.park(connection, parked, "not here", now)

            await instance.database.write(park)
            assert await process.try_parked(instance) == 10
            assert slow.asked == 1
        clock.tick(minutes=1)
        later = int(clock.now().timestamp())
        assert await instance.database.read(lambda c: parking.due(c, later, 99)) == ()
        clock.tick(minutes=2)
        assert await process.try_parked(instance) == 10


@pytest.mark.withstands("D02")
@pytest.mark.withstands("D05")
async def test_a_record_without_end_that_somebody_waits_for_is_read_for_a_while_and_no_longer(
    tmp_path: Path, sqlite_template: Path
) -> None:
    def endless(target: str) -> list[bytes]:
        after = int(target.partition("after=")[2].partition("&")[0])
        return [answer(json.dumps({"gov:items": [], "gov:next": after + 1}).encode())]  # a tenth of a second each

    async with serving(endless) as server, instance_here(tmp_path, sqlite_template, Clock()) as instance:
        refused = await looking_up.look_up(instance, f"{server.url}/assembly", seconds=1)
        assert isinstance(refused, Refusal)
        assert refused.code == "net.timeout"
        assert 0 < len(server.targets) < 100


async def test_a_part_of_a_record_may_be_larger_than_any_other_document(tmp_path: Path, sqlite_template: Path) -> None:
    act = {"id": "https://elsewhere.example/1", "type": "gov:Nothing", "content": "x" * 40_000}
    items = [{"leaf": number, "act": act} for number in range(50)]
    peer = Peer()
    async with instance_here(tmp_path, sqlite_template, Clock()) as instance:
        for received in ("0", "1"):
            peer.serve(f"/acts?after=-1&limit=50&received={received}", {"gov:items": items, "gov:next": None})
        assert await looking_up.look_up(instance, f"{peer.url}/assembly") == f"{peer.url}/assembly"
    peer.close()


def received(connection: Connection) -> tuple[StoredAct, ...]:
    return acts.received_after(connection, 0, 100)
