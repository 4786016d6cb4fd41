"""Two members in turn can hide what was said: with the reason in its place, for seven days, unless all confirm it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from app.governance.duty import pair_in_turn
from app.kernel.refusal import Refusal
from app.operations.assembly import moderating
from app.operations.exchange import publishing
from app.operations.record.sealing import load
from app.store import acts, agenda, hiding, voices
from app.store.database import Connection
from app.store.voices import Voice
from app.wiring import Instance
from tests.pages.commune import Commune, Member, commune

T = TypeVar("T")


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def do(harbour: Commune, work: Callable[[Connection, Instance], T], **later: float) -> T:
    instance = replace(harbour.instance, now=lambda: harbour.instance.now() + timedelta(**later))
    return asyncio.run(instance.database.write(lambda connection: work(connection, instance)))


def pair(harbour: Commune, **later: float) -> list[str]:
    return [one.shown for one in do(harbour, moderating.on_duty, **later)]


def said(member: Member, text: str) -> tuple[str, str]:
    """The page of a proposal on which a member said something, and under what name it can be hidden."""
    path = member.propose("Winter fuel", "We buy together.")
    member.send(f"{path}/comment", path, text=text)
    return path, "comment:1"


@pytest.mark.parametrize(
    ("people", "turn", "whose"),
    [
        ("abcde", 0, "ab"),
        ("abcde", 1, "cd"),
        ("abcde", 2, "ea"),
        ("abcd", 2, "ab"),
        ("ab", 7, "ab"),
        ("a", 1, "a"),
        ("", 1, ""),
    ],
)
def test_everybody_has_a_turn(people: str, turn: int, whose: str) -> None:
    assert "".join(pair_in_turn(people, turn)) == whose


def test_the_duty_goes_round_with_the_rhythm_of_the_meetings(harbour: Commune) -> None:
    assert pair(harbour) == ["Jo", "Baran"]
    assert pair(harbour, days=29) == ["Jo", "Baran"]
    assert pair(harbour, days=31) == ["Amina", "Leyla"]
    assert pair(harbour, days=181) == ["Jo", "Baran"]


def test_what_is_hidden_says_why_and_only_whose_turn_it_is_hides(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path, thing = said(ada, "You are all fools.")
    assert "Hide it, by duty" not in ada.read(path)
    assert "It is not your turn" in ada.send("/duty/hide", path, 403, thing=thing, why="Rude.")
    assert "Say why" in jo.send("/duty/hide", path, 422, thing=thing, why="")
    assert "There is no such post." in jo.send("/duty/hide", path, 404, thing="comment:99", why="Rude.")
    page = jo.send("/duty/hide", path, thing=thing, why="It insults us all.", item=path.rpartition("/")[2])
    assert "Hidden by duty: It insults us all." in page
    assert "You are all fools." not in page + ada.read(path)
    assert "It is hidden already." in jo.send("/duty/hide", path, 409, thing=thing, why="Rude.")
    log = ada.read("/duty")
    assert "Whose turn it is: Jo, Baran." in log
    assert "Hidden by Jo, by duty: It insults us all." in log


def test_after_seven_days_it_is_back_unless_the_assembly_confirmed_it(harbour: Commune) -> None:
    ada, jo, tom = harbour.member("Ada"), harbour.member("Jo"), harbour.member("Tom")
    path, thing = said(ada, "You are all fools.")
    jo.send("/duty/hide", path, thing=thing, why="It insults us all.")
    assert is_hidden(harbour, thing, days=6)
    assert not is_hidden(harbour, thing, days=8)

    def hides_again(connection: Connection, instance: Instance) -> Refusal | None:
        return moderating.hide(connection, instance, moderating.on_duty(connection, instance)[0], thing, "Again.")

    again = do(harbour, hides_again, days=8)
    assert isinstance(again, Refusal)
    assert again.code == "duty.lapsed"
    tom.send("/duty/ask", "/duty", seq="1")
    assert "The assembly is asked already." in tom.send("/duty/ask", "/duty", 409, seq="1")
    item = re.findall(r'href="(/proposals/[0-9A-Z]{26})"', ada.browser.get("/proposals").text)[0]
    harbour.meeting(item).send(f"{item}/open", item, closes_in="1", unit="hours", where="meeting")
    for teller in (ada, jo):
        teller.send(f"{item}/count", item, agree="7", disagree="1")
    assert "Adopted." in jo.closes(item)
    assert is_hidden(harbour, thing, days=8)
    assert "The assembly keeps it hidden." in ada.read("/duty")


def test_a_voice_from_outside_is_hidden_at_once(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    address = "https://rude.example/notes/1"

    def hear(connection: Connection, instance: Instance) -> None:
        item = agenda.get(connection, path.rpartition("/")[2])
        act = acts.by_id(connection, item.act) if item is not None else None
        assert act is not None
        dossier = publishing.dossier_of(connection, instance, load(act))
        voices.hear(connection, Voice(address, "https://rude.example/troll", "<p>Go home.</p>", 1, act.id, dossier))

    do(harbour, hear)
    assert "Go home." in ada.read(path)
    page = jo.send("/duty/hide", path, thing=address, why="Harassment.", item=path.rpartition("/")[2])
    assert "Hidden by duty: Harassment." in page
    assert "Go home." not in page


@pytest.mark.withstands("D16")
def test_a_flood_of_voices_is_read_in_parts(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")

    def hear(connection: Connection, instance: Instance) -> str:
        item = agenda.get(connection, path.rpartition("/")[2])
        act = acts.by_id(connection, item.act) if item is not None else None
        assert act is not None
        dossier = publishing.dossier_of(connection, instance, load(act))
        for number in range(120):
            address = f"https://loud.example/notes/{number}"
            said = f"<p>Voice {number}.</p>"
            voices.hear(connection, Voice(address, "https://loud.example/crowd", said, number, act.id, dossier))
        return act.id

    entry = do(harbour, hear).rpartition("/")[2]
    for page in (path, f"/acts/{entry}"):
        asked = ("", "?voices=50", "?voices=100", "?voices=nonsense")
        parts = [ada.browser.get(f"{page}{part}", headers={"Accept": "text/html"}).text for part in asked]
        assert [part.count('class="said"') for part in parts] == [50, 50, 20, 50]
        assert "Voice 119." in parts[0]
        assert "Voice 0." in parts[2]
        assert [f"?voices={skip}#" in part for skip, part in zip((50, 100, 150), parts, strict=False)] == [
            True,
            True,
            False,
        ]


def is_hidden(harbour: Commune, thing: str, **later: float) -> bool:
    """True if it is hidden that much later."""
    return do(harbour, lambda c, i: thing in hiding.now_hidden(c, [thing], int(i.now().timestamp())), **later)
