"""A server that is not ours, on a library that is not ours, follows an assembly, hears from it and talks to it."""

import json
from typing import Any

import pytest

from tests.peers.conftest import Fedify
from tests.processes.servers import Server, wait_until
from tests.processes.voices import is_heard, notice_of, reactions

ACTORS = ("plain", "reader")


def followers(server: Server) -> int:
    found: int = json.loads(server.get("/assembly/followers")[1])["totalItems"]
    return found


def got(fedify: Fedify, kind: str, thing: str | None = None) -> list[dict[str, Any]]:
    """What reached the independent server of one type of activity, and of one type of object."""
    found = [one for one in fedify.received() if one["activity"]["type"] == kind]
    return [one for one in found if thing is None or one["activity"]["object"]["type"] == thing]


@pytest.fixture(scope="module")
def followed(fedify: Fedify, gathering: Server) -> Server:
    """The gathering, followed by both actors of the independent server."""
    for who in ACTORS:
        fedify.send(who, "Follow", gathering, object=f"{gathering.url}/assembly")
    wait_until(lambda: len(got(fedify, "Accept")) == len(ACTORS), "the follows were not accepted")
    return gathering


@pytest.fixture(scope="module")
def founded(fedify: Fedify, followed: Server) -> Server:
    """The same, founded, and its first acts delivered."""
    followed.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    wait_until(lambda: bool(got(fedify, "Create", "gov:Charter")), "no act came")
    wait_until(lambda: len(got(fedify, "Create", "Note")) >= 3, "fewer posts than acts")
    return followed


def test_a_follow_signed_its_way_is_accepted_by_a_signature_that_it_finds_good(
    fedify: Fedify, followed: Server
) -> None:
    accepted = got(fedify, "Accept")
    assert {one["activity"]["object"]["actor"] for one in accepted} == {fedify.actor(who) for who in ACTORS}
    assert {one["signer"] for one in accepted} == {f"{followed.url}/assembly"}
    assert {one["scheme"] for one in accepted} == {"rfc9421"}  # as it signed to us
    assert followers(followed) == len(ACTORS)


def test_who_reads_acts_gets_them_with_proofs_that_it_finds_good(fedify: Fedify, founded: Server) -> None:
    assembly = f"{founded.url}/assembly"
    acts = [one for one in got(fedify, "Create") if one["activity"]["object"]["type"].startswith("gov:")]
    assert {one["activity"]["object"]["type"] for one in acts} >= {"gov:KeyEvent", "gov:Decision", "gov:Charter"}
    for one in acts:
        assert one["signer"] == assembly
        assert one["proofs"] == [{"type": one["activity"]["object"]["type"], "by": assembly}]
        assert one["activity"]["object"]["attributedTo"] == assembly


def test_everybody_else_gets_plain_posts_with_proofs_that_it_finds_good(fedify: Fedify, founded: Server) -> None:
    assembly = f"{founded.url}/assembly"
    posts = got(fedify, "Create", "Note")
    for one in posts:
        assert one["signer"] == assembly
        assert one["proofs"] == [{"type": "Note", "by": assembly}]
    said = " ".join(one["activity"]["object"]["content"] for one in posts)
    assert "Riverside has adopted its rules." in said


def test_its_answer_like_and_share_are_kept_and_what_it_deletes_is_gone(fedify: Fedify, founded: Server) -> None:
    notice, plain = notice_of(founded), fedify.actor("plain")
    said = f"{fedify.url}/notes/1"
    fedify.send("plain", "Create", founded, object=notice, note=said, content="<p>Who pays?</p>")
    wait_until(lambda: is_heard(founded, said), "the answer was not heard")
    fedify.send("plain", "Like", founded, object=notice)
    fedify.send("plain", "Announce", founded, object=notice)
    wait_until(lambda: len(reactions(founded, notice)) == 2, "the like and the share were not kept")
    assert sorted(reactions(founded, notice)) == [("Announce", plain), ("Like", plain)]
    fedify.send("plain", "Delete", founded, note=said)
    wait_until(lambda: not is_heard(founded, said), "what was deleted is still there")


def test_a_server_that_reads_only_the_older_scheme_gets_that(fedify: Fedify, founded: Server) -> None:
    follow, before = f"{fedify.url}/activities/again", len(got(fedify, "Accept"))
    assembly = f"{founded.url}/assembly"
    fedify.send("plain", "Undo", founded, undone=follow, object=assembly)
    wait_until(lambda: followers(founded) == 1, "the follow was not undone")
    fedify.take("cavage")
    try:
        fedify.send("plain", "Follow", founded, object=assembly)
        wait_until(lambda: len(got(fedify, "Accept")) > before, "no Accept came in the older way")
        last = got(fedify, "Accept")[-1]
        assert (last["scheme"], last["signer"]) == ("cavage", assembly)
    finally:
        fedify.take("both")
