"""Recording: an act of somebody else is checked, kept as what it is good for, and has its effects here."""

from datetime import timedelta
from typing import Final

from app.federation import integrity_proofs
from app.governance import permission
from app.governance.act import Ref
from app.kernel.canonical import Document, canonical, check_act_bytes, digest
from app.kernel.ids import same_origin
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.confederation import answering, gossiping, hosting, relaying
from app.operations.exchange import keyholders, resolve
from app.operations.record import erasing, keylogs
from app.operations.record.folds.rows import received_leaf, seconds_of
from app.operations.record.sealing import append_leaf, load, references
from app.store import acts
from app.store.acts import NewAct, Reference, Standing, StoredAct
from app.store.database import Connection
from app.translation import vocabulary
from app.wiring import Instance

_WORDLESS = frozenset({"gov:KeyEvent", "gov:Redaction"})
_IN_VAIN: Final = timedelta(minutes=1)
PREMISES: Final = frozenset(
    {"gov:proposal", "gov:mandate", "gov:decision", "gov:charter", "gov:outcome", "gov:unresolved", "gov:session"}
    | {"gov:rule", "gov:options"}  # which name a draw, and the texts that stand under one question
)


async def check(instance: Instance, document: Document, *, payer: str | None = None) -> Refusal | None:
    """None if `document` is an act that its author sealed; `net.*` if that cannot be told now.

    `payer` is the domain that sent it, if it was sent: what is looked up for it is within that one's share (A28).
    `act.*`, `ctx.*` and `json.*` mean that it is no act at all; anything else makes it evidence.
    """
    read = check_act_bytes(document) or vocabulary.parse(document, loopback=instance.loopback)
    if isinstance(read, Refusal):
        return read
    proof = integrity_proofs.check_form(document)
    if isinstance(proof, Refusal):
        return proof
    key = await keyholders.seal_key(instance, proof.method, payer=payer)
    if isinstance(key, Refusal):
        return key
    unlogged = await _learn_key_log(instance, document)
    if unlogged is not None:
        return unlogged
    bad = integrity_proofs.verify_proof(document, key)
    if bad is not None:  # the author may have a new key: ask once more
        fresh = await keyholders.seal_key(instance, proof.method, fresh=True, payer=payer)
        if not isinstance(fresh, Refusal) and fresh != key:
            bad = integrity_proofs.verify_proof(document, fresh)
    if bad is not None and await instance.database.read(lambda c: keylogs.holds_under_log(c, document)):
        return None  # by a key that the actor no longer lists: whether it may stand is the key-log's to say
    return bad


async def _learn_key_log(instance: Instance, document: Document) -> Refusal | None:
    """Fetch and keep the first KeyEvent of the author, if their actor names one that is not here (fine-print 28).

    What was not to be had is not asked for again for a minute: anybody may send acts whose author names nothing
    (hostile A28), and no longer, since a server that is away for a moment must not cost an act its place (hostile E18).
    """
    if document["type"] == "gov:KeyEvent":
        return None
    author = document["attributedTo"]
    missing = await instance.database.read(lambda connection: keylogs.missing_first(connection, author))
    if missing is None:
        return None
    name, in_vain = (missing.id, missing.digest), instance.keyring.lookups.key_logs
    refused = in_vain.get(name, instance.now())
    if refused is not None:
        return refused
    refused = await _bring_first(instance, author, missing)
    if refused is not None and refused.code not in resolve.OF_OUR_OWN:
        in_vain.put(name, refused, instance.now() + _IN_VAIN)
    return refused


async def _bring_first(instance: Instance, author: str, named: Reference) -> Refusal | None:
    first = await keylogs.fetch_first(instance, author, named)
    refused = first if isinstance(first, Refusal) else await check(instance, first)
    if isinstance(first, Refusal) or refused is not None:
        return refused

    def keep(connection: Connection) -> Refusal | None:
        record(connection, instance, first, {}, None)
        if keylogs.missing_first(connection, author) is None:
            return None
        return Refusal("key.unlogged", f"the key entry that {author} names does not stand")

    return await instance.database.write(keep)


