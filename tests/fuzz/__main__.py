"""`python -m tests.fuzz --seconds 60`: a hunt through every target, the time shared between them.

An input that breaks a target stays in var/fuzz/<target>; put it into tests/fuzz/corpus/<target> with the
repair, and it is a test from then on.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]


def hunt(name: str, first: tuple[bytes, ...], seconds: int) -> bool:
    """True if nothing broke the target."""
    found = ROOT / "var/fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(first):
        (found / f"seed-{number}").write_bytes(seed)
    kept = HERE / "corpus" / name
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={found}/broken-", "-timeout=10", "-max_len=8192"]
    print(f"== {name}: {seconds} s", flush=True)  # noqa: T201 - a command that talks
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.hunt", name, str(found), *([str(kept)] if kept.is_dir() else []), *options],
        check=False,
        cwd=ROOT,
    )
    return done.returncode == 0


def main() -> int:
    """0 if nothing broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all of them if none is named")
    arguments = parser.parse_args()
    names = arguments.targets or list(TARGETS)
    first = seeds()
    share = max(1, arguments.seconds // len(names))
    broken = [name for name in names if not hunt(name, first[name], share)]
    print(f"broken: {', '.join(broken)}" if broken else "nothing broke")  # noqa: T201 - a command that talks
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
