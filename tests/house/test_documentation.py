"""Documentation that fails the build when it is stale: commands, settings, act types, links, decisions."""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
from pydantic_settings import BaseSettings
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from app.store.schema import metadata
from tests.house import catalogue, coverage_table
from tests.house.checkout import DOCS, ROOT, exists, pages, shown

LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
ACT_TYPE: Final = re.compile(r"gov:[A-Z]\w+")
INWARD: Final = re.compile(r"\.\./shared|\b(?:governance|protocol|fine-print|requirements|hostile|interface)\.md\b")
NO_ACTS: Final = {"gov:Bundle"}  # the manifest of a file of the record: no act, described with the bundle
OPTIONS_OF_EVERY_COMMAND: Final = {"--help", "--install-completion", "--show-completion"}


def commands() -> dict[str, TyperCommand | TyperGroup]:
    """The commands that are registered, by name."""
    return parts_of(get_command(import_module("app.cli.program").commands))


def settings() -> set[str]:
    """The settings that are read, without the prefix."""
    if not exists("app.settings"):
        pytest.skip("there are no settings yet")
    found = [
        value
        for value in vars(import_module("app.settings")).values()
        if isinstance(value, type) and issubclass(value, BaseSettings) and value is not BaseSettings
    ]
    return {field.upper() for kind in found for field in kind.model_fields}


def parts_of(command: object) -> dict[str, TyperCommand | TyperGroup]:
    """The commands of a group that help lists, by name; a single command has none."""
    found = command.commands if isinstance(command, TyperGroup) else {}
    return {
        name: part for name, part in found.items() if isinstance(part, TyperCommand | TyperGroup) and not part.hidden
    }


def words_of(command: TyperCommand | TyperGroup) -> set[str]:
    """What the page of a command must name: its options and, of a group, those of its commands and their names."""
    options = [part for part in command.params if isinstance(part, TyperOption) and not part.hidden]
    words = {flag for option in options for flag in option.opts if flag.startswith("--")}
    for name, part in parts_of(command).items():
        words |= {name} | words_of(part)
    return words - OPTIONS_OF_EVERY_COMMAND


def anchor(heading: str) -> str:
    """The fragment under which a heading is reached."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_command_has_a_page_and_every_page_a_command() -> None:
    assert {page.stem for page in (DOCS / "commands").glob("*.md")} == set(commands())


def test_the_page_of_a_command_names_its_options_and_subcommands() -> None:
    missing = {
        name: lacking
        for name, command in commands().items()
        if (lacking := {word for word in words_of(command) if word not in read(DOCS / f"commands/{name}.md")})
    }
    assert missing == {}


def test_every_setting_has_a_page_and_every_page_a_setting() -> None:
    named = {page.stem.upper().replace("-", "_") for page in (DOCS / "settings").glob("*.md")}
    assert named == settings()


def test_the_page_of_a_setting_gives_its_full_name_and_its_default() -> None:
    lacking = [
        shown(page)
        for page in (DOCS / "settings").glob("*.md")
        if f"ROUNDABOUT_{page.stem.upper().replace('-', '_')}" not in read(page) or "Default:" not in read(page)
    ]
    assert lacking == []


def test_every_table_is_said_to_follow_from_the_record_or_not_to() -> None:
    said = set(re.findall(r"`(\w+)`", read(DOCS / "commands/rebuild.md")))
    assert set(metadata.tables) - {"leaves"} - said == set(), "name it in docs/commands/rebuild.md, where it belongs"


def test_every_act_type_is_documented() -> None:
    vocabulary = ROOT / "app/translation/vocabulary.py"
    if not vocabulary.exists():
        pytest.skip("there is no vocabulary yet")
    read_there = set(ACT_TYPE.findall(read(vocabulary))) - NO_ACTS
    assert read_there - set(ACT_TYPE.findall(read(DOCS / "acts.md"))) == set()


def test_the_coverage_table_is_up_to_date() -> None:
    assert read(coverage_table.PAGE) == coverage_table.table(coverage_table.collect()), "run `make docs`"


def test_the_message_catalogue_is_up_to_date() -> None:
    assert read(catalogue.POT) == catalogue.render(catalogue.extract()), "run `make docs`"


def test_a_decision_is_told_in_forty_lines_and_numbered_without_gaps() -> None:
    told = sorted((DOCS / "decisions").glob("*.md"))
    assert [page.name[:4] for page in told] == [f"{number:04}" for number in range(1, len(told) + 1)]
    assert [shown(page) for page in told if len(read(page).splitlines()) > 40] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    dead = [f"{shown(page)}: {link}" for page in pages() for link in LINK.findall(read(page)) if is_dead(page, link)]
    assert dead == []


def test_the_index_leads_to_every_page() -> None:
    reached = {(DOCS / link).resolve() for link in LINK.findall(read(DOCS / "README.md")) if ":" not in link}
    assert [shown(page) for page in sorted(DOCS.rglob("*.md")) if page not in reached | {DOCS / "README.md"}] == []


def test_the_pages_stand_alone() -> None:
    assert {shown(page): found for page in pages() if (found := INWARD.findall(read(page)))} == {}


def read(path: Path) -> str:
    """The text of a page or a module."""
    return path.read_text(encoding="utf-8")


def is_dead(page: Path, link: str) -> bool:
    """True if a link inside the checkout leads to no file, or to no heading of it; pictures are made by tests."""
    target, _, fragment = link.partition("#")
    if ":" in target:
        return False
    file = (page.parent / target).resolve() if target else page
    if not file.exists():
        return (DOCS / "pictures") not in file.parents or (DOCS / "pictures").is_dir()
    return bool(fragment) and fragment not in {anchor(heading) for heading in HEADING.findall(read(file))}
