"""Commands that run a server: `serve`, `worker`, `migrate`."""

import gc
import os
import resource
import socket
from collections.abc import Callable
from functools import partial
from importlib import import_module
from time import sleep
from typing import Annotated, Final

import structlog
import typer
import uvloop

from app.cli import journal, shell
from app.kernel.refusal import Refusal
from app.store import accounts
from app.store.database import Connection, StoreUnavailableError
from app.wiring import Instance, open_instance, read_secret, read_settings

commands = typer.Typer()

_OPEN_FILES: Final = 65_536
_NEW_OBJECTS: Final = 10_000
_UNTIL_OPENED_AGAIN: Final = 2.0  # seconds
_log = structlog.get_logger()


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="the port")] = 8000,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="how many processes; one with SQLite")] = None,
    *,
    head_seconds: Annotated[float | None, typer.Option(hidden=True, help="for a request's head to arrive")] = None,
    request_seconds: Annotated[float | None, typer.Option(hidden=True, help="for all of it to arrive")] = None,
    connections: Annotated[int | None, typer.Option(min=1, hidden=True, help="how many, in each process")] = None,
) -> None:
    """Run the web processes; with SQLite the worker runs inside."""
    settings = shell.or_fail(read_settings(**({"workers": workers} if workers is not None else {})))
    if settings.workers > 1 and settings.database.startswith("sqlite"):
        shell.fail(f"ROUNDABOUT_WORKERS (now {settings.workers}): SQLite has one process; several need PostgreSQL")
    shell.on(settings, _ready)
    _see_that_it_is_free(host, port)
    os.environ["ROUNDABOUT_WORKERS"] = str(settings.workers)  # the web processes read the settings anew
    said = {"head_seconds": head_seconds, "request_seconds": request_seconds}
    deadlines = {name: seconds for name, seconds in said.items() if seconds is not None}
    crowded = import_module("app.http.crowd")
    most = connections or min(crowded.MOST, _files_to_open() // 2)
    crowd = crowded.Crowd(most, doors=settings.trusted_proxies.split(","))
    import_module("uvicorn").run(
        "app.cli.serving:web",
        http=partial(import_module("app.http.deadlines").PunctualProtocol, crowd=crowd, **deadlines),
        ws="none",
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        log_level=settings.log_level.lower(),
        access_log=False,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
    )


@commands.command()
def worker() -> None:
    """Run the jobs: what the inbox took in, what the outbox holds, votes that are due."""
    settings = shell.or_fail(read_settings())
    journal.keep(settings.log_level)
    shell.on(settings, _ready)
    _open_many_files()
    collect_seldom()

    async def work() -> None:
        instance = shell.or_fail(open_instance(settings))
        try:
            await import_module("app.workers").run(instance)
        finally:
            await instance.close()

    uvloop.run(work())


@commands.command()
def migrate() -> None:
    """Bring the database of an instance to the form that this version needs; it makes none."""
    settings = shell.or_fail(read_settings())
    shell.or_fail(read_secret(settings.secret))
    changed = shell.or_fail(import_module("app.store.migration").upgrade(settings.database))
    shell.say("The database has the form that this version needs now." if changed else "Nothing to do.")


def web() -> object:
    """The application that a web process serves; uvicorn calls this in each."""
    gc.disable()  # until everything is read in
    _open_many_files()
    settings = shell.or_fail(read_settings())
    journal.keep(settings.log_level)
    instance = _once_it_can_be(partial(open_instance, settings, processes=settings.workers))
    application: object = import_module("app.main").build(instance, with_worker=instance.database.dialect == "sqlite")
    collect_seldom()
    return application


def _once_it_can_be(opened: Callable[[], Instance | Refusal]) -> Instance:
    """The instance of a web process, as soon as its database can be opened.

    One that was killed while the database is away would end at its start, and be started anew twice a second by the
    process that minds it (hostile E17).
    """
    while True:
        try:
            return shell.or_fail(opened())
        except StoreUnavailableError as away:
            _log.warning("a web process waits for the database", because=str(away))
            sleep(_UNTIL_OPENED_AGAIN)


def collect_seldom() -> None:
    """From now on look for garbage in cycles once in 10,000 new objects, not in 700; never in what the start made.

    A request or a count makes many objects at once and hardly any cycle. Looking so often took half the time of
    a count of 100,000 assemblies.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()


def _see_that_it_is_free(host: str, port: int) -> None:
    """Stop the start in one sentence if nothing can listen there, as where another server does already."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        shell.fail(f"--host {host} --port {port}: nothing can listen there: {error.strerror}")


def _open_many_files() -> None:
    """Raise the limit of open files as far as this process may: a connection is kept for each host written to."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_files_to_open(), most))


def _files_to_open() -> int:
    """How many files a process of ours may have open."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(allowed, _OPEN_FILES if most == resource.RLIM_INFINITY else min(most, _OPEN_FILES))


def _ready(connection: Connection, instance: Instance) -> None:
    """Stop the start if the database is of another instance than the settings say."""
    body = accounts.body(connection)
    if body is None:
        shell.fail("this database has no instance: `roundabout init` makes one")
    if body.url != instance.url:
        shell.fail(
            f"ROUNDABOUT_URL (now {instance.url!r}): this database is of {body.url}, from which its ids are made"
        )
