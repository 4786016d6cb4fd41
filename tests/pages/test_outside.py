"""Caretakers follow, pin and complain in the assembly's name, and every member sees that they did."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.kernel.canonical import Document
from app.operations.exchange import following
from app.store import acts, notices
from app.store.database import Connection
from app.store.tables_federation import activities
from tests.pages.commune import Commune, commune
from tests.processes.servers import Peer

SPAMMER = "https://elsewhere.example/users/spam"
FORM = "/caretakers/outside"


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def test_a_caretaker_follows_and_follows_no_longer_and_members_see_who(harbour: Commune) -> None:
    peer = Peer()
    mei = peer.actor("mei").id
    jo, ada = harbour.member("Jo"), harbour.member("Ada")
    jo.send(FORM, "/caretakers", about=mei, what="follow")
    assert f"Our assembly follows {mei}. By Jo" in ada.read("/caretakers")
    assert "has asked to follow them already" in jo.send(FORM, "/caretakers", 409, about=mei, what="follow")
    jo.send(FORM, "/caretakers", about=mei, what="unfollow")
    assert f"Our assembly follows {mei} no longer. By Jo" in ada.read("/caretakers")
    peer.close()


def test_who_is_not_found_is_not_followed(harbour: Commune) -> None:
    jo = harbour.member("Jo")
    assert "Nobody was found" in jo.send(FORM, "/caretakers", 422, about="@mei@127.0.0.1:1", what="follow")


def test_a_caretaker_pins_takes_down_and_complains(harbour: Commune) -> None:
    jo, ada = harbour.member("Jo"), harbour.member("Ada")
    charter = asyncio.run(harbour.instance.database.read(lambda c: acts.of_type(c, "gov:Charter")))[0]
    [post] = asyncio.run(harbour.instance.database.read(lambda c: notices.about(c, charter.seq)))
    jo.send(FORM, "/caretakers", about=post, what="pin")
    assert f"Put at the head of our page: {post} By Jo" in ada.read("/caretakers")
    jo.send(FORM, "/caretakers", about=post, what="unpin")
    assert f"Taken from the head of our page: {post} By Jo" in ada.read("/caretakers")
    jo.send(FORM, "/caretakers", about=SPAMMER, what="complain", because="Spam, every day.")
    assert f"The server of {SPAMMER} was told of what they do. Reason: Spam, every day." in ada.read("/caretakers")


def flags(harbour: Commune) -> list[Document]:
    """The complaints that were queued, oldest first."""

    def look(connection: Connection) -> list[Document]:
        rows = connection.execute(select(activities.c.raw).order_by(activities.c.seq))
        sent = [json.loads(raw) for (raw,) in rows]
        return [one for one in sent if one["type"] == "Flag"]

    return asyncio.run(harbour.instance.database.read(look))


def test_a_complaint_names_the_posts_that_it_is_about(harbour: Commune) -> None:
    jo = harbour.member("Jo")
    posts = [f"{SPAMMER}/statuses/1", f"{SPAMMER}/statuses/2"]
    listed = "\r\n".join([*posts, "", posts[0]])
    jo.send(FORM, "/caretakers", about=SPAMMER, what="complain", because="Spam.", posts=listed)
    [flag] = flags(harbour)
    assert flag["object"] == [SPAMMER, *posts]
    assert (flag["actor"], flag["to"]) == (harbour.instance.application, [SPAMMER])


@pytest.mark.parametrize(
    "posts", ["https://other.example/1", "nonsense", "http://elsewhere.example/1", "x\n" * 30, f"{SPAMMER}/1 " * 21]
)
def test_a_complaint_about_posts_of_others_or_what_is_none_is_refused(harbour: Commune, posts: str) -> None:
    jo = harbour.member("Jo")
    said = jo.send(FORM, "/caretakers", 422, about=SPAMMER, what="complain", because="Spam.", posts=posts)
    assert "Give at most 20 posts" in said
    assert flags(harbour) == []


def test_others_have_no_form_and_are_refused(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    assert "In the name of our assembly" not in ada.read("/caretakers")
    assert "In the name of our assembly" in harbour.member("Jo").read("/caretakers")
    assert "A caretaker does this." in ada.send(FORM, "/caretakers", 403, about=SPAMMER, what="complain", because="x")
    assert "was told" not in ada.read("/caretakers")


def test_what_the_command_does_is_in_the_log_too(harbour: Commune) -> None:
    asyncio.run(harbour.instance.database.write(lambda c: following.follow(c, harbour.instance, SPAMMER)))
    assert f"Our assembly follows {SPAMMER}." in harbour.member("Ada").read("/caretakers")


def charter_post(harbour: Commune) -> str:
    charter = asyncio.run(harbour.instance.database.read(lambda c: acts.of_type(c, "gov:Charter")))[0]
    [post] = asyncio.run(harbour.instance.database.read(lambda c: notices.about(c, charter.seq)))
    return post


def keep(harbour: Commune, *names: str) -> None:
    harbour.member("Ada").send("/caretakers", "/caretakers", caretaker=list(names), why="It is their turn.")


def test_while_it_is_decided_whether_a_caretaker_stays_the_other_does_it(harbour: Commune) -> None:
    jo, baran, post = harbour.member("Jo"), harbour.member("Baran"), charter_post(harbour)
    keep(harbour, "baran", "ida")
    said = jo.send(FORM, "/caretakers", 403, about=post, what="pin")
    assert "meanwhile the others do this" in said
    baran.send(FORM, "/caretakers", about=post, what="pin")
    keep(harbour, "ida", "max")  # both would go: a server is kept by somebody until the assembly has decided
    jo.send(FORM, "/caretakers", about=post, what="unpin")
