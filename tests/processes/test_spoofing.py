"""What others send in somebody else's name or with two faces, tried on a real server (hostile, group B)."""

import json
from collections.abc import Iterator
from typing import Any

import base58
import pytest

from app.federation import integrity_proofs
from app.wiring import current_instant
from tests.processes.servers import Peer, Server, Someone, wait_until
from tests.processes.voices import because, does, is_handled, is_heard, note, notice_of, reactions, rows, voice


@pytest.fixture(scope="module")
def other() -> Iterator[Peer]:
    """A second server elsewhere."""
    there = Peer()
    yield there
    there.close()


@pytest.fixture(scope="module")
def alice(peer: Peer) -> Someone:
    return peer.actor("alice")


@pytest.fixture(scope="module")
def bob(peer: Peer) -> Someone:
    """A neighbour of alice, on the same server."""
    return peer.actor("bob")


@pytest.fixture(scope="module")
def group(other: Peer) -> Someone:
    return other.actor("group", "Group")


@pytest.fixture(scope="module")
def notice(commune: Server) -> str:
    return notice_of(commune)


def send(server: Server, who: Someone, activity: dict[str, Any], status: int = 202) -> str:
    """Post an activity; once it is handled, why nothing was done."""
    assert who.post(f"{server.url}/inbox", activity) == status
    if status == 202:
        wait_until(lambda: is_handled(server, activity["id"]), f"{activity['type']} was not handled")
    return because(server, activity["id"])


def path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def said(server: Server, who: Someone, notice: str) -> str:
    """A voice of somebody that is here; its id."""
    post = note(who, notice)
    send(server, who, does(who, "Create", post))
    assert is_heard(server, post["id"])
    return str(post["id"])


@pytest.mark.withstands("B01")
def test_a_copy_of_a_post_on_another_server_is_not_believed(
    commune: Server, other: Peer, alice: Someone, notice: str
) -> None:
    victim = note(alice, notice)
    other.serve("/copy", victim)  # the document of alice, on a server that is not hers
    mallory = other.actor("mallory")
    answer = send(commune, mallory, does(mallory, "Create", note(mallory, f"{other.url}/copy")))
    assert answer.startswith("obj.origin")
    assert not is_heard(commune, victim["id"])


@pytest.mark.withstands("B02")
@pytest.mark.parametrize("kind", ["image/png", "application/json", "text/html", "application/ld+json", "text/plain"])
def test_a_file_that_somebody_uploaded_is_no_post(
    commune: Server, peer: Peer, alice: Someone, notice: str, kind: str
) -> None:
    forged = note(alice, notice)
    peer.serve(path(forged["id"]), forged, kind)
    answer = send(commune, alice, does(alice, "Create", note(alice, forged["id"])))
    assert answer.startswith("obj.media_type")
    assert not is_heard(commune, forged["id"])


@pytest.mark.withstands("B04")
@pytest.mark.withstands("B05")
def test_a_group_passes_on_no_words_that_their_author_did_not_say(
    commune: Server, alice: Someone, group: Someone, notice: str
) -> None:
    forged = note(alice, notice, "<p>words that alice never said</p>")
    inner = does(alice, "Create", forged)
    answer = send(commune, group, does(group, "Announce", inner))
    assert answer.startswith("obj.missing")  # asked of alice's own server, which knows nothing of it
    assert not is_heard(commune, forged["id"])


@pytest.mark.withstands("B05")
def test_what_a_group_passes_on_is_heard_as_its_authors_server_has_it(
    commune: Server, peer: Peer, alice: Someone, group: Someone, notice: str
) -> None:
    true = note(alice, notice, "<p>what alice said</p>")
    peer.serve(path(true["id"]), true)
    inner = does(alice, "Create", true | {"content": "<p>what she did not</p>"})
    send(commune, group, does(group, "Announce", inner))
    kept = voice(commune, true["id"])
    assert kept is not None
    assert (kept["author"], kept["content"]) == (alice.id, "<p>what alice said</p>")


