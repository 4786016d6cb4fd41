"""What was typed is not lost: not by a refusal, a sign-out in between, nor a page that was open too long."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.demo.markup import Form, Page
from tests.pages.commune import PASSWORD, URL, Commune, Member, commune, token, words

LONG = "We buy together, <b>wood</b> & pellets.\n\nFrom spring."


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def send(member: Member, path: str, referer: str = "", **fields: str | list[str]) -> tuple[int, str]:
    """The status and the HTML that answers a form of the page that its browser names, sent with its token."""
    page = member.browser.get(referer or path).text
    headers = {"Origin": URL} | ({"Referer": f"{URL}{referer}"} if referer else {})
    answer = member.browser.post(path, data={"csrf": token(page), **fields}, headers=headers)
    return answer.status_code, answer.text


def form(html: str, action: str) -> Form:
    return Page(URL, 200, html).form(action)


def test_a_refused_form_is_given_back_with_what_was_typed(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    status, html = send(ada, "/proposals/new", title="x" * 300, text=LONG, category="task", forum="")
    given = {name: control.values for name, control in form(html, "/proposals/new").controls.items()}
    assert status == 422
    assert "Not done . A proposal needs a title of at most 200 characters. What you typed is kept." in words(html)
    assert given["title"] == ["x" * 300]
    assert given["text"] == [LONG]
    assert given["category"] == ["task"]
    assert given["csrf"] == [token(ada.browser.get("/proposals/new").text)]


def test_what_was_ticked_and_what_is_folded_away_is_given_back_too(harbour: Commune) -> None:
    jo = harbour.member("Jo")
    status, html = send(jo, "/meetings/new", meets="1900-01-01T10:00", place="Hall", rooms="Hall", kind=["report"])
    controls = form(html, "/meetings/new").controls
    assert status == 422
    assert controls["kind"].values == ["report"]
    assert controls["rooms"].values == ["Hall"]
    assert "<details open>" in html
    assert 'value="1900-01-01T10:00"' in html


def test_of_several_forms_to_one_address_the_one_that_was_sent_is_given_back(harbour: Commune) -> None:
    jo = harbour.member("Jo")
    for name in ("Zoe", "Yan"):
        guest = TestClient(harbour.client.app, base_url=URL)
        csrf = token(guest.get("/door").text)
        assert guest.post("/door", data={"csrf": csrf, "name": name}, headers={"Origin": URL}).status_code == 200
    waiting = [one.controls["entrant"].values[0] for one in doors(jo.browser.get("/door/keep").text)]
    status, html = send(jo, "/door/keep", entrant=waiting[1], say="no", reason="why " * 200)
    assert status == 422
    assert [one.controls["reason"].values for one in doors(html)] == [[""], [("why " * 200).strip()]]


def doors(html: str) -> list[Form]:
    """The form for each who waits at the door."""
    return [one for one in Page(URL, 200, html).forms if "entrant" in one.controls]


def test_a_page_from_an_earlier_sign_in_is_given_back_to_be_sent_once_more(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    stale = token(ada.browser.get("/proposals/new").text)
    ada.browser.cookies.clear()
    ada.sign_in()
    fields = {"csrf": stale, "title": "Fuel", "text": LONG, "category": "policy", "forum": ""}
    answer = ada.browser.post("/proposals/new", data=fields, headers={"Origin": URL})
    assert answer.status_code == 403
    kept = form(answer.text, "/proposals/new")
    assert kept.controls["text"].values == [LONG]
    again = ada.browser.post("/proposals/new", data=dict(kept.filled({})), headers={"Origin": URL})
    assert again.status_code == 200
    assert "From spring." in words(again.text)


def test_who_was_signed_out_while_writing_signs_in_and_sends_it_again(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    stale = token(ada.browser.get("/proposals/new").text)
    ada.browser.cookies.clear()
    fields = {"csrf": stale, "title": "Fuel", "text": LONG, "category": "policy", "forum": ""}
    answer = ada.browser.post("/proposals/new", data=fields, headers={"Origin": URL})
    assert answer.status_code == 403
    assert "You are not signed in any more, so nothing was sent." in words(answer.text)
    kept = form(answer.text, "/proposals/new")
    assert kept.controls["text"].values == [LONG]
    ada.sign_in()
    offered = ada.browser.post("/proposals/new", data=dict(kept.filled({})), headers={"Origin": URL})
    filled = form(offered.text, "/proposals/new").filled({})
    sent = ada.browser.post("/proposals/new", data=dict(filled), headers={"Origin": URL})
    assert (sent.status_code, "From spring." in words(sent.text)) == (200, True)


def test_words_whose_form_is_gone_are_shown_to_be_copied(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Winter fuel", "We buy together.")
    ada.send(f"{path}/withdraw", path)
    status, html = send(ada, f"{path}/amend", path, title="Winter fuel", text=LONG)
    assert status == 409
    assert "What you typed, to copy" in words(html)
    assert "&lt;b&gt;wood&lt;/b&gt; &amp; pellets." in html


@pytest.mark.withstands("G07")
def test_nothing_of_a_form_from_elsewhere_is_given_back(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    fields = {"csrf": "", "title": "Fuel", "text": LONG}
    answer = ada.browser.post("/proposals/new", data=fields, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "pellets" not in answer.text


def test_a_password_is_never_given_back(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    status, html = send(ada, "/me/password", "/me", old="not this one", new=PASSWORD)
    assert status == 403
    assert "not this one" not in html
    assert PASSWORD not in html


@pytest.mark.parametrize("referer", ["/media/x", "/acts/x", "/static/style.css", "/%00", "/proposals/%C3%A9", "//evil"])
def test_whatever_page_a_browser_names_the_answer_is_the_refusal(harbour: Commune, referer: str) -> None:
    ada = harbour.member("Ada")
    stamp = token(ada.browser.get("/proposals/new").text)
    headers = {"Origin": URL, "Referer": f"{URL}{referer}"}
    answer = ada.browser.post("/proposals/new", data={"csrf": stamp, "text": LONG}, headers=headers)
    assert answer.status_code == 422
    assert "A proposal needs a title" in words(answer.text)
