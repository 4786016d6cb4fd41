"""What a server writes down: as much as is set, where a bug is, and nothing that is secret."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.processes.asking import follow, inbox
from tests.processes.servers import ROOT, Peer, Server, request, running, wait_until


@pytest.mark.withstands("H09")
def test_of_a_bug_is_said_where_it_is_and_no_value_that_was_there(peer: Peer, tmp_path: Path) -> None:
    server, mei = Server("Harbour", tmp_path / "data"), peer.actor("mei")
    server.make("Ana")
    with running(server):
        with sqlite3.connect(tmp_path / "data/roundabout.db") as database:
            database.execute("DROP TABLE followers")  # nobody foresees that: a bug, in the middle of an activity
        assert mei.post(inbox(server), follow(mei.id, server) | {"summary": "canary"}) == 202
        wait_until(lambda: "an activity could not be handled" in server.log(), "the bug is not written down")
        wait_until(lambda: "no such table: followers" in server.log(), "the traceback is not written down")
    secret = repr((tmp_path / "data/secret").read_bytes())
    for value in ("canary", secret[2:10], "locals"):
        assert value not in server.log()


def test_no_more_is_written_down_than_is_set(tmp_path: Path) -> None:
    server = Server("Harbour", tmp_path / "data", settings={"ROUNDABOUT_LOG_LEVEL": "WARNING"})
    server.make()
    with running(server):
        assert request("POST", inbox(server), {"Content-Type": "application/activity+json"}, b"{}")[0] == 401
    assert "inbox refused" not in server.log()


WRITES: Final = """
import structlog
from app.cli import journal

def count(password):
    raise ValueError("boom")

journal.keep("INFO")
try:
    count("canary")
except ValueError:
    structlog.get_logger().exception("a duty failed", duty="count")
"""


@pytest.mark.withstands("H09")
def test_it_is_on_standard_error_with_its_time() -> None:
    done = subprocess.run([sys.executable, "-c", WRITES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "a duty failed" in done.stderr
    assert "ValueError: boom" in done.stderr
    assert "canary" not in done.stderr
    assert done.stderr[:2] == "20"
    assert "Z " in done.stderr.partition("[")[0]
