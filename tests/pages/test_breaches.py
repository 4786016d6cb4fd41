"""A vote against the mandate: told to all at home, asked about, answered, and answered for above a recall's ballot."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.governance.ratification import Stance
from app.operations.mandates import delegating, questioning
from app.operations.mandates.delegating import Wish
from app.operations.matters import proposing
from app.store import questions
from app.store.agenda import Kind
from tests.operations.cycle import PEOPLE, give_mandate
from tests.operations.neighbours import Valley, done, found_council, settle_down
from tests.pages.visits import browser, read, send, signed_in

SAID = "Tom voted against on Winter fuel. Mandate: agree. Not counted."


@dataclass(frozen=True)
class Breached:
    valley: Valley
    mandate: str
    vote: str

    @property
    def page(self) -> str:
        return f"/mandates/{self.mandate.rpartition('/')[2]}"


@pytest.fixture
def breached(tmp_path: Path, sqlite_template: Path) -> Breached:
    """Hill's Tom, sent to agree, has voted against."""
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    river, hill, council = (valley[name] for name in ("Riverside", "Hill", "Valley"))
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    proposal = hill.item(Kind.ANSWER, "Winter fuel").act
    mandate = give_mandate(hill, council.assembly, proposal, "rojin", "tom")
    vote = done(hill.do(delegating.send, hill.people["tom"], Wish(proposal, Stance.REJECTED, mandate)))
    valley.deliver()
    return Breached(valley, mandate, vote.act.id)


@pytest.mark.shows("B3")
@pytest.mark.shows("B6")
def test_every_member_at_home_reads_the_vote_beside_the_mandate_and_until_when_it_is_answered(
    breached: Breached,
) -> None:
    hill = breached.valley["Hill"]
    leyla = signed_in(hill, "Leyla")
    for path in ("/", "/mandates", breached.page):
        found = re.search(r"asked to answer by (\w+ \d+ \w+, \d\d:\d\d UTC)\.", read(leyla, path))
        assert found is not None
        assert found[1].startswith("Wednesday 4 November, 18:")  # 48 hours after Monday the second
        assert SAID in read(leyla, path)
    assert "Recall of" not in read(leyla, "/proposals")


@pytest.mark.shows("B6")
def test_what_the_assembly_asks_its_delegate_stays_at_home(breached: Breached) -> None:
    for name in ("Riverside", "Hill"):
        said = read(browser(breached.valley[name]), "/mandates")
        assert SAID in said
        assert "asked to answer" not in said
    assert "asked to answer" not in read(browser(breached.valley["Hill"]), "/")
    assert "asked to answer" not in read(signed_in(breached.valley["Riverside"], "Ana"), "/mandates")


@pytest.mark.shows("B3")
def test_only_who_is_asked_answers_and_the_answer_stands_above_the_ballot_of_the_recall(breached: Breached) -> None:
    hill = breached.valley["Hill"]
    tom, leyla = signed_in(hill, "Tom"), signed_in(hill, "Leyla")
    form = f"{breached.page}/answer"
    assert form not in leyla.get(breached.page).text
    assert form in tom.get(breached.page).text
    refused = send(leyla, hill, form, breached.page, 404, vote=breached.vote, text="I speak for Tom.")
    assert "Nobody asked you about this vote." in refused
    for nonsense in ("", "nothing", "\ud7ff\u0301" * 3, "x" * 3000):
        send(tom, hill, form, breached.page, 404, vote=nonsense, text="About what?")
    send(tom, hill, form, breached.page, 422, vote=breached.vote, text="")
    send(tom, hill, form, breached.page, 422, vote=breached.vote, text="x" * (questioning.LONGEST + 1))
    send(tom, hill, form, breached.page, vote=breached.vote, text="The price <b>changed</b> overnight.")
    for path in (breached.page, "/mandates"):
        said = read(leyla, path)
        assert "Tom was asked, and answered: The price <b>changed</b> overnight." in said
    assert "Tom answered why the vote went against the mandate." in read(leyla, "/")
    recall = f"{breached.page}/recall"
    send(leyla, hill, recall, breached.page, delegates=hill.person("tom"), why="He voted against what we decided.")
    item = hill.item(Kind.RECALL, "Tom")
    send(leyla, hill, f"/proposals/{item.id}/open", f"/proposals/{item.id}", closes_in="1", unit="hours")
    said = read(leyla, f"/proposals/{item.id}")
    assert 0 < said.index(SAID) < said.index("The price") < said.index("Your vote")


@pytest.mark.shows("B3")
def test_an_answer_can_be_changed_until_the_time_is_over(breached: Breached) -> None:
    hill = breached.valley["Hill"]
    tom = hill.people["tom"]
    assert hill.do(questioning.answer, tom, breached.vote, "First word.") is None
    seq = done(hill.do(lambda c, _: next(iter(c.exec_driver_sql("SELECT act FROM questions")))[0]))
    asked = hill.read(lambda c: questions.about(c, seq))
    assert asked is not None
    assert asked.answer_by - asked.asked_at == 48 * 3600
    hill.clock.tick(seconds=asked.answer_by - int(hill.clock.now().timestamp()) - 1)
    assert hill.do(questioning.answer, tom, breached.vote, "Last word.") is None  # `do` takes a second: the very last
    refused = hill.do(questioning.answer, tom, breached.vote, "One more.")
    assert refused is not None
    assert refused.code == "question.late"
    assert "Last word." in read(signed_in(hill, "Leyla"), breached.page)
    assert "/answer" not in signed_in(hill, "Tom").get(breached.page).text


@pytest.mark.shows("B5")
def test_a_recall_leads_to_the_choice_of_another_person_in_the_same_flow(breached: Breached) -> None:
    hill = breached.valley["Hill"]
    leyla = signed_in(hill, "Leyla")
    why = "He voted against what we decided."
    send(leyla, hill, f"{breached.page}/recall", breached.page, delegates=hill.person("tom"), why=why)
    item = hill.item(Kind.RECALL, "Tom")
    hill.decide(item, agree=4)
    page = leyla.get(f"/proposals/{item.id}").text
    assert re.search(r"Tom’s mandate has ended \(\d\d:\d\d UTC\)\.", page)
    found = re.search(r'href="(/mandates/new\?after=\w+)">Choose another person\?', page)
    assert found is not None
    form = leyla.get(found[1]).text
    assert "In place of Tom." in form
    assert 'value="tom"' not in form
    assert 'value="ida"' in form
    for kept in ('value="ratified" checked', 'value="fixed" selected', "We argued about the price.</textarea>"):
        assert kept in form
    assert form.count(" selected") == 3  # the confederation, the proposal and how much room there is


@pytest.mark.shows("B4")
def test_a_recall_that_fails_leaves_the_mandate_as_it_was(breached: Breached) -> None:
    hill = breached.valley["Hill"]
    leyla = signed_in(hill, "Leyla")
    send(leyla, hill, f"{breached.page}/recall", breached.page, delegates=hill.person("tom"), why="I was angry.")
    item = hill.item(Kind.RECALL, "Tom")
    hill.decide(item, agree=1, disagree=3)
    assert "The mandate of Tom goes on as before." in read(leyla, f"/proposals/{item.id}")
    assert "has ended" not in read(leyla, breached.page)


@pytest.mark.parametrize("after", ["nothing", "..%2F..", "é", "%00", "x" * 3000])
def test_a_mandate_that_is_not_there_leaves_the_form_blank(breached: Breached, after: str) -> None:
    assert "In place of" not in read(signed_in(breached.valley["Hill"], "Leyla"), f"/mandates/new?after={after}")
