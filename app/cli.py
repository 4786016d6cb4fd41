"""The command line: what an operator types, and nothing that a page should do.

A command that serves or keeps a role loads that role's module by name, so that serving imports
only what it serves with (architecture: no Alembic in a server).
"""

import asyncio
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar
from urllib.parse import urlsplit

import typer

from app.governance.assembly import Body
from app.kernel.canonical import Document, read_document
from app.kernel.ids import is_loopback
from app.kernel.refusal import Refusal
from app.operations import founding, membership
from app.store import accounts
from app.store.database import Connection, StoreUnavailableError, UnsafeDatabaseError
from app.store.revision import check_revision
from app.wiring import Instance, make_secret, open_instance, read_settings

T = TypeVar("T")

commands = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Decide at home, count together."
)
member = typer.Typer(no_args_is_help=True, help="The members' list: free in a gathering, by decision afterwards.")
commands.add_typer(member, name="member")

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
Decision = Annotated[str | None, typer.Option("--decision", metavar="ACT", help="the decision that orders it")]
_OURS_ALONE: Final = 0o700
_LARGEST_FILE: Final = 60 * 1024


class RefusedError(Exception):
    """A command cannot do what was asked; its text says what was wrong and what to do."""


def main() -> None:
    """Run one command; exit 1 on failure, 2 on bad usage."""
    try:
        commands()
    except RefusedError as refused:
        sys.exit(f"roundabout: {refused}")
    except (StoreUnavailableError, UnsafeDatabaseError) as error:
        sys.exit(f"roundabout: ROUNDABOUT_DATABASE_URL: {error}")


@commands.command()
def init(
    kind: Annotated[Body, typer.Option(help="commune or council: whether its members are people or assemblies")],
    name: Annotated[str, typer.Option(help="the name on pages")],
    url: Annotated[str, typer.Option(help="the public base URL")],
    data: Annotated[Path | None, typer.Option(help="where keys, media and SQLite are kept")] = None,
    profile: Annotated[str, typer.Option(help="open or watched")] = "open",
) -> None:
    """Make an instance: keys and database, as a gathering. Refuses to overwrite one."""
    if kind not in {Body.COMMUNE, Body.COUNCIL}:
        raise typer.BadParameter(f"an instance is a commune or a council, not a {kind}", param_hint="--kind")
    here = url.startswith("http://") and is_loopback(urlsplit(url).hostname or "")
    chosen = {"url": url, "profile": profile} | ({"data_dir": data} if data is not None else {})
    settings = _or_fail(read_settings(**chosen, **({"loopback": True} if here else {})))
    if settings.secret.exists():
        _fail(f"there is an instance in {settings.data_dir}: {settings.secret} exists")
    settings.data_dir.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
    _or_fail(import_module("app.store.migration").migrate(settings.database))
    make_secret(settings.secret)
    _on(settings, lambda connection, instance: _or_fail(founding.begin(connection, instance, kind, name)))
    _say(f"{name} is a gathering now. To serve it, set:")
    shown = {"URL": settings.url, "DATA_DIR": str(settings.data_dir), "PROFILE": profile}
    for variable, value in (shown | ({"LOOPBACK": "1"} if here else {})).items():
        _say(f"  ROUNDABOUT_{variable}={value}")


@commands.command()
def found(
    rules: Annotated[str, typer.Option(metavar="starter|FILE", help="the starter rules, or a file of settings")],
    present: Annotated[int | None, typer.Option(min=1, help="how many took part")] = None,
    agree: Annotated[int | None, typer.Option(min=0, help="how many agreed")] = None,
    council: Annotated[Path | None, typer.Option(metavar="FILE", help="the founding members of a council")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Record a gathering's founding decision, made by a hand count in the room."""
    settings = _or_fail(read_settings())
    own: Document = {} if rules == "starter" else _read_json(Path(rules), dict)
    if council is not None:
        members = _or_fail(founding.read_members(_read_json(council, list), loopback=settings.loopback))
        done = _on(settings, lambda at, instance: _or_fail(founding.found_council(at, instance, own, members)))
    elif present is None or agree is None:
        raise typer.BadParameter("a commune is founded with --present and --agree, a council with --council")
    else:
        done = _on(
            settings,
            lambda at, instance: _or_fail(founding.found_commune(at, instance, own, present=present, agree=agree)),
        )
    if as_json:
        acts = {"keylog": done.key_event, "charter": done.charter, "decision": done.decision}
        shown = {name: {"id": act.id, "gov:digest": act.digest} for name, act in acts.items() if act is not None}
        _say(json.dumps(shown | {"nextKey": done.next_key.hex()}))
        return
    _say(f"Founded. The rules: {done.charter.id}")
    _say(f"Fingerprint of the first key entry, for those who confederate with you: {done.key_event.digest}")
    _say(f"Write the next key on paper; it is kept nowhere else: {done.next_key.hex()}")


@member.command()
def add(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="one person, or several")],
    *,
    password_stdin: Annotated[bool, typer.Option(help="read a password for each name, one on each line")] = False,
    decision: Decision = None,
) -> None:
    """Enter people on the list. Nobody needs an account to be a full member."""
    passwords: list[str | None] = [None] * len(names)
    if password_stdin:
        lines = sys.stdin.read().splitlines()
        if len(lines) != len(names):
            _fail(f"{len(names)} names and {len(lines)} passwords: one on each line of standard input is needed")
        passwords = [_or_fail(membership.hash_password(line)) for line in lines]

    def enter(connection: Connection, instance: Instance) -> list[accounts.Account]:
        return [
            _or_fail(membership.add(connection, instance, name, password, decision=decision))
            for name, password in zip(names, passwords, strict=True)
        ]

    for added in _on(_or_fail(read_settings()), enter):
        _say(f"{added.shown}: signs in as {added.name}" if added.password else f"{added.shown}: on the list")


