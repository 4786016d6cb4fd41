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
    "sign_in.over": 403,
    "sign_in.wrong": 403,
    "sign_in.often": 429,
    "vote.stranger": 403,
    "vote.concerned": 403,
    "vote.concerned_late": 403,
    "teller.concerned": 403,
    "member.only": 403,
    "member.decision": 403,
    "caretaker.only": 403,
    "following.twice": 409,
    "following.not": 409,
    "post.unknown": 404,
    "post.pinned": 409,
    "post.unpinned": 409,
    "door.unknown": 404,
    "recovery.wrong": 403,
    "recovery.unconfirmed": 403,
    "duty.none": 403,
    "duty.thing": 404,
    "duty.hidden": 409,
    "duty.asked": 409,
    "exclusion.open": 409,
    "departure.open": 409,
    "departure.person": 403,
    "exclusion.concerned": 403,
    "exclusion.witness": 403,
    "appeal.open": 409,
    "recovery.witness": 403,
    "caretaking.same": 409,
    "door.meeting": 409,
    "door.settled": 409,
    "door.asked": 409,
    "attest.person": 403,
    "attest.twice": 409,
    "body.founded": 409,
    "form.size": 413,
    "media.size": 422,
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
    "page.form": 405,
    "page.broken": 500,
    "session.unknown": 404,
    "session.who": 403,
    "session.over": 409,
    "register.who": 403,
    "register.twice": 409,
    "entry.erased": 410,
    "act.unknown": 404,
    "act.size": 422,
    "proposal.state": 409,
    "office.who": 403,
    "office.mandate": 404,
    "office.word": 404,
    "office.signed": 409,
    "office.alone": 409,
    "authors.twice": 409,
    "authors.asked": 403,
    "provisional.over": 409,
    "provisional.twice": 409,
    "teller.differ": 409,
    "teller.two": 409,
    "teller.late": 409,
    "recount.late": 409,
    "duty.last": 409,
    "vote.open": 409,
    "vote.room_counted": 409,
    "vote.own": 409,
    "vote.unspoken": 409,
    "vote.online": 409,
    "recount.none": 409,
    "recount.twice": 409,
    "vote.meeting": 409,
    "vote.meetings": 409,
    "door.who": 403,
    "card.unknown": 404,
    "meeting.unknown": 404,
    "meeting.facilitator": 403,
    "meeting.state": 409,
    "meeting.sitting": 409,
    "point.unknown": 404,
    "point.state": 409,
    "point.twice": 409,
    "teller.facilitates": 403,
    "teller.named": 403,
    "minutes.adopted": 409,
    "vote.closed": 409,
    "call.open": 409,
    "call.late": 409,
    "draft.unknown": 409,
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
_FOR_PEOPLE: Final = {"net.timeout": 504, "net.budget": 503, "net.exhausted": 503}
_BY_FAMILY_FOR_PEOPLE: Final = {"actor": 502, "key": 502, "net": 502, "obj": 502, "sig": 502, "ssrf": 422, "url": 422}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal: by its code, else by the code's first word, else 422."""
    family = refusal.code.partition(".")[0]
    return _STATUSES.get(refusal.code, _BY_FAMILY.get(family, _ELSE))


def status_for_people(refusal: Refusal) -> int:
    """The HTTP status of a page that says no: as `status_of`, but for what another server did.

    To a server that asks, a key that cannot be had is its own failure to show who it is (401). A person who sent a form
    is signed in: the server that was asked for them did not answer (504) or not as it should (502), or it is
    an address that nobody is asked at (422).
    """
    family = refusal.code.partition(".")[0]
    known = _FOR_PEOPLE.get(refusal.code, _BY_FAMILY_FOR_PEOPLE.get(family))
    return status_of(refusal) if known is None else known
