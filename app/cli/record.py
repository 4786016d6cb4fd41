"""Commands about the record: `export`, `fsck`, `rebuild`, `verify`, `erase`, and `demo`, which makes one to look at."""

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from app.cli import shell
from app.cli.shell import AsJson
from app.wiring import read_settings

commands = typer.Typer()


@commands.command()
def export(file: Path) -> None:
    """Write the record to one file, to be counted again anywhere."""
    bundling = import_module("app.operations.bundling")
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
    erasing = import_module("app.operations.erasing")
    done = shell.on(
        shell.or_fail(read_settings()),
        lambda at, instance: shell.or_fail(erasing.erase(at, instance, act, because, decision=decision)),
    )
    shell.say(f"The words of {act} are gone; servers that have them are told. On record: {done.id}")


@commands.command()
def fsck(*, as_json: AsJson = False) -> None:
    """Recompute the ledger and the record; say what differs; exit 1 if anything does."""
    checking = import_module("app.operations.checking")
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
    rebuilding = import_module("app.operations.rebuilding")
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
    if bundle is not None and not bundle.absolute().parent.is_dir():
        shell.fail(f"--bundle {bundle}: there is no folder {bundle.absolute().parent}")
    play = import_module("app.demo.play").play
    sys.exit(play(once=once, communes=communes, folder=folder, bundle=bundle, as_json=as_json, database=database))
