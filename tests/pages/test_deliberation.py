"""A commune with the starter rules takes its time, and some may shorten it."""

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.starter import STARTER_SETTINGS
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.matters import proposing
from app.operations.meetings import convening
from app.operations.votes import closing, procedure, voting
from app.operations.votes.procedure import Question
from app.store import accounts, acts, agenda
from app.store.agenda import Item
from app.store.database import Connection
from app.store.meetings import Meeting
from app.store.votes import Vote
from app.wiring import Instance
from tests.pages.commune import URL, Commune, commune, words
from tests.pages.hall import Hall, sitting
from tests.pages.test_charter import change
from tests.pages.test_deciding import cast, code, do, later, mandate_for, person, proposed

WEEK, DAY = timedelta(days=7), timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path, STARTER_SETTINGS) as opened:
        yield opened


def opens(at: Instance, item: Item, lasts: timedelta = WEEK) -> Vote | Refusal:
    return do(at, lambda connection: voting.open_vote(connection, at, item.id, lasts))


def named(at: Instance, item: Item, meets: timedelta) -> Meeting | Refusal:
    plan = convening.Plan("School hall", at.now() + meets, items=(item.id,))
    return do(at, lambda connection: convening.convene(connection, at, plan))


def newest(harbour: Commune, act_type: str) -> Document:
    found = asyncio.run(harbour.instance.database.read(lambda connection: acts.of_type(connection, act_type)))
    document: Document = json.loads(found[-1].raw)
    return document


@pytest.mark.withstands("F38")
def test_online_alone_nothing_is_voted_on_within_a_week_and_a_vote_is_open_a_day(harbour: Commune) -> None:
    item = proposed(harbour.instance, "task")
    assert code(opens(later(harbour.instance, WEEK - MINUTE), item)) == "vote.early"
    assert code(opens(later(harbour.instance, WEEK), item, DAY - MINUTE)) == "vote.short"
    assert isinstance(opens(later(harbour.instance, WEEK), item), Vote)


