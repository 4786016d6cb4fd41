"""Leaving: by one's own word, and by no decision on another matter (governance.md §12)."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.kernel.refusal import Refusal
from app.operations.assembly import membership
from app.operations.matters import proposing
from app.store import accounts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from tests.pages.commune import Commune, commune
from tests.pages.test_deciding import cast, code, do, ended, opened, person, sealed


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as here:
        yield here


def adopted(harbour: Commune, item: Item) -> str:
    """The Decision of a vote in which four agreed."""
    at = harbour.instance
    vote = opened(at, item)
    for name in ("jo", "baran", "amina", "ada"):
        cast(at, vote, name, "agree")
    assert ended(at, vote).status == "adopted"
    found: str = sealed(at, "gov:Decision")[-1]["id"]
    return found


def removed(harbour: Commune, name: str, decision: str) -> Account | Refusal:
    at = harbour.instance
    return do(at, lambda c: membership.remove(c, at, name, decision=decision))


def departure(harbour: Commune) -> Item:
    [item] = do(harbour.instance, lambda c: agenda.of_kind(c, Kind.DEPARTURE))
    return item


def test_no_caretaker_removes_anybody_by_a_decision_on_another_matter(harbour: Commune) -> None:
    at, ada = harbour.instance, person(harbour.instance, "ada")
    for title, text in (("Cleaning on Friday", "We clean the hall."), ("Ida", "Ida is off the list.")):
        draft = proposing.Draft(title, text, "task")
        item = do(at, partial(proposing.propose, instance=at, account=ada, draft=draft))
        assert isinstance(item, Item)
        assert code(removed(harbour, "Ida", adopted(harbour, item))) == "member.decision"
    assert "Ida" in harbour.member("Ada").read("/members")


def test_who_says_that_they_leave_is_taken_off_once_the_assembly_took_note(harbour: Commune) -> None:
    ida = harbour.member("Ida")
    assert "Ida leaves" in ida.send("/members/depart", "/me")
    ida.send("/members/depart", "/me", 409)
    decision = adopted(harbour, departure(harbour))
    assert code(removed(harbour, "Tom", decision)) == "member.decision"
    gone = removed(harbour, "Ida", decision)
    assert isinstance(gone, Account)
    page = harbour.member("Ada").read("/members")
    assert "Ida" not in page
    assert "Ida" not in harbour.client.get("/decisions").text


def test_of_others_only_who_has_no_device_and_as_an_exclusion_is_decided(harbour: Commune) -> None:
    at, ada = harbour.instance, harbour.member("Ada")
    ada.send("/members/depart", "/members", 403, name="tom")
    now = int(at.now().timestamp())
    do(at, lambda c: accounts.add(c, "hassan", "Hassan", None, caretaker=False, now=now))
    ada.send("/members/depart", "/members", name="hassan")
    page = f"/proposals/{departure(harbour).id}"
    ada.send(f"{page}/open", page, 422, closes_in="7", unit="days")  # by paper, in a meeting
    chair = harbour.meeting(page)
    chair.send(f"{page}/open", page, closes_in="60", unit="minutes", where="meeting")
    voting = ada.read(page)
    assert "How we decide: three quarters" in voting
    assert "This vote is secret: on paper, in the meeting." in voting
