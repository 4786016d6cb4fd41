"""A founded commune on SQLite behind its real web application, and members who use its pages as a browser would."""

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Final

from sqlalchemy import update
from starlette.testclient import TestClient

from app import main
from app.governance.assembly import Body
from app.governance.starter import STARTER_SETTINGS
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.assembly import founding, membership
from app.operations.meetings import attending
from app.operations.meetings.attending import Comer
from app.settings import Settings
from app.store import accounts
from app.store.database import Connection
from app.store.migration import migrate
from app.store.tables_assembly import votes
from app.wiring import Instance, make_secret, open_instance


def free_port() -> int:
    """A port of this machine that nobody uses just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


URL: Final = f"http://127.0.0.1:{free_port()}"
NO_TIME: Final = dict.fromkeys(STARTER_SETTINGS["deliberation"], "PT0S")
AT_ONCE: Final = STARTER_SETTINGS | {"deliberation": NO_TIME}
PEOPLE: Final = ("Jo", "Baran", "Amina", "Leyla", "Tom", "Rojîn", "Sami", "Nour", "Ada", "Ida", "Max", "Kim")
TELLERS: Final = ("jo", "baran", "ada", "ida")
PASSWORD: Final = "a good long password"
CSRF: Final = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Commune:
    """The application and its instance; `member` gives each person a browser of their own."""

    instance: Instance
    client: TestClient

    def member(self, name: str) -> "Member":
        """A signed-in member."""
        member = Member(TestClient(self.client.app, base_url=URL, follow_redirects=True), name)
        member.sign_in()
        return member

    def meeting(
        self, *paths: str, by: str = "Kim", tellers: tuple[str, ...] = TELLERS, away: tuple[str, ...] = ()
    ) -> "Member":
        """Who facilitates a meeting about the items at these paths, open and with all members in but who is `away`.

        One that was on is closed by them.
        """
        self.parts(by)
        chair = self.member(by)
        soon = (self.instance.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
        data = {"csrf": token(chair.browser.get("/meetings/new").text), "meets": soon, "place": "School hall"}
        fields = data | {"item": [path.rpartition("/")[2] for path in paths]}
        answer = chair.browser.post("/meetings/new", data=fields, headers={"Origin": URL})
        assert answer.status_code == 200, answer.text
        chair.send(f"{answer.url.path}/duty", answer.url.path, duty="facilitator", member=by.lower())
        for name in set(tellers) - {by.lower()}:
            chair.send(f"{answer.url.path}/duty", answer.url.path, duty="teller", member=name)
        assert "Going on now." in chair.send(f"{answer.url.path}/begin", answer.url.path)
        self.comes_in(answer.url.path.rpartition("/")[2], by.lower(), away)
        return chair

    def comes_in(self, meeting: str, by: str, away: tuple[str, ...] = ()) -> None:
        """Everybody comes in to a meeting but who is `away`, let in by who facilitates it."""

        def let_in(connection: Connection) -> None:
            keeper = accounts.named(connection, by)
            assert keeper is not None
            for member in (one for one in accounts.members(connection) if one.name not in away):
                attending.let_in(connection, self.instance, keeper, meeting, Comer(member=member.id))

        self.write(let_in)

    def write(self, work: Callable[[Connection], object]) -> None:
        """Do it in the database, also where a browser keeps a loop of this thread busy."""
        with ThreadPoolExecutor(1) as beside:
            beside.submit(lambda: asyncio.run(self.instance.database.write(work))).result()

    def passes(self, path: str) -> None:
        """The time of the vote on an item is over."""
        now, item = int(self.instance.now().timestamp()), path.rpartition("/")[2]
        over = update(votes).where(votes.c.item == item, votes.c.state != "closed").values(closes_at=now - 1)
        self.write(lambda connection: connection.execute(over))

    def parts(self, by: str = "Kim") -> None:
        """Who facilitates the meeting that is on closes it."""
        chair = self.member(by)
        for address in re.findall(r'href="(/meetings/[0-9A-Z]{26})"', chair.browser.get("/meetings").text):
            if "Going on now." in chair.read(address):
                chair.send(f"{address}/close", address)


@dataclass(frozen=True, slots=True)
class Member:
    """A person at a browser."""

    browser: TestClient
    name: str

    def closes(self, path: str) -> str:
        """Close the vote on an item and sign what it came to; what its page says then."""
        self.send(f"{path}/close", path)
        return self.send(f"{path}/sign", path)

    def sign_in(self) -> None:
        """Through the form."""
        page = self.browser.get("/sign-in").text
        fields = {"csrf": token(page), "name": self.name, "password": PASSWORD, "next": "/"}
        assert self.browser.post("/sign-in", data=fields, headers={"Origin": URL}).status_code == 200

    def read(self, path: str) -> str:
        """The words of a page."""
        answer = self.browser.get(path)
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def send(self, path: str, page: str, status: int = 200, **fields: str | list[str]) -> str:
        """Send a form with the token of `page`; the words of the page that answers."""
        data = {"csrf": token(self.browser.get(page).text), **fields}
        answer = self.browser.post(path, data=data, headers={"Origin": URL})
        assert answer.status_code == status, answer.text
        return words(answer.text)

    def propose(self, title: str, text: str, category: str = "policy") -> str:
        """The path of a new proposal's page."""
        data = {
            "title": title,
            "text": text,
            "category": category,
            "csrf": token(self.browser.get("/proposals/new").text),
        }
        answer = self.browser.post("/proposals/new", data=data, headers={"Origin": URL})
        assert answer.status_code == 200, answer.text
        return answer.url.path

    def version(self, path: str) -> str:
        """The fingerprint that the ballot on a page carries."""
        found = re.search(r'name="version" value="([^"]+)"', self.browser.get(path).text)
        assert found is not None
        return found[1]

    def vote(self, path: str, choice: str, status: int = 200, reason: str = "") -> str:
        """Vote on the text that the page shows."""
        return self.send(f"{path}/vote", path, status, choice=choice, reason=reason, version=self.version(path))

    def counts_hands_on(self, path: str, question: str, agree: int = 8) -> str:
        """As one of two tellers, that so many of eight in the room want this; the words of the page."""
        hands = {"present": "8", "agree": str(agree), "disagree": str(8 - agree)}
        return self.send(f"{path}/procedure", path, 200, question=question, **hands)


