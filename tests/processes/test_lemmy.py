"""A community in the shapes of Lemmy: it passes on what its people do, and the follow goes both ways."""

import re
from typing import Any

import pytest

from tests.processes.servers import Peer, Server, Someone, wait_until
from tests.processes.voices import PUBLIC, because, is_handled, is_heard, notice_of, reactions, rows, voice

CONTEXT = ["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"]


@pytest.fixture(scope="module")
def mills(peer: Peer) -> Someone:
    """The community."""
    return peer.actor("c/mills", "Group")


@pytest.fixture(scope="module")
def nadia(peer: Peer) -> Someone:
    return peer.actor("u/nadia")


@pytest.fixture(scope="module")
def notice(commune: Server) -> str:
    return notice_of(commune)


def comment(peer: Peer, nadia: Someone, mills: Someone, notice: str, text: str, number: int) -> dict[str, Any]:
    """A comment as Lemmy writes it, at its address."""
    said = {
        "@context": CONTEXT,
        "type": "Note",
        "id": f"{peer.url}/comment/{number}",
        "attributedTo": nadia.id,
        "to": [PUBLIC],
        "cc": [mills.id],
        "content": f"<p>{text}</p>\n",
        "inReplyTo": notice,
        "mediaType": "text/html",
        "source": {"content": text, "mediaType": "text/markdown"},
        "published": "2026-11-20T10:00:00.123456Z",
        "tag": [],
        "distinguished": False,
        "language": {"identifier": "fr", "name": "Français"},
        "audience": mills.id,
        "attachment": [],
    }
    peer.serve(f"/comment/{number}", said)
    return said


def inner(who: Someone, mills: Someone, kind: str, thing: object, number: int) -> dict[str, Any]:
    return {
        "id": f"{who.id.rpartition('/u/')[0]}/activities/{kind.lower()}/{number}",
        "actor": who.id,
        "to": [PUBLIC],
        "cc": [mills.id],
        "type": kind,
        "object": thing,
        "audience": mills.id,
    }


def announce(server: Server, mills: Someone, activity: dict[str, Any], number: int) -> str:
    """The community passes an activity on; its id, once it is handled."""
    wrapped: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{mills.id.rpartition('/c/')[0]}/activities/announce/{number}",
        "actor": mills.id,
        "to": [PUBLIC],
        "cc": [f"{mills.id}/followers"],
        "type": "Announce",
        "object": activity,
    }
    assert mills.post(f"{server.url}/inbox", wrapped) == 202
    wait_until(lambda: is_handled(server, wrapped["id"]), f"the Announce of a {activity['type']} was not handled")
    return str(wrapped["id"])


@pytest.mark.withstands("B05")
def test_what_a_community_passes_on_is_looked_up_and_understood(
    commune: Server, peer: Peer, mills: Someone, nadia: Someone, notice: str
) -> None:
    said = comment(peer, nadia, mills, notice, "Qui paie ?", 1)
    announce(commune, mills, inner(nadia, mills, "Create", said, 1), 1)
    assert is_heard(commune, said["id"])
    said = comment(peer, nadia, mills, notice, "Qui paiera ?", 1) | {"updated": "2026-11-21T10:00:00.5Z"}
    peer.serve("/comment/1", said)
    announce(commune, mills, inner(nadia, mills, "Update", said, 2), 2)
    kept = voice(commune, said["id"])
    assert kept is not None
    assert kept["content"].strip() == "<p>Qui paiera ?</p>"
    assert kept["author"] == nadia.id
    like = inner(nadia, mills, "Like", said["id"], 3)
    refused = announce(commune, mills, like, 3)  # nobody has it where it is said to have been done
    assert because(commune, refused).startswith("obj.missing")
    peer.serve("/activities/like/3", {"@context": CONTEXT, **like})
    announce(commune, mills, like, 4)
    assert reactions(commune, said["id"]) == [("Like", nadia.id)]
    still = announce(commune, mills, inner(nadia, mills, "Delete", said["id"], 6), 6)
    assert because(commune, still).startswith("announce.unverified")
    assert is_heard(commune, said["id"])


def test_a_community_follows_and_takes_it_back(commune: Server, peer: Peer, mills: Someone) -> None:
    follow = {
        "@context": CONTEXT,
        "actor": mills.id,
        "to": [f"{commune.url}/assembly"],
        "object": f"{commune.url}/assembly",
        "type": "Follow",
        "id": f"{peer.url}/activities/follow/1",
    }
    assert mills.post(f"{commune.url}/assembly/inbox", follow) == 202
    wait_until(lambda: any(one["type"] == "Accept" for one in peer.received), "the follow was not accepted")
    [accept] = [one for one in peer.received if one["type"] == "Accept"]
    assert accept["object"] == {key: follow[key] for key in ("id", "type", "actor", "object")}  # Lemmy wants it whole
    undo = {
        "@context": CONTEXT,
        "actor": mills.id,
        "to": [f"{commune.url}/assembly"],
        "object": {key: value for key, value in follow.items() if key != "@context"},
        "type": "Undo",
        "id": f"{peer.url}/activities/undo/1",
    }
    assert mills.post(f"{commune.url}/assembly/inbox", undo) == 202
    wait_until(lambda: not rows(commune, "SELECT 1 FROM followers WHERE follower = ?", mills.id), "still followed")


def test_we_follow_a_community_are_let_in_hear_what_is_gone_and_take_it_back(
    commune: Server, peer: Peer, mills: Someone, nadia: Someone, notice: str
) -> None:
    commune.command("outside", "follow", mills.id)
    wait_until(lambda: any(one["type"] == "Follow" for one in peer.received), "no Follow came")
    [asked] = [one for one in peer.received if one["type"] == "Follow"]
    assert (asked["object"], asked["to"]) == (mills.id, [mills.id])
    accept = {
        "@context": CONTEXT,
        "actor": mills.id,
        "to": [f"{commune.url}/assembly"],
        "object": {key: asked[key] for key in ("id", "type", "actor", "object", "to")},
        "type": "Accept",
        "id": f"{peer.url}/activities/accept/1",
    }
    assert mills.post(f"{commune.url}/assembly/inbox", accept) == 202
    where = "SELECT state FROM following WHERE followed = ?"
    wait_until(lambda: rows(commune, where, mills.id) == [{"state": "accepted"}], "the Accept changed nothing")
    said = comment(peer, nadia, mills, notice, "Qui paie ?", 2)
    like = inner(nadia, mills, "Like", said["id"], 23)
    peer.serve("/activities/like/23", {"@context": CONTEXT, **like})
    announce(commune, mills, inner(nadia, mills, "Create", said, 21), 21)
    announce(commune, mills, like, 23)
    assert reactions(commune, said["id"]) == [("Like", nadia.id)]
    for path, gone in (("/activities/like/23", like["id"]), ("/comment/2", said["id"])):
        peer.serve(path, {"@context": CONTEXT, "id": gone, "type": "Tombstone"})
    announce(commune, mills, inner(nadia, mills, "Undo", like, 24), 24)
    assert (reactions(commune, said["id"]), is_heard(commune, said["id"])) == ([], True)
    announce(commune, mills, inner(nadia, mills, "Delete", said["id"], 25), 25)
    assert not is_heard(commune, said["id"])
    commune.command("outside", "unfollow", mills.id)
    wait_until(lambda: any(one["type"] == "Undo" for one in peer.received), "no Undo came")
    [undo] = [one for one in peer.received if one["type"] == "Undo"]
    assert re.search("/assembly$", undo["actor"])
    assert undo["object"]["id"] == asked["id"]
