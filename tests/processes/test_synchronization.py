"""Two servers that disagree about who follows whom find out and agree (FEP-8fcf), over real HTTP."""

import json
from functools import partial
from typing import Any

from app.federation.synchronization import Synchronization, parse, partial_digest, render
from tests.processes.servers import Peer, Server, Someone, request, wait_until


def said_of(mei: Someone, digest: str) -> dict[str, str]:
    return {"Collection-Synchronization": render(Synchronization(f"{mei.id}/followers", f"{mei.id}/sync", digest))}


def say(server: Server, mei: Someone, name: str, digest: str) -> None:
    """Post something of no consequence, with what mei's server thinks of who follows her here."""
    activity = {"id": f"{mei.id}/likes/{name}", "type": "Like", "actor": mei.id, "object": f"{mei.id}/1"}
    body = json.dumps(activity).encode()
    headers = {**mei.signed(f"{server.url}/inbox", body), **said_of(mei, digest)}
    assert request("POST", f"{server.url}/inbox", headers, body)[0] == 202


def following(server: Server) -> int:
    return int(json.loads(server.get("/assembly/following")[1])["totalItems"])


def follows(server: Server, count: int) -> bool:
    return following(server) == count


def received(peer: Peer, kind: str) -> list[dict[str, Any]]:
    return [one for one in peer.received if one["type"] == kind]


def test_a_follow_that_the_other_side_does_not_know_is_settled_both_ways(commune: Server, peer: Peer) -> None:
    mei, me = peer.actor("synced-mei"), f"{commune.url}/assembly"
    say(commune, mei, "first", partial_digest([me]))  # she thinks that we follow
    wait_until(lambda: received(peer, "Undo") != [], "we did not say that we do not follow")
    assert received(peer, "Undo")[0]["object"]["object"] == mei.id
    commune.command("outside", "follow", mei.id)
    wait_until(lambda: received(peer, "Follow") != [], "no Follow came")
    assert following(commune) == 0
    say(commune, mei, "second", partial_digest([me]))  # her Accept was lost
    wait_until(partial(follows, commune, 1), "the lost Accept was not made up for")
    say(commune, mei, "strange", partial_digest([f"{commune.url}/people/nobody"]))
    say(commune, mei, "third", partial_digest([]))  # and now she has let us go
    wait_until(partial(follows, commune, 0), "what she let go of was kept")


def test_a_server_is_told_and_shown_which_of_its_people_follow(commune: Server, peer: Peer) -> None:
    bo, stranger = peer.actor("synced-bo"), Peer()
    far = stranger.actor("far")
    follow = {"id": f"{bo.id}/follows/1", "type": "Follow", "actor": bo.id, "object": f"{commune.url}/assembly"}
    assert bo.post(f"{commune.url}/inbox", follow) == 202
    wait_until(lambda: any(header is not None for header in peer.told), "no digest came along")
    said = next(parse(header) for header in peer.told if header is not None)
    assert said is not None
    assert (said.collection, said.digest) == (f"{commune.url}/assembly/followers", partial_digest([bo.id]))
    status, body = bo.get(said.url)
    assert (status, json.loads(body)["orderedItems"]) == (200, [bo.id])
    assert json.loads(far.get(said.url)[1])["orderedItems"] == []
    assert commune.get("/assembly/followers_synchronization")[0] == 401
    stranger.close()
