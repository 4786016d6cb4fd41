"""`make bench`: what this machine does, each figure beside its floor measured in the same run.

The floor is the least that the same promise costs (architecture): a bare route with the same checks,
a bare signed POST, the same bytes from a bare application. CPU-seconds are those of the process measured.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.bench import figures_inbox, figures_outbox, figures_record
from tests.bench.measure import Figure

_WAITING: Final = (1_000, 10_000, 100_000)
_HOSTS: Final = (500, 5_000)


def main() -> None:
    """Measure, print a table, and write `var/bench.json`."""
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--requests", type=int, default=1000, help="how many of each")
    most = arguments.parse_args().requests
    found: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder:
        for measured in (
            figures_record.verified(),
            figures_inbox.on_sqlite(Path(folder) / "sqlite", most),
            figures_inbox.on_postgresql(Path(folder) / "postgresql", most),
            *(figures_outbox.claims(Path(folder) / f"claims-{waiting}", waiting) for waiting in _WAITING),
            *(
                figures_outbox.fan_out(Path(folder) / f"fan-out-{hosts}", hosts)
                for hosts in _HOSTS
                if hosts <= most * 5
            ),
        ):
            found |= measured
    sys.stdout.write(f"{os.cpu_count()} cores\n")
    for name, figure in found.items():
        share = f"{figure.value / figure.floor:6.0%} of the floor {figure.floor:,.0f}" if figure.floor else ""
        sys.stdout.write(f"{name:44} {figure.value:12,.1f} {figure.unit:12} {share}\n")
    out = Path("var/bench.json")
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({name: figure.document() for name, figure in found.items()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
