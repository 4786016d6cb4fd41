"""A real server whose database is locked, away, slow, or shared by several web processes."""

import json
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.store.engine import writing_engine
from tests.conftest import administer, copy_of
from tests.processes.asking import follow, inbox
from tests.processes.flood import flood
from tests.processes.servers import Peer, Server, running, wait_until


def is_ready(server: Server) -> bool:
    return server.get("/health/ready")[0] == 200


@pytest.mark.withstands("E05")
def test_while_another_holds_the_database_writes_are_put_off_and_reads_go_on(commune: Server, peer: Peer) -> None:
    someone = peer.actor("while-locked")
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    with closing(sqlite3.connect(commune.folder / "roundabout.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert someone.post(inbox(commune), follow(someone.id, commune)) == 503
        assert not is_ready(commune)
        assert commune.get("/acts?after=-1")[0] == commune.get("/health/live")[0] == 200
        other.execute("ROLLBACK")
    assert is_ready(commune)
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 202


@dataclass(frozen=True)
class Shared:
    """A commune of two web processes and a worker on PostgreSQL, and that server's own database."""

    server: Server
    postgresql: str

    @property
    def database(self) -> str:
        return str(make_url(self.server.database_url).database)

    def tell(self, *statements: str) -> None:
        """Have the commune's own database do something."""
        engine = writing_engine(self.server.database_url)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    @contextmanager
    def away(self) -> Iterator[None]:
        """The time in which nobody gets at the database."""
        administer(self.postgresql, f'ALTER DATABASE "{self.database}" WITH ALLOW_CONNECTIONS false')
        try:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname"
            administer(self.postgresql, f"{cut} = '{self.database}'")
            yield
        finally:
            administer(self.postgresql, f'ALTER DATABASE "{self.database}" WITH ALLOW_CONNECTIONS true')


def web_processes(parent: int) -> list[int]:
    """The web processes that `serve` minds."""
    children = [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return [one for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, postgresql: str) -> Iterator[Shared]:
    folder: Path = tmp_path_factory.mktemp("shared") / "data"
    signed_only = {"ROUNDABOUT_AUTHORIZED_FETCH": "1"}
    with contextmanager(copy_of)("template1", postgresql) as url:
        server = Server("Riverside", folder, url, settings=signed_only, options=("--workers", "2"))
        server.make("Ana", "Bo", "Cy")
        server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
        with running(server):
            yield Shared(server, postgresql)


@pytest.mark.withstands("D10")
def test_all_web_processes_together_take_no_more_of_a_domain_than_one_would(shared: Shared, peer: Peer) -> None:
    flooding = peer.actor("floods-two")
    statuses = flood(shared.server, flooding, 2_800)  # one process alone takes 3,000 a minute of one key
    assert set(statuses) == {202, 429}
    assert statuses.count(202) >= 1_500


@pytest.mark.withstands("E05")
def test_while_the_database_is_away_the_server_says_so_and_goes_on_when_it_is_back(shared: Shared, peer: Peer) -> None:
    someone, server = peer.actor("while-away"), shared.server
    assert someone.post(inbox(server), follow(someone.id, server)) == 202
    with shared.away():
        assert someone.post(inbox(server), follow(someone.id, server)) == 503
        assert server.get("/health/ready")[0] == 503
        assert server.get("/health/live")[0] == 200
    wait_until(lambda: is_ready(server), f"not well again: {server.log()[-2000:]}")
    peer.received.clear()
    assert someone.post(inbox(server), follow(someone.id, server)) == 202
    wait_until(lambda: any(one["type"] == "Accept" for one in peer.received), f"no jobs: {server.log()[-2000:]}")


@pytest.mark.withstands("E17")
def test_a_web_process_that_is_killed_while_the_database_is_away_is_started_once_and_waits(shared: Shared) -> None:
    server, waits = shared.server, "a web process waits for the database"
    assert server.process is not None
    first, other = web_processes(server.process.pid)
    with shared.away():
        before = server.log().count(waits)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: server.log().count(waits) >= before + 3, f"nothing waits: {server.log()[-2000:]}", 60)
        [new] = set(web_processes(server.process.pid)) - {other}
    os.kill(other, signal.SIGKILL)  # so that it is the new one that answers
    wait_until(lambda: is_ready(server), f"not well again: {server.log()[-2000:]}")
    assert new in web_processes(server.process.pid)


@pytest.mark.withstands("D16")
def test_a_costly_reading_is_for_who_signs_and_ends_in_time_and_holds_up_nobody(shared: Shared, peer: Peer) -> None:
    someone, server = peer.actor("reads-much"), shared.server
    assert someone.get(f"{server.url}/acts?after=-1")[0] == 200
    assert server.worker is not None
    server.worker.terminate()  # it reads the record, too, with nobody waiting for it
    server.worker.wait(20)
    shared.tell(
        "ALTER TABLE acts RENAME TO acts_kept",
        "CREATE VIEW acts AS SELECT acts_kept.* FROM acts_kept, pg_sleep(600)",
    )
    try:
        answers: list[int] = []
        slow = threading.Thread(target=lambda: answers.append(someone.get(f"{server.url}/acts?after=-1")[0]))
        slow.start()
        assert server.get("/acts?after=-1")[0] == 401
        assert server.get("/ledger/checkpoint")[0] == server.get("/health/ready")[0] == 200
        assert answers == []
        slow.join(60)
        assert answers == [503]
    finally:
        shared.tell("DROP VIEW acts", "ALTER TABLE acts_kept RENAME TO acts")
        server.start()
    assert len(json.loads(someone.get(f"{server.url}/acts?after=-1")[1])["gov:items"]) == 3
