"""Conversations on a real server: voices from outside, in whatever order they come, looked up with bounds."""

from typing import Any

import pytest

from tests.processes.servers import Peer, Server, Someone, wait_until
from tests.processes.voices import (
    because,
    does,
    is_handled,
    is_heard,
    note,
    notice_of,
    reactions,
    rows,
    voice,
)


@pytest.fixture(scope="module")
def ann(peer: Peer) -> Someone:
    return peer.actor("ann")


@pytest.fixture(scope="module")
def notice(commune: Server) -> str:
    return notice_of(commune)


def send(server: Server, who: Someone, activity: dict[str, Any]) -> str:
    """Post an activity and wait until it is handled; its id."""
    assert who.post(f"{server.url}/inbox", activity) == 202
    wait_until(lambda: is_handled(server, activity["id"]), f"{activity['type']} was not handled")
    return str(activity["id"])


def path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_an_answer_to_a_post_of_ours_is_a_voice_from_outside(commune: Server, ann: Someone, notice: str) -> None:
    said = note(ann, notice, '<p>Who <a href="https://evil.example">bank.example</a><script>x</script> pays?</p>')
    send(commune, ann, does(ann, "Create", said))
    kept = voice(commune, said["id"])
    assert kept is not None
    assert kept["author"] == ann.id
    assert kept["account"] is None
    assert kept["content"] == (
        '<p>Who <a href="https://evil.example" rel="nofollow noopener">bank.example</a> [evil.example] pays?</p>'
    )


def test_an_answer_to_an_answer_belongs_to_the_same_conversation(
    commune: Server, peer: Peer, ann: Someone, notice: str
) -> None:
    first = note(ann, notice)
    send(commune, ann, does(ann, "Create", first))
    ben = peer.actor("ben")
    second = note(ben, first["id"])
    send(commune, ben, does(ben, "Create", second))
    ours, theirs = voice(commune, first["id"]), voice(commune, second["id"])
    assert ours is not None
    assert theirs is not None
    assert ours["dossier"] == theirs["dossier"]


def test_what_lies_between_is_fetched_from_where_it_lives(commune: Server, peer: Peer, notice: str) -> None:
    cleo = peer.actor("cleo")
    chain = [note(cleo, notice)]
    for _ in range(4):
        chain.append(note(cleo, chain[-1]["id"]))
    for said in chain[:-1]:
        peer.serve(path(said["id"]), said)
    send(commune, cleo, does(cleo, "Create", chain[-1]))
    wait_until(lambda: all(is_heard(commune, said["id"]) for said in chain), "the posts between are not here")


def serve_list(peer: Peer, address: str, items: list[str], pages: int) -> None:
    """A list of answers, in pages that each name the next; the last one names the first again."""
    peer.serve(address, {"id": peer.url + address, "type": "Collection", "first": f"{peer.url}{address}-0"})
    for page in range(pages):
        here, after = f"{peer.url}{address}-{page}", f"{peer.url}{address}-{(page + 1) % pages}"
        listed = items[page :: pages or 1]
        peer.serve(f"{address}-{page}", {"id": here, "type": "CollectionPage", "next": after, "items": listed})


@pytest.mark.withstands("D05")
def test_what_else_was_answered_there_is_looked_up_page_by_page_and_not_for_ever(commune: Server, notice: str) -> None:
    there = Peer()
    try:
        ida = there.actor("ida")
        above = note(ida, notice, replies=f"{there.url}/ida/replies")
        beside = [note(ida, above["id"]) for _ in range(3)]
        elsewhere = note(ida, "https://elsewhere.example/1")
        for said in (above, *beside, elsewhere):
            there.serve(path(said["id"]), said)
        ids = [said["id"] for said in (*beside, elsewhere)]
        serve_list(there, "/ida/replies", [*ids, *("https://x.example/1" for _ in range(60))], pages=40)
        send(commune, ida, does(ida, "Create", note(ida, above["id"])))
        assert all(is_heard(commune, said["id"]) for said in (above, *beside))
        assert not is_heard(commune, elsewhere["id"])
        assert sum("/replies" in asked for asked in there.asked) == 11  # the list and ten pages
    finally:
        there.close()


@pytest.mark.withstands("D07")
def test_no_more_than_twenty_answers_above_are_looked_up(commune: Server, notice: str) -> None:
    far = Peer()
    try:
        dora = far.actor("dora")
        chain = [note(dora, notice)]
        for _ in range(25):
            chain.append(note(dora, chain[-1]["id"]))
            far.serve(path(chain[-2]["id"]), chain[-2])
        activity = does(dora, "Create", chain[-1])
        send(commune, dora, activity)
        assert because(commune, activity["id"]).startswith("voice.elsewhere")
        assert sum("/notes/" in asked for asked in far.asked) == 20
    finally:
        far.close()