def is_no_act(refusal: Refusal) -> bool:
    """True if what was refused has no place in the record, not even as evidence."""
    return refusal.code.partition(".")[0] in {"act", "ctx", "json", "id", "instant", "rule", "counts", "duration"}


def record(
    connection: Connection, instance: Instance, document: Document, activity: Document, refused: Refusal | None
) -> StoredAct | None:
    """Keep an act of another, once, with its effects; the act as kept, or None if it was kept before."""
    now = instance.now()
    refused = refused or _may_not_seal(connection, document) or _is_no_delegate(document)
    refused = refused or keylogs.check(connection, document)
    standing = Standing.AUTHENTIC if refused is None else Standing.EVIDENCE
    seq = acts.save(connection, _new(document, standing, refused, now))
    if seq is None:
        return None
    kept = acts.by_seq(connection, seq)
    if kept is None or refused is not None:
        return kept
    append_leaf(connection, instance, received_leaf(kept.id, kept.digest), None, 0)
    key_log = keylogs.named_first(connection, kept.author)
    wanted = [
        *(item for item in references(document) if item.relation in PREMISES),
        *([key_log] if key_log is not None else []),
    ]
    acts.want(connection, wanted, int(now.timestamp()))
    if kept.type == "gov:Redaction":
        _redact(connection, instance, kept, activity)
    hosting.on_act(connection, instance, kept, activity)
    gossiping.on_act(connection, instance, kept)
    if not hosting.is_council(connection):
        answering.on_act(connection, instance, kept)
    for named in acts.naming(connection, kept.id, "gov:act"):  # a Redaction may have come first (hostile E09)
        if named.type == "gov:Redaction" and named.standing is Standing.AUTHENTIC:
            _redact(connection, instance, named, {})
    return kept


def _redact(connection: Connection, instance: Instance, redaction: StoredAct, activity: Document) -> None:
    """An assembly takes the words out of an act of its own: they go here too, what is counted stays.

    Who read the act with us reads its Redaction with us: the author does not know them.
    """
    about = load(redaction)["gov:act"]
    act = acts.by_reference(connection, about["id"], about["gov:digest"])
    if act is None or act.author != redaction.author or act.erased_at is not None or act.type in _WORDLESS:
        return
    was_relayed = relaying.is_relayed(connection, act)
    erasing.forget_words(connection, instance, act)
    if was_relayed and activity.get("actor") == redaction.author:
        relaying.relay(connection, instance, redaction, activity, frozenset())
    elif was_relayed:
        relaying.relay_act(connection, instance, redaction, ())


def _new(document: Document, standing: Standing, refused: Refusal | None, now: Instant) -> NewAct:
    return NewAct(
        id=document["id"],
        digest=digest(document),
        type=document["type"],
        author=document["attributedTo"],
        published_at=seconds_of(document.get("published")),
        raw=canonical(document),
        own=False,
        standing=standing,
        because=None if refused is None else f"{refused.code}: {refused.because}",
        received_at=int(now.timestamp()),
        leaf=None,
        references=references(document),
    )


def _is_no_delegate(document: Document) -> Refusal | None:
    """`vote.stranger` for a vote in the name of an assembly where its author does not live (hostile F03)."""
    author, assembly = document["attributedTo"], document.get("gov:assembly")
    if document["type"] != "gov:DelegateVote" or same_origin(author, str(assembly)):
        return None
    return Refusal("vote.stranger", f"{author} is not at home with {assembly}")


def _may_not_seal(connection: Connection, document: Document) -> Refusal | None:
    """Whether the author's kind of body may seal this type (governance.md §1; hostile B8)."""
    body = keylogs.body_of(connection, document["attributedTo"])
    first = document.get("gov:supersedes") is None  # by what it says itself: others may come in any order
    named = document.get("gov:outcome")
    outcome = Ref(named["id"], named["gov:digest"]) if isinstance(named, dict) else None
    return permission.may_seal(body, document["type"], outcome=outcome, first_charter=first)
