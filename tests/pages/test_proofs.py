"""What pages offer to whoever doubts: the proof as a file, how long a forum is silent, who answered from outside."""

from pathlib import Path

import pytest

from app import verifier
from app.operations.exchange import publishing
from app.operations.record import recording
from app.operations.record.sealing import load
from app.store import acts, deliveries, voices
from app.store.agenda import Kind
from app.store.database import Connection
from app.store.voices import Voice
from app.wiring import Instance
from tests.operations.cycle import PEOPLE, Played, forge, join, play
from tests.operations.neighbours import found_council, settle_down
from tests.pages.visits import browser, read, signed_in


@pytest.fixture(scope="module")
def deceived(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Played:
    """The cycle, and a second result that leaves Harbour out, as Riverside received it."""
    valley = settle_down(tmp_path_factory.mktemp("cycle"), sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    played = play(valley)
    valley["Riverside"].do(recording.record, forge(played, valley["Valley"], valley["Harbour"]), {}, None)
    return played


@pytest.mark.shows("B9")
@pytest.mark.withstands("F18")
def test_the_proof_of_two_results_is_one_file_that_is_counted_again_without_a_server(deceived: Played) -> None:
    stranger = browser(deceived.valley["Riverside"])
    board = stranger.get("/confederation").text
    [address] = {part.partition('"')[0] for part in board.split('href="') if part.startswith("/confederation/proof")}
    answer = stranger.get(address.replace("&amp;", "&"))
    assert answer.headers["content-type"] == "application/zip"
    found = verifier.verify_bundle(answer.content)
    assert found.exit_code == 1
    assert not found.bad_signatures
    [proposal] = [one for one in found.proposals if one.ref.id == deceived.proposal]
    assert proposal.count is not None
    assert not proposal.unclear
    assert not proposal.missing
    said = " ".join(found.lines())
    assert "Winter fuel: Adopted, same as Valley's first result." in said
    assert "Valley's second result" in said
    assert "is refuted by entry" in said


@pytest.mark.parametrize("of", ["", "nothing", "%00", "é", "https://riverside.example/assembly", "x" * 3000])
def test_there_is_no_proof_about_what_is_no_proposal(deceived: Played, of: str) -> None:
    assert browser(deceived.valley["Riverside"]).get(f"/confederation/proof?of={of}").status_code == 404


@pytest.mark.shows("G8")
def test_the_board_says_how_long_the_council_has_not_answered(deceived: Played) -> None:
    place = deceived.valley["Harbour"]
    assert "has not answered" not in read(browser(place), "/confederation")
    council = deceived.valley["Valley"]
    place.do(lambda c, i: publishing.send(c, i, "Create", i.assembly, {"id": "x"}, [council.assembly]))
    place.do(_fail, council.instance.url.removeprefix("https://"))
    place.clock.tick(seconds=39)
    said = read(browser(place), "/confederation")
    assert "Valley has not answered for 40 s. Counted here from what the assemblies signed." in said
    place.clock.tick(minutes=12)
    assert "Valley has not answered for 12 min." in read(browser(place), "/confederation")
    assert "Binding: 3 of 3." in said


def test_answers_from_outside_stand_under_the_proposal_and_its_entries_harmless_and_marked(deceived: Played) -> None:
    place = deceived.valley["Harbour"]
    place.do(_hear, deceived.proposal)
    item = place.item(Kind.ANSWER, "Winter fuel")
    member = signed_in(place, "Kim")
    for client, path in ((member, f"/proposals/{item.id}"), (browser(place), _answer_of(deceived))):
        page = client.get(path).text
        assert "<script" not in page
        assert "onclick" not in page
        assert "Good luck from the coast" in page
        said = read(client, path)
        assert "@maya@social.example from outside, no vote" in said
        assert "for my eyes only" not in said
    assert "Binding: 3 of 3." in read(browser(place), "/confederation")


def _fail(connection: Connection, instance: Instance, host: str) -> None:
    """The first delivery to a host is tried and not taken."""
    now = int(instance.now().timestamp())
    deliveries.address(connection, now)
    [first] = [one for one in deliveries.claim(connection, now, 100, suspects=False, lease=60) if one.host == host]
    failed = deliveries.Postponed(first, "nobody answers", now + 5, 0, 0, answered=False)
    deliveries.settle(connection, [failed], now)


def _hear(connection: Connection, instance: Instance, proposal_id: str) -> None:
    act = acts.by_id(connection, proposal_id)
    assert act is not None
    dossier = publishing.dossier_of(connection, instance, load(act))
    said = "<p onclick='x()'>Good luck from the coast<script>alert(1)</script></p>"
    for number, (content, visibility) in enumerate(((said, 3), ("<p>for my eyes only</p>", 0))):
        voice = f"https://social.example/posts/{number}"
        voices.hear(
            connection, Voice(voice, "https://social.example/maya", content, 1, voice, dossier, visibility=visibility)
        )


def _answer_of(deceived: Played) -> str:
    """The page of the entry by which Harbour answered."""
    place = deceived.valley["Harbour"]
    answered = place.read(lambda c: acts.of_type(c, "gov:Ratification", author=place.assembly))
    [answer] = [act for act in answered if load(act)["gov:proposal"]["id"] == deceived.proposal]
    return f"/acts/{answer.id.rpartition('/')[2]}"
