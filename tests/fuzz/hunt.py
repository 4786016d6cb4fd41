"""One hunt: `python -m tests.fuzz.hunt TARGET` and options of libFuzzer; ends with the first input that breaks it."""

import sys

import atheris

with atheris.instrument_imports(include=["app"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Hunt until the time is over or something breaks."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
