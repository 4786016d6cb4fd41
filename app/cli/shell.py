"""What all commands share: one transaction on the instance that is set, what is said, how one stops."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import typer

from app.kernel.canonical import read_document
from app.kernel.refusal import Refusal
from app.store.database import Connection
from app.store.revision import check_revision
from app.wiring import Instance, open_instance

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]
_LARGEST_FILE: Final = 60 * 1024


class RefusedError(Exception):
    """A command cannot do what was asked; its text says what was wrong and what to do."""


def on(settings: Any, function: Callable[[Connection, Instance], T]) -> T:  # noqa: ANN401 - a type that only wiring may name
    """Run a function in one transaction on the instance that the settings name."""
    return _run(settings, lambda instance: instance.database.write(lambda connection: function(connection, instance)))


def look(settings: Any, function: Callable[[Connection, Instance], T]) -> T:  # noqa: ANN401 - as above
    """Run a function that only reads on the instance that the settings name; a server beside it goes on writing."""
    return _run(settings, lambda instance: instance.database.read(lambda connection: function(connection, instance)))


def work(settings: Any, function: Callable[[Instance], Awaitable[T | Refusal]]) -> T:  # noqa: ANN401 - as above
    """What an operation found that asks other servers; a refusal stops the command with its reason."""
    return or_fail(_run(settings, function))


def _run(settings: Any, work: Callable[[Instance], Awaitable[T]]) -> T:  # noqa: ANN401 - as above
    async def run() -> T:
        instance = or_fail(open_instance(settings))
        try:
            refused = await instance.database.read(check_revision)
            if refused is not None:
                fail(refused.because)
            return await work(instance)
        finally:
            await instance.close()

    return asyncio.run(run())


def asking(settings: Any, question: Callable[[Instance], Awaitable[T | Refusal]]) -> T:  # noqa: ANN401 - the same
    """What other servers answer to a question of the instance that the settings name."""

    async def run() -> T:
        instance = or_fail(open_instance(settings))
        try:
            return or_fail(await question(instance))
        finally:
            await instance.close()

    return asyncio.run(run())


@contextmanager
def progress(of: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be told how much of how much is done; shown to people beside what the command prints."""
    shown = import_module("rich.progress")
    with shown.Progress(console=import_module("rich.console").Console(stderr=True), transient=True) as bar:
        task = bar.add_task(of)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def unless(refused: Refusal | None) -> None:
    """Stop the command with the reason, if there is one."""
    if refused is not None:
        fail(refused.because)


def read_json(file: Path, kind: type[T]) -> T:
    """A JSON file of an operator, read as strictly as what travels."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    found = or_fail(read_document(b'{"it":' + raw + b"}", max_bytes=_LARGEST_FILE))["it"]
    if not isinstance(found, kind):
        fail(f"{file}: holds {type(found).__name__}, not {kind.__name__}")
    return found


def read_text(file: Path, most: int) -> str:
    """A text file of an operator, of at most `most` bytes, in UTF-8."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    if len(raw) > most:
        fail(f"{file}: {len(raw)} bytes; at most {most} are read")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{file}: not a text in UTF-8")


def write(file: Path, data: bytes) -> None:
    """Write a file that an operator named."""
    try:
        file.write_bytes(data)
    except OSError as error:
        fail(f"{file}: {error.strerror}")


def or_fail(found: T | Refusal) -> T:
    """What was found; a refusal stops the command with its reason."""
    return fail(found.because) if isinstance(found, Refusal) else found


def say(sentence: str) -> None:
    """Print one line for the operator."""
    sys.stdout.write(sentence + "\n")


def fail(because: str) -> NoReturn:
    """Stop; what the transaction around it did is undone."""
    raise RefusedError(because)
