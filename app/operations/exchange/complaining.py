"""Complaining elsewhere: the instance, and no person of ours, tells another server of what somebody there does."""

from collections.abc import Sequence
from typing import Final

from app.kernel.ids import parse_id, same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange.publishing import send
from app.store import caretaking
from app.store.database import Connection
from app.wiring import Instance

_LONGEST: Final = 1_000
_MOST: Final = 20


def complain(
    connection: Connection, instance: Instance, actor: str, posts: Sequence[str], because: str
) -> str | Refusal:
    """Queue a `Flag` of an actor, with posts of theirs, by the instance's own actor; its id.

    `complaint.whom` for one of ours or an address that is none, `complaint.posts` for posts of
    another server, too many, or what is no address, `complaint.because` without a reason or with a very long one.
    """
    if isinstance(parse_id(actor, loopback=instance.loopback), Refusal) or same_origin(actor, instance.url):
        return Refusal("complaint.whom", f"{actor!r} is not the address of somebody elsewhere")
    strange = [post for post in posts if isinstance(parse_id(post, loopback=instance.loopback), Refusal)]
    if len(posts) > _MOST or strange or not all(same_origin(post, actor) for post in posts):
        return Refusal("complaint.posts", f"up to {_MOST} posts, all of the server of {actor}")
    if not 0 < len(because.strip()) <= _LONGEST:
        return Refusal("complaint.because", f"a complaint says why, in at most {_LONGEST} signs")
    caretaking.note(connection, "complained", actor, because.strip(), int(instance.now().timestamp()))
    named = [actor, *dict.fromkeys(posts)]
    return send(connection, instance, "Flag", instance.application, named, [actor], content=because.strip())
