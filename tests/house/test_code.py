"""House rules of the code that no linter knows."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from tests.house.checkout import ROOT, modules, shown

LONGEST: Final = 300
LONG_ON_PURPOSE: Final = {"app/verifier.py"}  # one file, read top to bottom by who audits it
PACKAGES_WITHOUT_CODE: Final = {"locale"}
NO_NOUNS: Final = {"utils", "helpers", "services", "managers", "common", "misc"}
PIN: Final = re.compile(r"^([a-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE | re.IGNORECASE)


def test_a_module_is_at_most_three_hundred_lines() -> None:
    long = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: size for name, size in long.items() if size > LONGEST and name not in LONG_ON_PURPOSE} == {}


def test_a_module_is_a_noun_of_the_domain() -> None:
    assert [shown(path) for path in modules() if path.stem in NO_NOUNS or path.parent.name in NO_NOUNS] == []


def test_the_import_contracts_know_every_part_of_the_program() -> None:
    contracts = str(configuration()["tool"]["importlinter"]["contracts"])
    parts = children(ROOT / "app") - PACKAGES_WITHOUT_CODE
    parts |= {f"http.{child}" for child in children(ROOT / "app/http")} - {"http"}
    assert [part for part in sorted(parts - {"http"}) if not re.search(rf"\b{re.escape(part)}\b", contracts)] == []


def test_the_tests_run_on_what_a_server_runs_on() -> None:
    run, test = (pins(ROOT / f"requirements/{name}.lock") for name in ("run", "test"))
    assert {name: version for name, version in run.items() if test.get(name) != version} == {}


def test_the_locks_hold_hashes_and_no_address() -> None:
    for lock in ("run", "test"):
        text = (ROOT / f"requirements/{lock}.lock").read_text(encoding="utf-8")
        assert "://" not in text
        assert "index" not in {line.split()[0] for line in text.splitlines() if line.startswith("--")}
        unhashed = [entry.split()[0] for entry in re.split(r"\n(?=[a-z0-9])", text) if "--hash=sha256:" not in entry]
        assert unhashed == []


def test_every_ruff_exception_has_its_reason_beside_it() -> None:
    bare = [
        f"{shown(path)}:{number}"
        for path in [*modules(), *sorted((ROOT / "tests").rglob("*.py"))]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"#\s*(?:noqa|type:\s*ignore)(?:\[[\w, -]*\]|:\s*[A-Z0-9, ]*[A-Z0-9])?\s*$", line)
    ]
    assert bare == []


def configuration() -> dict[str, Any]:
    """pyproject.toml, read."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def children(package: Path) -> set[str]:
    """The names of the modules and packages inside a package."""
    files = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    return files | {path.parent.name for path in package.glob("*/__init__.py")}


def pins(lock: Path) -> dict[str, str]:
    """Every package of a lock with its version."""
    return dict(PIN.findall(lock.read_text(encoding="utf-8")))
