"""What can happen to the machine of a running server: a clock that goes back, a file that is lost, another version."""

import io
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from tests.processes.browsing import Browser, signed_in
from tests.processes.servers import ROOT, Server
from tests.processes.voices import rows


@pytest.fixture(scope="module")
def ana(commune: Server) -> Browser:
    return signed_in(commune, "Ana")


def propose(browser: Browser, title: str) -> tuple[str, str]:
    """A new proposal: its path, and its page."""
    fields = {"title": title, "text": "We do it in spring.", "category": "policy"}
    page = browser.send("/proposals/new", browser.get("/proposals/new"), **fields)
    return re.findall(r'action="(/proposals/[0-9A-Z]{26})/picture"', page)[0], page


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "PNG")
    return file.getvalue()


def times(server: Server) -> list[int]:
    """When our own acts say that they were published, in the order of the ledger."""
    return [row["published_at"] for row in rows(server, "SELECT published_at FROM acts WHERE own ORDER BY leaf")]


@pytest.mark.withstands("E16")
def test_a_picture_whose_file_is_lost_is_not_there_and_nothing_else_misses_it(commune: Server, ana: Browser) -> None:
    path, page = propose(ana, "Repair the quay")
    shown = ana.upload(f"{path}/picture", page, "The quay", picture())
    [address] = set(re.findall(r"/media/[0-9A-Z]{26}", shown))
    record = [commune.get("/acts?after=-1"), commune.get("/ledger/checkpoint")]
    assert commune.get(address)[0] == 200
    [file] = (commune.folder / "media").iterdir()
    for harm in (lambda: file.write_bytes(b"<script>"), file.unlink):
        harm()
        assert commune.get(address)[0] == 404
        assert "Repair the quay" in ana.get(path)
        assert [commune.get("/acts?after=-1"), commune.get("/ledger/checkpoint")] == record
    assert commune.command("fsck").endswith("no faults.\n")


@pytest.mark.withstands("E06")
def test_after_the_clock_went_back_an_hour_the_times_of_the_record_do_not(commune: Server, ana: Browser) -> None:
    assert "the clock is behind the ledger" not in commune.log()
    with closing(sqlite3.connect(commune.folder / "roundabout.db", timeout=20)) as database:
        # as after an hour in which the clock was ahead by one, and acts were sealed
        database.execute("UPDATE ledger_frontier SET published_at = published_at + 3600")
        database.commit()
    before = rows(commune, "SELECT published_at FROM ledger_frontier")[0]["published_at"]
    propose(ana, "Mend the roof")
    propose(ana, "Mend the gutter")
    assert times(commune) == sorted(times(commune))
    assert times(commune)[-2:] == [before, before]
    assert "the clock is behind the ledger" in commune.log()
    assert commune.get("/health/ready")[0] == 200


@pytest.mark.withstands("E12")
def test_a_program_that_is_older_than_its_database_says_so_in_one_sentence_and_ends(commune: Server) -> None:
    commune.stop()
    file = commune.folder / "roundabout.db"
    [before] = versions(file, "SELECT version_num FROM alembic_version")
    versions(file, "UPDATE alembic_version SET version_num = '9999'")
    kept = file.read_bytes()
    for command in ("serve", "worker", "migrate"):
        done = subprocess.run(
            [sys.executable, "-m", "app", command],
            cwd=ROOT,
            env=commune.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        said = done.stderr.strip().splitlines()
        assert (done.returncode, len(said)) == (1, 1), done.stderr
        assert "newer" in said[0]
        assert file.read_bytes() == kept
    versions(file, f"UPDATE alembic_version SET version_num = '{before}'")  # noqa: S608 - as it was
    commune.start()


def versions(file: Path, statement: str) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        found = [str(row[0]) for row in database.execute(statement)]
        database.commit()
    return found
