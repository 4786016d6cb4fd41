"""A disk that is full, and one that fails: a real server on each."""

import io
import json
import os
import platform
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.processes.browsing import refusal_of, signed_in
from tests.processes.failing_sync import CALLS
from tests.processes.servers import ROOT, Peer, Server, Someone, running, wait_until

_DISK_BYTES = 6 * 1024 * 1024
TEXT = {"title": "Common fuel", "text": "We buy together.", "category": "policy"}
_numbers = count()


def note(someone: Someone) -> dict[str, Any]:
    """An activity that takes some room and that nothing follows from."""
    return {
        "id": f"{someone.id}/activities/{next(_numbers)}",
        "type": "Listen",
        "actor": someone.id,
        "object": f"{someone.id}/songs/1",
        "content": "x" * 20_000,
    }


def kept(server: Server) -> set[str]:
    """The ids of the activities that a server has."""
    with closing(sqlite3.connect(server.folder / "roundabout.db")) as database:
        return {name for (name,) in database.execute("SELECT activity_id FROM inbox")}


def founded(folder: Path) -> Server:
    server = Server("Riverside", folder)
    server.make("Ana", "Bo", "Cy")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    return server


def test_a_server_may_open_as_many_files_as_it_is_allowed(commune: Server) -> None:
    assert commune.process is not None
    allowed, most = resource.prlimit(commune.process.pid, resource.RLIMIT_NOFILE)
    assert allowed >= min(most, 65_536)


def no_sync_succeeds(server: Server) -> None:
    """From now on every fsync and fdatasync of the server fails with EIO."""
    assert server.process is not None
    server.process.send_signal(signal.SIGUSR1)


