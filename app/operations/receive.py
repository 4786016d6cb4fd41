"""Receiving: an inbox checks a request, keeps its bytes, and answers; what it says is handled later."""

from app.federation import documents, integrity_proofs
from app.federation.http_signatures import SignedRequest
from app.federation.verification import KeyWanted, Verified, check_activity, verify
from app.kernel.canonical import Document, read_document
from app.kernel.refusal import Refusal
from app.operations import blocking, resolve
from app.store import deliveries, inbox
from app.store.database import Connection
from app.wiring import Instance


async def receive(instance: Instance, request: SignedRequest) -> bool | Refusal:
    """True if the activity is kept now, False if it was before; only then may 202 be answered (architecture.md 2).

    In the order of protocol.md §4: signature, time, digest, key, strict JSON, ids and owners,
    the form of the proofs within, duplicate, stored.
    """
    verified = await who_signed(instance, request)
    if isinstance(verified, Refusal):
        return verified
    activity = read_document(request.body)
    if isinstance(activity, Refusal):
        return activity
    refused = check_activity(activity, verified.owner, instance.url, loopback=instance.loopback) or _bad_proof(activity)
    if refused is not None:
        return refused
    activity_id, now = activity["id"], int(instance.now().timestamp())
    host = documents.host_of(verified.owner)

    def keep(connection: Connection) -> bool:
        kept = inbox.append(connection, activity_id, verified.owner, request.body, now)
        if kept:  # who speaks can be reached again
            deliveries.retry_host(connection, host, now)
        return kept

    kept = await instance.database.write(keep)
    if kept:
        instance.wake.set()
    return kept


async def who_signed(instance: Instance, request: SignedRequest) -> Verified | Refusal:
    """The actor whose key signed a request; keys come from the store or are fetched.

    Whom the policy refuses is refused by where the key lies and by where the actor lives (hostile A33).
    """
    policy = await blocking.policy(instance)
    flow = verify(request, instance.now(), documents.host_of(instance.url), instance.url, loopback=instance.loopback)
    try:
        wanted: KeyWanted = next(flow)
        while True:
            barred = policy.refuses(documents.host_of(wanted.key_id))
            if barred is not None:
                return barred
            key = await resolve.key(instance, wanted.key_id, fresh=wanted.fresh)
            wanted = flow.send(key)
    except StopIteration as end:
        verdict: Verified | Refusal = end.value
    return verdict if isinstance(verdict, Refusal) else policy.refuses(documents.host_of(verdict.owner)) or verdict


def _bad_proof(activity: Document) -> Refusal | None:
    """The first act within whose proof has not even the right form or owner (hostile B15 to B17, F10)."""
    for act in documents.acts_within(activity):
        proof = integrity_proofs.check_form(act)
        if isinstance(proof, Refusal):
            return proof
    return None
