"""The stage: each body as a real server process with its own folder, started and stopped here."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from app.demo import cast
from app.demo.visitor import Visitor, fetch
from app.kernel.canonical import Document

_SECONDS_TO_START: Final = 60
_SECONDS_TO_STOP: Final = 10


class StageError(Exception):
    """A server or a command of the play did not do what it should; its text says which and what it said."""


@dataclass(slots=True)
class Server:
    """One body on the stage. `run` types a command for it, `member` gives a signed-in browser of one of its people."""

    body: cast.Body
    kind: str
    url: str
    folder: Path
    database: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def assembly(self) -> str:
        """The id of the body's actor."""
        return f"{self.url}/assembly"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes see: nothing of the settings of who runs the demo."""
        own = {
            "ROUNDABOUT_URL": self.url,
            "ROUNDABOUT_LOOPBACK": "1",
            "ROUNDABOUT_DATA_DIR": str(self.folder),
            "ROUNDABOUT_LOG_LEVEL": "WARNING",
        }
        if self.database:
            own["ROUNDABOUT_DATABASE_URL"] = self.database
        return {name: value for name, value in os.environ.items() if not name.startswith("ROUNDABOUT_")} | own

    def run(self, *arguments: str, told: str = "") -> str:
        """What `roundabout` with these arguments printed. StageError if it failed."""
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [sys.executable, "-m", "app", *arguments],
            input=told,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StageError(f"{self.body.name}: roundabout {' '.join(arguments)}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def gather(self) -> None:
        """Make the instance and write down its people."""
        self.run("init", "--kind", self.kind, "--name", self.body.name, "--url", self.url, "--data", str(self.folder))
        passwords = "".join(f"{cast.PASSWORD}\n" for _ in self.body.signing_in)
        self.run("member", "add", *self.body.signing_in, "--password-stdin", told=passwords)
        if self.body.silent:
            self.run("member", "add", *self.body.silent)

    def found(self, rules: Document, *how: str) -> Document:
        """Found the body by `rules`; what was sealed."""
        file = self.folder / "rules.json"
        file.write_text(json.dumps(rules, indent=2), encoding="utf-8")
        found: Document = json.loads(self.run("found", "--rules", str(file), "--json", *how))
        return found

    def start(self) -> None:
        """Start serving; with PostgreSQL the worker is a process of its own."""
        port = str(urlsplit(self.url).port)
        roles = [("serve", "--port", port)] + ([("worker",)] if self.database.startswith("postgresql") else [])
        for role in roles:
            with (self.folder / f"{role[0]}.log").open("ab") as log:
                self.processes.append(
                    subprocess.Popen(  # noqa: S603 - our own program with our own arguments
                        [sys.executable, "-m", "app", *role], env=self.environment, stdout=log, stderr=log
                    )
                )

    def await_start(self) -> None:
        """Wait until it answers. StageError, with the end of its log, if it does not."""
        deadline = time.monotonic() + _SECONDS_TO_START
        while not _answers(f"{self.url}/health/live"):
            log = (self.folder / "serve.log").read_text(encoding="utf-8", errors="replace")[-1500:]
            if self.processes[0].poll() is not None or time.monotonic() > deadline:
                raise StageError(f"{self.body.name} did not start: {log}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End what was started here."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()

    def kill(self) -> None:
        """End what was started here with SIGKILL, as a power cut would."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()

    def member(self, name: str) -> Visitor:
        """The browser of one of its members, signed in."""
        if name not in self.visitors:
            visitor = Visitor(self.url)
            visitor.sign_in(name, cast.PASSWORD)
            self.visitors[name] = visitor
        return self.visitors[name]

    def record(self) -> list[Document]:
        """Every public act that the server holds, of its own and of others, by the address for it."""
        return [*self._acts("0"), *self._acts("1")]

    def _acts(self, received: str) -> list[Document]:
        found: list[Document] = []
        after: int | None = -1
        while after is not None:
            page: Document = json.loads(fetch(f"{self.url}/acts?after={after}&limit=500&received={received}"))
            found += [item["act"] for item in page["gov:items"] if "act" in item]
            after = page.get("gov:next")
        return found


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody uses now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def _answers(address: str) -> bool:
    try:
        fetch(address)
    except OSError:
        return False
    return True
