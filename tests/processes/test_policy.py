"""Blocks and allowed servers, at a running server: whom it hears, whom it answers, and what fellows keep."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.federation.keys import RsaSigner
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
@pytest.mark.parametrize("suspended", ["who signs", "whose key it is"])
def test_neither_who_lives_at_a_suspended_server_nor_a_key_that_lies_there_opens_anything(
    commune: Server, there: Peer, suspended: str
) -> None:
    ally = Peer()
    try:
        home, lender = (there, ally) if suspended == "who signs" else (ally, there)
        someone, key_id = Someone(f"{home.url}/borrower"), f"{lender.url}/key-7"
        someone.http = RsaSigner(key_id, someone.http.key)
        listed = {"id": key_id, "owner": someone.id, "publicKeyPem": someone.http.public_pem()}
        lender.serve("/key-7", {"type": "Key", **listed})
        home.serve("/borrower", someone.document("Person") | {"publicKey": listed})
        signed_only = f"{commune.url}/assembly/followers_synchronization"
        before = followers(commune)
        assert follow(commune, someone, 1) == 202
        wait_until(lambda: followers(commune) == before + 1, "the follow was not handled")
        assert someone.get(signed_only)[0] == 200
        commune.command("block", domain(there), "--reason", "They shout.")
        wait_until(lambda: follow(commune, someone, 2) == 403, "a borrowed key opens the door")
        assert someone.get(signed_only)[0] == 403
    finally:
        ally.close()


@pytest.mark.withstands("B27")
@pytest.mark.parametrize("form", ["LOCALHOST:{}", " LocalHost:{} "])
def test_a_block_holds_in_whatever_form_the_name_is_written(commune: Server, there: Peer, form: str) -> None:
    port = there.url.rpartition(":")[2]
    someone = Someone(f"http://localhost:{port}/carol")
    there.serve("/carol", someone.document("Person"))
    assert follow(commune, someone, 1) == 202
    commune.command("block", form.format(port), "--reason", "They shout.")
    wait_until(lambda: follow(commune, someone, 2) == 403, "a suspended server is heard")
    assert follow(commune, there.actor("alice"), 1) == 202, "another name is another server"


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
