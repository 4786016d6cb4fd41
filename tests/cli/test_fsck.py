"""`fsck` finds what does not follow from what is kept, and says so; a sound instance it calls sound."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.servers import ROOT, Peer, Server, running, wait_until


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Server:
    """A founded commune with a follower, an act of its own kind in its ledger, and something that waits."""
    server = Server("Riverside", tmp_path_factory.mktemp("sound") / "data")
    server.make("Ana", "Bo", "Cy")
    someone = peer.actor("follower")
    with running(server):
        follow = {"id": f"{someone.id}/1", "type": "Follow", "actor": someone.id, "object": f"{server.url}/assembly"}
        assert someone.post(f"{server.url}/inbox", follow) == 202
        wait_until(lambda: bool(peer.received), "no Accept came")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    return server


@pytest.fixture(scope="module")
def peer() -> Peer:
    return Peer()


def faults(server: Server) -> list[str]:
    command = [sys.executable, "-m", "app", "fsck", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, check=False)
    assert done.stdout, done.stderr.decode()
    found: list[str] = json.loads(done.stdout)["faults"]
    assert done.returncode == bool(found)
    return found


def test_a_sound_instance_has_no_faults(sound: Server) -> None:
    assert faults(sound) == []
    assert sound.command("fsck").endswith("3 leaves, 3 acts: no faults.\n")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (
            "UPDATE leaves SET body = CAST(body || ' ' AS BLOB) WHERE number = 1",
            "leaf 1: its hash is not that of its bytes",
        ),
        ("UPDATE leaves SET hash = zeroblob(32) WHERE number = 1", "another root than these 3 have"),
        ("DELETE FROM leaves WHERE number = 1", "leaf 1 is missing"),
        ("DELETE FROM leaves WHERE number = 2", "the checkpoint says 3 leaves"),
        ("UPDATE ledger_frontier SET checkpoint = replace(checkpoint, '3', '4')", "the checkpoint"),
        (
            "UPDATE acts SET raw = CAST(replace(raw, 'gov:', 'gog:') AS BLOB) WHERE seq = 2",
            "it is ours and has no leaf",
        ),
        ("UPDATE acts SET digest = 'zQm' WHERE seq = 2", "its digest is another"),
        ("UPDATE acts SET author = 'https://other.example/assembly' WHERE seq = 1", "another id, type or author"),
        ("UPDATE acts SET published_at = 5 WHERE seq = 3", "lies before that of an earlier act"),
        ("UPDATE acts SET standing = 'evidence' WHERE seq = 3", "by the ledger it is authentic"),
        ("UPDATE acts SET leaf = 0 WHERE seq = 3", "leaf 0 is not this act"),
        ("DELETE FROM act_references", "what it names is not what is noted of it"),
        ("UPDATE hosts SET next_at = NULL; DELETE FROM arrivals", "no worker would find them"),
    ],
)
def test_what_was_changed_is_found(sound: Server, tmp_path: Path, harm: str, says: str) -> None:
    copy = Server(sound.name, tmp_path / "data", port=sound.port)
    shutil.copytree(sound.folder, copy.folder)
    with sqlite3.connect(copy.folder / "roundabout.db") as database:
        database.executescript(harm)
    database.close()
    assert any(says in fault for fault in faults(copy)), faults(copy)


def test_what_follows_from_the_record_is_rebuilt(sound: Server, tmp_path: Path) -> None:
    copy = Server(sound.name, tmp_path / "data", port=sound.port)
    shutil.copytree(sound.folder, copy.folder)
    with sqlite3.connect(copy.folder / "roundabout.db") as database:
        database.executescript("UPDATE acts SET type = 'gov:Task', standing = 'evidence'; DELETE FROM act_references")
    database.close()
    assert faults(copy)
    found = json.loads(copy.command("rebuild", "--json"))
    assert (found["leaves"], found["acts"], found["faults"]) == (3, 3, [])
    assert found["differed"] == {"acts": 3, "act_references": 1}
    assert faults(copy) == []
    assert copy.command("rebuild").endswith("3 leaves, 3 acts: no rows differed.\n")


def test_the_queue_tells_what_waits_and_the_peers_who_they_are(sound: Server, tmp_path: Path, peer: Peer) -> None:
    copy = Server(sound.name, tmp_path / "data", port=sound.port)
    shutil.copytree(sound.folder, copy.folder)
    found = json.loads(copy.command("queue", "--json"))
    waiting = found["waiting"]
    assert waiting >= 3
    assert (found["givenUp"], found["inbox"]) == (0, {"waiting": 0, "aside": []})
    host = peer.url.removeprefix("http://")
    with sqlite3.connect(copy.folder / "roundabout.db") as database:
        database.execute("UPDATE hosts SET failures = 7, given_up = 2, because = 'net.timeout: no', blocked_until = 1")
    database.close()
    assert f"{host}: {waiting} waiting since 20" in copy.command("queue")
    assert "2 given up (net.timeout: no)" in copy.command("queue")
    [state] = json.loads(copy.command("peers", "--json"))
    assert (state["host"], state["breaker"], state["waiting"]) == (host, "probing", waiting)
    assert f"{host}: last heard 20" in copy.command("peers")