@pytest.mark.withstands("B05")
@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("Like", "obj.missing"),  # asked of alice's own server, which knows nothing of it
        ("Undo", "activity.ignored"),
        *((kind, "announce.unverified") for kind in ("Follow", "Block", "Add", "Flag", "Move")),
    ],
)
def test_an_activity_inside_another_never_runs(
    commune: Server, alice: Someone, group: Someone, notice: str, kind: str, refused: str
) -> None:
    before = rows(commune, "SELECT * FROM reactions"), rows(commune, "SELECT * FROM followers")
    inner = does(alice, kind, notice if kind in {"Like", "Flag"} else f"{commune.url}/assembly")
    answer = send(commune, group, does(group, "Announce", inner))
    assert answer.startswith(refused)
    assert (rows(commune, "SELECT * FROM reactions"), rows(commune, "SELECT * FROM followers")) == before
    assert rows(commune, "SELECT * FROM flags WHERE actor = ?", alice.id) == []


@pytest.mark.withstands("B05")
def test_a_deletion_is_believed_of_a_group_that_we_follow_when_the_thing_is_gone(
    commune: Server, peer: Peer, other: Peer, alice: Someone, group: Someone, notice: str
) -> None:
    voice_id = said(commune, alice, notice)
    stone = {"@context": "https://www.w3.org/ns/activitystreams", "id": voice_id, "type": "Tombstone"}

    def passed_on() -> str:
        return send(commune, group, does(group, "Announce", does(alice, "Delete", voice_id)))

    peer.serve(path(voice_id), stone)
    assert passed_on().startswith("announce.unverified")  # anybody could say so
    lets_us_follow(commune, other, group)
    peer.serve(path(voice_id), note(alice, notice) | {"id": voice_id})
    assert passed_on().startswith("announce.unverified")
    del peer.documents[path(voice_id)]
    assert passed_on().startswith("obj.missing")  # a server that mislays a thing has not deleted it
    assert is_heard(commune, voice_id)
    peer.serve(path(voice_id), stone)
    passed_on()
    assert not is_heard(commune, voice_id)


def follow_of(peer: Peer, whom: Someone) -> dict[str, Any]:
    """Our Follow of somebody, once it has come."""

    def came() -> list[dict[str, Any]]:
        return [one for one in peer.received if one["type"] == "Follow" and one["object"] == whom.id]

    wait_until(lambda: bool(came()), "no Follow came")
    return came()[0]


def lets_us_follow(commune: Server, peer: Peer, group: Someone) -> None:
    commune.command("outside", "follow", group.id)
    send(commune, group, does(group, "Accept", follow_of(peer, group)["id"]))
    assert rows(commune, "SELECT state FROM following WHERE followed = ?", group.id) == [{"state": "accepted"}]


@pytest.mark.withstands("B06")
@pytest.mark.withstands("B07")
def test_nobody_changes_or_deletes_what_another_said(
    commune: Server, other: Peer, alice: Someone, bob: Someone, notice: str
) -> None:
    voice_id = said(commune, alice, notice)
    stranger = other.actor("stranger")
    for kind in ("Delete", "Update"):
        send(commune, stranger, does(stranger, kind, voice_id), 403)
        thing = note(bob, notice, "<p>changed</p>") | {"id": voice_id}
        send(commune, bob, does(bob, kind, thing | {"attributedTo": alice.id}), 403)
    send(commune, bob, does(bob, "Delete", voice_id), 403)  # a bare id on the same server: bob is not its author
    send(commune, bob, does(bob, "Update", note(bob, notice, "<p>changed</p>") | {"id": voice_id}), 403)
    kept = voice(commune, voice_id)
    assert kept is not None
    assert (kept["author"], kept["content"]) == (alice.id, "<p>Who pays?</p>")


@pytest.mark.withstands("B09")
def test_nobody_undoes_what_another_did(commune: Server, alice: Someone, bob: Someone, notice: str) -> None:
    like = does(alice, "Like", notice)
    send(commune, alice, like)
    send(commune, bob, does(bob, "Undo", like), 403)
    send(commune, bob, does(bob, "Undo", like["id"]), 403)
    send(commune, bob, does(bob, "Undo", {"type": "Like", "object": notice}))
    assert ("Like", alice.id) in reactions(commune, notice)


