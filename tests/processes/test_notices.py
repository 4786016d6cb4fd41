"""What an ordinary fediverse server sees that follows an assembly: plain posts in whole sentences."""

from pathlib import Path

from tests.processes.servers import Peer, Server, running, wait_until


def test_a_follower_that_reads_no_acts_gets_a_readable_note_for_each(tmp_path: Path, peer: Peer) -> None:
    server = Server("Hill", tmp_path / "data")
    server.make("Ana", "Bo", "Cy")
    ordinary = peer.actor("ordinary")
    document = ordinary.document("Person")
    del document["generator"]  # as every other software: it does not say that it reads acts
    peer.serve("/ordinary", document)
    with running(server):
        follow = {
            "id": f"{ordinary.id}/follows/1",
            "type": "Follow",
            "actor": ordinary.id,
            "object": f"{server.url}/assembly",
        }
        assert ordinary.post(f"{server.url}/inbox", follow) == 202
        wait_until(lambda: any(item["type"] == "Accept" for item in peer.received), "the follow was not accepted")
        server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
        wait_until(lambda: sum(item["type"] == "Create" for item in peer.received) >= 3, "fewer posts than acts")
    posts = [item["object"] for item in peer.received if item["type"] == "Create"]
    assert {post["type"] for post in posts} == {"Note"}
    assert all(post["attributedTo"] == f"{server.url}/assembly" for post in posts)
    said = " ".join(post["content"] for post in posts)
    assert "Hill has adopted its rules." in said
    assert "3 of 3 took part: 3 agreed." in said
