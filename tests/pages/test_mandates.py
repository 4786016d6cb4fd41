"""The form of a mandate, a delegate's own page, and what the assembly reads of both."""

from pathlib import Path

import pytest

from app.store.agenda import Kind as Items
from tests.operations.mandated import agreeing_on, brought, confederated, granted
from tests.operations.neighbours import Valley
from tests.pages.commune import token, words
from tests.pages.visits import read, send, signed_in


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


@pytest.mark.shows("B3")
def test_one_mandate_speaks_of_several_matters_each_with_its_room(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    leyla = signed_in(hill, "Leyla")
    fields = {
        "csrf": token(leyla.get("/mandates/new").text),
        "council": valley["Valley"].assembly,
        "delegates": ["rojin", "tom"],
        "subject": fuel,
        "latitude": "amendable",
        "choices": "ratified",
        "topic-2": "resource",
        "latitude-2": "range",
        "choices-2": ["ratified", "reserved"],
        "latitude-else": "fixed",
        "choices-else": "abstained",
        "term": "Spring session",
        "until": "2027-03-01T12:00",
        "why": "It was a long winter.",
        "mattered": "That nobody freezes.",
        "consider": "Wood instead of oil.",
    }
    answer = leyla.post("/mandates", data=fields, headers={"Origin": hill.instance.url})
    assert answer.status_code == 200, answer.text
    proposed = words(answer.text)
    for said in (
        "On “Winter fuel”: agree, also on a text with small changes.",
        "On “resource”: agree or agree with reservations.",
        "On everything else: abstain, and nothing else.",
        "For: Spring session.",
        "What mattered: That nobody freezes.",
        "What we would consider: Wood instead of oil.",
    ):
        assert said in proposed
    hill.decide(hill.item(Items.MANDATE))
    shown = read(leyla, "/mandates")
    assert "resource: agree or agree with reservations, whatever its text." in shown
    assert "On everything else: abstain, nothing else." in shown


@pytest.mark.shows("B3")
@pytest.mark.shows("G4")
def test_a_delegate_reads_before_choosing_what_each_answer_would_mean(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    page = f"/mandates/{granted(valley, agreeing_on(fuel)).rpartition('/')[2]}"
    tom = signed_in(hill, "Tom")
    said = read(tom, page)
    assert "agree Counts for Hill." in said
    assert "against Against the mandate; not counted." in said
    form = f"{page}/vote"
    send(tom, hill, form, page, 422, proposal=fuel, choice="rejected", indicative="yes")
    given = {"proposal": fuel, "choice": "rejected", "indicative": "yes"}
    given |= {"estimate": "Most are <b>against</b>.", "reason": "The price <b>doubled</b>."}
    said = send(tom, hill, form, page, 200, **given)
    assert "Given as an indication; it shows the tendency only." in said
    assert "Where Tom thinks the assembly stands: Most are <b>against</b>. The price <b>doubled</b>." in said


@pytest.mark.parametrize(
    "nonsense",
    [
        {"latitude": "any"},
        {"choices": "yes"},
        {"latitude-2": "no", "topic-2": "water"},
        {"latitude-else": "no"},
        {"until": "soon"},
        {"until": ""},
        {"since": "1"},
        {"instead_of": "é\ud7ff"},
        {"office": "Councillor", "institution": "City"},
        {"subject": "https://é.example/"},
    ],
)
def test_a_form_that_makes_no_sense_is_refused_in_words(valley: Valley, nonsense: dict[str, str]) -> None:
    hill = valley["Hill"]
    whole = {"council": valley["Valley"].assembly, "delegates": "tom", "topic": "policy", "latitude": "fixed"}
    whole |= {"choices": "ratified", "until": "2027-03-01T12:00", "why": "Because."}
    said = send(signed_in(hill, "Leyla"), hill, "/mandates", "/mandates/new", 422, **(whole | nonsense))
    assert "That could not be done." not in said
