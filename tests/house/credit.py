"""What a vector shows: it says so itself, for `docs/coverage.md` as for the test that runs it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

MARKERS = ("shows", "withstands")


def credit(case: Mapping[str, Any]) -> list[pytest.MarkDecorator]:
    """The marks of a test of this vector: none where it names no id."""
    return [getattr(pytest.mark, marker)(*case[marker]) for marker in MARKERS if case.get(marker)]


def credited(path: Path) -> Iterator[tuple[str, str]]:
    """Every (marker, id) that the vectors of a file name."""
    for case in json.loads(path.read_text(encoding="utf-8")):
        yield from ((marker, row) for marker in MARKERS for row in case.get(marker, ()))
