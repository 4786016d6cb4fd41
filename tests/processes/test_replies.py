"""A member answers a voice from outside, through the page of a real server, and the author's server gets it."""

import json
import re
from itertools import count

import pytest

from tests.processes.browsing import Browser, refusal_of, signed_in
from tests.processes.servers import Peer, Server, wait_until
from tests.processes.voices import does, is_handled, note, rows

_numbers = count()


@pytest.fixture
def ana(commune: Server) -> Browser:
    return signed_in(commune, "Ana")


def proposal(browser: Browser) -> tuple[str, str]:
    """The path of a new proposal's page, and the post about it."""
    title = f"Common fuel {next(_numbers)}"
    fields = {"title": title, "text": "We buy together.", "category": "policy"}
    page = browser.send("/proposals/new", browser.get("/proposals/new"), **fields)
    found = re.search(r'action="(/proposals/[0-9A-Z]{26})/', page)
    assert found is not None

    def notices() -> list[str]:
        items = json.loads(browser.server.get("/assembly/outbox?page=1")[1])["orderedItems"]
        return [item["object"]["id"] for item in items if title in str(item["object"].get("content"))]

    wait_until(lambda: bool(notices()), "nothing was posted about it")
    return found[1], notices()[0]


def test_a_member_answers_a_voice_from_outside_and_takes_it_back(commune: Server, peer: Peer, ana: Browser) -> None:
    path, notice = proposal(ana)
    ben = peer.actor("ben-of-outside")
    said = note(ben, notice, "<p>And who <b>pays</b>?</p>")
    asked = does(ben, "Create", said)
    assert ben.post(f"{commune.url}/inbox", asked) == 202
    wait_until(lambda: is_handled(commune, asked["id"]), "the voice was not heard")
    page = ana.get(path)
    assert "And who <b>pays</b>?" in page
    assert "from outside" in page
    assert f"@ben-of-outside@127.0.0.1:{peer.url.rpartition(':')[2]}" in page

    page = ana.send(f"{path}/answer", page, voice=said["id"], text="Each by <b>head</b>.\n\nAsk Bo.")
    assert "one of us" in page
    assert "Each by &lt;b&gt;head&lt;/b&gt;." in page
    wait_until(lambda: any(item["type"] == "Create" for item in peer.received), "no answer came")
    sent = next(item for item in peer.received if item["type"] == "Create")
    answer = sent["object"]
    person = f"{commune.url}/people/ana"
    assert (sent["actor"], answer["attributedTo"], answer["inReplyTo"]) == (person, person, said["id"])
    assert answer["tag"] == [{"type": "Mention", "href": ben.id, "name": f"@ben-of-outside@{ben.id.split('/')[2]}"}]
    assert ben.id in answer["cc"]
    assert "name" not in answer
    there = json.loads(commune.get(answer["id"].removeprefix(commune.url))[1])
    assert there == answer
    actor = json.loads(commune.get("/people/ana")[1])
    assert (actor["type"], actor["id"]) == ("Person", person)

    deeper = note(ben, answer["id"], "<p>Fine by me</p>")
    again = does(ben, "Create", deeper)
    assert ben.post(f"{commune.url}/people/ana/inbox", again) == 202
    wait_until(lambda: is_handled(commune, again["id"]), "the answer to the answer was not heard")
    page = ana.get(path)
    assert "Fine by me" in page

    ana.send(f"{path}/take-back", page, voice=answer["id"])
    assert "Each by" not in ana.get(path)
    address = answer["id"].removeprefix(commune.url)
    wait_until(lambda: commune.get(address)[0] == 410, "it is still there")
    assert json.loads(commune.get(address)[1])["type"] == "Tombstone"
    wait_until(lambda: any(item["type"] == "Delete" for item in peer.received), "the author was not told")


def test_an_answer_needs_a_voice_that_is_here_and_words(commune: Server, peer: Peer, ana: Browser) -> None:
    path, notice = proposal(ana)
    cleo = peer.actor("cleo-of-outside")
    secret = note(cleo, notice, "<p>for you alone</p>", to=[f"{commune.url}/assembly"], cc=[])
    asked = does(cleo, "Create", secret)
    assert cleo.post(f"{commune.url}/inbox", asked) == 202
    wait_until(lambda: is_handled(commune, asked["id"]), "it was not handled")
    page = ana.get(path)
    assert "for you alone" not in page
    before = len(rows(commune, "SELECT id FROM voices"))
    for fields, status in (
        ({"voice": secret["id"], "text": "x"}, 404),
        ({"voice": "https://elsewhere.example/1", "text": "x"}, 404),
        ({"voice": "", "text": ""}, 404),
    ):
        assert refusal_of(ana.send, f"{path}/answer", page, **fields)[0] == status
    assert len(rows(commune, "SELECT id FROM voices")) == before


@pytest.mark.withstands("B25")
@pytest.mark.withstands("B26")
@pytest.mark.withstands("B35")
def test_a_voice_in_the_mask_of_another_is_shown_with_where_it_is_from(
    commune: Server, peer: Peer, ana: Browser
) -> None:
    path, notice = proposal(ana)
    masked = peer.actor("masked")
    mask = {"name": "An\u0430\u202e", "preferredUsername": "ana", "webfinger": f"ana@{commune.url.split('/')[2]}"}
    peer.serve("/masked", masked.document("Person") | mask)
    asked = does(masked, "Create", note(masked, notice, name="pay\u202eton"))
    assert masked.post(f"{commune.url}/inbox", asked) == 202
    wait_until(lambda: is_handled(commune, asked["id"]), "the voice was not heard")
    page = ana.get(path)
    assert f"@ana@{peer.url.split('/')[2]}" in page
    assert "mixes letters of different alphabets" in page
    assert "payton" in page
    assert "\u202e" not in page


@pytest.mark.withstands("G14")
def test_what_a_server_said_that_we_keep_away_from_is_folded_or_not_shown(commune: Server, ana: Browser) -> None:
    path, notice = proposal(ana)
    far = Peer()
    try:
        dan = far.actor("dan")
        asked = does(dan, "Create", note(dan, notice, "<p>far-canary</p>"))
        assert dan.post(f"{commune.url}/inbox", asked) == 202
        wait_until(lambda: is_handled(commune, asked["id"]), "the voice was not heard")
        assert "far-canary" in ana.get(path)
        host = far.url.split("/")[2]
        commune.command("block", host, "--level", "limit", "--reason", "too loud")
        assert "keeps a distance" in ana.get(path)
        commune.command("block", host, "--level", "silence", "--reason", "too loud")
        assert "far-canary" not in ana.get(path)
    finally:
        far.close()


def test_a_complaint_of_another_server_is_seen_by_caretakers_alone(commune: Server, peer: Peer, ana: Browser) -> None:
    path, notice = proposal(ana)
    eli = peer.actor("eli")
    flag = does(eli, "Flag", [notice], content="complaint-canary")
    assert eli.post(f"{commune.url}/inbox", flag) == 202
    wait_until(lambda: is_handled(commune, flag["id"]), "the complaint was not handled")
    assert "complaint-canary" in ana.get("/caretakers")
    cy = signed_in(commune, "Cy")
    assert "What caretakers did" in cy.get("/caretakers")
    assert "complaint-canary" not in cy.get("/caretakers") + cy.get(path)