def token(page: str) -> str:
    """The token of the first form of a page."""
    found = CSRF.search(page)
    assert found is not None
    return found[1]


def words(page: str) -> str:
    """What a page says, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@contextmanager
def commune(
    folder: Path, rules: Document | None = None, database_url: str = "", *, founded: bool = True
) -> Iterator[Commune]:
    """A commune of twelve, on SQLite if no empty database is named; a gathering of twelve if it is not `founded`.

    Unless others are given, its rules are the starter rules with no time for deliberation.
    """
    make_secret(folder / "secret")
    settings = Settings(  # type: ignore[call-arg]  # pydantic-settings takes it
        url=URL,
        data_dir=folder,
        database_url=database_url,
        loopback=True,
        secret_file=folder / "secret",
        _env_file=None,
    )
    assert migrate(settings.database) is not None
    opened = open_instance(settings)
    assert isinstance(opened, Instance)
    hashed = membership.hash_password(PASSWORD)
    assert isinstance(hashed, str)

    def found(connection: Connection) -> object:
        begun = founding.begin(connection, opened, Body.COMMUNE, "Harbour")
        if isinstance(begun, Refusal):
            return begun
        for person in PEOPLE:
            added = membership.add(connection, opened, person, hashed)
            if isinstance(added, Refusal):
                return added
        return founding.found_commune(connection, opened, rules or AT_ONCE, present=12, agree=12) if founded else None

    begun = asyncio.run(opened.database.write(found))
    assert not isinstance(begun, Refusal), begun
    with TestClient(main.build(opened, with_worker=False), base_url=URL) as client:
        yield Commune(opened, client)
