"""Receiving: an inbox checks a request, keeps its bytes, and answers; what it says is handled later."""

from app.federation import documents, http_signatures, integrity_proofs, values
from app.federation.domains import domain_of
from app.federation.signatures import WINDOW, Scheme, SignedRequest
from app.federation.verification import KeyWanted, Verified, check_activity, verify
from app.kernel.canonical import Document, read_document
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.exchange import blocking, keyholders, knocking, resolve, synchronizing
from app.operations.exchange.visiting import Visitor
from app.store import hosts, inbox, pulls, signing, voices
from app.store.database import Connection
from app.store.inbox import Arrival
from app.wiring import Instance

_TOUCHES = frozenset({"Delete", "Undo", "Update"})
_PART = 16 * 1024
"""An activity counts once for each so many bytes that it begins: what waits to be handled lies on our disk (D10)."""


async def receive(instance: Instance, request: SignedRequest) -> Refusal | None:
    """None once the activity is kept, now or before, or there is nothing to keep; only then may 202 be answered.

    In the order of protocol.md §4: signature, time, digest, key, strict JSON, ids and owners,
    the form of the proofs within, duplicate, stored. `budget.spent` if its domain or key has used up what it may.
    """
    leaving = await _stranger_who_leaves(instance, request)
    if leaving is not None:
        return None if isinstance(leaving, str) else leaving
    verified = await who_signed(instance, request)
    if isinstance(verified, Refusal):
        return None if verified.code in resolve.NOT_THERE and _says(request.body, "Delete") else verified
    now, cost = instance.now(), 1 + len(request.body) // _PART
    instance.budgets.posts.take(domain_of(documents.host_of(verified.key.id)), now, cost)
    instance.budgets.posts_by_key.take(verified.key.id, now, cost)
    activity = read_document(request.body)
    if isinstance(activity, Refusal):
        return activity
    signer = await _speaker(instance, verified, activity)
    refused = check_activity(activity, signer, instance.url, loopback=instance.loopback) or _bad_act(activity)
    refused = refused or await _of_another(instance, activity, signer)
    if refused is not None:
        return refused
    await _keep(instance, activity["id"], signer, request.body, now)
    await synchronizing.heed(instance, request, signer)
    if verified.scheme is Scheme.RFC9421:
        await knocking.learn(instance, documents.host_of(signer), verified.scheme)
    return None


async def who_signed(instance: Instance, request: SignedRequest, *, public: bool = False) -> Verified | Refusal:
    """The actor whose key signed a request; keys come from the store or are fetched.

    Whom the policy refuses is refused by where the key lies and by where the actor lives (hostile A33). A GET
    of what is `public` may have left its query out of the signature (hostile A32). Who has used up a budget is
    turned away before a key is looked for; only what is proven counts, for anybody could write another's name (D10).
    """
    now = instance.now()
    flow = verify(request, now, instance.url, loopback=instance.loopback, public=public)
    try:
        wanted: KeyWanted = next(flow)  # who signed nothing is turned away before anything is read (hostile D16)
        policy = await blocking.policy(instance)
        while True:
            barred = _spent(instance, wanted.key_id, now) or policy.refuses(documents.host_of(wanted.key_id))
            if barred is not None:
                return barred
            key = await keyholders.key(instance, wanted.key_id, fresh=wanted.fresh, for_stranger=True)
            wanted = flow.send(key)
    except StopIteration as end:
        verdict: Verified | Refusal = end.value
    if isinstance(verdict, Refusal):
        return verdict
    barred = policy.refuses(documents.host_of(verdict.owner))
    if barred is not None or verdict.nonce is None:
        return barred or verdict
    return await _with_fresh_nonce(instance, verdict, verdict.nonce, _bytes_of(request))


async def who_reads(instance: Instance, request: SignedRequest, *, public: bool = False) -> Visitor | Refusal:
    """Who signed a request for a document; `sig.missing` if nobody did, and the codes of a bad signature.

    For what everybody may read, a query that was left out of the signature is forgiven (hostile A32).
    """
    verified = await who_signed(instance, request, public=public)
    return verified if isinstance(verified, Refusal) else Visitor(verified.owner)


def _spent(instance: Instance, key_id: str, now: Instant) -> Refusal | None:
    domain = domain_of(documents.host_of(key_id))
    for budget, name in ((instance.budgets.posts, domain), (instance.budgets.posts_by_key, key_id)):
        wait = budget.wait(name, now)
        if wait:
            return Refusal("budget.spent", f"{name} has sent as much as it may for {wait.total_seconds():.0f} s")
    return None


