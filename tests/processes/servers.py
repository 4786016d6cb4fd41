"""Real servers of ours in processes of their own, and a peer that serves what a test puts there."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.federation import documents, http_signatures, integrity_proofs, keys
from app.federation.signatures import Scheme
from app.ledger import checkpoint
from app.translation.gov_context import CONTEXT
from app.wiring import current_instant

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One instance of ours: a folder, an address, and its process while it runs."""

    name: str
    folder: Path
    database_url: str = ""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    machines: int = 1  # so many workers share the database, where that is PostgreSQL
    settings: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    program: str = "app"
    within: tuple[str, ...] = ()  # a command that starts it, as in another view of the file system

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self) -> subprocess.Popen[bytes] | None:
        """The one worker, where there is one."""
        return next(iter(self.workers), None)

    @property
    def environment(self) -> dict[str, str]:
        mine = {"ROUNDABOUT_URL": self.url, "ROUNDABOUT_LOOPBACK": "1", "ROUNDABOUT_DATA_DIR": str(self.folder)}
        if self.database_url:
            mine["ROUNDABOUT_DATABASE_URL"] = self.database_url
        return {**os.environ, **mine, **self.settings}

    def command(self, *words: str, given: str = "") -> str:
        """Run one command of ours; what it printed. CalledProcessError if it failed."""
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            input=given.encode(),
            capture_output=True,
            check=True,
            cwd=ROOT,
            env=self.environment,
        )
        return done.stdout.decode()

    def make(self, *members: str, kind: str = "commune") -> None:
        """A gathering with these members, each with the password `<name>-password`."""
        self.command("init", "--kind", kind, "--name", self.name, "--url", self.url, "--data", str(self.folder))
        if members:
            passwords = "\n".join(f"{name.lower()}-password" for name in members)
            self.command("member", "add", *members, "--password-stdin", given=passwords)

    def start(self) -> None:
        """Start what does not run, and wait until it answers."""
        if self.process is None or self.process.poll() is not None:
            self.process = self._start("serve", "--port", str(self.port), *self.options)
        on_postgresql = self.database_url.startswith("postgresql")
        self.workers = [one for one in self.workers if one.poll() is None]
        while on_postgresql and len(self.workers) < self.machines:
            self.workers.append(self._start("worker"))
        wait_until(self.is_ready, f"{self.name} does not answer: {self.folder / 'server.log'}")

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "server.log").open("ab") as log:
            command = [*self.within, sys.executable, "-m", self.program, *words]
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def is_ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended: {(self.folder / 'server.log').read_text()[-2000:]}")
        try:
            return self.get("/health/ready")[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        self._end(subprocess.Popen.terminate)

    def kill(self) -> None:
        self._end(subprocess.Popen.kill)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        for process in (self.process, *self.workers):
            if process is not None:
                how(process)
                process.wait(20)
        self.process, self.workers = None, []

    def get(self, path: str, accept: str = documents.ACTIVITY_JSON) -> tuple[int, bytes]:
        return request("GET", self.url + path, {"Accept": accept})

    def log(self) -> str:
        return (self.folder / "server.log").read_text()


def request(method: str, url: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of one request, its headers sent exactly as given."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.05)


Judge = Callable[[Mapping[str, str], bytes], tuple[int, dict[str, str], bytes]]
"""What a peer answers to one request, by its headers (names in lower case) and body: status, headers, body."""


class Peer:
    """Another server, as a test wants it: serves the documents put there and keeps what is posted to it.

    With `everywhere` it is many servers, one on each loopback address. What it answers under an address of
    `judges` is up to them.
    """

    def __init__(self, port: int = 0, *, everywhere: bool = False) -> None:
        self.documents: dict[str, tuple[str, bytes]] = {}
        self.received: list[dict[str, Any]] = []
        self.told: list[str | None] = []  # the header with which followers are compared
        self.asked: list[str] = []
        self.redirects: dict[str, str] = {}
        self.judges: dict[str, Judge] = {}
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                peer.asked.append(self.path)
                if self.path in peer.judges:
                    self._judged(b"")
                    return
                if self.path in peer.redirects:
                    self.send_response(302)
                    self.send_header("Location", peer.redirects[self.path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                kind, body = peer.documents.get(self.path, ("", b""))
                self._answer(200 if kind else 404, kind or "text/plain", body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path in peer.judges:
                    self._judged(body)
                    return
                peer.told.append(self.headers["Collection-Synchronization"])
                peer.received.append(json.loads(body))
                self._answer(202, "text/plain", b"")

            def _judged(self, body: bytes) -> None:
                asked = {name.lower(): value for name, value in self.headers.items()}
                status, headers, answer = peer.judges[self.path](asked, body)
                self._answer(status, headers.pop("Content-Type", "text/plain"), answer, headers)

            def _answer(self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {**(headers or {}), "Content-Type": kind, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("" if everywhere else "127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def secure(self, tls: ssl.SSLContext) -> "Peer":
        """Be the https server of localhost from now on."""
        self.url = self.url.replace("http://127.0.0.1", "https://localhost")
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, path: str, document: dict[str, Any], kind: str = documents.ACTIVITY_JSON) -> None:
        self.documents[path] = (kind, json.dumps(document).encode())

    def ledger(self, whose: "Someone", size: int) -> None:
        """Serve the checkpoint of a ledger with so many leaves."""
        self.documents["/ledger/checkpoint"] = ("text/plain", whose.checkpoint(size).encode())

    def actor(self, name: str, kind: str = "Person", *, host: str = "127.0.0.1", **extra: object) -> "Someone":
        """An actor of this server with keys of its own, served at its address."""
        someone = Someone(f"{self.url.replace('127.0.0.1', host)}/{name}")
        self.serve(f"/{name}", someone.document(kind) | extra)
        return someone


@dataclass
class Someone:
    """An actor elsewhere, who signs as servers do."""

    id: str
    http: keys.RsaSigner = field(init=False)
    seal: keys.SealSigner = field(init=False)

    def __post_init__(self) -> None:
        self.http = keys.rsa_signer(f"{self.id}#main-key", keys.generate_rsa())
        self.seal = keys.seal_signer(f"{self.id}#ed25519-key", keys.generate_seal())

    def document(self, kind: str) -> dict[str, Any]:
        return documents.render_actor(
            actor_id=self.id,
            kind=kind,
            username=self.id.rpartition("/")[2],
            name=self.id.rpartition("/")[2].title(),
            public_pem=self.http.public_pem(),
            multikey=self.seal.multikey(),
            published=current_instant(),
        )

    def signed(self, url: str, body: bytes, scheme: Scheme = Scheme.CAVAGE) -> dict[str, str]:
        """The headers with which this actor posts `body` to `url`."""
        return http_signatures.sign("POST", url, current_instant(), body, self.http, scheme)

    def get(self, url: str) -> tuple[int, bytes]:
        """Ask for a document, signed; status and body."""
        headers = http_signatures.sign("GET", url, current_instant(), None, self.http)
        return request("GET", url, {**headers, "Accept": documents.ACTIVITY_JSON})

    def report(self, number: int) -> dict[str, Any]:
        """An act of this actor, sealed."""
        bare = {
            "@context": list(CONTEXT),
            "id": f"{self.id}/acts/{number}",
            "type": "gov:Report",
            "attributedTo": self.id,
            "published": "2026-11-02T18:00:00Z",
            "content": f"<p>Report {number}</p>",
            "gov:session": {"id": f"{self.id}/acts/session", "gov:digest": "zQmSession"},
        }
        return integrity_proofs.seal(bare, self.seal, current_instant())

    def checkpoint(self, size: int) -> str:
        """The note of a ledger of this actor with so many leaves; nobody here has them, and its root is of none."""
        return checkpoint.sign(self.id, size, bytes(32), self.seal.sign, self.seal.public().raw)

    def post(self, url: str, activity: dict[str, Any], scheme: Scheme = Scheme.CAVAGE) -> int:
        """Post an activity, signed; the status."""
        body = json.dumps(activity).encode()
        return request("POST", url, self.signed(url, body, scheme), body)[0]


@contextmanager
def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()
