from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.servers import Peer, Server, running


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A founded commune that runs, with three members."""
    folder: Path = tmp_path_factory.mktemp("commune") / "data"
    server = Server("Riverside", folder)
    server.make("Ana", "Bo", "Cy")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    with running(server) as started:
        yield started


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    there = Peer()
    yield there
    there.close()