@pytest.mark.withstands("E02")
@pytest.mark.withstands("E03")
def test_a_server_whose_disk_fails_at_a_commit_ends_and_has_acknowledged_nothing_that_is_lost(
    tmp_path: Path, peer: Peer
) -> None:
    if platform.machine() not in CALLS:
        pytest.skip(f"the numbers of the system calls of {platform.machine()} are not known here")
    server, someone = founded(tmp_path / "data"), peer.actor("during-no-sync")
    server.program = "tests.processes.failing_sync"
    acknowledged = set()
    with running(server):
        assert server.process is not None
        for _ in range(3):
            activity = note(someone)
            assert someone.post(f"{server.url}/inbox", activity) == 202
            acknowledged.add(activity["id"])
        no_sync_succeeds(server)
        synced = set(acknowledged)
        while server.process.poll() is None:
            activity = note(someone)
            try:
                if someone.post(f"{server.url}/inbox", activity) == 202:
                    acknowledged.add(activity["id"])
            except OSError:
                continue  # it ended meanwhile
        assert server.process.returncode == os.EX_IOERR
        assert "the disk failed at a commit" in server.log()
    assert acknowledged == synced  # what no sync brought to the disk was not acknowledged
    assert acknowledged <= kept(server)
    server.program = "app"
    with running(server):
        assert someone.post(f"{server.url}/inbox", note(someone)) == 202
    assert server.command("fsck").endswith("no faults.\n")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can be made by root only, with the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room at all on the disk that a folder lies on; the file that takes it."""
    ballast = folder / "ballast"
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return ballast


def picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(file, "PNG")
    return file.getvalue()


def assert_cannot_write(status: int, page: str) -> None:
    assert status == 503
    assert "Our server cannot write just now. Nothing was done. Try again in a minute." in page
    assert "store.away" in page


@pytest.mark.withstands("E04")
@pytest.mark.withstands("E17")
def test_on_a_full_disk_writes_are_put_off_reads_go_on_and_room_heals_it(small_disk: Path, peer: Peer) -> None:
    server, someone = founded(small_disk / "data"), peer.actor("while-full")
    acknowledged: set[str] = set()
    with running(server):
        ana = signed_in(server, "Ana")
        page = ana.get("/proposals/new")
        shown = ana.send("/proposals/new", page, **TEXT | {"title": "A new quay"})
        [quay] = re.findall(r'action="(/proposals/[0-9A-Z]{26})/picture"', shown)
        assert someone.post(f"{server.url}/inbox", note(someone)) == 202
        ballast, status, wait = fill(small_disk), 202, None
        while status == 202:  # the database has room left in its own files
            activity = note(someone)
            status, wait = _post(someone, server, activity)
            acknowledged |= {activity["id"]} if status == 202 else set()
        fill(small_disk)
        assert (status, wait) == (503, "5")
        assert {_post(someone, server, note(someone)) for _ in range(60)} == {(503, "5")}  # nor can the log be written
        assert_cannot_write(*refusal_of(ana.send, "/proposals/new", page, **TEXT))
        assert_cannot_write(*refusal_of(ana.upload, f"{quay}/picture", shown, "The quay", picture()))
        assert_cannot_write(*refusal_of(signed_in, server, "Bo"))
        assert "Common fuel" not in ana.get("/proposals")
        assert server.get("/assembly")[0] == server.get("/health/live")[0] == 200
        assert server.get("/ledger/checkpoint")[0] == 200
        ballast.unlink()
        wait_until(lambda: _post(someone, server, note(someone))[0] == 202, f"not well again: {server.log()[-2000:]}")
        assert "Common fuel" in ana.send("/proposals/new", page, **TEXT)
        assert 'alt="The quay"' in ana.upload(f"{quay}/picture", shown, "The quay", picture())
        follow = {"id": f"{someone.id}/f", "type": "Follow", "actor": someone.id, "object": f"{server.url}/assembly"}
        assert _post(someone, server, follow)[0] == 202
        wait_until(lambda: any(one["type"] == "Accept" for one in peer.received), "the jobs did not go on")
    assert acknowledged <= kept(server)
    assert server.command("fsck").endswith("no faults.\n")


Lock = Callable[[Path], AbstractContextManager[None]]


@pytest.fixture
def locked_disk() -> Lock:
    """Makes a folder one of a file system that cannot be written, for whatever is opened in it meanwhile."""

    @contextmanager
    def lock(folder: Path) -> Iterator[None]:
        options = (("--bind", str(folder), str(folder)), ("-o", "remount,ro,bind", str(folder)))
        done = [subprocess.run(["mount", *one], capture_output=True, check=False).returncode for one in options]
        if done != [0, 0]:
            pytest.skip("a file system can be made read-only by root only, with the right to mount")
        yield
        subprocess.run(["umount", str(folder)], check=True)

    return lock


@contextmanager
def no_file_grows(server: Server) -> Iterator[None]:
    """No write makes a file of the server longer, as on a disk that has become read-only: the system refuses it."""
    assert server.process is not None
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    most = (server.folder / "roundabout.db-wal").stat().st_size
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, before[1]))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.withstands("E17")
def test_on_a_disk_that_becomes_read_only_writes_are_put_off_reads_go_on_and_it_heals(
    tmp_path: Path, peer: Peer, locked_disk: Lock
) -> None:
    server, someone, acknowledged = founded(tmp_path / "data"), peer.actor("while-read-only"), set()
    with running(server):
        ana = signed_in(server, "Ana")
        page = ana.get("/proposals/new")
        with (
            no_file_grows(server),
            locked_disk(server.folder),
        ):  # what is open cannot grow, what is opened cannot be written
            status, wait = 202, None
            while status == 202:
                activity = note(someone)
                status, wait = _post(someone, server, activity)
                acknowledged |= {activity["id"]} if status == 202 else set()
            assert {(status, wait), _post(someone, server, note(someone))} == {(503, "5")}
            assert_cannot_write(*refusal_of(ana.send, "/proposals/new", page, **TEXT))
            assert server.get("/assembly")[0] == server.get("/acts?after=-1")[0] == server.get("/health/live")[0] == 200
        wait_until(lambda: _post(someone, server, note(someone))[0] == 202, f"not well again: {server.log()[-2000:]}")
        assert "Common fuel" in ana.send("/proposals/new", page, **TEXT)
    assert acknowledged <= kept(server)
    assert server.command("fsck").endswith("no faults.\n")


@pytest.mark.withstands("E17")
def test_on_a_disk_that_cannot_be_written_a_start_says_so_in_one_sentence_and_ends(
    tmp_path: Path, locked_disk: Lock
) -> None:
    server = founded(tmp_path / "data")
    words = [sys.executable, "-m", "app", "serve", "--port", str(server.port)]
    with locked_disk(server.folder):
        done = subprocess.run(
            words, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert done.returncode == 1
    said = done.stderr.strip().splitlines()
    assert len(said) == 1, done.stderr
    assert "unable to open database file" in said[0]


def _post(someone: Someone, server: Server, activity: dict[str, Any]) -> tuple[int, str | None]:
    """The status, and how long to wait."""
    body = json.dumps(activity).encode()
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("POST", "/inbox", body, someone.signed(f"{server.url}/inbox", body))
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After")
