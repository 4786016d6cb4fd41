"""Keys at a real server: whose they are, which are good, and what a stranger can make it look up."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.federation.keys import RsaSigner, generate_rsa, rsa_signer
from tests.processes.asking import follow, inbox, refused
from tests.processes.servers import Peer, Server, Someone, request, wait_until

_names = count()


def pem_of(key: rsa.RSAPrivateKey, *, private: bool = False) -> str:
    if private:
        form = serialization.PrivateFormat.PKCS8
        return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


@pytest.mark.withstands("A17")
@pytest.mark.withstands("A18")
@pytest.mark.parametrize(
    ("bits", "change", "code"),
    [
        (1024, lambda _: None, "key.weak"),
        (2048, lambda key: pem_of(key, private=True), "key.malformed"),
        (2048, lambda key: pem_of(key) * 2, "key.malformed"),
        (2048, lambda key: pem_of(key) + " " * 20_000, "key.malformed"),
        (2048, lambda _: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "key.malformed"),
        (2048, lambda _: {"a": 1}, "key.malformed"),
    ],
)
def test_a_weak_or_malformed_key_is_refused_and_not_kept(
    commune: Server,
    peer: Peer,
    bits: int,
    change: Callable[[rsa.RSAPrivateKey], object],
    code: str,
) -> None:
    key, name = rsa.generate_private_key(65_537, bits), f"weak-{next(_names)}"
    someone = peer.actor(name)
    someone.http = RsaSigner(someone.http.key_id, key)
    served = someone.document("Person")
    served["publicKey"]["publicKeyPem"] = change(key) or pem_of(key)
    peer.serve(f"/{name}", served)
    before = len(commune.log())
    for _ in range(2):  # the second time it would be found where it had been kept
        assert someone.post(inbox(commune), follow(someone.id, commune)) == 401
    assert refused(commune, code, before)


@pytest.mark.withstands("A19")
@pytest.mark.parametrize(("place", "status"), [(9, 202), (10, 401)])
def test_a_key_counts_among_the_first_ten_of_its_actor(commune: Server, peer: Peer, place: int, status: int) -> None:
    someone = peer.actor(f"many-{place}")
    served = someone.document("Person")
    other = Someone(someone.id).http.public_pem()
    listed = [{"id": f"{someone.id}#key-{n}", "owner": someone.id, "publicKeyPem": other} for n in range(12)]
    listed[place] = served["publicKey"]
    peer.serve(f"/many-{place}", served | {"publicKey": listed})
    assert someone.post(inbox(commune), follow(someone.id, commune)) == status


def gotosocial(peer: Peer, name: str) -> tuple[Someone, str]:
    """An actor whose key lies at an address of its own, where strangers are shown hardly more than the key."""
    someone = Someone(f"{peer.url}/users/{name}")
    key_id = f"{someone.id}/main-key"
    someone.http = RsaSigner(key_id, someone.http.key)
    whole = someone.document("Person")
    whole["publicKey"]["id"] = key_id
    stub = {key: whole[key] for key in ("@context", "id", "type", "preferredUsername", "publicKey")}
    peer.serve(f"/users/{name}", whole)
    peer.serve(f"/users/{name}/main-key", stub)
    return someone, f"/users/{name}/main-key"


@pytest.mark.withstands("A22")
def test_a_key_with_an_address_of_its_own_is_confirmed_by_its_owner(commune: Server, peer: Peer) -> None:
    someone, path = gotosocial(peer, "gita")
    for _ in range(2):
        assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    assert peer.asked.count(path) == 1


@pytest.mark.withstands("A22")
@pytest.mark.parametrize("by_fragment", [False, True])
def test_a_key_that_its_actor_names_by_address_alone_is_followed_once(
    commune: Server, peer: Peer, *, by_fragment: bool
) -> None:
    path = f"/bare-{by_fragment}"
    someone = Someone(f"{peer.url}{path}")
    key_id = f"{someone.id}/key{'#main' if by_fragment else ''}"
    someone.http = RsaSigner(key_id, someone.http.key)
    peer.serve(path, someone.document("Person") | {"publicKey": key_id})
    peer.serve(
        f"{path}/key",
        {"id": key_id, "type": "Key", "owner": someone.id, "publicKeyPem": someone.http.public_pem()},
    )
    for _ in range(2):
        assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    assert peer.asked.count(f"{path}/key") == 1


@pytest.mark.withstands("A22")
def test_a_key_of_another_server_counts_if_the_actor_lists_it(commune: Server, peer: Peer) -> None:
    keys = Peer()
    try:
        someone, key_id = Someone(f"{peer.url}/hosted"), f"{keys.url}/key-7"
        someone.http = RsaSigner(key_id, someone.http.key)
        listed = {"id": key_id, "owner": someone.id, "publicKeyPem": someone.http.public_pem()}
        keys.serve("/key-7", {"type": "Key", **listed})
        peer.serve("/hosted", someone.document("Person") | {"publicKey": listed})
        assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    finally:
        keys.close()


@pytest.mark.withstands("A22")
@pytest.mark.withstands("A25")
def test_a_key_of_several_actors_speaks_for_each_that_lists_it_and_for_no_other(commune: Server, peer: Peer) -> None:
    shared, alone = peer.actor("shared"), peer.actor("alone")
    also = Someone(f"{peer.url}/also")
    listed = {"id": shared.http.key_id, "owner": also.id, "publicKeyPem": shared.http.public_pem()}
    peer.serve("/also", also.document("Person") | {"publicKey": listed})
    assert shared.post(inbox(commune), follow(also.id, commune)) == 202
    assert shared.post(inbox(commune), follow(alone.id, commune)) == 403
    false = Someone(f"{peer.url}/false")  # the same name for another key
    peer.serve(
        "/false",
        false.document("Person") | {"publicKey": listed | {"owner": false.id, "publicKeyPem": false.http.public_pem()}},
    )
    assert shared.post(inbox(commune), follow(false.id, commune)) == 403


@pytest.mark.withstands("A23")
def test_a_key_that_claims_a_victim_as_its_owner_is_not_confirmed(commune: Server, peer: Peer) -> None:
    victim, evil = peer.actor("victim"), Peer()
    try:
        key_id = f"{evil.url}/key"
        forger = Someone(victim.id)
        forger.http = RsaSigner(key_id, forger.http.key)
        evil.serve("/key", {"id": key_id, "type": "Key", "owner": victim.id, "publicKeyPem": forger.http.public_pem()})
        before = len(commune.log())
        assert forger.post(inbox(commune), follow(victim.id, commune)) == 401
        assert refused(commune, "key.owner_unconfirmed", before)
    finally:
        evil.close()


@pytest.mark.withstands("A24")
def test_an_actor_whose_address_leads_to_another_is_refused(commune: Server, peer: Peer) -> None:
    other, here = peer.actor("other"), Someone(f"{peer.url}/moved")
    peer.judges["/moved"] = lambda *_: (302, {"Location": other.id}, b"")
    here.http = RsaSigner(here.http.key_id, other.http.key)
    assert here.post(inbox(commune), follow(here.id, commune)) == 401


@pytest.mark.withstands("A27")
def test_a_new_key_is_asked_for_once_an_hour(commune: Server, peer: Peer) -> None:
    someone = peer.actor("rotating")
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 202
    second = Someone(someone.id)
    peer.serve("/rotating", second.document("Person"))
    asked = peer.asked.count("/rotating")
    assert second.post(inbox(commune), follow(someone.id, commune)) == 202
    assert someone.post(inbox(commune), follow(someone.id, commune)) == 401  # the old one is over
    third = Someone(someone.id)
    peer.serve("/rotating", third.document("Person"))
    for _ in range(3):
        assert third.post(inbox(commune), follow(someone.id, commune)) == 401
    assert peer.asked.count("/rotating") == asked + 1
    assert second.post(inbox(commune), follow(someone.id, commune)) == 202


@pytest.mark.withstands("A28")
def test_a_key_that_was_not_found_is_not_looked_for_again(commune: Server, peer: Peer) -> None:
    nobody = Someone(f"{peer.url}/nobody-home")
    for number in range(3):
        nobody.http = RsaSigner(f"{nobody.id}#key-{number}", nobody.http.key)
        assert nobody.post(inbox(commune), follow(nobody.id, commune)) == 401
    assert peer.asked.count("/nobody-home") == 1


@pytest.mark.withstands("A28")
def test_a_key_that_leads_on_and_on_is_given_up(commune: Server, peer: Peer) -> None:
    wanderer = Someone(f"{peer.url}/hop-0")
    for hop in range(9):
        peer.judges[f"/hop-{hop}"] = lambda *_, hop=hop: (302, {"Location": f"{peer.url}/hop-{hop + 1}"}, b"")
    assert wanderer.post(inbox(commune), follow(wanderer.id, commune)) == 401
    assert len([path for path in peer.asked if path.startswith("/hop-")]) <= 4


@pytest.mark.withstands("A28")
def test_a_server_that_does_not_answer_holds_up_a_request_for_ten_seconds_and_no_other(
    commune: Server, peer: Peer
) -> None:
    let_go = threading.Event()
    silent, other = Someone(f"{peer.url}/silent"), peer.actor("prompt")

    def judge(*_: object) -> tuple[int, dict[str, str], bytes]:
        let_go.wait(60)
        return 404, {}, b""

    peer.judges["/silent"] = judge
    before = len(commune.log())
    try:
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(silent.post, inbox(commune), follow(silent.id, commune))
            wait_until(lambda: "/silent" in peer.asked, "the key was not asked for")
            assert other.post(inbox(commune), follow(other.id, commune)) == 202
            assert not waiting.done()
            assert waiting.result() == 401
    finally:
        let_go.set()
    assert refused(commune, "in 10 s", before)


@pytest.mark.withstands("A28")
def test_no_server_is_asked_for_keys_without_end(commune: Server) -> None:
    target, signer = Peer(), rsa_signer("x", generate_rsa())
    someone = Someone(f"{target.url}/junk")
    try:
        before, tried = len(commune.log()), 0
        while not refused(commune, "net.budget", before):
            someone.http = RsaSigner(f"{target.url}/junk-{tried}#key", signer.key)
            assert someone.post(inbox(commune), follow(someone.id, commune)) == 401
            tried += 1
            assert tried < 1_000
        assert len(target.asked) == tried - 1
    finally:
        target.close()


@pytest.mark.withstands("A30")
def test_who_is_gone_and_was_never_known_takes_leave_and_nothing_is_looked_up(commune: Server, peer: Peer) -> None:
    gone = Someone(f"{peer.url}/gone")
    peer.judges["/gone"] = lambda *_: (410, {}, b"")
    leave = follow(gone.id, commune, type="Delete", object=gone.id)
    assert [gone.post(inbox(commune), leave) for _ in range(3)] == [202, 202, 202]
    assert "/gone" not in peer.asked
    note = follow(gone.id, commune, type="Delete", object=f"{gone.id}/notes/1")
    assert [gone.post(inbox(commune), note) for _ in range(3)] == [202, 202, 202]
    assert peer.asked.count("/gone") == 1
    assert gone.post(inbox(commune), follow(gone.id, commune)) == 401
    body = json.dumps(leave).encode()
    assert (
        request("POST", inbox(commune), {"Content-Type": "application/activity+json"}, body)[0] == 401
    )  # signed it must be all the same


@pytest.mark.withstands("A30")
def test_who_was_known_and_is_gone_still_takes_leave_with_the_key_that_is_known(commune: Server, peer: Peer) -> None:
    leaver = peer.actor("leaver")
    assert leaver.post(inbox(commune), follow(leaver.id, commune)) == 202
    peer.judges["/leaver"] = lambda *_: (410, {}, b"")
    leave = follow(leaver.id, commune, type="Delete", object=leaver.id)
    assert leaver.post(inbox(commune), leave) == 202
    forger = Someone(leaver.id)
    asked = peer.asked.count("/leaver")
    for _ in range(3):
        assert forger.post(inbox(commune), follow(leaver.id, commune)) == 401
    assert peer.asked.count("/leaver") <= asked + 1
