"""The command line: what an operator types, and nothing that a page should do."""

import gc
from importlib import import_module


def main() -> None:
    """Run one command; exit 1 on failure, 2 on bad usage."""
    gc.disable()  # all that is read in stays: looking through it for garbage would be a tenth of a start
    run = import_module("app.cli.program").run
    gc.freeze()
    gc.enable()
    run()
