"""What the assembly does in the fediverse beside deciding, over real HTTP: it follows, pins, asks and complains."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.federation.discovery import webfinger
from app.governance.starter import STARTER_SETTINGS
from tests.processes.servers import Peer, Server, Someone, running, wait_until
from tests.processes.test_two_communes import decide, member


@dataclass(frozen=True)
class Place:
    """A founded commune, and somebody elsewhere who follows it and reads no acts."""

    server: Server
    peer: Peer
    mei: Someone

    def received(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.peer.received if one["type"] == kind]

    def get(self, address: str) -> dict[str, Any]:
        status, body = self.server.get(address.removeprefix(self.server.url))
        assert status == 200, address
        found: dict[str, Any] = json.loads(body)
        return found

    def has_one(self, collection: str) -> bool:
        return bool(self.get(collection)["totalItems"] == 1)

    def is_gone(self, address: str) -> bool:
        return self.server.get(address.removeprefix(self.server.url))[0] == 410

    def act(self, kind: str) -> str:
        with sqlite3.connect(self.server.folder / "roundabout.db") as database:
            [(found,)] = database.execute("SELECT id FROM acts WHERE type = ?", (kind,)).fetchall()
        return str(found)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("hill") / "data"
    server, peer = Server("Hill", folder), Peer()
    server.make("Ana", "Bo", "Cy")
    mei = peer.actor("mei")
    ordinary = mei.document("Person")
    del ordinary["generator"]
    peer.serve("/mei", ordinary)
    host = peer.url.removeprefix("http://")
    jrd = webfinger("mei", mei.id) | {"subject": f"acct:mei@{host}"}
    peer.serve(f"/.well-known/webfinger?resource={quote(f'acct:mei@{host}', safe='')}", jrd, "application/jrd+json")
    with running(server):
        follow = {"id": f"{mei.id}/follows/1", "type": "Follow", "actor": mei.id, "object": f"{server.url}/assembly"}
        assert mei.post(f"{server.url}/inbox", follow) == 202
        wait_until(lambda: any(one["type"] == "Accept" for one in peer.received), "the follow was not accepted")
        rules = folder.parent / "rules.json"  # the starter rules, but nothing waits for a convocation
        rules.write_text(json.dumps({"deliberation": dict.fromkeys(STARTER_SETTINGS["deliberation"], "PT0S")}))
        server.command("found", "--rules", str(rules), "--present", "3", "--agree", "3")
        wait_until(lambda: sum(one["type"] == "Create" for one in peer.received) >= 3, "fewer posts than acts")
        yield Place(server, peer, mei)
    peer.close()


def test_the_assembly_follows_by_handle_is_let_in_and_takes_it_back(place: Place) -> None:
    handle = f"@mei@{place.peer.url.removeprefix('http://')}"
    place.server.command("outside", "follow", handle)
    wait_until(lambda: place.received("Follow") != [], "no Follow came")
    [asked] = place.received("Follow")
    assert (asked["actor"], asked["object"]) == (f"{place.server.url}/assembly", place.mei.id)
    accept = {"id": f"{place.mei.id}/accepts/1", "type": "Accept", "actor": place.mei.id, "object": asked["id"]}
    assert place.mei.post(f"{place.server.url}/inbox", accept) == 202
    wait_until(lambda: place.get("/assembly/following")["totalItems"] == 1, "the Accept changed nothing")
    place.server.command("outside", "unfollow", place.mei.id)
    wait_until(lambda: place.received("Undo") != [], "no Undo came")
    assert place.received("Undo")[0]["object"] == {
        "id": asked["id"],
        "type": "Follow",
        "actor": f"{place.server.url}/assembly",
        "object": place.mei.id,
    }
    assert place.get("/assembly/following")["totalItems"] == 0


def test_a_pinned_post_stands_at_the_head_of_the_page(place: Place) -> None:
    post = place.received("Create")[0]["object"]
    place.server.command("outside", "pin", post["id"])
    wait_until(lambda: place.received("Add") != [], "no Add came")
    actor = place.get("/assembly")
    featured = place.get(actor["featured"])
    assert featured["orderedItems"] == [post]
    assert place.received("Add")[0]["target"] == actor["featured"]
    place.server.command("outside", "unpin", post["id"])
    wait_until(lambda: place.received("Remove") != [], "no Remove came")


def test_an_opinion_from_outside_is_counted_in_the_poll_and_nowhere_else(place: Place) -> None:
    act = place.act("gov:Decision")
    place.server.command("outside", "ask", act, "--question", "Where?", "--option", "Square", "--option", "Park")
    wait_until(lambda: any(one["object"]["type"] == "Question" for one in place.received("Create")), "no poll came")
    [poll] = [one["object"] for one in place.received("Create") if one["object"]["type"] == "Question"]
    vote = {
        "id": f"{place.mei.id}/votes/1",
        "type": "Note",
        "attributedTo": place.mei.id,
        "inReplyTo": poll["id"],
        "name": "Park",
        "to": [f"{place.server.url}/assembly"],
    }
    create = {"id": f"{vote['id']}/create", "type": "Create", "actor": place.mei.id, "object": vote}
    assert place.mei.post(f"{place.server.url}/inbox", create) == 202
    wait_until(lambda: place.get(poll["id"])["votersCount"] == 1, "the opinion was not heard")
    shown = {one["name"]: one["replies"]["totalItems"] for one in place.get(poll["id"])["oneOf"]}
    assert shown == {"Square": 0, "Park": 1}
    page = place.server.get(act.removeprefix(place.server.url), "text/html")[1].decode()
    assert "Asked outside: Where?" in page
    assert "Opinions from outside, no votes." in page
    assert "<li>Park: 1</li>" in page
    with sqlite3.connect(place.server.folder / "roundabout.db") as database:
        assert database.execute("SELECT count(*) FROM ballots").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM voices").fetchone() == (0,)
    conversation = place.get(poll["context"])
    assert poll["id"] in place.get(conversation["first"])["orderedItems"]


def test_answers_likes_and_shares_of_a_post_are_collections(place: Place) -> None:
    post = place.received("Create")[1]["object"]
    said = {
        "id": f"{place.mei.id}/notes/1",
        "type": "Note",
        "attributedTo": place.mei.id,
        "inReplyTo": post["id"],
        "content": "<p>Good.</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "published": "2026-11-22T15:04:05Z",
    }
    activities = [
        {"id": f"{said['id']}/create", "type": "Create", "actor": place.mei.id, "object": said},
        {"id": f"{place.mei.id}/likes/1", "type": "Like", "actor": place.mei.id, "object": post["id"]},
        {"id": f"{place.mei.id}/shares/1", "type": "Announce", "actor": place.mei.id, "object": post["id"]},
    ]
    place.peer.serve("/mei/notes/1", {"@context": "https://www.w3.org/ns/activitystreams", **said})
    for activity in activities:
        assert place.mei.post(f"{place.server.url}/inbox", activity) == 202
    for which in ("replies", "likes", "shares"):
        address = post[which]["id"]
        wait_until(partial(place.has_one, address), f"{which} has none")
    assert place.get(place.get(post["replies"]["id"])["first"])["orderedItems"] == [said["id"]]


def test_a_complaint_is_of_the_server_and_of_no_person(place: Place) -> None:
    place.server.command("outside", "complain", place.mei.id, "--because", "Spam.", "--post", f"{place.mei.id}/notes/1")
    wait_until(lambda: place.received("Flag") != [], "no Flag came")
    [flag] = place.received("Flag")
    assert flag["actor"] == f"{place.server.url}/instance"
    assert (flag["object"], flag["content"]) == ([place.mei.id, f"{place.mei.id}/notes/1"], "Spam.")


@pytest.mark.withstands("B08")
def test_what_was_erased_is_gone_at_its_addresses_and_followers_are_told(place: Place) -> None:
    act = place.act("gov:Charter")
    post = f"{place.server.url}/notices/{act.rpartition('/')[2]}"
    ana = member(place.server, "Ana")
    entry = ana.get(act.removeprefix(place.server.url))
    decide(place.server, ana.submit(entry, "/decisions/erase", why="It named a child.").url)
    with sqlite3.connect(place.server.folder / "roundabout.db") as database:
        [decision] = database.execute("SELECT id FROM acts WHERE type = 'gov:Decision' ORDER BY seq DESC").fetchone()
    place.server.command("erase", act, "--because", "It named a child.", "--decision", decision)
    wait_until(lambda: place.received("Delete") != [], "no Delete came")
    assert place.received("Delete")[0]["object"]["id"] == post
    for address in (act, post):
        wait_until(partial(place.is_gone, address), address)
        stone = json.loads(place.server.get(address.removeprefix(place.server.url))[1])
        assert (stone["type"], stone["id"]) == ("Tombstone", address)
    page = place.server.get(act.removeprefix(place.server.url), "text/html")
    assert page[0] == 410
    [item] = [one for one in place.get("/acts?after=-1")["gov:items"] if "gov:commitment" in one]
    assert item["leaf"] == 2