@pytest.mark.withstands("D07")
def test_no_more_than_a_hundred_look_ups_are_made_in_an_hour_on_the_word_of_one_server(commune: Server) -> None:
    swarm = Peer()
    try:
        eve = swarm.actor("eve")
        for _ in range(7):  # seven threads of twenty: forty more than are allowed
            chain = [note(eve, f"{swarm.url}/endless")]
            for _ in range(21):
                chain.append(note(eve, chain[-1]["id"]))
                swarm.serve(path(chain[-2]["id"]), chain[-2])
            send(commune, eve, does(eve, "Create", chain[-1]))
        assert sum("/notes/" in asked or "/endless" in asked for asked in swarm.asked) <= 100
        assert rows(commune, "SELECT 1 FROM parked WHERE because LIKE 'lookup.spent%'")
    finally:
        swarm.close()


@pytest.mark.withstands("B01")
@pytest.mark.withstands("B04")
def test_a_post_between_that_is_in_the_name_of_another_is_not_believed(
    commune: Server, peer: Peer, ann: Someone, notice: str
) -> None:
    liar = Peer()
    try:
        mallory = liar.actor("mallory")
        forged = note(mallory, notice) | {"attributedTo": ann.id}
        liar.serve(path(forged["id"]), forged)
        under = does(mallory, "Create", note(mallory, forged["id"]))
        send(commune, mallory, under)
        assert because(commune, under["id"]).startswith("owner.mismatch")
        elsewhere = note(mallory, notice) | {"id": f"{peer.url}/notes/forged", "attributedTo": ann.id}
        liar.serve("/notes/forged", elsewhere)
        under = does(mallory, "Create", note(mallory, f"{liar.url}/notes/forged"))
        send(commune, mallory, under)
        assert because(commune, under["id"]).startswith("obj.origin")
        assert not is_heard(commune, forged["id"])
        assert not is_heard(commune, elsewhere["id"])
    finally:
        liar.close()


@pytest.mark.withstands("E09")
def test_an_answer_waits_for_what_it_answers_and_is_heard_when_that_comes(
    commune: Server, ann: Someone, notice: str
) -> None:
    away = Peer()
    fay = away.actor("fay")
    above = note(fay, notice)
    away.close()  # nobody answers there now
    peer_answer = note(ann, above["id"])
    send(commune, ann, does(ann, "Create", peer_answer))
    assert not is_heard(commune, peer_answer["id"])
    assert rows(commune, "SELECT premise FROM parked WHERE premise = ?", above["id"])
    back = Peer(int(away.url.rpartition(":")[2]))
    try:
        back.serve("/fay", fay.document("Person"))
        send(commune, fay, does(fay, "Create", above))
        wait_until(lambda: is_heard(commune, peer_answer["id"]), "what waited was not taken up")
        assert rows(commune, "SELECT premise FROM parked WHERE premise = ?", above["id"]) == []
    finally:
        back.close()


@pytest.mark.withstands("E09")
def test_a_deletion_that_comes_first_keeps_away_what_comes_after(commune: Server, ann: Someone, notice: str) -> None:
    said = note(ann, notice)
    send(commune, ann, does(ann, "Delete", {"id": said["id"], "type": "Tombstone"}))
    send(commune, ann, does(ann, "Create", said))
    assert not is_heard(commune, said["id"])


@pytest.mark.withstands("E09")
def test_an_undone_like_that_comes_late_does_not_come_back(commune: Server, ann: Someone, notice: str) -> None:
    like = does(ann, "Like", notice)
    send(commune, ann, does(ann, "Undo", like))
    send(commune, ann, like)
    assert ("Like", ann.id) not in reactions(commune, notice)


@pytest.mark.withstands("B33")
@pytest.mark.withstands("E09")
@pytest.mark.parametrize("first", ["Create", "Update"])
def test_a_newer_version_takes_its_place_and_is_for_no_more_people_in_whatever_order(
    commune: Server, ann: Someone, notice: str, first: str
) -> None:
    private = note(ann, notice, "<p>for you alone</p>", to=[f"{commune.url}/assembly"], cc=[])
    public = private | {"to": note(ann, notice)["to"], "content": "<p>for all</p>", "updated": "2026-11-21T10:00:00Z"}
    both = [does(ann, "Create", private), does(ann, "Update", public)]
    for activity in both if first == "Create" else reversed(both):
        send(commune, ann, activity)
    kept = voice(commune, private["id"])
    assert kept is not None
    assert (kept["visibility"], kept["content"]) == (0, "")


