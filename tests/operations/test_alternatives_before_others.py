"""Several texts under one question before a confederation: each assembly chooses, and the text that wins is adopted."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest

from app.governance.outcome import Kind as Judged
from app.governance.outcome import Outcome, judge
from app.http.pages.confederation import board as boards
from app.http.pages.matters import alternatives as pages
from app.kernel.canonical import Document
from app.operations.confederation import counting
from app.operations.matters import alternatives, proposing
from app.operations.matters.alternatives import Question
from app.operations.matters.languages import Languages
from app.operations.matters.proposing import Draft
from app.operations.record import bundling
from app.operations.record.reading import Reading
from app.operations.record.rebuilding import Rebuilt, rebuild
from app.operations.record.sealing import load
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation.vocabulary import parse
from app.verifier import verify_bundle
from app.wiring import Instance
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down
from tests.operations.test_options import PEOPLE, RANKED, answer
from tests.pages.visits import signed_in

HALL, LAKE = [["option-1"], ["option-2"]], [["option-2"], ["option-1"]]


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    founded = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(founded, PEOPLE, {"rules": dict.fromkeys(("policy", "resource"), RANKED["rules"]["policy"])})
    return founded


def write(place: Place, title: str, text: str, category: str = "policy") -> Item:
    person = next(iter(place.people.values()))
    return done(place.do(proposing.propose, person, Draft(title, text, category)))


def ask(valley: Valley, *texts: str, category: str = "policy", by: str = "Riverside") -> Item:
    place = valley[by]
    asked = Question("Where we meet", "Next year.", texts, valley["Valley"].assembly, category)
    return done(place.do(alternatives.ask, next(iter(place.people.values())), asked))


def brought(valley: Valley) -> tuple[Item, Item, Item]:
    """Two texts of Riverside and the question about them, which Riverside has brought before Valley."""
    river = valley["Riverside"]
    hall = write(river, "In the hall", "The hall has heating.")
    lake = write(river, "At the lake", "The lake has shade.")
    question = ask(valley, hall.id, lake.id)
    river.decide(question)
    valley.deliver()
    return hall, lake, question


@pytest.mark.shows("R6")
def test_whoever_chooses_reads_each_text_in_every_language_that_it_has(valley: Valley) -> None:
    river, hill = valley["Riverside"], valley["Hill"]
    draft = Draft("In the hall", "The hall has heating.", "policy", languages=Languages("en", (("ku", "Hol germ e."),)))
    hall = done(river.do(proposing.propose, next(iter(river.people.values())), draft))
    river.decide(ask(valley, hall.id, write(river, "At the lake", "The lake has shade.").id))
    valley.deliver()
    item = hill.item(Kind.ANSWER, "Where we meet")
    under = shown(hill, item).under
    assert [one.languages for one in under] == [(("ku", "<p>Hol germ e.</p>"),), ()]
    page = signed_in(hill, next(iter(hill.people))).get(f"/proposals/{item.id}").text
    assert 'lang="ku" dir="auto"><p>Hol germ e.</p>' in page


def choose(valley: Valley, **orders: list[list[str]]) -> None:
    for name, order in orders.items():
        place = valley[name]
        answer(place, place.item(Kind.ANSWER, "Where we meet"), *[order] * 5)
        valley.deliver()


def outcome(valley: Valley) -> Document:
    found = valley["Valley"].read(lambda c: acts.of_type(c, "gov:Outcome", author=valley["Valley"].assembly))
    return load(found[-1])


def shown(place: Place, item: Item) -> pages.Beside:
    found = place.do(lambda c, i: pages.of(c, i, agenda.get(c, item.id) or item))
    assert found is not None
    return found


@pytest.mark.shows("B1")
def test_every_assembly_has_the_texts_and_the_one_that_wins_is_adopted(valley: Valley) -> None:
    hall, lake, _ = brought(valley)
    texts = {option["name"]: option["gov:proposal"]["id"] for option in load_question(valley)["gov:options"]}
    assert texts == {"In the hall": hall.act, "At the lake": lake.act}
    for name in PEOPLE:  # the text of each is beside its option, word for word
        found = shown(valley[name], valley[name].item(Kind.ANSWER, "Where we meet"))
        assert [(one.title, one.text) for one in found.under] == [
            ("In the hall", "The hall has heating."),
            ("At the lake", "The lake has shade."),
        ]
        assert len({one.mark for one in found.under}) == 2
    choose(valley, Riverside=HALL, Hill=LAKE, Harbour=LAKE)
    sealed = outcome(valley)
    assert sealed["gov:status"] == "adopted"
    assert sealed["gov:adopted"] == {"id": lake.act, "gov:digest": lake.act_digest}
    for name in PEOPLE:
        place = valley[name]
        board = done(place.do(counting.board, sealed["gov:proposal"]["id"]))
        assert board.newest is not None
        assert (board.newest.judgement.kind, board.newest.same) == (Judged.FINE, True)
        said = [(one.title, one.state) for one in place.do(boards.matter, board).texts]
        assert said == [("In the hall", "not adopted"), ("At the lake", "adopted by Valley")]
    river = valley["Riverside"]
    assert shown(river, lake).came_to == "Valley adopted this text."
    assert shown(river, hall).came_to == "Valley adopted another of these texts."
    report = verify_bundle(done(valley["Hill"].do(bundling.export)))
    [about] = [one for one in report.proposals if one.ref.id == sealed["gov:proposal"]["id"]]
    assert [one.judgement.kind.value for one in about.outcomes] == ["fine"]
    assert about.adopted == f"At the lake ({lake.act})"
    kept = river.do(rebuild)
    assert isinstance(kept, Rebuilt)
    assert "items" not in kept.differed


def load_question(valley: Valley) -> Document:
    kept = valley["Hill"].item(Kind.ANSWER, "Where we meet")
    act = valley["Hill"].read(lambda c: acts.by_id(c, kept.act))
    assert act is not None
    return load(act)


@pytest.mark.withstands("F22")
def test_a_result_that_calls_another_text_adopted_is_refuted_everywhere(valley: Valley) -> None:
    hall, _, _ = brought(valley)
    choose(valley, Riverside=HALL, Hill=LAKE, Harbour=LAKE)
    sealed = outcome(valley)
    lie = {**sealed, "gov:adopted": {"id": hall.act, "gov:digest": hall.act_digest}}
    hill = valley["Hill"]
    judged = hill.do(judge_document, lie)
    assert judged == (Judged.FAULT, {("outcome.adopted", "a")})
    assert hill.do(judge_document, sealed) == (Judged.FINE, set())


def judge_document(
    connection: Connection, _: Instance, document: Document
) -> tuple[Judged, set[tuple[str, str | None]]]:
    reading = Reading(connection, loopback=False)
    parsed = parse(document)
    assert isinstance(parsed, Outcome)
    subject = reading.subject(parsed.proposal)
    assert subject is not None
    found = judge(parsed, reading.record(subject))
    return found.kind, {(one.code, one.clause) for one in found.reasons}


@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_our_texts_are_fixed_while_we_ask_and_free_again_if_we_do_not_bring_them(valley: Valley, how: str) -> None:
    river = valley["Riverside"]
    texts = write(river, "A bench", "Of oak.", "resource"), write(river, "A bin", "Of tin.", "resource")
    question = ask(valley, *(one.id for one in texts), category="resource")
    assert states(river, texts) == ["frozen", "frozen"]
    if how == "rejected":
        river.decide(question, agree=0, disagree=5)
    else:
        assert river.do(proposing.withdraw, river.people["ana"], question.id) is None
    assert states(river, texts) == ["open", "open"]


def states(place: Place, items: Iterable[Item]) -> list[str]:
    found = (place.read(partial(agenda.get, item_id=item.id)) for item in items)
    return [item.state for item in found if item is not None]


def test_nothing_is_put_under_a_question_that_the_confederation_decides_text_by_text(valley: Valley) -> None:
    river = valley["Riverside"]
    ana = river.people["ana"]
    hall, lake = write(river, "A bench", "Of oak.", "task"), write(river, "A bin", "Of tin.", "task")
    asked = Question("Which?", "Now.", (hall.id, lake.id), valley["Valley"].assembly, "task")
    assert refused(river, ana, asked) == "item.choosing"
    policy = write(river, "In the hall", "It has heating.")
    for chosen, category, code in (
        ((policy.id, hall.id), "policy", "item.alternatives"),  # not all of one kind
        ((), "policy", "item.alternatives"),
        (("https://nowhere.example/acts/1",), "policy", "item.unknown"),
        ((policy.id,), "weather", "item.category"),
    ):
        assert refused(river, ana, Question("Which?", "Now.", chosen, valley["Valley"].assembly, category)) == code
    elsewhere = Question("Which?", "Now.", (policy.id,), "https://elsewhere.example/assembly", "policy")
    assert refused(river, ana, elsewhere) == "item.forum"
    ask(valley, policy.id)  # for a ranking one is enough: leaving things as they are is among the options
    again = Question("Which?", "Now.", (policy.id,), valley["Valley"].assembly, "policy")
    assert refused(river, ana, again) == "proposal.state"


def refused(place: Place, account: Account, asked: Question) -> str:
    found = place.do(alternatives.ask, account, asked)
    assert not isinstance(found, Item)
    return found.code


def test_a_text_of_another_assembly_stands_under_our_question_by_its_fingerprint(valley: Valley) -> None:
    """Hill's text is here once it was announced; Riverside puts it beside its own."""
    river, hill = valley["Riverside"], valley["Hill"]
    theirs = write(hill, "In the mill", "The mill has room.")
    valley.deliver()
    valley.visit(river, hill)
    ours = write(river, "At the lake", "The lake has shade.")
    river.decide(ask(valley, ours.id, theirs.act))
    valley.deliver()
    choose(valley, Riverside=LAKE, Hill=LAKE, Harbour=HALL)
    assert outcome(valley)["gov:adopted"] == {"id": theirs.act, "gov:digest": theirs.act_digest}
    assert shown(valley["Harbour"], valley["Harbour"].item(Kind.ANSWER)).under[1].text == "The mill has room."