async def _keep(instance: Instance, activity_id: str, signer: str, raw: bytes, now: Instant) -> None:
    """Put an activity where it waits for its domain's turn; who speaks can be reached again."""
    host, seconds = documents.host_of(signer), int(now.timestamp())
    arrival = Arrival(activity_id, signer, domain_of(host), raw, seconds)
    await instance.database.write_each(inbox.append, arrival, decides=False)
    if instance.budgets.greetings.take(host, now):
        await instance.database.write(lambda connection: _greet(connection, host, seconds))
    instance.arrivals.set()


def _greet(connection: Connection, host: str, now: int) -> None:
    if hosts.retry(connection, host, now):
        pulls.hurry(connection, now, host=host)  # it was away, and may have said what did not reach us


async def _with_fresh_nonce(instance: Instance, verified: Verified, nonce: str, said: bytes) -> Verified | Refusal:
    now, key_id = instance.now(), verified.key.id
    until = int((now + 2 * WINDOW).timestamp())
    domain = domain_of(documents.host_of(key_id))
    if not said and not instance.budgets.nonces.take(domain, now):  # what is posted is counted when it is kept
        return Refusal("budget.spent", f"{domain} has sent as many nonces as it may for now")

    def use(connection: Connection) -> bool:
        return signing.use_nonce(connection, key_id, nonce, said, int(now.timestamp()), until)

    if await instance.database.write(use):
        return verified
    return Refusal("sig.nonce_replay", f"{key_id} has used the nonce {nonce[:40]!r} before")


def _bytes_of(request: SignedRequest) -> bytes:
    """What makes an activity the same one sent again; nothing for a question, which is never the same one twice."""
    if not request.body:
        return b""
    signed = "\n".join(request.value(name) or "" for name in ("signature-input", "signature"))
    return signed.encode("latin-1") + b"\n" + request.body


async def _stranger_who_leaves(instance: Instance, request: SignedRequest) -> str | Refusal | None:
    """The actor nobody here knows, who says that it is gone; what speaks against the request, even so; else None.

    Its key is gone with it, and nothing of it is here: nothing is looked up and nothing kept (hostile A30).
    """
    if b'"Delete"' not in request.body:
        return None
    activity = read_document(request.body)
    if isinstance(activity, Refusal) or activity.get("type") != "Delete":
        return None
    actor, thing = activity.get("actor"), activity.get("object")
    target = thing.get("id") if isinstance(thing, dict) else thing
    if not isinstance(actor, str) or target != actor or await resolve.stored_actor(instance, actor) is not None:
        return None
    found = http_signatures.parse(request, instance.now(), instance.url)
    refused = found if isinstance(found, Refusal) else found[0]
    return refused if isinstance(refused, Refusal) else actor


async def _speaker(instance: Instance, verified: Verified, activity: Document) -> str:
    """Who speaks: the key's owner, or the activity's actor if that lists the same key as its own (hostile A22)."""
    actor = activity.get("actor")
    if not isinstance(actor, str) or actor == verified.owner:
        return verified.owner
    barred = (await blocking.policy(instance)).refuses(documents.host_of(actor))
    shared = await keyholders.as_listed_by(instance, verified.key, actor) if barred is None else None
    return verified.owner if shared is None else shared.owner


def _says(body: bytes, kind: str) -> bool:
    activity = read_document(body)
    return not isinstance(activity, Refusal) and activity.get("type") == kind


async def _of_another(instance: Instance, activity: Document, signer: str) -> Refusal | None:
    """`owner.mismatch` if what would be changed, deleted or undone is here and another's (hostile B07, B09)."""
    if activity["type"] not in _TOUCHES:
        return None
    thing = values.first(activity.get("object"), loopback=instance.loopback)
    if thing is None:
        return None
    owners = await instance.database.read(lambda connection: voices.authors_of(connection, thing))
    if not owners or signer in owners:
        return None
    return Refusal("owner.mismatch", f"{signer} would touch what {min(owners)} did: {thing[:80]}")


def _bad_act(activity: Document) -> Refusal | None:
    """The first act within whose proof has not the right form or owner, or that has another context (B14 to B17)."""
    for act in documents.acts_within(activity):
        proof = integrity_proofs.check_form(act)
        if isinstance(proof, Refusal):
            return proof
        if act.get("@context") != documents.CONTEXT:
            return Refusal("ctx.unknown", f"{str(act.get('id'))[:80]!r} has another context than acts have")
    return None