def test_a_newer_version_is_shown_and_an_older_one_that_comes_late_is_not(
    commune: Server, ann: Someone, notice: str
) -> None:
    said = note(ann, notice)
    newer = said | {"content": "<p>two</p>", "updated": "2026-11-22T10:00:00Z"}
    older = said | {"content": "<p>one</p>", "updated": "2026-11-21T10:00:00Z"}
    for activity in (does(ann, "Update", newer), does(ann, "Create", said), does(ann, "Update", older)):
        send(commune, ann, activity)
    kept = voice(commune, said["id"])
    assert kept is not None
    assert kept["content"] == "<p>two</p>"


def test_likes_and_shares_are_counted_once_and_taken_back(commune: Server, ann: Someone, notice: str) -> None:
    said = note(ann, notice)
    send(commune, ann, does(ann, "Create", said))
    like, share = does(ann, "Like", said["id"]), does(ann, "Announce", said["id"])
    for activity in (like, share, does(ann, "Like", said["id"])):
        send(commune, ann, activity)
    assert sorted(reactions(commune, said["id"])) == [("Announce", ann.id), ("Like", ann.id)]
    send(commune, ann, does(ann, "Undo", share["id"]))
    send(commune, ann, does(ann, "Undo", {"type": "Like", "actor": ann.id, "object": said["id"]}))
    assert reactions(commune, said["id"]) == []


def test_what_its_author_deletes_is_gone(commune: Server, ann: Someone, notice: str) -> None:
    said = note(ann, notice)
    send(commune, ann, does(ann, "Create", said))
    assert is_heard(commune, said["id"])
    send(commune, ann, does(ann, "Delete", said["id"]))
    assert not is_heard(commune, said["id"])


def test_who_is_gone_takes_along_what_they_said_and_did(commune: Server, peer: Peer, notice: str) -> None:
    gil = peer.actor("gil")
    said = note(gil, notice)
    send(commune, gil, does(gil, "Follow", f"{commune.url}/assembly"))
    send(commune, gil, does(gil, "Create", said))
    send(commune, gil, does(gil, "Like", notice))
    assert rows(commune, "SELECT 1 FROM followers WHERE follower = ?", gil.id)
    send(commune, gil, does(gil, "Delete", gil.id))
    assert not is_heard(commune, said["id"])
    assert ("Like", gil.id) not in reactions(commune, notice)
    assert rows(commune, "SELECT 1 FROM followers WHERE follower = ?", gil.id) == []


def test_who_blocks_us_follows_us_no_longer(commune: Server, peer: Peer) -> None:
    hal = peer.actor("hal")
    send(commune, hal, does(hal, "Follow", f"{commune.url}/assembly"))
    assert rows(commune, "SELECT 1 FROM followers WHERE follower = ?", hal.id)
    send(commune, hal, does(hal, "Block", f"{commune.url}/assembly"))
    assert rows(commune, "SELECT 1 FROM followers WHERE follower = ?", hal.id) == []


def test_a_complaint_is_kept_for_those_whose_duty_it_is_and_shown_to_nobody(
    commune: Server, ann: Someone, notice: str
) -> None:
    said = note(ann, notice)
    send(commune, ann, does(ann, "Create", said))
    flag = does(ann, "Flag", [said["id"], "https://elsewhere.example/1"], content="<p>spam-canary</p>")
    send(commune, ann, flag)
    [kept] = rows(commune, "SELECT * FROM flags WHERE id = ?", flag["id"])
    assert (kept["about"], kept["content"]) == (f'["{said["id"]}"]', "spam-canary")
    for public in ("/assembly/outbox?page=1", "/assembly", "/instance", notice.removeprefix(commune.url)):
        assert b"spam-canary" not in commune.get(public)[1]


def test_a_vote_in_a_poll_from_outside_is_no_ballot_and_no_voice(commune: Server, ann: Someone, notice: str) -> None:
    vote = note(ann, notice) | {"name": "agree"}
    del vote["content"]
    activity = does(ann, "Create", vote)
    send(commune, ann, activity)
    assert because(commune, activity["id"]).startswith("vote.outside")
    assert not is_heard(commune, vote["id"])
    assert rows(commune, "SELECT * FROM ballots") == []


@pytest.mark.parametrize(
    "kind", ["Dislike", "EmojiReact", "Lock", "Add", "Remove", "View", "Invite", "Join", "X" * 5000]
)
@pytest.mark.withstands("B29")
def test_what_has_no_place_here_is_politely_ignored(commune: Server, ann: Someone, notice: str, kind: str) -> None:
    activity = does(ann, kind, notice)
    send(commune, ann, activity)
    assert because(commune, activity["id"]).startswith("activity.ignored")
