"""One entry of the record: its bytes checked once more, in the moment in which somebody reads it."""

from app.federation import integrity_proofs
from app.kernel.canonical import digest
from app.kernel.refusal import Refusal
from app.operations.exchange import keyholders
from app.operations.record.sealing import load, seal_signer
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


def find(connection: Connection, instance: Instance, name: str, of: str) -> StoredAct | None:
    """The act with the address `of` if that is given, else ours with this name."""
    return acts.by_id(connection, of or f"{instance.url}/acts/{name}")


async def check_again(instance: Instance, act: StoredAct) -> Refusal | None:
    """None if the bytes are those that its author signed; `net.*` if the author's key is out of reach."""
    document = load(act)
    if digest(document) != act.digest:
        return Refusal("proof.bad", f"{act.id} has another fingerprint than it is kept under")
    proof = integrity_proofs.check_form(document)
    if isinstance(proof, Refusal):
        return proof
    if act.own:
        signer = await instance.database.read(lambda connection: seal_signer(connection, instance, act.author))
        return integrity_proofs.verify_proof(document, signer.public())
    key = await keyholders.seal_key(instance, proof.method)
    return key if isinstance(key, Refusal) else integrity_proofs.verify_proof(document, key)
