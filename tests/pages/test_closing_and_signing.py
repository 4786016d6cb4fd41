"""Closing a vote and signing what it came to are two steps; between them nothing moves."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.governance.modes import Mode
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.meetings.hands import Figures
from app.operations.votes import closing, ending, protecting, setting_aside
from app.operations.votes.closing import Closed
from app.store.agenda import Item
from app.store.votes import Vote
from tests.pages.commune import AT_ONCE, Commune, commune
from tests.pages.hall import Hall, sitting
from tests.pages.test_deciding import cast, code, do, later, person, proposed, sealed

COUNTED = "Adopted. 5 took part of 12 (3 were needed). 4 agreed, 1 against."
WAITS = "Not signed for the assembly yet."


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path, AT_ONCE | {"rhythm": "PT0S"}) as opened:
        yield opened


def counted(harbour: Commune) -> tuple[Hall, Item, Vote]:
    """A vote in a meeting that two tellers counted; Jo facilitates, and has not closed it."""
    item = proposed(harbour.instance, "task")
    hall = sitting(harbour.instance, item)
    hall.lets_in("jo", "ida", "max", "kim", "tom")
    vote = hall.opens(item)
    assert isinstance(vote, Vote)
    hall.counts(vote, Figures({"agree": 4, "disagree": 1}))
    return hall, item, vote


def decisions(harbour: Commune, item: Item) -> list[Document]:
    return [
        act for act in sealed(harbour.instance, "gov:Decision") if act.get("gov:proposal", {}).get("id") == item.act
    ]


def test_everybody_reads_what_a_closed_vote_came_to_before_anything_is_signed(harbour: Commune) -> None:
    _, item, _ = counted(harbour)
    jo, tom, path = harbour.member("Jo"), harbour.member("Tom"), f"/proposals/{item.id}"
    assert COUNTED in jo.send(f"{path}/close", path)
    for page in (tom.read(path), tom.read(f"{path}/print")):
        assert COUNTED in page
        assert WAITS in page
    assert "Closed, not signed yet." in tom.read(path)
    assert "Sign for the assembly" not in tom.read(path)
    assert decisions(harbour, item) == []
    signed = jo.send(f"{path}/sign", path)
    assert COUNTED in signed
    assert WAITS not in signed
    assert "Signed by our server alone." in signed
    [decision] = decisions(harbour, item)
    assert {"entitled": 12, "present": 5, "agree": 4, "disagree": 1}.items() <= decision["gov:counts"].items()


def test_nothing_is_cast_counted_or_protected_between_the_close_and_the_signature(harbour: Commune) -> None:
    hall, item, vote = counted(harbour)
    at, jo, tom = harbour.instance, person(harbour.instance, "jo"), person(harbour.instance, "tom")
    assert isinstance(do(at, lambda c: ending.end(c, at, vote.id, jo)), Vote)
    assert code(cast(at, vote, "tom", "disagree")) == "vote.closed"
    assert code(hall.counts(vote, Figures({"agree": 1}), "ida")) == "vote.closed"
    assert code(do(at, lambda c: protecting.ask(c, at, tom, item.id, Mode.SECRET))) == "vote.late"
    assert code(do(at, lambda c: ending.end(c, at, vote.id, jo))) == "vote.closed"
    assert "Open now" not in harbour.member("Tom").read("/door")


def test_who_may_not_close_a_vote_may_not_sign_what_it_came_to(harbour: Commune) -> None:
    _, _, vote = counted(harbour)
    at, jo, tom = harbour.instance, person(harbour.instance, "jo"), person(harbour.instance, "tom")
    close = partial(closing.close, instance=at, vote_id=vote.id, by=tom)
    assert code(do(at, lambda c: ending.end(c, at, vote.id, tom))) == "close.who"
    assert isinstance(do(at, lambda c: ending.end(c, at, vote.id, jo)), Vote)
    assert code(do(at, close)) == "close.who"


def test_our_server_signs_what_nobody_signs_within_an_hour(harbour: Commune) -> None:
    _, item, vote = counted(harbour)
    at, jo = harbour.instance, person(harbour.instance, "jo")
    assert isinstance(do(at, lambda c: ending.end(c, at, vote.id, jo)), Vote)
    for minutes, signed in ((59, 0), (61, 1), (62, 0)):
        now = later(at, timedelta(minutes=minutes))
        assert do(now, lambda c: closing.close_due(c, now)) == signed  # noqa: B023 - done at once
    assert len(decisions(harbour, item)) == 1
    assert COUNTED in harbour.member("Tom").read(f"/proposals/{item.id}")


def test_a_closed_vote_is_not_set_aside_while_it_waits_to_be_signed_however_short_the_rhythm(hurried: Commune) -> None:
    _, item, vote = counted(hurried)
    at, jo = hurried.instance, person(hurried.instance, "jo")
    assert isinstance(do(at, lambda c: ending.end(c, at, vote.id, jo)), Vote)
    for minutes in (1, 59):
        now = later(at, timedelta(minutes=minutes))
        assert do(now, lambda c: setting_aside.duties(c, now)) == 0  # noqa: B023 - done at once
    path = f"/proposals/{item.id}"
    assert WAITS in hurried.member("Tom").read(path)
    assert COUNTED in hurried.member("Jo").send(f"{path}/sign", path)
    assert len(decisions(hurried, item)) == 1


def test_a_vote_whose_tellers_differ_cannot_be_closed(harbour: Commune) -> None:
    hall, _, vote = counted(harbour)
    at, jo = harbour.instance, person(harbour.instance, "jo")
    hall.counts(vote, Figures({"agree": 3, "disagree": 1}), "max")
    refused = do(at, lambda c: ending.end(c, at, vote.id, jo))
    assert isinstance(refused, Refusal)
    assert refused.code == "teller.differ"
    hall.counts(vote, Figures({"agree": 4, "disagree": 1}), "max")
    assert isinstance(do(at, lambda c: closing.close(c, at, vote.id, jo)), Closed)
