"""Who only looks on, or is excluded, reads what is decided and no names of members."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.assembly import entering, membership
from app.store import accounts, acts
from app.store.database import Connection
from tests.pages.commune import PASSWORD, Commune, commune

NAMES = "Names are for those who belong"


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def let_in(harbour: Commune, shown: str, standing: str) -> None:
    """Somebody whom Ada let in, with a password."""
    hashed = membership.hash_password(PASSWORD)
    assert isinstance(hashed, str)

    def come(connection: Connection) -> None:
        ada = accounts.named(connection, "ada")
        assert ada is not None
        entrant = entering.write_down(connection, harbour.instance, ada, shown, "", standing)
        assert not isinstance(entrant, Refusal)
        assert entrant.account is not None
        assert accounts.set_password(connection, entrant.account, hashed, None, "")

    asyncio.run(harbour.instance.database.write(come))


def test_who_took_part_is_for_those_who_belong(harbour: Commune) -> None:
    for shown, standing in (("Lou", "observer"), ("Kit", "voice")):
        let_in(harbour, shown, standing)
    ada, nour, lou, kit, jo = (harbour.member(name) for name in ("Ada", "Nour", "Lou", "Kit", "Jo"))
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    nour.vote(path, "agree")
    assert "1 took part online so far. Nour" in kit.read(path)
    assert "Nour" not in lou.read(path)
    assert "1 took part online so far." in lou.read(path)
    excluded = jo.browser

    def exclude(connection: Connection) -> None:
        found = accounts.named(connection, "jo")
        assert found is not None
        accounts.exclude(connection, found.id, int(harbour.instance.now().timestamp()) + 86_400)

    asyncio.run(harbour.instance.database.write(exclude))
    for page in ("/members", "/caretakers", "/door/keep", "/duty", "/members/exclude"):
        for browser in (lou.browser, excluded):
            answer = browser.get(page)
            assert (answer.status_code, NAMES in answer.text, "Nour" in answer.text) == (403, True, False)
        assert kit.browser.get(page).status_code == 200


def test_who_speaks_asks_for_a_vote_and_two_members_say_yes(harbour: Commune) -> None:
    let_in(harbour, "Kit", "voice")
    kit, ada, tom = (harbour.member(name) for name in ("Kit", "Ada", "Tom"))
    assert "Ask for a vote" in kit.read("/me")
    kit.send("/door/vote", "/me", name="kit")
    assert "They wait already" in kit.send("/door/vote", "/me", 422, name="kit")
    assert "Kit" not in ada.read("/members")
    for member in (ada, tom):
        entrant = re.findall(r'name="entrant" value="([0-9A-Z]{26})"', member.browser.get("/door/keep").text)[0]
        member.send("/door/keep", "/door/keep", entrant=entrant, say="vote")
    assert "13 people are on the members’ list." in ada.read("/members")
    path = kit.propose("Winter fuel", "We buy together.")
    kit.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    assert "Recorded." in kit.vote(path, "agree")


@pytest.mark.withstands("F04")
def test_who_is_excluded_votes_on_what_was_open_and_speaks_on_the_appeal_alone(harbour: Commune) -> None:
    ada, nour = harbour.member("Ada"), harbour.member("Nour")
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    version = nour.version(path)

    def exclude(connection: Connection) -> None:
        found = accounts.named(connection, "nour")
        assert found is not None
        accounts.exclude(connection, found.id, int(harbour.instance.now().timestamp()) + 86_400)

    asyncio.run(harbour.instance.database.write(exclude))
    assert "Recorded." in nour.send(f"{path}/vote", path, choice="disagree", reason="", version=version)
    for name in ("Ada", "Jo", "Tom", "Max"):
        harbour.member(name).vote(path, "agree")
    assert "whoever has a vote does this" in nour.send(f"{path}/comment", path, 403, text="Listen to me.")
    nour.send("/me/appeal", "/me", why="I apologised.")
    appeal = re.findall(r'href="(/proposals/[0-9A-Z]{26})"', ada.browser.get("/proposals").text)[0]
    assert "I shall not do it again." in nour.send(f"{appeal}/comment", appeal, text="I shall not do it again.")
    harbour.passes(path)
    ada.closes(path)
    [decision] = asyncio.run(harbour.instance.database.read(lambda c: acts.of_type(c, "gov:Decision")))[-1:]
    counts = json.loads(decision.raw)["gov:counts"]
    assert (counts["entitled"], counts["present"], counts["agree"], counts["disagree"]) == (12, 5, 4, 1)
