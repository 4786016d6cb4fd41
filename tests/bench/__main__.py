"""`make bench`: what this machine does, each figure beside its floor measured in the same run.

The floor is the least that the same promise costs (architecture): a bare route with the same checks,
a bare signed POST, the same bytes from a bare application. CPU-seconds are those of the process measured.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench import (
    figures_inbox,
    figures_outbox,
    figures_pages,
    figures_rebuild,
    figures_record,
    figures_tally,
    serving,
)
from tests.bench.filling import fill
from tests.bench.measure import Figure
from tests.bench.serving import Stage

_WAITING: Final = (1_000, 10_000, 100_000)
_HOSTS: Final = (500, 5_000)
_FLOOD_SECONDS: Final = 5.0


def _outbox(folder: Path, most: int, _: Sequence[int]) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    for waiting in _WAITING:
        found |= figures_outbox.claims(folder.with_name(f"claims-{waiting}"), waiting)
    for hosts in (few for few in _HOSTS if few <= most * 5):
        found |= figures_outbox.fan_out(folder.with_name(f"fan-out-{hosts}"), hosts)
    return found


def _serving(
    folder: Path, most: int, stored: Sequence[int], place: Callable[[Path], AbstractContextManager[Stage]], name: str
) -> dict[str, Figure]:
    """What one commune answers and handles, with ever more lying in its tables."""
    found: dict[str, Figure] = {}
    with place(folder) as stage:
        lies = 0
        for much in sorted(stored):
            fill(stage.database, f"{stage.server.url}/assembly", much - lies, lies)
            lies = much
            where = f"{name}, {much:,} stored"
            found |= figures_pages.figures(stage, most * 2, where) | figures_inbox.figures(stage, most, where)
        found |= figures_inbox.flood(stage, _FLOOD_SECONDS, name)
    return found


_PARTS: Final[Mapping[str, Callable[[Path, int, Sequence[int]], dict[str, Figure]]]] = {
    "outbox": _outbox,
    "postgresql": partial(_serving, place=serving.on_postgresql, name="PostgreSQL"),
    "rebuild": lambda folder, *_: figures_rebuild.rebuilt(folder),
    "record": lambda *_: figures_record.verified(),
    "tally": lambda *_: figures_tally.tallied(),
    "sqlite": partial(_serving, place=serving.on_sqlite, name="SQLite FULL"),
}


def main() -> None:
    """Measure, print a table, and write `var/bench.json`."""
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--requests", type=int, default=1000, help="how many of each")
    arguments.add_argument("--stored", type=int, nargs="+", default=[1000], help="how many activities lie there before")
    arguments.add_argument("--only", choices=sorted(_PARTS), nargs="+", default=sorted(_PARTS), help="which parts")
    said = arguments.parse_args()
    found: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder:
        for part in said.only:
            found |= _PARTS[part](Path(folder) / part, said.requests, said.stored)
    sys.stdout.write(f"{os.cpu_count()} cores\n")
    for name, figure in found.items():
        share = f"{figure.value / figure.floor:6.0%} of the floor {figure.floor:,.0f}" if figure.floor else ""
        aim = f"aim {figure.target:,g}" if figure.target else ""
        sys.stdout.write(f"{name:60} {figure.value:12,.1f} {figure.unit:10} {aim:12} {share}\n")
    out = Path("var/bench.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({name: figure.document() for name, figure in found.items()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