@pytest.mark.withstands("B12")
def test_a_linked_data_signature_in_the_document_changes_nothing(
    commune: Server, alice: Someone, bob: Someone, notice: str
) -> None:
    ld = {"type": "RsaSignature2017", "creator": f"{alice.id}#main-key", "signatureValue": "bm90aGluZw=="}
    stolen = does(alice, "Create", note(alice, notice), signature=ld)
    send(commune, bob, stolen, 403)  # the HTTP signature says who speaks, and that is bob
    own = does(bob, "Create", note(bob, notice), signature=ld)
    send(commune, bob, own)
    assert is_heard(commune, own["object"]["id"])


@pytest.mark.withstands("B14")
def test_a_context_is_never_fetched_and_renames_nothing(
    commune: Server, peer: Peer, alice: Someone, bob: Someone, notice: str
) -> None:
    peer.serve("/context", {"@context": {"actor": "as:object", "who": "as:actor"}}, "application/ld+json")
    context = ["https://www.w3.org/ns/activitystreams", f"{peer.url}/context", {"who": {"@id": "as:actor"}}]
    activity = does(bob, "Create", note(bob, notice)) | {"@context": context, "who": alice.id}
    send(commune, bob, activity)
    kept = voice(commune, activity["object"]["id"])
    assert kept is not None
    assert kept["author"] == bob.id
    assert "/context" not in peer.asked


@pytest.mark.withstands("B13")
@pytest.mark.withstands("B14")
@pytest.mark.withstands("B15")
@pytest.mark.withstands("B16")
@pytest.mark.withstands("B17")
@pytest.mark.withstands("B18")
def test_an_act_is_what_its_author_sealed_or_it_is_refused(commune: Server, other: Peer) -> None:
    assembly, thief = other.actor("hill", "Group"), other.actor("thief", "Group")
    act: dict[str, Any] = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v2",
            {"gov": "https://w3id.org/roundabout/gov#"},
        ],
        "id": f"{assembly.id}/acts/1",
        "type": "gov:Report",
        "attributedTo": assembly.id,
        "published": "2026-11-20T10:00:00Z",
        "gov:mandate": {"id": f"{assembly.id}/acts/0", "gov:digest": "zQmQ7xnWHnYPQdPYSRmg2sFHhEHYZGHQrVfgJpkRHeXZ3qL"},
        "content": "<p>we met</p>",
    }
    sealed = integrity_proofs.seal(act, assembly.seal, current_instant())
    proof = sealed["proof"]
    whole = list(act["@context"])
    renaming = ([*whole, {"attributedTo": "as:actor"}], [f"{other.url}/context"], whole[::-1])  # B14
    for number, (bad, status) in enumerate(
        [
            (act, 403),  # B15: no proof
            (sealed | {"proof": [proof, proof]}, 403),  # B17: two
            (sealed | {"proof": proof | {"cryptosuite": "eddsa-rdfc-2022"}}, 403),
            (sealed | {"proof": proof | {"proofPurpose": "authentication"}}, 403),
            (sealed | {"proof": {key: value for key, value in proof.items() if key != "created"}}, 403),
            (integrity_proofs.seal(act, thief.seal, current_instant()), 403),  # B16: of another's key
            *(
                (integrity_proofs.seal(act | {"@context": context}, assembly.seal, current_instant()), 400)
                for context in renaming
            ),
        ]
    ):
        carried = does(assembly, "Create", bad | {"id": f"{assembly.id}/acts/{number}"})
        send(commune, assembly, carried, status)
    assert "/context" not in other.asked
    changed = (
        sealed | {"content": "<p>we did not</p>"},
        sealed | {"unknown": "a key that no context names"},  # B13
        sealed | {"proof": proof | {"created": "2020-01-01T00:00:00Z"}},  # B18
    )
    for document in changed:
        send(commune, assembly, does(assembly, "Create", document))
        kept = rows(commune, "SELECT standing, because FROM acts WHERE id = ? AND standing = 'authentic'", act["id"])
        assert kept == []
    send(commune, assembly, does(assembly, "Create", sealed))  # the spoilt copies do not keep the true one out
    assert rows(commune, "SELECT 1 FROM acts WHERE id = ? AND standing = 'authentic'", act["id"])


