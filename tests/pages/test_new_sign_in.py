"""A caretaker can give somebody a new password, but not in secret, and not to vote in their name."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from starlette.testclient import TestClient

from app.kernel.refusal import Refusal
from app.operations.assembly import recovery, signing_in
from app.store import accounts, votes
from app.store.database import Connection
from app.wiring import Instance
from tests.pages.commune import PASSWORD, URL, Commune, Member, commune, token, words

T = TypeVar("T")
WORDS = re.compile(r"<code>([a-z ]{29})</code>")


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def do(harbour: Commune, work: Callable[[Connection, Instance], T]) -> T:
    return asyncio.run(harbour.instance.database.write(lambda connection: work(connection, harbour.instance)))


def reset(harbour: Commune, name: str) -> TestClient:
    """A browser that signed in with the password that a caretaker made."""
    made = do(harbour, lambda c, i: recovery.reset(c, i, name, "She lost her phone."))
    assert not isinstance(made, Refusal)
    browser = TestClient(harbour.client.app, base_url=URL, follow_redirects=True)
    fields = {"csrf": token(browser.get("/sign-in").text), "name": name, "password": made.password, "next": "/"}
    assert browser.post("/sign-in", data=fields, headers={"Origin": URL}).status_code == 200
    return browser


def voted(harbour: Commune, browser: TestClient) -> str:
    """The vote on a proposal in which this browser agreed."""
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    Member(browser, "Amina").vote(path, "agree")
    item = path.rpartition("/")[2]
    return do(harbour, lambda c, _: votes.of_item(c, item)[-1].id)


def counted(harbour: Commune, vote: str) -> int:
    return len(do(harbour, lambda c, _: votes.cast_ballots(c, vote)))


def choices(harbour: Commune, vote: str) -> list[str]:
    return list(do(harbour, lambda c, _: votes.cast_ballots(c, vote)).values())


def test_everybody_sees_it_and_what_was_open_is_signed_out(harbour: Commune) -> None:
    amina, ada = harbour.member("Amina"), harbour.member("Ada")
    browser = reset(harbour, "Amina")
    assert "Sign in" in words(amina.browser.get("/members").text)
    log = ada.read("/caretakers")
    assert "Amina was given a new password." in log
    assert "Reason: She lost her phone." in log
    assert "A caretaker gave them a new password on" in ada.read("/members")
    assert "A caretaker gave you a new password. Is it you?" in words(browser.get("/").text)


@pytest.mark.withstands("H13")
def test_what_is_voted_with_it_counts_once_the_member_confirms_by_their_words(harbour: Commune) -> None:
    amina = harbour.member("Amina")
    data = {"csrf": token(amina.browser.get("/me").text), "password": PASSWORD}
    shown = WORDS.search(amina.browser.post("/me/words", data=data, headers={"Origin": URL}).text)
    assert shown is not None
    browser = reset(harbour, "Amina")
    vote = voted(harbour, browser)
    assert counted(harbour, vote) == 0
    me = Member(browser, "Amina")
    assert "First confirm that the new password is yours." in me.send("/me/words", "/me", 422)
    assert "These are not your words." in me.send("/me/confirm", "/me", 403, words="bababa " * 5)
    assert counted(harbour, vote) == 0
    assert "Is it you?" not in me.send("/me/confirm", "/me", words=shown[1].upper())
    assert counted(harbour, vote) == 1


@pytest.mark.withstands("H13")
def test_two_members_who_keep_no_server_can_confirm_that_they_saw_them(harbour: Commune) -> None:
    browser = reset(harbour, "Amina")
    vote = voted(harbour, browser)
    ada, tom, jo = (harbour.member(name) for name in ("Ada", "Tom", "Jo"))
    refused = "Somebody confirms it who is no caretaker, and not yourself."
    assert refused in jo.send("/members/witness", "/members", 403, name="amina")
    assert refused in Member(browser, "Amina").send("/members/witness", "/me", 403, name="amina")
    for _ in range(2):
        ada.send("/members/witness", "/members", name="amina")
    assert counted(harbour, vote) == 0
    tom.send("/members/witness", "/members", name="amina")
    assert counted(harbour, vote) == 1
    assert "Nothing waits to be confirmed." in ada.send("/members/witness", "/members", 422, name="amina")


@pytest.mark.withstands("H13")
def test_a_ballot_cast_before_it_counts_and_is_not_shown_until_the_member_confirms(harbour: Commune) -> None:
    ada, amina = harbour.member("Ada"), harbour.member("Amina")
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/open", path, closes_in="1", unit="hours", where="online")
    amina.vote(path, "disagree", reason="A canary.")
    vote = do(harbour, lambda c, _: votes.of_item(c, path.rpartition("/")[2])[-1].id)
    before = do(harbour, lambda c, _: votes.receipts(c, vote))
    browser = reset(harbour, "Amina")
    shown = browser.get(path).text
    assert "A canary." not in shown
    assert "checked" not in shown.partition('name="choice"')[2].partition("</form>")[0]
    Member(browser, "Amina").vote(path, "agree")
    assert choices(harbour, vote) == ["disagree"], "what she had chosen counts"
    assert do(harbour, lambda c, _: votes.receipts(c, vote)) == before
    assert "1 took part online so far." in ada.read(path)
    for name in ("Ada", "Tom"):
        harbour.member(name).send("/members/witness", "/members", name="amina")
    assert choices(harbour, vote) == ["agree"]
    assert do(harbour, lambda c, _: votes.replaced_count(c, vote)) == 1
    assert do(harbour, lambda c, _: len(votes.receipts(c, vote))) == 1


def test_a_password_is_changed_by_who_knows_the_one_of_now(harbour: Commune) -> None:
    amina = harbour.member("Amina")
    assert "do not go together" in amina.send("/me/password", "/me", 403, old="another", new="long enough")
    assert "at least 8 characters" in amina.send("/me/password", "/me", 422, old=PASSWORD, new="short")
    amina.send("/me/password", "/me", old=PASSWORD, new="another good one")
    fresh = TestClient(harbour.client.app, base_url=URL, follow_redirects=True)
    fields = {"csrf": token(fresh.get("/sign-in").text), "name": "Amina", "password": "another good one", "next": "/"}
    assert fresh.post("/sign-in", data=fields, headers={"Origin": URL}).status_code == 200


@pytest.mark.withstands("G08")
def test_a_changed_password_signs_out_every_other_browser(harbour: Commune) -> None:
    amina, elsewhere = harbour.member("Amina"), harbour.member("Amina")
    amina.send("/me/password", "/me", old=PASSWORD, new="another good one")
    assert "Sign in" in words(elsewhere.browser.get("/members").text)
    assert "12 people are on the members’ list." in amina.read("/members")


def test_recovery_words_are_made_by_who_knows_the_password(harbour: Commune) -> None:
    amina = harbour.member("Amina")
    assert "do not go together" in amina.send("/me/words", "/me", 403)
    assert "do not go together" in amina.send("/me/words", "/me", 403, password="another")
    assert "Write these words on paper." in amina.send("/me/words", "/me", password=PASSWORD)


@pytest.mark.withstands("G08")
def test_what_was_under_way_when_a_sign_in_was_reset_does_not_undo_it(harbour: Commune) -> None:
    """The requests had read the account before; what they write afterwards is refused."""
    instance = harbour.instance

    async def race() -> list[str | Refusal | None]:
        signed_in = await signing_in.sign_in(instance, "Amina", PASSWORD, "192.0.2.1")
        assert not isinstance(signed_in, Refusal)
        session = await instance.database.read(lambda c: signing_in.session_of(c, instance, signed_in.token))
        assert session is not None
        await instance.database.write(lambda c: recovery.reset(c, instance, "Amina", "She lost her phone."))
        changed = await recovery.change_password(instance, session, PASSWORD, "a password of the thief")
        return [changed, await recovery.make_recovery(instance, session.account, PASSWORD)]

    found = asyncio.run(race())
    assert [one.code for one in found if isinstance(one, Refusal)] == ["sign_in.wrong", "sign_in.wrong"]
    kept = do(harbour, lambda c, _: accounts.named(c, "amina"))
    assert kept is not None
    assert (kept.recovery, kept.reset_at is None) == (None, False)
    again = asyncio.run(signing_in.sign_in(instance, "Amina", "a password of the thief", "192.0.2.1"))
    assert isinstance(again, Refusal)


def test_the_assembly_chooses_other_caretakers_and_who_is_recalled_does_not_vote(harbour: Commune) -> None:
    ada, tom, kim = (harbour.member(name) for name in ("Ada", "Tom", "Kim"))
    assert "At least two caretakers keep a server." in ada.send(
        "/caretakers", "/caretakers", 422, caretaker=["kim"], why="It is their turn."
    )
    ada.send("/caretakers", "/caretakers", caretaker=["kim", "max"], why="It is their turn.")
    listed = ada.browser.get("/proposals").text
    assert "Who keeps our server: Kim, Max" in listed
    path = re.findall(r'href="(/proposals/[0-9A-Z]{26})"', listed)[0]
    harbour.meeting(path, by="Ida", tellers=("tom", "kim")).send(
        f"{path}/open", path, closes_in="1", unit="hours", where="meeting"
    )
    assert "10 members may vote." in ada.read(path)
    for teller in (tom, kim):
        teller.send(f"{path}/count", path, agree="7", disagree="1")
    assert "Adopted." in tom.closes(path)
    members = ada.read("/members")
    assert "Kim caretaker" in members
    assert "Jo caretaker" not in members
    assert "By decision of the assembly Kim, Max keep the server." in ada.read("/caretakers")
    assert "Kim" not in words(harbour.client.get("/decisions").text)
