"""Signing in, and forms that do not come from a page of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.http import auth
from app.main import Web
from tests.pages.commune import PASSWORD, URL, Commune, commune, token, words


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def browser(harbour: Commune) -> TestClient:
    return TestClient(harbour.client.app, base_url=URL, follow_redirects=False)


def enter(guest: TestClient, password: str = PASSWORD, **changed: str) -> tuple[int, str]:
    fields = {"csrf": token(guest.get("/sign-in").text), "name": "rojîn", "password": password, "next": "/"}
    answer = guest.post("/sign-in", data=fields | changed, headers={"Origin": URL})
    return answer.status_code, answer.headers.get("location", words(answer.text))


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(harbour: Commune) -> None:
    wrong, unknown = enter(browser(harbour), "not this one"), enter(browser(harbour), name="nobody")
    assert wrong[0] == 403
    assert wrong == unknown


def test_a_sign_in_never_leads_to_another_server(harbour: Commune) -> None:
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "/\r\nX: y"):
        status, where = enter(browser(harbour), next=wanted)
        assert (status, where) == (303, "/")


@pytest.mark.withstands("G08")
def test_a_sign_in_has_a_new_id_and_signing_out_ends_it_on_the_server(harbour: Commune) -> None:
    guest, name = browser(harbour), auth.cookie_name(harbour.instance)
    guest.cookies.set(name, "chosen-by-somebody-else")
    enter(guest)
    first = [cookie.value for cookie in guest.cookies.jar if cookie.name == name][-1]
    assert first != "chosen-by-somebody-else"
    again = browser(harbour)
    enter(again)
    assert again.cookies[name] != first
    thief = browser(harbour)
    thief.cookies.set(name, again.cookies[name])
    assert thief.get("/members").status_code == 200
    csrf = token(again.get("/members").text)
    assert again.post("/sign-out", data={"csrf": csrf}, headers={"Origin": URL}).status_code == 303
    assert thief.get("/members").status_code == 303


@pytest.mark.withstands("G07")
def test_a_form_without_its_token_or_from_another_origin_is_refused(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    good = token(ada.browser.get("/proposals/new").text)
    form = {"title": "Forged", "text": "Forged.", "category": "policy"}
    for csrf, origin in (
        ("", URL),
        ("guessed", URL),
        (good, "https://evil.example"),
        (good, "null"),
        (good, "http://127.0.0.1:9"),
    ):
        answer = ada.browser.post("/proposals/new", data=form | {"csrf": csrf}, headers={"Origin": origin})
        assert answer.status_code == 403
    assert ada.browser.post("/proposals/new", data=form | {"csrf": good}).status_code == 403
    assert "Nothing has been proposed yet." in ada.read("/proposals")


@pytest.mark.withstands("G07")
def test_the_sign_in_form_is_tied_to_its_browser(harbour: Commune) -> None:
    other = token(browser(harbour).get("/sign-in").text)
    assert enter(browser(harbour), csrf=other)[0] == 403


def test_the_cookie_is_for_the_server_alone(harbour: Commune) -> None:
    guest = browser(harbour)
    fields = {"csrf": token(guest.get("/sign-in").text), "name": "Ada", "password": PASSWORD, "next": "/"}
    set_cookie = guest.post("/sign-in", data=fields, headers={"Origin": URL}).headers["set-cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=lax" in set_cookie
    assert set_cookie.startswith("roundabout-")


def test_pages_allow_no_script_and_no_frame(harbour: Commune) -> None:
    policy = browser(harbour).get("/sign-in").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


def test_malformed_forms_are_refused_and_never_break_the_server(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    kind = {"Origin": URL, "Content-Type": "application/x-www-form-urlencoded"}
    for body, status in (
        (b"title=%ff", 400),
        (b"\xff", 400),
        (b"a=%00", 400),
        (b"a=1&" * 500, 400),
        (b"a" * 300_000, 413),
    ):
        assert ada.browser.post("/proposals/new", content=body, headers=kind).status_code == status
    assert ada.browser.post("/proposals/new", content=b"{}", headers={"Origin": URL}).status_code == 415


def test_strangers_learn_of_no_member_who_does_not_act_in_public(harbour: Commune) -> None:
    guest = browser(harbour)
    assert guest.get("/people/ada", headers={"Accept": "text/html"}).status_code == 404
    assert guest.get("/people/nobody", headers={"Accept": "text/html"}).status_code == 404
    assert "Ada" not in guest.get("/").text
    assert guest.get("/members").status_code == 303


def test_an_address_that_leads_nowhere_is_told_to_people_in_words(harbour: Commune) -> None:
    guest = browser(harbour)
    nowhere = guest.get("/nonsense", headers={"Accept": "text/html"})
    assert nowhere.status_code == 404
    assert "Not found There is no such page. To the first page" in words(nowhere.text)
    reloaded = guest.get("/proposals/x/vote", headers={"Accept": "text/html"})
    assert reloaded.status_code == 405
    assert "only a form is sent there" in words(reloaded.text)
    assert 'href="/proposals/x"' in reloaded.text
    assert guest.get("/nonsense", headers={"Accept": "application/json"}).text == "Not Found\n"


def test_who_has_to_sign_in_first_is_told_why_and_keeps_the_name_after_a_wrong_password(harbour: Commune) -> None:
    guest = TestClient(harbour.client.app, base_url=URL)
    asked = guest.get("/proposals")
    assert "This page is for members. Sign in, and you come to it." in words(asked.text)
    fields = {"csrf": token(asked.text), "name": "rojîn", "password": "not this one", "next": "/proposals"}
    assert 'value="rojîn"' in guest.post("/sign-in", data=fields, headers={"Origin": URL}).text


def test_a_bug_is_told_to_people_in_words(harbour: Commune) -> None:
    async def breaks(_: Request) -> Response:
        raise ZeroDivisionError("a bug")

    app = harbour.client.app
    assert isinstance(app, Web)
    app.router.routes.append(Route("/breaks", breaks))
    guest = TestClient(app, base_url=URL, raise_server_exceptions=False)
    answer = guest.get("/breaks", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "Something went wrong on our server; it is not your fault." in words(answer.text)
    assert "ZeroDivisionError" not in answer.text


def test_an_address_where_nobody_answers_is_told_in_words(harbour: Commune) -> None:
    there = {"address": "http://127.0.0.1:1/assembly", "why": "We want to."}
    said = harbour.member("Ada").send("/confederation/join", "/confederation", 502, **there)
    assert "That server could not be reached or did not answer as expected." in said


def test_a_sign_in_page_that_was_open_too_long_is_given_anew(harbour: Commune) -> None:
    guest = browser(harbour)
    fields = {"csrf": token(guest.get("/sign-in").text), "name": "rojîn", "password": PASSWORD, "next": "/members"}
    guest.cookies.clear()
    again = guest.post("/sign-in", data=fields, headers={"Origin": URL})
    assert again.status_code == 403
    assert "so nothing was sent. Send the form once more." in words(again.text)
    entered = guest.post("/sign-in", data=fields | {"csrf": token(again.text)}, headers={"Origin": URL})
    assert (entered.status_code, entered.headers["location"]) == (303, "/members")
