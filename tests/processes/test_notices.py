"""What an ordinary fediverse server sees that follows an assembly: plain posts in whole sentences."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tests.processes.asking import follow, inbox
from tests.processes.servers import Peer, Server, running, wait_until
from tests.processes.voices import rows


def test_a_follower_that_reads_no_acts_gets_a_readable_note_for_each(tmp_path: Path, peer: Peer) -> None:
    server = Server("Hill", tmp_path / "data")
    server.make("Ana", "Bo", "Cy")
    ordinary = peer.actor("ordinary")
    document = ordinary.document("Person")
    del document["generator"]  # as every other software: it does not say that it reads acts
    peer.serve("/ordinary", document)
    with running(server):
        assert ordinary.post(inbox(server), follow(ordinary.id, server)) == 202
        wait_until(lambda: any(item["type"] == "Accept" for item in peer.received), "the follow was not accepted")
        server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
        wait_until(lambda: sum(item["type"] == "Create" for item in peer.received) >= 3, "fewer posts than acts")
    posts = [item["object"] for item in peer.received if item["type"] == "Create"]
    assert {post["type"] for post in posts} == {"Note"}
    assert all(post["attributedTo"] == f"{server.url}/assembly" for post in posts)
    said = " ".join(post["content"] for post in posts)
    assert "Hill has adopted its rules." in said
    assert "3 of 3 took part: 3 agreed." in said


def test_what_a_server_refuses_for_good_is_given_up_and_a_caretaker_sees_it(tmp_path: Path, peer: Peer) -> None:
    server, strict = Server("Hill", tmp_path / "data"), peer.actor("strict")
    asked: list[bytes] = []

    def refuse(_: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        asked.append(body)
        return 403, {}, b""

    peer.judges["/strict/inbox"] = refuse
    peer.serve("/strict", {**strict.document("Person"), "endpoints": {}})
    server.make()
    with running(server):
        for _ in range(2):
            assert strict.post(inbox(server), follow(strict.id, server)) == 202
        wait_until(lambda: rows(server, "SELECT given_up FROM hosts") == [{"given_up": 2}], "nothing was given up")
        host = urlsplit(strict.id).netloc
        because = f"net.status: {host} answered 403"
        assert f"{host}: 0 waiting, 2 given up ({because})\n" in server.command("queue")
    assert len(asked) == 2  # each was tried once
