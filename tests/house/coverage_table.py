"""The table of requirements shown and hostile cases withstood, read from the markers of the tests and from the vectors.

`python -m tests.house.coverage_table` writes docs/coverage.md; a test says when that is stale.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.house.checkout import DOCS, ROOT, shown
from tests.house.credit import credited

PAGE: Final = DOCS / "coverage.md"
ID: Final = re.compile(r"([A-Z])(\d+)")
VECTORS: Final = ("rules", "records")
TITLES: Final = {"shows": "Requirements shown", "withstands": "Hostile cases withstood"}
HEAD: Final = """\
# What the tests show

Made by `make docs` from the markers `shows` and `withstands` of the tests and from what vectors say of themselves;
do not edit by hand.
"""

Marked = dict[str, dict[str, set[str]]]


def marks(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Every (marker, id) that is written under a node; ValueError if an id is not written out there."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in TITLES:
            for argument in call.args:
                if not (isinstance(argument, ast.Constant) and ID.fullmatch(str(argument.value))):
                    raise ValueError(f"line {call.lineno}: {ast.unparse(call)} must name ids such as B7, written out")
                yield call.func.attr, str(argument.value)


def tests_of(module: ast.Module, file: str) -> Iterator[tuple[str, str, str]]:
    """Every (marker, id, test) of one test module; marks outside any test are the whole file's."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from ((*mark, f"{file}::{node.name}") for mark in marks(node))
        elif isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((*mark, f"{file}::{node.name}") for mark in marks(decorator))
            for part in node.body:
                name = f"{file}::{node.name}::{getattr(part, 'name', '')}".removesuffix("::")
                yield from ((*mark, name) for mark in marks(part))
        else:
            yield from ((*mark, file) for mark in marks(node))


def collect(root: Path = ROOT / "tests") -> Marked:
    """The tests of each id, by marker."""
    found: Marked = {marker: {} for marker in TITLES}
    for path in sorted(root.rglob("test_*.py")):
        for marker, row, test in tests_of(ast.parse(path.read_text(encoding="utf-8")), shown(path)):
            found[marker].setdefault(row, set()).add(test)
    for path in sorted(file for name in VECTORS for file in (root / "vectors" / name).glob("*.json")):
        for marker, row in credited(path):
            found[marker].setdefault(row, set()).add(shown(path))
    return found


def order(row: str) -> tuple[str, int]:
    """Ids in the order of people: B2 before B10."""
    match = ID.fullmatch(row)
    if match is None:
        raise ValueError(f"an id is a letter and a number, got {row!r}")
    return match[1], int(match[2])


def table(found: Marked) -> str:
    """The whole page."""
    parts = [HEAD]
    for marker, title in TITLES.items():
        rows = found[marker]
        parts.append(f"\n## {title}: {len(rows)}\n\n| id | tests |\n|---|---|\n")
        lists = {row: "<br>".join(f"`{test}`" for test in sorted(rows[row])) for row in sorted(rows, key=order)}
        parts.extend(f"| {row} | {tests} |\n" for row, tests in lists.items())
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(table(collect()), encoding="utf-8")
