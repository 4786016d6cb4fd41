"""Commands about the record: `export`, `fsck`, `rebuild`, `verify`, `erase`, and `demo`, which makes one to look at."""

import asyncio
import json
import sys
from dataclasses import asdict
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from app.cli import shell
from app.cli.shell import AsJson
from app.kernel.ids import is_loopback
from app.kernel.refusal import Refusal
from app.network.client import Client
from app.wiring import read_settings

commands = typer.Typer()

_NOT_ENOUGH: Final = 2
_LARGEST: Final = 512 * 1024 * 1024
"""So many bytes has a whole record at most (fine-print 38)."""

_PATIENCE: Final = 600.0


@commands.command()
def export(file: Path) -> None:
    """Write the record to one file, to be counted again anywhere."""
    bundling = import_module("app.operations.record.bundling")
    bundle: bytes = shell.on(
        shell.or_fail(read_settings()), lambda at, instance: shell.or_fail(bundling.export(at, instance))
    )
    shell.write(file, bundle)
    shell.say(f"{file}: {len(bundle):,} bytes. Count it again with: roundabout verify {file}")


@commands.command()
def erase(
    act: Annotated[str, typer.Argument(metavar="ACT", help="the address of an entry of ours")],
    *,
    because: Annotated[str, typer.Option(help="why its words go; this is put on record")],
    decision: Annotated[str | None, typer.Option(metavar="ACT", help="the decision that orders it")] = None,
) -> None:
    """Take the words of an entry out of the record, as the assembly decided; what was counted stays."""
    erasing = import_module("app.operations.record.erasing")
    done = shell.on(
        shell.or_fail(read_settings()),
        lambda at, instance: shell.or_fail(erasing.erase(at, instance, act, because, decision=decision)),
    )
    shell.say(f"The words of {act} are gone; servers that have them are told. On record: {done.id}")


@commands.command()
def fsck(*, as_json: AsJson = False) -> None:
    """Recompute the ledger and the record; say what differs; exit 1 if anything does."""
    checking = import_module("app.operations.record.checking")
    found = shell.look(shell.or_fail(read_settings()), checking.check)
    if as_json:
        shell.say(json.dumps(asdict(found)))
    else:
        for fault in found.faults:
            shell.say(fault)
        unknown = f", {found.unknown} of them by authors whose key is not known here" if found.unknown else ""
        shell.say(f"{found.leaves} leaves, {found.acts} acts{unknown}: {len(found.faults) or 'no'} faults.")
    sys.exit(1 if found.faults else 0)


@commands.command()
def rebuild(*, as_json: AsJson = False) -> None:
    """Make every table that follows from the acts and the ledger anew; say what differed. Stop the server first."""
    rebuilding = import_module("app.operations.record.rebuilding")
    settings = shell.or_fail(read_settings())
    with shell.progress("acts") as tell:
        found = shell.on(settings, lambda at, instance: shell.or_fail(rebuilding.rebuild(at, instance, tell)))
    if as_json:
        shell.say(json.dumps(asdict(found)))
    else:
        for sentence in (*found.said, *found.faults):
            shell.say(sentence)
        rows = sum(found.differed.values())
        put = f"{rows} rows differed and are put right" if rows else "no rows differed"
        shell.say(f"{found.leaves} leaves, {found.acts} acts: {put}.")
        if found.faults:
            shell.say(f"{len(found.faults)} acts are not as the ledger has them; restore a copy.")
    sys.exit(1 if found.faults else 0)


@commands.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def verify(context: typer.Context) -> None:
    """Count it again yourself: FILE|URL [--trust DIGEST] [--json]; 0 fine, 1 a fault, 2 not enough, 64 bad usage."""
    verifier = import_module("app.verifier")
    addresses = [one for one in context.args if one.startswith(("https://", "http://"))]
    if len(addresses) != 1:
        sys.exit(verifier.main(context.args))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "record.gov.zip"
        got = asyncio.run(_fetch(addresses[0]))
        if isinstance(got, Refusal):
            sys.stderr.write(f"verify: {addresses[0]} cannot be read: {got.because}\n")
            sys.exit(verifier.BAD_USAGE if got.code == "url.form" else _NOT_ENOUGH)
        file.write_bytes(got)
        sys.exit(verifier.main([str(file) if one == addresses[0] else one for one in context.args]))


async def _fetch(address: str) -> bytes | Refusal:
    """What lies at `address`, through the guard; one of this machine only if it is typed so."""
    here = address.startswith("http://") and is_loopback(urlsplit(address).hostname or "")
    client = Client(loopback=here, deadline_seconds=_PATIENCE)
    try:
        answer = await client.get(address, headers={}, max_bytes=_LARGEST)
    finally:
        await client.close()
    if isinstance(answer, Refusal):
        return answer
    if answer.status != HTTPStatus.OK:
        return Refusal("net.status", f"it answered {answer.status}")
    return answer.body


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
    if bundle is not None and not bundle.absolute().parent.is_dir():
        shell.fail(f"--bundle {bundle}: there is no folder {bundle.absolute().parent}")
    play = import_module("app.demo.play").play
    sys.exit(play(once=once, communes=communes, folder=folder, bundle=bundle, as_json=as_json, database=database))
