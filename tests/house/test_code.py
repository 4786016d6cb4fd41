"""House rules of the code that no linter knows."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from tests.house.checkout import ROOT, exists, modules, shown

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
    named = str(contracts())
    parts = children(ROOT / "app") - PACKAGES_WITHOUT_CODE
    parts |= {f"http.{child}" for child in children(ROOT / "app/http")} - {"http"}
    assert [part for part in sorted(parts - {"http"}) if not re.search(rf"\b{re.escape(part)}\b", named)] == []


def test_only_wiring_reads_the_settings() -> None:
    assert importers("app.settings") <= {"app/wiring.py"}
    protected = [contract for contract in contracts() if contract["type"] == "protected"]
    wiring = ["app.wiring"] if exists("app.wiring") else []
    assert [(rule["protected_modules"], rule["allowed_importers"]) for rule in protected] == [
        (["app.settings"], wiring)
    ]


def test_every_edge_is_kept_from_the_database_and_the_network_libraries() -> None:
    [kept] = [rule["source_modules"] for rule in contracts() if rule.get("allow_indirect_imports")]
    edges = [f"app.{name}" for name in ("operations", "http", "workers", "cli", "main")]
    assert [edge for edge in edges if exists(edge) and edge not in kept] == []


def test_the_verifier_imports_nothing_of_the_rest() -> None:
    assert importers("app") & {"app/verifier.py"} == set()
    if exists("app.verifier"):
        assert [rule for rule in contracts() if rule.get("source_modules") == ["app.verifier"]] != []


def test_the_tests_run_on_what_a_server_runs_on() -> None:
    run, test = (pins(ROOT / f"requirements/{name}.lock") for name in ("run", "test"))
    assert {name: version for name, version in run.items() if test.get(name) != version} == {}


def test_the_locks_hold_hashes_and_no_address() -> None:
    for lock in ("run", "test", "fuzz", "laws"):
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


def contracts() -> list[dict[str, Any]]:
    """The import contracts of pyproject.toml."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = configuration["tool"]["importlinter"]["contracts"]
    return found


def importers(module: str) -> set[str]:
    """The files of app that import a module or something inside it."""
    wanted = re.compile(rf"^\s*(?:from|import)\s+{re.escape(module)}\b", re.MULTILINE)
    return {shown(path) for path in modules() if wanted.search(path.read_text(encoding="utf-8"))}


def children(package: Path) -> set[str]:
    """The names of the modules and packages inside a package."""
    files = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}
    return files | {path.parent.name for path in package.glob("*/__init__.py")}


def pins(lock: Path) -> dict[str, str]:
    """Every package of a lock with its version."""
    return dict(PIN.findall(lock.read_text(encoding="utf-8")))
