"""Blocks and allowed servers, at a running server: whom it hears, whom it answers, and what fellows keep."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.servers import Peer, Server, Someone, running, wait_until


@pytest.fixture
def there() -> Iterator[Peer]:
    other = Peer()
    yield other
    other.close()


def domain(peer: Peer) -> str:
    return peer.url.removeprefix("http://")


def follow(commune: Server, someone: Someone, number: int) -> int:
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{someone.id}/follows/{number}",
        "type": "Follow",
        "actor": someone.id,
        "object": f"{commune.url}/assembly",
    }
    return someone.post(f"{commune.url}/inbox", activity)


def followers(commune: Server) -> int:
    found: int = json.loads(commune.get("/assembly/followers")[1])["totalItems"]
    return found


def test_who_is_suspended_is_refused_from_the_next_second_and_who_is_allowed_again_is_heard(
    commune: Server, there: Peer
) -> None:
    alice = there.actor("alice")
    before = followers(commune)
    assert follow(commune, alice, 1) == 202
    wait_until(lambda: followers(commune) == before + 1, "the follow was not handled")
    commune.command("block", domain(there), "--reason", "They shout.")
    wait_until(lambda: follow(commune, alice, 2) == 403, "a suspended server is heard")
    assert followers(commune) == before
    asked = len(there.asked)
    assert follow(commune, there.actor("carol"), 1) == 403
    assert len(there.asked) == asked, "a suspended server is asked for keys"
    commune.command("allow", domain(there), "--reason", "They stopped.")
    wait_until(lambda: follow(commune, alice, 3) == 202, "an allowed server is not heard")


@pytest.mark.withstands("A33")
def test_a_key_that_lies_at_a_suspended_server_opens_nothing(commune: Server, there: Peer) -> None:
    ally = Peer()
    try:
        before = followers(commune)
        commune.command("block", domain(there), "--reason", "They shout.")
        lender, borrower = ally.actor("lender"), there.actor("borrower")
        borrower.http = lender.http  # an ally's key, used for a blocked actor
        wait_until(lambda: follow(commune, borrower, 1) in {401, 403}, "a borrowed key opened the door")
        assert followers(commune) == before
    finally:
        ally.close()


@pytest.mark.withstands("H07")
def test_a_shared_list_decides_nothing_by_itself(commune: Server, there: Peer, tmp_path: Path) -> None:
    shared = tmp_path / "list.csv"
    shared.write_text(f"#domain,#severity,#public_comment\n{domain(there)},suspend,spam\nother.example,silence,loud\n")
    said = commune.command("block", "--import", str(shared))
    assert said.startswith("2 drafts.")
    assert follow(commune, there.actor("alice"), 1) == 202
    assert f"{domain(there)}: suspend (draft): spam" in commune.command("block", "--list")
    commune.command("block", "other.example", "--level", "silence", "--reason", "We talked about it.")
    exported = tmp_path / "ours.csv"
    commune.command("block", "--export", str(exported))
    rows = exported.read_text().splitlines()
    assert rows[0] == "#domain,#severity,#public_comment"
    assert "other.example,silence,We talked about it." in rows
    assert not any(row.startswith(domain(there)) for row in rows)


def test_where_only_allowed_servers_are_talked_to_a_stranger_is_not_even_looked_up(tmp_path: Path, there: Peer) -> None:
    server = Server("Hill", tmp_path / "data", settings={"ROUNDABOUT_FEDERATION": "allowlist"})
    server.make("Ana", "Bo")
    with running(server):
        alice = there.actor("alice")
        assert follow(server, alice, 1) == 403
        assert there.asked == []
        server.command("allow", domain(there), "--reason", "We know them.")
        wait_until(lambda: follow(server, alice, 2) == 202, "an allowed server is not heard")
