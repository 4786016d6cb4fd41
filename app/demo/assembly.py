"""What people of an assembly do at its pages: look something up, propose, vote with hands and online, close."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from app.demo.markup import Page
from app.demo.stage import Server, StageError
from app.kernel.canonical import Document, digest

T = TypeVar("T")

BOARD: Final = "/confederation"
_SECONDS: Final = 60
_PAUSE: Final = 0.25
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Hands:
    """A vote: what two tellers counted in the room, who voted online, who did both; `rounds` if both were held."""

    room: Mapping[str, int]
    online: Mapping[str, str] = field(default_factory=dict)
    both: tuple[str, ...] = ()
    rounds: bool = False


def awaited(what: str, look: Callable[[], T | None]) -> T:
    """What `look` finds, asked again until it finds something. StageError, naming `what`, if it never does."""
    deadline = time.monotonic() + _SECONDS
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise StageError(f"waited {_SECONDS} s in vain for {what}")
        time.sleep(_PAUSE)


def act_at(server: Server, what: str, /, **keys: Any) -> Document:  # noqa: ANN401 - any JSON value may be compared
    """The newest act of the server's record with these keys (`type=...`, `gov_status=...`), once it is there."""
    wanted = {name.replace("gov_", "gov:"): value for name, value in keys.items()}

    def look() -> Document | None:
        found = [act for act in server.record() if all(act.get(name) == value for name, value in wanted.items())]
        return max(found, key=lambda act: str(act["published"]), default=None)

    return awaited(f"{what} at {server.body.name}", look)


def item_at(server: Server, title: str) -> str:
    """The path of the item with these words in its title on which a vote can be opened, once it is there.

    A commune that brought a proposal has two of one title: its own text, decided, and what the forum asks.
    """
    visitor = server.member(server.body.signing_in[0])

    def look() -> str | None:
        listed = [address for text, address in visitor.get("/proposals").links if title in text]
        return next((urlsplit(one).path for one in listed if visitor.get(one).offers("/open")), None)

    return awaited(f"{title!r} on the agenda of {server.body.name}", look)


def did(page: Page) -> Page:
    """The page, if what was asked was done. StageError with what it says if not."""
    if page.status != _OK:
        raise StageError(f"{page.url} answered {page.status}: {page.text[:400]}")
    return page


def decide(server: Server, item: str, hands: Hands, *, before_the_close: Callable[[], None] | None = None) -> Page:
    """A meeting about an item: open a vote, cast the ballots, two tellers count apart, close, sign; its page then.

    `before_the_close` is called while the vote is open and everything is counted.
    """
    opener = server.member(server.body.signing_in[0])
    meeting = meet(server, item)
    come_in(server, meeting, hands)
    if hands.rounds:
        _decide_on_both_rounds(server, item, str(hands.room["present"]))
    did(opener.submit(opener.get(item), "/open", None, closes_in="60", unit="minutes", where="meeting"))
    for name, choice in hands.online.items():
        voter = server.member(name)
        did(voter.submit(voter.get(item), "/vote", choice=choice))
    for name in server.body.tellers:
        teller = server.member(name)
        page = teller.get(item)
        entered: dict[str, str | list[str]] = {choice: str(heads) for choice, heads in hands.room.items()}
        if hands.both:
            called = page.form("/count").controls["both"].called
            entered["both"] = [called[person] for person in hands.both]
        did(teller.submit(page, "/count", None, **entered))
    if before_the_close is not None:
        before_the_close()
    signed = did(opener.submit(did(opener.submit(opener.get(item), "/close")), "/sign"))
    did(opener.submit(opener.get(meeting), "/close"))
    return signed


def meet(server: Server, *items: str) -> str:
    """Convene a meeting about these items and begin it; the path of its page.

    Who signs in first facilitates it, and the tellers are named.
    """
    opener = server.member(server.body.signing_in[0])
    page = opener.get("/meetings/new")
    soon = f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}"
    named = [item.rpartition("/")[2] for item in items]
    page = did(opener.submit(page, "/meetings/new", None, meets=soon, place="The hall", item=named))
    did(opener.submit(page, "/duty", None, duty="facilitator"))
    for name in server.body.tellers:
        did(opener.submit(opener.get(path_of(page)), "/duty", None, duty="teller", member=name.lower()))
    did(opener.submit(opener.get(path_of(page)), "/begin"))
    return path_of(page)


def come_in(server: Server, meeting: str, hands: Hands) -> None:
    """Whose hands are counted come in at the door: whoever votes online alone comes last."""
    opener = server.member(server.body.signing_in[0])
    page = opener.get("/door/keep")
    called = page.form(f"{meeting}/door").controls["member"].called
    elsewhere = hands.online.keys() - set(hands.both)
    comers = sorted(called, key=lambda name: (name in elsewhere, name))[: hands.room["present"]]
    did(opener.submit(page, f"{meeting}/door", None, member=[called[name] for name in comers]))


def says(server: Server, path: str, words: str) -> bool:
    """True if a member reads these words at this page."""
    return words in server.member(server.body.signing_in[0]).get(path).text


def must_say(server: Server, path: str, *sentences: str) -> None:
    """StageError, naming it, at the first of these that a member does not read at this page."""
    for sentence in sentences:
        if not says(server, path, sentence):
            raise StageError(f"{server.body.name} does not say {sentence!r} at {path}")


def everywhere(servers: Iterable[Server], what: str, holds: Callable[[Server], bool]) -> None:
    """Wait until something holds at each of these servers. StageError, naming `what`, where it never does."""
    for server in servers:
        awaited(f"{what} at {server.body.name}", partial(holds, server))


def next_day() -> None:
    """Let a second pass: acts carry whole seconds, and what happens on another day has another time."""
    time.sleep(1.1)


def everybody(server: Server) -> Hands:
    """A quick decision that all in the room agree with: three quarters of the members."""
    present = server.body.size * 3 // 4
    return Hands({"present": present, "agree": present})


def ref_of(act: Document) -> Document:
    """An act as others refer to it."""
    return {"id": act["id"], "gov:digest": digest(act)}


def path_of(page: Page) -> str:
    """The path of a page at its server."""
    return "/" + page.url.partition("://")[2].partition("/")[2]


def _decide_on_both_rounds(server: Server, item: str, present: str) -> None:
    """Everybody in the room wants to hold both rounds at once, as two tellers count."""
    for name in server.body.tellers:
        teller = server.member(name)
        question = {"question": "both_rounds"}
        did(teller.submit(teller.get(item), "/procedure", question, present=present, agree=present, disagree="0"))
