"""Nobody speaks in the name of an assembly without its key, by whatever way it comes to a real server."""

import sqlite3
from typing import Any

import pytest

from app.federation import integrity_proofs
from app.governance.act import Ref
from app.kernel.canonical import Document, digest_bytes
from app.kernel.ids import Id
from app.translation import build
from app.wiring import current_instant
from tests.processes.servers import Peer, Server, Someone, wait_until


def report(author: str, name: str) -> Document:
    address = f"{author.rpartition('/')[0]}/acts/{name}"
    mandate = Ref(Id(f"{address}-mandate"), digest_bytes(b"a mandate"))
    said = "<p>We resign.</p>"
    return build.report(id=Id(address), author=Id(author), published=current_instant(), content=said, mandate=mandate)


def kept(server: Server, act_id: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(server.folder / "roundabout.db") as database:
        return database.execute("SELECT standing, because FROM acts WHERE id = ?", (act_id,)).fetchall()


@pytest.fixture(scope="module")
def victim() -> Someone:
    home = Peer()
    return home.actor("assembly", "Group")


@pytest.mark.shows("G8")
@pytest.mark.withstands("B04")
@pytest.mark.withstands("F10")
@pytest.mark.parametrize("kind", ["Create", "Announce", "Offer"])
def test_an_act_in_the_name_of_an_assembly_needs_the_assemblys_key(
    commune: Server, peer: Peer, victim: Someone, kind: str
) -> None:
    mallory = peer.actor(f"mallory-{kind}".lower(), "Group")
    forged = integrity_proofs.seal(report(victim.id, kind), mallory.seal, current_instant())
    activity = {"id": f"{mallory.id}/{kind}", "type": kind, "actor": mallory.id, "object": forged}
    assert mallory.post(f"{commune.url}/inbox", activity) == 403
    assert kept(commune, forged["id"]) == []


@pytest.mark.shows("G8")
def test_a_proof_that_only_says_the_assemblys_key_is_kept_as_evidence_and_counts_for_nothing(
    commune: Server, peer: Peer, victim: Someone
) -> None:
    mallory = peer.actor("mallory", "Group")
    document = report(victim.id, "borrowed")
    forged = integrity_proofs.seal(document, mallory.seal, current_instant())
    forged["proof"]["verificationMethod"] = victim.seal.key_id
    activity = {"id": f"{mallory.id}/borrowed", "type": "Announce", "actor": mallory.id, "object": forged}
    assert mallory.post(f"{commune.url}/inbox", activity) == 202
    wait_until(lambda: kept(commune, document["id"]) != [], "it was not looked at")
    [(standing, because)] = kept(commune, document["id"])
    assert standing == "evidence"
    assert because.startswith("proof.")


@pytest.mark.shows("G8")
@pytest.mark.withstands("B04")
def test_a_post_in_the_name_of_an_assembly_is_refused_from_anybody_else(
    commune: Server, peer: Peer, victim: Someone
) -> None:
    mallory = peer.actor("poster")
    note = {"id": f"{mallory.id}/notes/1", "type": "Note", "attributedTo": victim.id, "content": "We resign."}
    activity = {"id": f"{mallory.id}/creates/1", "type": "Create", "actor": mallory.id, "object": note}
    assert mallory.post(f"{commune.url}/inbox", activity) == 403
