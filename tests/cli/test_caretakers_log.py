"""What a caretaker types that touches people, keys or blocks is in a log that every member sees (governance.md §12)."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from app.cli.program import commands
from app.store import acts
from tests.house.test_documentation import parts_of
from tests.pages.commune import URL, Commune, Member, commune, token

TOUCH: Final = {"member add", "member remove", "member reset", "erase", "block", "allow"}
"""What a caretaker types that touches people, the record's words, or other servers."""

SPEAK: Final = {"outside follow", "outside unfollow", "outside pin", "outside unpin", "outside ask", "outside complain"}
"""What is said elsewhere in the assembly's name: it touches nobody here; each has a test of its own."""

BEGIN: Final = {"init", "found"}
"""Before there is an assembly there is nobody to tell, and once it is founded both refuse."""

LOOK_AFTER: Final = {"serve", "worker", "migrate", "fsck", "rebuild", "refetch", "demo"}
"""These keep the machine going, and change nothing that an act or a member did."""

READ: Final = {"member list", "queue", "peers", "export", "verify"}


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def names(command: object, before: str = "") -> set[str]:
    """Every command, with the group that it is in."""
    found = parts_of(command)
    if not found:
        return {before.strip()}
    return {each for name, one in found.items() for each in names(one, f"{before} {name}")}


def test_every_command_is_known_to_touch_something_or_not() -> None:
    assert names(get_command(commands)) == TOUCH | SPEAK | BEGIN | LOOK_AFTER | READ


def adopted(harbour: Commune, path: str) -> str:
    """The address of the decision that adopts what is on this page."""
    harbour.meeting(path).send(f"{path}/open", path, closes_in="1", unit="hours", where="meeting")
    for teller in ("Jo", "Baran"):
        harbour.member(teller).send(f"{path}/count", path, agree="8", disagree="0")
    harbour.member("Jo").closes(path)
    kept = asyncio.run(harbour.instance.database.read(lambda c: acts.of_type(c, "gov:Decision")))
    return kept[-1].id


def put(member: Member, action: str, **fields: str) -> str:
    """The page of what a form of hers put on the agenda."""
    data = {"csrf": token(member.browser.get("/me").text), **fields}
    answer = member.browser.post(action, data=data, headers={"Origin": URL})
    assert answer.status_code == 200, answer.text
    return answer.url.path


def test_whatever_a_caretaker_types_that_touches_people_words_or_servers_every_member_reads(
    harbour: Commune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ida = harbour.member("Ada"), harbour.member("Ida")
    old = ada.propose("A list of names", "Somebody's street and number.", "task")
    kept = asyncio.run(harbour.instance.database.read(lambda c: acts.of_type(c, "gov:Proposal")))
    words = kept[-1].id
    coming = adopted(harbour, ada.propose("A new neighbour", "Zoe comes in.", "task"))
    going = adopted(harbour, put(ida, "/members/depart"))
    taken_out = adopted(harbour, put(ada, "/decisions/erase", entry=words.rpartition("/")[2], why="A street."))
    here = {"URL": URL, "LOOPBACK": "1", "DATA_DIR": str(tmp_path), "SECRET_FILE": str(tmp_path / "secret")}
    for name, value in here.items():
        monkeypatch.setenv(f"ROUNDABOUT_{name}", value)
    typed = {
        "member add": (("Zoe", "--decision", coming), "Zoe was put on the members’ list."),
        "member remove": (("Ida", "--decision", going), "Ida was taken off the members’ list."),
        "member reset": (("tom", "--because", "He lost it."), "Tom was given a new password. Reason: He lost it."),
        "erase": ((words, "--because", "A street.", "--decision", taken_out), f"out of the record: {words}"),
        "block": (("rude.example", "--reason", "Spam."), "does not talk to rude.example any more. Reason: Spam."),
        "allow": (("rude.example", "--reason", "They are sorry."), "Our server talks to rude.example."),
    }
    assert typed.keys() == TOUCH
    for command, (arguments, _) in typed.items():
        done = CliRunner().invoke(commands, [*command.split(), *arguments])
        assert done.exit_code == 0, (command, done.output, done.exception)
    for member in (ada, harbour.member("Sami")):
        said = member.read("/caretakers")
        assert [told for _, told in typed.values() if told not in said] == []
    assert "Somebody's street" not in ada.read(old)