@pytest.mark.withstands("B08")
def test_an_assembly_that_deletes_what_it_sealed_takes_back_its_words_and_not_its_place(
    commune: Server, other: Peer
) -> None:
    valley = other.actor("valley", "Group")
    act = {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v2",
            {"gov": "https://w3id.org/roundabout/gov#"},
        ],
        "id": f"{valley.id}/acts/1",
        "type": "gov:Report",
        "attributedTo": valley.id,
        "published": "2026-11-20T10:00:00Z",
        "gov:mandate": {"id": f"{valley.id}/acts/0", "gov:digest": "zQmQ7xnWHnYPQdPYSRmg2sFHhEHYZGHQrVfgJpkRHeXZ3qL"},
        "content": "<p>words-canary</p>",
    }
    send(commune, valley, does(valley, "Create", integrity_proofs.seal(act, valley.seal, current_instant())))
    [before] = rows(commune, "SELECT digest, raw FROM acts WHERE id = ?", act["id"])
    assert b"words-canary" in before["raw"]
    leaves = rows(commune, "SELECT hash FROM leaves ORDER BY number")
    send(commune, valley, does(valley, "Delete", {"id": act["id"], "type": "Tombstone"}))
    [after] = rows(commune, "SELECT digest, raw, erased_at FROM acts WHERE id = ?", act["id"])
    assert b"words-canary" not in after["raw"]
    assert after["erased_at"]
    assert after["digest"] == before["digest"]
    assert rows(commune, "SELECT hash FROM leaves ORDER BY number")[: len(leaves)] == leaves


@pytest.mark.withstands("B10")
def test_a_move_that_the_new_address_does_not_confirm_changes_nothing(commune: Server, peer: Peer, other: Peer) -> None:
    old, new = peer.actor("movers"), other.actor("movers")
    move = does(old, "Move", old.id, target=new.id)
    assert send(commune, old, move).startswith("move.unconfirmed")
    other.serve("/movers", new.document("Person") | {"alsoKnownAs": [f"{peer.url}/somebody-else"]})
    assert send(commune, old, does(old, "Move", old.id, target=new.id)).startswith("move.unconfirmed")
    theirs = does(old, "Move", f"{peer.url}/alice", target=new.id)  # somebody else's move
    assert send(commune, old, theirs).startswith("move.unconfirmed")
    other.serve("/movers", new.document("Person") | {"alsoKnownAs": [old.id]})
    assert send(commune, old, does(old, "Move", old.id, target=new.id)).startswith("activity.ignored")  # not followed


def test_who_moved_and_is_confirmed_is_followed_to_the_new_address(commune: Server, peer: Peer, other: Peer) -> None:
    old, new = peer.actor("wanderer"), other.actor("wanderer")
    lets_us_follow(commune, peer, old)
    assert rows(commune, "SELECT state FROM following WHERE followed = ?", old.id) == [{"state": "accepted"}]
    other.serve("/wanderer", new.document("Person") | {"alsoKnownAs": [old.id]})
    send(commune, old, does(old, "Move", old.id, target=new.id))
    asked = follow_of(other, new)
    assert rows(commune, "SELECT state FROM following WHERE followed = ?", new.id) == [{"state": "asked"}]
    assert rows(commune, "SELECT state FROM following WHERE followed = ?", old.id) == []
    send(commune, new, does(new, "Reject", asked))
    assert rows(commune, "SELECT state FROM following WHERE followed = ?", new.id) == [{"state": "rejected"}]
    peer.serve("/wanderer", old.document("Person") | {"alsoKnownAs": [new.id]})
    moved = send(commune, new, does(new, "Move", new.id, target=old.id))
    assert moved.startswith("activity.ignored")  # who did not let us follow is not asked again at another address


