import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.processes.servers import ROOT, Server, request, running

HERE = Path(__file__).parent
_numbers = count()
NO_WAY = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH")
LOCKED = ("package.json", "package-lock.json", ".npmrc")


@dataclass
class Fedify:
    """The independent server while it runs: steered over addresses that are no part of the fediverse."""

    url: str

    def actor(self, name: str) -> str:
        return f"{self.url}/users/{name}"

    def send(self, who: str, kind: str, to: Server, **more: str) -> str:
        """Let one of its actors send an activity to the assembly, and have it accepted; the id."""
        activity_id = f"{self.url}/activities/{next(_numbers)}"
        assembly = f"{to.url}/assembly"
        said = {"id": activity_id, "recipient": assembly, "inbox": f"{assembly}/inbox", "who": who, "type": kind}
        assert self._ask("send", said | more) == {}
        return activity_id

    def take(self, scheme: str) -> None:
        """Understand only this scheme of signing from now on, or `both`."""
        self._ask("takes", {"scheme": scheme})

    def received(self) -> list[dict[str, Any]]:
        """Everything that was posted to it: `scheme`, `signer`, `activity` and `proofs` as it found them."""
        found: list[dict[str, Any]] = self._ask("received", {})
        return found

    def _ask(self, what: str, said: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
        body = json.dumps(said).encode()
        status, answer = request("POST", f"{self.url}/test/{what}", {"Content-Type": "application/json"}, body)
        assert status == 200, answer.decode()
        return json.loads(answer)


@pytest.fixture(scope="session")
def packages() -> Path:
    """The packages of the independent server, installed once for each state of their lock."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the independent server cannot be: nothing of this file was shown")
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in LOCKED)).hexdigest()
    folder = ROOT / "var" / "peers" / digest[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one run share the folder
        if not (folder / "installed").exists():
            for name in LOCKED:
                shutil.copy(HERE / name, folder)
            done = subprocess.run([npm, "ci"], cwd=folder, capture_output=True, check=False, timeout=280)
            told = done.stderr.decode()
            if done.returncode != 0 and any(code in told for code in NO_WAY):
                pytest.skip("no npm registry answers, so the independent server cannot be installed: nothing was shown")
            assert done.returncode == 0, told
            (folder / "installed").touch()
        shutil.copy(HERE / "peer.mjs", folder)  # where it stands decides which packages it finds
    return folder


@pytest.fixture(scope="module")
def fedify(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fedify]:
    complaints = tmp_path_factory.mktemp("fedify") / "stderr"
    with complaints.open("wb") as log:
        command = [str(packages / "node_modules/.bin/node"), "peer.mjs"]
        process = subprocess.Popen(command, cwd=packages, stdout=subprocess.PIPE, stderr=log)
    assert process.stdout is not None
    try:
        url = process.stdout.readline().decode().strip()
        assert url, complaints.read_text()
        yield Fedify(url)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def gathering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A gathering that runs and has not founded itself yet."""
    server = Server("Riverside", tmp_path_factory.mktemp("gathering") / "data")
    server.make("Ana", "Bo", "Cy")
    with running(server) as started:
        yield started