@member.command("list")
def list_members(*, as_json: AsJson = False) -> None:
    """Print who is on the list."""
    people = _on(_or_fail(read_settings()), lambda connection, _: accounts.members(connection))
    if as_json:
        _say(json.dumps([{"name": one.name, "shown": one.shown, "caretaker": one.caretaker} for one in people]))
        return
    for one in people:
        _say(f"{one.shown} ({one.name}){', caretaker' if one.caretaker else ''}")


@member.command()
def remove(name: str, decision: Decision = None) -> None:
    """Take a person off the list."""
    settings = _or_fail(read_settings())
    gone = _on(settings, lambda at, instance: _or_fail(membership.remove(at, instance, name, decision=decision)))
    _say(f"{gone.shown} is off the list")


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="the address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="the port")] = 8000,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="how many processes; one with SQLite")] = None,
) -> None:
    """Run the web processes; with SQLite the worker runs inside."""
    settings = _or_fail(read_settings(**({"workers": workers} if workers is not None else {})))
    if settings.workers > 1 and settings.database.startswith("sqlite"):
        _fail(f"ROUNDABOUT_WORKERS (now {settings.workers}): SQLite has one process; several need PostgreSQL")
    _on(settings, _ready)
    import_module("uvicorn").run(
        "app.cli:web",
        http="httptools",  # h11 takes some requests that smuggle others (hostile A13); without it the start fails
        factory=True,
        host=host,
        port=port,
        workers=settings.workers,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
    )


@commands.command()
def worker() -> None:
    """Run the jobs: what the inbox took in, what the outbox holds, votes that are due."""
    settings = _or_fail(read_settings())
    _on(settings, _ready)

    async def work() -> None:
        instance = _or_fail(open_instance(settings))
        try:
            await import_module("app.workers").run(instance)
        finally:
            await instance.close()

    asyncio.run(work())


@commands.command()
def migrate() -> None:
    """Bring the database to the form that this version needs."""
    settings = _or_fail(read_settings())
    changed = _or_fail(import_module("app.store.migration").migrate(settings.database))
    _say("The database has the form that this version needs now." if changed else "Nothing to do.")


@commands.command()
def export(file: Path) -> None:
    """Write the record to one file, to be counted again anywhere."""
    bundling = import_module("app.operations.bundling")
    bundle: bytes = _on(_or_fail(read_settings()), lambda at, instance: _or_fail(bundling.export(at, instance)))
    _write(file, bundle)
    _say(f"{file}: {len(bundle):,} bytes. Count it again with: roundabout verify {file}")


@commands.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def verify(context: typer.Context) -> None:
    """Count it again yourself: FILE [--trust DIGEST] [--json]; exits 0 fine, 1 a fault, 2 not enough, 64 bad usage."""
    sys.exit(import_module("app.verifier").main(context.args))


@commands.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="stop afterwards; exit 0 only if everything held")] = False,
    communes: Annotated[int, typer.Option(min=3, max=9, help="how many communes")] = 3,
    folder: Annotated[Path | None, typer.Option("--dir", help="where the instances are kept")] = None,
    bundle: Annotated[Path | None, typer.Option(help="write the whole record to this file")] = None,
    as_json: AsJson = False,
    database: Annotated[str, typer.Option(hidden=True, help="an address with {name} in it")] = "",
) -> None:
    """Three communes and a council play the whole confederal cycle on this machine."""
    play = import_module("app.demo.play").play
    sys.exit(play(once=once, communes=communes, folder=folder, bundle=bundle, as_json=as_json, database=database))


def web() -> object:
    """The application that a web process serves; uvicorn calls this in each."""
    instance = _or_fail(open_instance(_or_fail(read_settings())))
    application: object = import_module("app.main").build(instance, with_worker=instance.database.dialect == "sqlite")
    return application


def _on(settings: Any, function: Callable[[Connection, Instance], T]) -> T:  # noqa: ANN401 - a type that only wiring may name
    """Run a function in one transaction on the instance that the settings name."""

    async def run() -> T:
        instance = _or_fail(open_instance(settings))
        try:
            refused = await instance.database.read(check_revision)
            if refused is not None:
                _fail(refused.because)
            return await instance.database.write(lambda connection: function(connection, instance))
        finally:
            await instance.close()

    return asyncio.run(run())


def _ready(connection: Connection, instance: Instance) -> None:
    """Stop the start if the database is of another instance than the settings say."""
    body = accounts.body(connection)
    if body is None:
        _fail("this database has no instance: `roundabout init` makes one")
    if body.url != instance.url:
        _fail(f"ROUNDABOUT_URL (now {instance.url!r}): this database is of {body.url}, from which its ids are made")


def _read_json(file: Path, kind: type[T]) -> T:
    """A JSON file of an operator, read as strictly as what travels."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        _fail(f"{file}: {error.strerror}")
    found = _or_fail(read_document(b'{"it":' + raw + b"}", max_bytes=_LARGEST_FILE))["it"]
    if not isinstance(found, kind):
        _fail(f"{file}: holds {type(found).__name__}, not {kind.__name__}")
    return found


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        _fail(f"{file}: {error.strerror}")


def _or_fail(found: T | Refusal) -> T:
    return _fail(found.because) if isinstance(found, Refusal) else found


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")


def _fail(because: str) -> NoReturn:
    """Stop; what the transaction around it did is undone."""
    raise RefusedError(because)
