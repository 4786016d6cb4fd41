"""The whole cycle with real servers, on SQLite files and on databases of one PostgreSQL server."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.kernel.canonical import Document
from tests.demo.conftest import BODIES

pytestmark = pytest.mark.timeout(900)  # four servers play it whole, beside other tests


@pytest.mark.shows("B2")
@pytest.mark.shows("B4")
@pytest.mark.shows("B6")
@pytest.mark.shows("B7")
@pytest.mark.shows("B9")
@pytest.mark.shows("B12")
@pytest.mark.shows("G9")
def test_three_communes_and_a_council_play_the_whole_cycle(databases: str, tmp_path: Path) -> None:
    bundle = tmp_path / "record.gov.zip"
    command = [sys.executable, "-m", "app", "demo", "--once", "--json", "--dir", str(tmp_path), "--bundle", str(bundle)]
    if databases:
        command += ["--database", databases]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROUNDABOUT_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    logs = "".join(file.read_text()[-2000:] for body in BODIES for file in sorted((tmp_path / body).glob("*.log")))
    told = json.loads(done.stdout)
    assert told["failed"] is None, logs
    assert done.returncode == 0
    assert sorted({step["step"] for step in told["steps"]}) == list(range(1, 9))
    assert bundle.exists()
    final = [act for act in acts_in(bundle) if act["type"] == "gov:Outcome" and act["gov:final"]]
    assert final, "the demo's outcome never became final"


def acts_in(bundle: Path) -> list[Document]:
    """The acts of a file of the record."""
    with zipfile.ZipFile(bundle) as archive:
        return [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("acts/")]
