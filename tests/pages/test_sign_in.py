"""Guessing passwords is slow, and whence it was tried is kept for minutes, under a hash."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import extract_parameters
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.kernel.refusal import Refusal
from app.operations.assembly import membership, signing_in
from app.operations.assembly.signing_in import SignedIn
from app.operations.record import forgetting
from app.store.database import Connection
from app.store.tables_assembly import sign_in_tries
from tests.pages.commune import PASSWORD, URL, Commune, commune, token

T = TypeVar("T")


def tried(opened: Commune, name: str, password: str, place: str) -> int:
    """The status of the page after one try at the form from somewhere."""
    browser = TestClient(opened.client.app, base_url=URL, follow_redirects=False, client=(place, 40_000))
    fields = {"csrf": token(browser.get("/sign-in").text), "name": name, "password": password, "next": "/"}
    answer = browser.post("/sign-in", data=fields, headers={"Origin": URL})
    assert (answer.headers.get("retry-after") == "300") == (answer.status_code == 429)
    assert ("Wait five minutes" in answer.text) == (answer.status_code == 429)
    return answer.status_code


def kept(opened: Commune) -> int:
    def work(connection: Connection) -> int:
        return int(connection.scalar(select(func.count()).select_from(sign_in_tries)) or 0)

    return asyncio.run(opened.instance.database.read(work))


@pytest.mark.withstands("D21")
def test_after_five_wrong_tries_at_an_account_nobody_gets_in_from_anywhere(tmp_path: Path, empty_url: str) -> None:
    with commune(tmp_path, database_url=empty_url) as opened:
        for number in range(5):
            assert tried(opened, "Ida", "not her password", f"192.0.2.{number}") == 403
        assert tried(opened, "Ida", PASSWORD, "192.0.2.9") == 429
        assert tried(opened, "ida", PASSWORD, "192.0.2.9") == 429
        assert tried(opened, "Max", PASSWORD, "192.0.2.9") == 303


@pytest.mark.withstands("D21")
def test_after_five_wrong_tries_from_one_place_none_is_looked_at(tmp_path: Path) -> None:
    with commune(tmp_path) as opened:
        for number in range(5):
            assert tried(opened, f"Nobody {number}", "a guess", f"2001:db8::{number}") == 403
        assert tried(opened, "Ida", PASSWORD, "2001:db8::ffff") == 429
        assert tried(opened, "Ida", PASSWORD, "2001:db8:0:1::1") == 303


@pytest.mark.withstands("D21")
def test_who_gets_in_is_not_counted(tmp_path: Path) -> None:
    with commune(tmp_path) as opened:
        for _ in range(4):
            assert tried(opened, "Ida", "mistyped", "192.0.2.1") == 403
        for _ in range(7):
            assert tried(opened, "Ida", PASSWORD, "192.0.2.2") == 303
        assert tried(opened, "Ida", "mistyped again", "192.0.2.3") == 403


@pytest.mark.withstands("D21")
def test_many_tries_at_once_are_no_way_around_the_bound(tmp_path: Path) -> None:
    with commune(tmp_path) as opened:

        async def guess() -> list[SignedIn | Refusal]:
            tries = (signing_in.sign_in(opened.instance, "Ida", f"guess {n}", f"192.0.2.{n}") for n in range(20))
            return await asyncio.gather(*tries)

        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(asyncio.run, guess()).result()
        codes = [one.code for one in found if isinstance(one, Refusal)]
        assert sorted(codes) == ["sign_in.often"] * 15 + ["sign_in.wrong"] * 5


@pytest.mark.withstands("H11")
def test_whence_it_was_tried_is_forgotten_after_five_minutes(tmp_path: Path, empty_url: str) -> None:
    with commune(tmp_path, database_url=empty_url) as opened:
        assert tried(opened, "Ida", "wrong", "192.0.2.1") == 403
        assert kept(opened) == 2
        moment = opened.instance.now() + timedelta(minutes=5)
        later = replace(opened.instance, now=lambda: moment)
        asyncio.run(opened.instance.database.write(lambda connection: forgetting.forget_due(connection, later)))
        assert kept(opened) == 0


@pytest.mark.withstands("D21")
def test_for_a_name_that_nobody_has_the_same_work_is_done_as_for_a_wrong_password() -> None:
    known = membership.hash_password("a good long password")
    assert isinstance(known, str)
    assert extract_parameters(signing_in.NOBODY) == extract_parameters(known)
    assert not signing_in.matches(signing_in.NOBODY, "a good long password")
