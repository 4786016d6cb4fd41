"""How often an actor is asked anew for its keys: what strangers send uses up nobody's hour."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from app.federation import documents
from app.federation.keys import PublicKey, RsaPublicKey
from app.kernel.refusal import Refusal
from app.operations.exchange import keyholders
from tests.network.servers import answer, serving
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock
from tests.processes.servers import Someone

pytestmark = pytest.mark.anyio


@pytest.mark.withstands("A27")
async def test_asking_for_a_key_that_did_not_change_holds_off_the_next_question_for_a_minute_only(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock, held = Clock(), {"/alice": b""}

    def serve(_: str) -> bytes:
        return answer(held["/alice"], Content_Type=documents.ACTIVITY_JSON)

    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, clock) as instance:
        first, second, third = (Someone(f"{server.url}/alice") for _ in range(3))
        served = {one.http.public_pem(): json.dumps(one.document("Person")).encode() for one in (first, second, third)}

        async def asked(someone: Someone) -> PublicKey | Refusal:
            held["/alice"] = served[someone.http.public_pem()]
            return await keyholders.key(instance, first.http.key_id, fresh=True, for_stranger=True)

        assert pem(await asked(first)) == first.http.public_pem()
        assert pem(await asked(first)) == first.http.public_pem()  # a stranger's bad signature made us ask
        refused = await asked(second)
        assert isinstance(refused, Refusal)
        assert refused.code == "net.refetched"
        clock.tick(seconds=61)
        assert pem(await asked(second)) == second.http.public_pem()
        clock.tick(seconds=61)
        assert isinstance(await asked(third), Refusal)  # it did change, so now an hour holds
        clock.tick(hours=1)
        assert pem(await asked(third)) == third.http.public_pem()


def pem(key: PublicKey | Refusal) -> str:
    assert isinstance(key, RsaPublicKey), key
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.key.public_bytes(serialization.Encoding.PEM, spki).decode()