@pytest.mark.withstands("B11")
def test_an_assembly_never_moves_by_its_own_word(commune: Server, peer: Peer, other: Peer) -> None:
    old, new = peer.actor("far-valley", "Group"), other.actor("far-valley", "Group")
    peer.serve("/far-valley", old.document("Group") | {"gov:body": "commune"})
    other.serve("/far-valley", new.document("Group") | {"alsoKnownAs": [old.id], "gov:body": "commune"})
    assert send(commune, old, does(old, "Move", old.id, target=new.id)).startswith("move.assembly")


@pytest.mark.withstands("B31")
def test_of_two_contents_with_one_id_the_first_stays(commune: Server, alice: Someone, notice: str) -> None:
    first = note(alice, notice, "<p>first</p>")
    send(commune, alice, does(alice, "Create", first))
    send(commune, alice, does(alice, "Create", first | {"content": "<p>second</p>"}))
    kept = voice(commune, first["id"])
    assert kept is not None
    assert kept["content"] == "<p>first</p>"


@pytest.mark.withstands("B32")
def test_nobody_says_what_would_be_ours(commune: Server, alice: Someone, notice: str) -> None:
    send(commune, alice, does(alice, "Create", note(alice, notice) | {"id": f"{commune.url}/people/ana/notes/1"}), 403)
    send(commune, alice, does(alice, "Update", note(alice, notice) | {"id": notice}), 403)
    send(commune, alice, does(alice, "Delete", notice), 403)
    assert commune.get(path(notice))[0] == 200


@pytest.mark.withstands("B34")
def test_hidden_recipients_are_kept_nowhere_once_a_post_is_read(commune: Server, alice: Someone, notice: str) -> None:
    hidden = note(alice, notice, bto=["https://canary.example/bto"], bcc="https://canary.example/bcc")
    send(commune, alice, does(alice, "Create", hidden, bto=["https://canary.example/outer"]))
    assert "canary" not in json.dumps(voice(commune, hidden["id"]))


@pytest.mark.withstands("B25")
@pytest.mark.withstands("B26")
@pytest.mark.withstands("B35")
def test_whose_voice_it_is_is_shown_by_the_host_it_came_from(commune: Server, other: Peer, notice: str) -> None:
    masked = other.actor("masked")
    shown = {"name": "An\u0430\u202e", "preferredUsername": "ana", "webfinger": f"ana@{commune.url.split('/')[2]}"}
    other.serve("/masked", masked.document("Person") | shown)
    voice_id = said(commune, masked, notice)
    [kept] = rows(commune, "SELECT author FROM voices WHERE id = ?", voice_id)
    assert kept["author"] == masked.id  # what pages show is made of this: see test_replies.py


@pytest.mark.withstands("B27")
@pytest.mark.withstands("B28")
@pytest.mark.withstands("B30")
@pytest.mark.parametrize(
    "form", ["{0}.:{1}", "x@{0}:{1}", "{0}:{1}\\@evil.example", "LOCALHOST:{1}", "{0}:{1}\t", "{0}:0{1}x"]
)
def test_an_id_in_another_form_is_no_id(commune: Server, alice: Someone, notice: str, form: str) -> None:
    host, port = alice.id.split("/")[2].split(":")
    strange = f"http://{form.format(host, port)}/alice/notes/1"
    send(commune, alice, does(alice, "Create", note(alice, notice) | {"id": strange}), 400)


@pytest.mark.withstands("D09")
def test_ten_thousand_mentions_make_nobody_be_asked_for(commune: Server, other: Peer, notice: str) -> None:
    loud = other.actor("loud")
    tags = [{"type": "Mention", "href": f"{other.url}/nobody/{number}"} for number in range(10_000)]
    post = note(loud, notice, tag=tags)
    send(commune, loud, does(loud, "Create", post))
    assert is_heard(commune, post["id"])
    assert not any("/nobody/" in asked for asked in other.asked)


@pytest.mark.withstands("D12")
def test_a_bomb_of_nested_tags_is_heard_as_a_short_voice(commune: Server, alice: Someone, notice: str) -> None:
    post = note(alice, notice, "<ul><li>" * 120_000)
    send(commune, alice, does(alice, "Create", post))
    kept = voice(commune, post["id"])
    assert kept is not None
    assert len(kept["content"]) < 65_536


