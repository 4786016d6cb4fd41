"""One table from refusal codes to HTTP statuses."""

from typing import Final

from app.kernel.refusal import Refusal

_STATUSES: Final = {
    "actor.mismatch": 403,
    "id.origin": 403,
    "id.ours": 403,
    "owner.mismatch": 403,
    "body.size": 413,
    "budget.spent": 429,
    "hdr.encoding": 415,
    "store.away": 503,
    "hdr.media_type": 415,
    "csrf.origin": 403,
    "csrf.token": 403,
    "sign_in.wrong": 403,
    "sign_in.often": 429,
    "vote.stranger": 403,
    "vote.concerned": 403,
    "teller.concerned": 403,
    "member.only": 403,
    "member.decision": 403,
    "door.unknown": 404,
    "recovery.wrong": 403,
    "exclusion.open": 409,
    "exclusion.concerned": 403,
    "exclusion.witness": 403,
    "appeal.open": 409,
    "recovery.witness": 403,
    "caretaking.same": 409,
    "door.settled": 409,
    "door.asked": 409,
    "attest.person": 403,
    "attest.twice": 409,
    "body.founded": 409,
    "form.size": 413,
    "media.size": 413,
    "media.type": 422,
    "media.unknown": 404,
    "form.text": 400,
    "form.type": 415,
    "item.unknown": 404,
    "reply.unknown": 404,
    "vote.unknown": 404,
    "question.unknown": 404,
    "question.late": 409,
    "page.unknown": 404,
    "session.unknown": 404,
    "session.who": 403,
    "session.over": 409,
    "register.who": 403,
    "register.twice": 409,
    "entry.erased": 410,
    "act.unknown": 404,
    "proposal.state": 409,
    "teller.differ": 409,
    "teller.two": 409,
    "vote.open": 409,
    "vote.closed": 409,
}
_BY_FAMILY: Final = {
    "act": 400,
    "actor": 401,
    "body": 400,
    "hdr": 400,
    "net": 401,
    "obj": 401,
    "ssrf": 401,
    "url": 401,
    "sig": 401,
    "key": 401,
    "policy": 403,
    "proof": 403,
    "json": 400,
    "ctx": 400,
    "id": 400,
    "http": 400,
}
_ELSE: Final = 422


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal: by its code, else by the code's first word, else 422."""
    family = refusal.code.partition(".")[0]
    return _STATUSES.get(refusal.code, _BY_FAMILY.get(family, _ELSE))