@pytest.mark.withstands("F38")
def test_a_new_text_starts_its_time_anew(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the pump", "On Saturday.", "task")
    at = later(harbour.instance, timedelta(days=5))
    item = do(harbour.instance, lambda connection: agenda.get(connection, path.rpartition("/")[2]))
    assert item is not None
    author = person(at, "ada")
    amended = do(at, lambda c: proposing.amend(c, at, author, item.id, item.title, "On Sunday."))
    assert isinstance(amended, Item)
    assert code(opens(later(harbour.instance, WEEK + MINUTE), amended)) == "vote.early"
    assert isinstance(opens(later(harbour.instance, timedelta(days=12, minutes=1)), amended), Vote)


def test_calling_a_vote_a_meetings_gains_no_time(harbour: Commune) -> None:
    item = proposed(harbour.instance, "task")
    vote = sitting(harbour.instance, item).opens(item)
    assert isinstance(vote, Vote)
    jo = person(harbour.instance, "jo")
    over = later(harbour.instance, timedelta(hours=3))
    for name in ("jo", "ida", "max", "kim"):
        assert isinstance(cast(harbour.instance, vote, name, "agree"), Vote)
    assert code(do(over, lambda connection: closing.close(connection, over, vote.id, jo))) == "vote.room"
    assert do(over, lambda connection: closing.close_due(connection, over)) == 0
    week = later(harbour.instance, WEEK)
    assert do(week, lambda connection: closing.close_due(connection, week)) == 1


def test_a_mandate_waits_until_a_convocation_named_it_for_two_days(harbour: Commune) -> None:
    instance = harbour.instance
    item = mandate_for(instance, person(instance, "tom"))
    unnamed = sitting(instance)
    assert code(unnamed.opens(item)) == "vote.agenda"
    unnamed.closes()
    two_days = timedelta(hours=48)
    meeting = named(instance, item, two_days)
    assert isinstance(meeting, Meeting)
    early = Hall(later(instance, two_days - MINUTE), meeting)
    assert code(early.opens(item)) == "vote.meeting"
    early.begins()
    assert code(early.opens(item)) == "vote.early"
    assert isinstance(Hall(later(instance, two_days + MINUTE), meeting).opens(item), Vote)


@pytest.mark.parametrize("meets", [timedelta(days=-1), timedelta(days=367)])
def test_a_convocation_names_a_meeting_to_come(harbour: Commune, meets: timedelta) -> None:
    assert code(named(harbour.instance, proposed(harbour.instance), meets)) == "convocation.time"


@pytest.mark.withstands("F38")
def test_a_tenth_of_the_members_may_ask_for_haste(harbour: Commune) -> None:
    jo, ada = harbour.member("Jo"), harbour.member("Ada")
    path = ada.propose("The dam leaks", "We close the gate tonight.", "task")
    assert "Asked for by Jo." in jo.send(f"{path}/ask", path, question="urgent")
    early = jo.send(f"{path}/open", path, 422, closes_in="2", unit="hours")
    assert "too early to vote on this" in early
    ada.send(f"{path}/ask", path, question="urgent")  # two of twelve are more than a tenth
    assert "Open until" in jo.send(f"{path}/open", path, closes_in="2", unit="hours")


@pytest.mark.withstands("F38")
def test_two_thirds_of_those_present_may_decide_on_haste(harbour: Commune) -> None:
    jo, ida = harbour.member("Jo"), harbour.member("Ida")
    path = harbour.member("Ada").propose("The dam leaks", "We close the gate tonight.", "task")
    hands = {"question": "urgent", "present": "8", "agree": "8", "disagree": "0"}
    assert "Those present in a meeting decide this" in jo.send(f"{path}/procedure", path, 409, **hands)
    chair = harbour.meeting(path)
    assert "Who facilitates the meeting does not count in it." in chair.send(f"{path}/procedure", path, 403, **hands)
    assert "a second teller has to enter theirs apart" in jo.counts_hands_on(path, "urgent", agree=6)
    assert "The two tellers differ" in ida.counts_hands_on(path, "urgent", agree=7)
    assert "Adopted." in ida.counts_hands_on(path, "urgent", agree=6)
    decision, question = newest(harbour, "gov:Decision"), newest(harbour, "gov:Proposal")
    assert decision["gov:proposal"]["id"] == question["id"]
    assert question["name"] == "Decide now, it cannot wait: The dam leaks"
    assert decision["gov:rule"] == {"method": "qualified", "threshold": "2/3", "base": "present", "quorum": "1/5"}
    assert decision["gov:modes"] == ["room"]
    assert "Open until" in jo.send(f"{path}/open", path, closes_in="2", unit="hours")


def test_a_question_that_was_lost_shortens_nothing_and_is_not_put_again(harbour: Commune) -> None:
    jo, ida = harbour.member("Jo"), harbour.member("Ida")
    path = harbour.member("Ada").propose("The dam leaks", "We close the gate tonight.", "task")
    harbour.meeting(path)
    jo.counts_hands_on(path, "urgent", agree=5)
    assert "Not adopted." in ida.counts_hands_on(path, "urgent", agree=5)
    assert newest(harbour, "gov:Decision")["gov:status"] == "rejected"
    jo.send(f"{path}/open", path, 422, closes_in="2", unit="hours")
    jo.send(f"{path}/procedure", path, 409, question="urgent", present="8", agree="8", disagree="0")


def test_both_rounds_at_once_need_the_vote_of_those_present(harbour: Commune) -> None:
    item = proposed(harbour.instance)
    hall = sitting(harbour.instance, item)
    assert code(hall.opens(item, both_rounds=True)) == "vote.rounds"
    jo = person(harbour.instance, "jo")
    asked = do(harbour.instance, lambda c: procedure.ask(c, jo, item.id, Question.BOTH_ROUNDS))
    assert code(asked) == "procedure.room"


def test_those_who_ask_to_go_on_are_counted_by_the_rule_for_procedure(harbour: Commune) -> None:
    instance = harbour.instance
    item = proposed(instance)
    do(instance, lambda connection: agenda.set_state(connection, item.id, "unresolved"))

    def asks(name: str) -> None:
        who = person(instance, name)
        do(instance, lambda c: procedure.ask(c, who, item.id, Question.GO_ON))

    def settled() -> Item | Refusal:
        known = do(instance, lambda c: agenda.get(c, item.id))
        assert known is not None
        return do(instance, lambda c: procedure.settle_asked(c, instance, known, Question.GO_ON))

    asks("jo")
    asks("ida")
    assert code(settled()) == "procedure.undecided"  # a fifth of twelve is three
    asks("kim")
    found = settled()
    assert isinstance(found, Item)
    assert procedure.granted(found, Question.GO_ON) is not None
    decision = newest(harbour, "gov:Decision")
    assert decision["gov:counts"]["agree"] == 3
    assert decision["gov:modes"] == ["rollCall"]


def test_what_is_no_question_or_no_item_is_refused(harbour: Commune) -> None:
    jo = harbour.member("Jo")
    path = jo.propose("Repair the pump", "On Saturday.", "task")
    harbour.meeting(path)
    jo.send(f"{path}/ask", path, 422, question="who rules")
    figures = {"question": "urgent", "present": "99", "agree": "99", "disagree": "0"}
    harbour.member("Ida").send(f"{path}/procedure", path, 422, **figures)
    assert "A teller is neither who proposed it" in jo.send(f"{path}/procedure", path, 403, **figures)
    jo.send(f"{path}/convene", path, 404, meeting="someday")
    for action in ("ask", "convene", "procedure"):
        fields = {"question": "urgent", "meets": "2099-01-01T18:00"}
        jo.send(f"/proposals/%00/{action}", path, 404, **fields)
        jo.send(f"/proposals/{'0' * 26}/{action}", path, 404, **fields)


@pytest.mark.withstands("F38")
def test_who_may_shorten_the_times_is_what_the_charter_says(tmp_path: Path) -> None:
    with commune(tmp_path, STARTER_SETTINGS | {"urgent": {"roll": "1/4", "present": "3/4"}}) as harbour:
        jo, ada, ida = (harbour.member(name) for name in ("Jo", "Ada", "Ida"))
        path = ada.propose("The dam leaks", "We close the gate tonight.", "task")
        assert "Three quarters of those present decide, or a quarter of all members who ask for it here." in jo.read(
            path
        )
        for member in (jo, ada):  # a tenth of twelve, and not yet a quarter
            member.send(f"{path}/ask", path, question="urgent")
        jo.send(f"{path}/open", path, 422, closes_in="2", unit="hours")
        harbour.meeting(path)
        jo.counts_hands_on(path, "urgent", agree=5)
        assert "Not adopted." in ida.counts_hands_on(path, "urgent", agree=5)
        jo.send(f"{path}/open", path, 422, closes_in="2", unit="hours")


@pytest.mark.withstands("F38")
def test_nobody_asks_for_haste_about_the_rules(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path, _ = change(ada, {"contest": ["10"], "why": ["More time."]})
    ada.send(f"{path}/ask", path, 409, question="urgent")
    assert "Decide now, it cannot wait" not in ada.read(path)


@pytest.mark.withstands("F06")
def test_a_name_from_a_tab_that_stayed_open_does_not_stand_for_a_later_text(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Winter fuel", "We buy together.")
    old = dict(re.findall(r'name="(csrf|about)" value="([^"]+)"', jo.browser.get(path).text))
    ada.send(f"{path}/amend", path, title="Winter fuel", text="We sell the house.")
    answer = jo.browser.post(f"{path}/ask", data={**old, "question": "urgent"}, headers={"Origin": URL})
    assert answer.status_code == 422
    assert "Your answer was about another text." in words(answer.text)
    assert "Asked for by" not in jo.read(path)
    fresh = dict(re.findall(r'name="(csrf|about)" value="([^"]+)"', jo.browser.get(path).text))
    jo.browser.post(f"{path}/ask", data={**fresh, "question": "urgent"}, headers={"Origin": URL})
    assert "Asked for by Jo." in jo.read(path)


def test_the_name_of_somebody_who_left_no_longer_asks(harbour: Commune) -> None:
    jo, ada = harbour.member("Jo"), harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    for member in (jo, ada):
        member.send(f"{path}/ask", path, question="urgent")
    assert "Asked for by Jo, Ada." in ada.read(path)

    def leave(connection: Connection) -> None:
        accounts.remove(connection, "jo", int(harbour.instance.now().timestamp()))

    asyncio.run(harbour.instance.database.write(leave))
    assert "Asked for by Ada." in ada.read(path)
