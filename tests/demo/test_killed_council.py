"""The council is killed while the communes decide, and started again later: the cycle holds, and nothing is doubled."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.demo import cast
from app.demo.assembly import BOARD, everywhere, says
from app.demo.cycle import Cycle
from app.demo.play import Report, bodies, raise_curtain
from app.demo.stage import Server
from tests.demo.once import doubled

pytestmark = pytest.mark.timeout(900)  # four servers play it whole, beside other tests


@pytest.fixture
def stage(databases: str, tmp_path: Path) -> Iterator[list[Server]]:
    servers = bodies(tmp_path, len(cast.COMMUNES), databases)
    try:
        raise_curtain(servers, Report(as_json=True))
        yield servers
    finally:
        for server in servers:
            server.stop()


@pytest.mark.shows("G8")
def test_the_cycle_holds_with_the_council_killed_while_the_communes_decide(stage: list[Server]) -> None:
    riverside, hill, harbour, valley = stage
    played = Cycle(riverside, hill, harbour, valley, [], Report(as_json=True).tell, timedelta(days=1))
    played.confederate()
    played.bring()
    played.mandate()
    played.speak()
    played.harbour_decides()
    valley.kill()
    played.riverside_decides()
    everywhere([riverside], "that Valley is away", lambda one: says(one, BOARD, "Valley has not answered for"))
    everywhere(played.communes, "the count without it", lambda one: says(one, BOARD, "Binding: 3 of 3."))
    valley.start()
    valley.await_start()
    played.receive()
    outcome = played.count()
    assert outcome["gov:counts"]["agree"] == 3
    everywhere(stage, "that Valley is back", lambda one: not says(one, BOARD, "has not answered"))
    assert {server.body.name: doubled(server) for server in stage} == {server.body.name: {} for server in stage}