@pytest.mark.withstands("D06")
def test_a_post_that_redirects_in_a_circle_is_waited_for_and_nobody_runs_along(commune: Server, alice: Someone) -> None:
    circle = Peer()
    try:
        circle.redirects = {"/a": "/b", "/b": "/a"}
        send(commune, alice, does(alice, "Create", note(alice, f"{circle.url}/a")))
        assert len(circle.asked) <= 4
    finally:
        circle.close()


@pytest.mark.withstands("D06")
@pytest.mark.parametrize("target", ["https://[", "//[", "http://[::1", "\\\\", ""])
def test_a_key_behind_a_redirect_to_nowhere_is_no_key_and_no_error_of_ours(commune: Server, target: str) -> None:
    crooked = Peer()
    try:
        crooked.redirects = {"/someone": target}
        someone = Someone(f"{crooked.url}/someone")
        send(commune, someone, does(someone, "Like", f"{commune.url}/assembly"), 401)
    finally:
        crooked.close()


def kept_of(server: Server, act_id: str) -> list[tuple[str, str]]:
    """What is kept under an act's id: what it is good for, and the code of why not."""
    found = rows(server, "SELECT standing, because FROM acts WHERE id = ? ORDER BY seq", act_id)
    return [(row["standing"], str(row["because"] or "").partition(":")[0]) for row in found]


@pytest.mark.withstands("A20")
def test_a_signature_written_in_its_other_way_seals_nothing(commune: Server, other: Peer) -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    hill = other.actor("malleable", "Group")
    act = hill.report(1)
    signature = base58.b58decode(act["proof"]["proofValue"][1:])
    scalar = int.from_bytes(signature[32:], "little") + order
    twin = signature[:32] + scalar.to_bytes(32, "little")
    forged = act | {"proof": act["proof"] | {"proofValue": "z" + base58.b58encode(twin).decode()}}
    send(commune, hill, does(hill, "Create", forged))
    assert [standing for standing, _ in kept_of(commune, act["id"])] != ["authentic"]
    send(commune, hill, does(hill, "Create", act))
    assert kept_of(commune, act["id"]) == [("authentic", "")]


@pytest.mark.withstands("A21")
@pytest.mark.parametrize(
    "point", [b"\x01" + bytes(31), bytes(32), b"\xec" + b"\xff" * 30 + b"\x7f", b"\xee" + b"\xff" * 30 + b"\x7f"]
)
def test_an_act_under_a_key_that_everything_is_signed_with_is_none(commune: Server, other: Peer, point: bytes) -> None:
    """Under the neutral point R = 1, S = 0 signs any bytes; the others are of small order or no canonical point."""
    name = f"weak-{point[:2].hex()}"
    hill = other.actor(name, "Group")
    served = hill.document("Group")
    served["assertionMethod"][0]["publicKeyMultibase"] = "z" + base58.b58encode(b"\xed\x01" + point).decode()
    other.serve(f"/{name}", served)
    act = hill.report(1)
    anything = "z" + base58.b58encode(b"\x01" + bytes(63)).decode()
    send(commune, hill, does(hill, "Create", act | {"proof": act["proof"] | {"proofValue": anything}}))
    assert "authentic" not in [standing for standing, _ in kept_of(commune, act["id"])]


@pytest.mark.withstands("B31")
def test_of_one_act_with_two_contents_both_are_kept_where_both_are_sealed(commune: Server, other: Peer) -> None:
    hill = other.actor("double", "Group")
    first = hill.report(1)
    bare = {key: value for key, value in first.items() if key != "proof"} | {"content": "<p>Another report</p>"}
    second = integrity_proofs.seal(bare, hill.seal, current_instant())
    for act in (first, second, first):
        send(commune, hill, does(hill, "Create", act))
    found = rows(commune, "SELECT raw FROM acts WHERE id = ? ORDER BY seq", first["id"])
    assert [json.loads(row["raw"])["content"] for row in found] == [first["content"], bare["content"]]
