"""The form of a mandate, a delegate's own page, and what the assembly reads of both."""

import re
from pathlib import Path

import pytest

from app.operations.mandates import instructing, mandating
from app.store.agenda import Kind as Items
from tests.operations.mandated import agreeing_on, at_the_door, brought, confederated, decided, granted, wished
from tests.operations.neighbours import Place, Valley, done
from tests.pages.commune import token, words
from tests.pages.visits import browser, read, send, signed_in


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def origin(place: Place) -> dict[str, str]:
    return {"Origin": place.instance.url}


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
    answer = leyla.post("/mandates", data=fields, headers=origin(hill))
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


@pytest.mark.shows("B5")
def test_the_delegate_speaks_first_and_last_and_another_is_chosen_once(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    page = f"/mandates/{granted(valley, agreeing_on(fuel)).rpartition('/')[2]}"
    tom, leyla = signed_in(hill, "Tom"), signed_in(hill, "Leyla")
    send(leyla, hill, f"{page}/recall", page, delegates=hill.person("tom"), why="He never came.")
    item = hill.item(Items.RECALL)
    path = f"/proposals/{item.id}"
    assert f"{path}/word" not in leyla.get(path).text
    send(leyla, hill, f"{path}/word", path, 422, when="first", text="I speak for Tom.")
    send(tom, hill, f"{path}/word", path, when="first", text="I was <b>ill</b>.")
    send(tom, hill, f"{path}/word", path, when="last", text="You decide.")
    send(leyla, hill, f"{path}/comment", path, text="He could have called.")
    meeting = hill.meets(item)
    send(signed_in(hill, "Rojin"), hill, f"{path}/open", path, closes_in="1", unit="hours", where="meeting")
    said = read(leyla, path)
    assert "Until this is decided Rojin carries the mandate" in said
    words_in_order = ("Tom speaks first I was <b>ill</b>.", "Your vote", "He could have called.", "Tom speaks last")
    assert [said.index(one) for one in words_in_order] == sorted(said.index(one) for one in words_in_order)
    assert "Your vote" not in read(tom, path)
    for teller in ("gus", "ida"):
        send(signed_in(hill, teller.title()), hill, f"{path}/count", path, agree="4", present="4")
    send(signed_in(hill, "Rojin"), hill, f"{path}/close", path)
    send(signed_in(hill, "Rojin"), hill, f"{path}/sign", path)
    hill.parts(meeting)
    assert "Choose another person?" in read(leyla, page)
    form = f"/mandates/new?after={page.rpartition('/')[2]}"
    blank = leyla.get(form).text
    assert 'value="rojin" checked' in blank
    fields = {"csrf": token(blank), "instead_of": f"{hill.instance.url}/acts/{page.rpartition('/')[2]}"}
    fields |= {"council": valley["Valley"].assembly, "topic": "policy", "latitude": "fixed", "choices": "ratified"}
    fields |= {"until": "2027-03-01T12:00", "why": "Ida knows the matter."}
    answer = leyla.post("/mandates", data={**fields, "delegates": ["rojin", "ida"]}, headers=origin(hill))
    assert answer.status_code == 200, answer.text
    for path_now in (page, path, "/mandates"):
        assert "Choose another person?" not in read(leyla, path_now)
    hill.decide(hill.item(Items.MANDATE))
    assert "Who comes in place of Rojin, Tom" in read(leyla, page)
    assert "Choose another person?" not in read(leyla, page)


@pytest.mark.shows("B4")
def test_a_failed_recall_says_how_it_comes_back(valley: Valley) -> None:
    hill = valley["Hill"]
    page = f"/mandates/{granted(valley, agreeing_on(brought(valley))).rpartition('/')[2]}"
    leyla = signed_in(hill, "Leyla")
    again = {"delegates": hill.person("tom"), "why": "He never came."}
    send(leyla, hill, f"{page}/recall", page, 200, **again)
    item = hill.item(Items.RECALL)
    hill.decide(item, agree=1, disagree=3)
    assert "a fifth of the members" in send(leyla, hill, f"{page}/recall", page, 422, **again)
    path = f"/proposals/{item.id}"
    assert "when a fifth of the members ask for it: 0 of 1 do." in read(leyla, path)
    assert "Open for discussion." in send(leyla, hill, f"{path}/again", path)
    assert "I ask for it again" not in read(leyla, path)


@pytest.mark.shows("R4")
def test_the_page_says_what_the_door_keepers_were_told_and_why_nobody_sits(
    tmp_path: Path, sqlite_template: Path
) -> None:
    required = {"seats": 2, "composition": [{"constraint": "pair(woman, man)", "level": "required"}]}
    valley = confederated(tmp_path, sqlite_template, rules={"delegation": required})
    hill, fuel = valley["Hill"], brought(valley)
    wish = wished(valley, agreeing_on(fuel))
    item = done(hill.do(mandating.propose, hill.people["leyla"], wish))
    path = f"/proposals/{item.id}"
    people = [hill.person(name) for name in ("rojin", "tom")]
    for name in ("Gus", "Ida"):
        at_the_door(hill, item, name.lower())
        keeper = signed_in(hill, name)
        fields = {"csrf": token(keeper.get(path).text), "person": people, "groups-1": "man", "groups-2": "man"}
        answer = keeper.post(f"{path}/seats", data=fields, headers=origin(hill))
        assert answer.status_code == 200, answer.text
    said = read(signed_in(hill, "Leyla"), path)
    assert "Gus, Ida were told: the delegation does not meet our rules for who sits." in said
    assert "Not seated until this is changed: One woman and one man." in said
    page = f"/mandates/{decided(hill, item).acts[-1].id.rpartition('/')[2]}"
    valley.deliver()
    tom = signed_in(hill, "Tom")
    assert "The delegation is not seated until this is changed: One woman and one man." in read(tom, page)
    refused = send(tom, hill, f"{page}/vote", page, 422, proposal=fuel, choice="ratified")
    assert "The delegation is not seated" in refused
    there = read(browser(valley["Riverside"]), "/mandates")
    assert "The delegation is not seated: its assembly’s own rules for who sits are not met." in there
    assert "woman" not in there


@pytest.mark.shows("B11")
def test_who_is_sent_for_longer_is_warned_of_in_the_form(valley: Valley) -> None:
    hill = valley["Hill"]
    for _ in range(2):
        granted(valley, agreeing_on("policy"))
        valley.clock.tick(days=31)
    leyla = signed_in(hill, "Leyla")
    fields = {"csrf": token(leyla.get("/mandates/new").text), "delegates": ["rojin", "tom"], "topic": "policy"}
    fields |= {"council": valley["Valley"].assembly, "latitude": "fixed", "choices": "ratified"}
    fields |= {"until": "2027-03-01T12:00", "why": "They know the matter."}
    answer = leyla.post("/mandates", data=fields, headers=origin(hill))
    assert answer.status_code == 422
    assert "Rojin, Tom did this 2 times running; our rules foresee somebody else." in words(answer.text)
    hidden = re.findall(r'name="(\w+)" value="([^"]*)"', answer.text)
    kept: dict[str, list[str]] = {}
    for name, value in hidden:
        kept.setdefault(name, []).append(value)
    again = leyla.post("/mandates", data={**kept, "beyond": "Nobody else can."}, headers=origin(hill))
    assert again.status_code == 200, again.text
    assert "Why all the same: Nobody else can." in words(again.text)
    item = hill.item(Items.MANDATE)
    hill.decide(item, agree=3, disagree=2)
    assert "Fewer than two thirds agreed, so nobody is sent" in read(leyla, f"/proposals/{item.id}")


@pytest.mark.shows("B6")
def test_the_register_shows_what_is_in_force_or_ended_and_is_printed(valley: Valley) -> None:
    hill = valley["Hill"]
    granted(valley, agreeing_on("the old road"))
    valley.clock.tick(days=31)
    granted(valley, agreeing_on("the new road"))
    for place in (hill, valley["Riverside"]):
        anybody = browser(place)
        for path in ("/mandates", "/mandates/print"):
            for show, old, new in (("", True, True), ("?show=now", False, True), ("?show=past", True, False)):
                said = read(anybody, path + show)
                assert ("the old road" in said, "the new road" in said) == (old, new)
        assert "Its time is over." in read(anybody, "/mandates?show=past")
    assert "We argued about the price." in read(browser(hill), "/mandates/print")


@pytest.mark.shows("S7")
@pytest.mark.shows("S13")
def test_a_delegate_reports_on_the_page_of_the_mandate_and_leaves_a_note(valley: Valley) -> None:
    hill = valley["Hill"]
    page = f"/mandates/{granted(valley, agreeing_on('policy')).rpartition('/')[2]}"
    valley.clock.tick(days=31)
    tom, leyla = signed_in(hill, "Tom"), signed_in(hill, "Leyla")
    assert "Tom: A report is due." in read(leyla, page)
    assert f"{page}/report" not in leyla.get(page).text
    said = send(tom, hill, f"{page}/report", page, text="They <b>heard</b> us.\n\nTwice.")
    assert "What Tom reports They <b>heard</b> us. Twice." in said
    send(tom, hill, f"{page}/report", page, 422, text="Again.")
    send(tom, hill, f"{page}/handover", page, text="Ask for Mei.")
    hill.decide(hill.item(Items.REPORT))
    assert "Accepted by the assembly." in read(leyla, page)
    assert "They <b>heard</b> us." not in read(browser(hill), page)  # a report is for us and our confederates
    later = f"/mandates/{granted(valley, agreeing_on('policy')).rpartition('/')[2]}"
    assert "From who was sent before Ask for Mei." in read(leyla, later)
    assert "Ask for Mei." not in read(browser(hill), later)


@pytest.mark.shows("B7")
def test_the_first_page_reminds_of_an_end_and_of_what_nobody_is_told_to_say(valley: Valley) -> None:
    hill = valley["Hill"]
    granted(valley, agreeing_on("resource"))
    brought(valley)
    valley.clock.tick(days=24)
    hill.do(instructing.duties)
    leyla = signed_in(hill, "Leyla")
    said = read(leyla, "/")
    assert "The mandate of Rojin, Tom to Valley ends on Wednesday 2 December, 18:" in said
    assert "A delegate asks the assembly what to say." in said
    assert "Our delegates are still not told what to say" in said
    valley.clock.tick(days=7)
    hill.do(instructing.duties)
    assert "The mandate of Rojin, Tom has ended." in read(leyla, "/")
    assert "has ended. What they say now" not in read(browser(hill), "/")
