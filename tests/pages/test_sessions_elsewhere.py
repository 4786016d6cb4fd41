"""A meeting of delegations that an assembly was not invited to is found at its host's address, and read at home."""

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import uvicorn

from app import main
from app.governance.assembly import Body
from app.operations.assembly import founding, membership
from app.operations.confederation import looking_up
from app.settings import Settings
from app.store.database import Connection
from app.store.migration import migrate
from app.wiring import Instance, make_secret, open_instance
from tests.operations.neighbours import done
from tests.pages.commune import AT_ONCE, PASSWORD, URL, Commune, free_port, token, words
from tests.pages.test_reach import harbour

__all__ = ["harbour"]


def settings_of(url: str, folder: Path) -> Settings:
    kept = {"url": url, "data_dir": folder, "database_url": "", "loopback": True, "secret_file": folder / "secret"}
    return Settings(**kept, _env_file=None)  # type: ignore[arg-type, call-arg]  # pydantic-settings takes it


def renewed(instance: Instance, days: int = 0) -> int:
    """How many hosts are read again, so many days from now, by a worker of the same server: a process of its own."""

    async def work() -> int:
        worker = open_instance(settings_of(instance.url, instance.data_dir))
        assert isinstance(worker, Instance)
        return await looking_up.renew(replace(worker, now=lambda: datetime.now(UTC) + timedelta(days=days)))

    return asyncio.run(work())


@contextmanager
def hill(folder: Path) -> Iterator[tuple[Instance, httpx2.Client]]:
    """Hill, that nobody has heard of, on a port of its own."""
    folder.mkdir()
    make_secret(folder / "secret")
    url = f"http://127.0.0.1:{free_port()}"
    settings = settings_of(url, folder)
    assert migrate(settings.database) is not None
    instance = open_instance(settings)
    assert isinstance(instance, Instance)

    def found(connection: Connection) -> None:
        founding.begin(connection, instance, Body.COMMUNE, "Hill")
        for name in ("Rojîn", "Tom"):
            done(membership.add(connection, instance, name, done(membership.hash_password(PASSWORD))))
        done(founding.found_commune(connection, instance, AT_ONCE, present=2, agree=2))

    asyncio.run(instance.database.write(found))
    app = main.build(instance, with_worker=False)
    server = uvicorn.Server(uvicorn.Config(app, port=int(url.rpartition(":")[2]), lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    try:
        yield instance, httpx2.Client(base_url=url, follow_redirects=True)
    finally:
        server.should_exit = True
        thread.join()


def host(harbour: Commune) -> None:
    """Harbour decides, by hands that two tellers count, to host a meeting; nobody is invited."""
    jo, baran, ada = (harbour.member(name) for name in ("Jo", "Baran", "Ada"))
    starts = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%dT%H:%M}"
    ada.send("/sessions", "/sessions/new", name="Spring assembly", starts=starts, why="Water.", invited="")
    found = re.search(r"/proposals/[0-9A-Z]{26}", ada.browser.get("/proposals").text)
    assert found is not None
    path = found[0]
    harbour.meeting(path).send(f"{path}/open", path, closes_in="7", unit="days", where="meeting")
    for teller in (jo, baran):
        teller.send(f"{path}/count", path, agree="7", disagree="1", present="8")
    jo.closes(path)


@pytest.mark.shows("S9", "G18")
def test_who_was_not_invited_finds_the_agenda_at_the_address_of_the_host(harbour: Commune, tmp_path: Path) -> None:
    host(harbour)
    with hill(tmp_path / "hill") as (instance, browser):

        def send(path: str, page: str, **fields: str) -> tuple[int, str]:
            data = {"csrf": token(browser.get(page, headers={"Accept": "text/html"}).text), **fields}
            answer = browser.post(path, data=data, headers={"Origin": instance.url, "Accept": "text/html"})
            return answer.status_code, words(answer.text)

        assert send("/sign-in", "/sign-in", name="tom", password=PASSWORD, next="/")[0] == 200
        status, said = send("/sessions/look-up", "/sessions", address=f"{URL}/assembly")
        assert (status, "Harbour calls, for" in said) == (200, True), said
        assert "Nothing is on it yet." in said
        assert "How it goes and how it decides" in said
        assert "Spring assembly" in words(browser.get("/sessions", headers={"Accept": "text/html"}).text)
        for address, code in (("no address", 400), (instance.assembly, 403), (f"{URL}/nobody", 200)):
            assert send("/sessions/look-up", "/sessions", address=address)[0] in {code, 422, 404}


@pytest.mark.shows("S9")
def test_what_was_looked_up_is_read_again_for_as_long_as_it_matters(harbour: Commune, tmp_path: Path) -> None:
    host(harbour)
    with hill(tmp_path / "hill") as (instance, browser):
        data = {"csrf": token(browser.get("/sign-in").text), "name": "tom", "password": PASSWORD, "next": "/"}
        browser.post("/sign-in", data=data, headers={"Origin": instance.url, "Accept": "text/html"})
        data = {"csrf": token(browser.get("/sessions").text), "address": f"{URL}/assembly"}
        shown = browser.post("/sessions/look-up", data=data, headers={"Origin": instance.url, "Accept": "text/html"})
        assert "Its record is read again every hour, until it is over." in words(shown.text)
        page = shown.url.path
        jo = harbour.member("Jo")
        jo.send(f"{page}/draft", page, name="Wells", text="A well for each.", group="Water", authors="Jo", replaces="")
        assert "Wells" not in words(browser.get(page, headers={"Accept": "text/html"}).text)
        assert renewed(instance) == 1
        assert "Wells" in words(browser.get(page, headers={"Accept": "text/html"}).text)
        assert renewed(instance, days=49) == 1
        assert renewed(instance, days=51) == 0, "a month after its opening nobody waits for it to end"
