"""The dishonest step: whoever has a body's keys seals a second result that leaves a member out."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from app.demo.stage import Server, StageError
from app.demo.visitor import post
from app.federation import audience, documents, http_signatures, integrity_proofs, keys
from app.governance.counts import Counts, counts_document, parse_counts
from app.governance.decision import decide
from app.governance.rules import parse_rule
from app.kernel.canonical import Document, canonical
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.store import actors
from app.store.actors import StoredKey
from app.store.database import Connection
from app.wiring import open_instance, read_settings

_ACCEPTED: Final = 202
_CLASS: Final = {"ratified": "agree", "reserved": "reserve", "rejected": "disagree", "abstained": "abstain"}


def forge_result(council: Server, outcome: Document, left_out: str, victims: Iterable[Server]) -> Document:
    """Seal a copy of `outcome` in which `left_out` is silent, and post it to the inboxes of `victims`.

    The keys are read from where the council keeps them. Everything in it follows from everything else,
    so that only the entry left out refutes it. StageError if an inbox does not take it.
    """
    told_to = tuple(victims)
    held, secret = asyncio.run(_stolen(council))
    now = datetime.now(UTC).replace(microsecond=0)
    name = f"second-result-{int(now.timestamp())}"
    unsigned = _without(outcome, left_out) | {
        "id": f"{council.url}/acts/{name}",
        "published": format_instant(now),
    }
    seed, pem = (_unlocked(held[purpose], secret) for purpose in ("seal", "http"))
    sealed = integrity_proofs.seal(unsigned, keys.seal_signer(held["seal"].key_id, seed), now)
    told = documents.wrap(
        "Create",
        activity_id=f"{council.url}/activities/{name}",
        actor=council.assembly,
        thing=sealed,
        to=(audience.PUBLIC,),
        cc=[victim.assembly for victim in told_to],
        published=now,
    )
    signer = keys.rsa_signer(held["http"].key_id, pem)
    for victim in told_to:
        body, inbox = canonical(told), f"{victim.url}/inbox"
        status = post(inbox, http_signatures.sign("POST", inbox, datetime.now(UTC), body, signer), body)
        if status != _ACCEPTED:
            raise StageError(f"{victim.body.name} answered {status} to the second result")
    return sealed


def _without(outcome: Document, left_out: str) -> Document:
    """The result with one assembly silent: rows, counts, tendency, status and whom it binds agree."""
    [row] = [row for row in outcome["gov:stances"] if row["assembly"] == left_out]
    rows = [{"assembly": left_out, "stance": "silent"} if one is row else one for one in outcome["gov:stances"]]
    counts = _less_one(outcome["gov:counts"], row["stance"])
    changed = {"gov:stances": rows, "gov:counts": counts_document(counts), "gov:status": _status(outcome, counts)}
    if "gov:tendency" in outcome:
        wider = _less_one(outcome["gov:tendency"]["counts"], row["stance"])
        changed["gov:tendency"] = {"status": _status(outcome, wider), "counts": counts_document(wider)}
    if "gov:binds" in outcome:
        changed["gov:binds"] = [one for one in outcome["gov:binds"] if one != left_out]
    dropped = {"proof", "gov:correctionOf", "gov:because"}
    return {key: value for key, value in outcome.items() if key not in dropped} | changed


def _less_one(counts: Document, stance: str) -> Counts:
    lowered = {**counts, "present": counts["present"] - 1, _CLASS[stance]: counts[_CLASS[stance]] - 1}
    found = parse_counts(lowered)
    if isinstance(found, Refusal):
        raise StageError(f"the first result cannot be lowered: {found.because}")
    return found


def _status(outcome: Document, counts: Counts) -> str:
    rule = parse_rule(outcome["gov:rule"])
    if isinstance(rule, Refusal):
        raise StageError(f"the rule of the first result cannot be read: {rule.because}")
    return decide(rule, counts).status.value


async def _stolen(council: Server) -> tuple[dict[str, StoredKey], bytes]:
    """The council's keys as they lie in its database, and the secret that opens them."""
    more = {"database_url": council.database} if council.database else {}
    settings = read_settings(url=council.url, data_dir=council.folder, loopback=True, **more)
    instance = settings if isinstance(settings, Refusal) else open_instance(settings)
    if isinstance(instance, Refusal):
        raise StageError(f"the keys of {council.body.name} cannot be read: {instance.because}")

    def read(connection: Connection) -> tuple[StoredKey, ...]:
        return actors.keys_of(connection, council.assembly)

    try:
        held = await instance.database.read(read)
    finally:
        await instance.close()
    return {key.purpose: key for key in held}, instance.secret


def _unlocked(key: StoredKey, secret: bytes) -> bytes:
    private = keys.unlock(secret, key.locked)
    if isinstance(private, Refusal):
        raise StageError(f"{key.key_id}: {private.because}")
    return private
