"""Following others: the assembly follows an actor or a community elsewhere, and takes that back."""

from typing import Final
from urllib.parse import quote, urlsplit

from app.federation import discovery
from app.kernel.canonical import read_document
from app.kernel.ids import Id, parse_id, same_origin
from app.kernel.refusal import Refusal
from app.operations.exchange import resolve
from app.operations.exchange.publishing import send
from app.store import caretaking, reactions
from app.store.database import Connection
from app.wiring import Instance

_JRD: Final = "application/jrd+json, application/json"


async def find(instance: Instance, text: str) -> Id | Refusal:
    """The actor that an address or a handle (`@name@host`, `!name@host`) names, fetched and kept."""
    name, at, host = text.strip().lstrip("@!").rpartition("@")
    named = parse_id(text, loopback=instance.loopback) if "://" in text else None
    if named is None:
        if not at or not name or not host:
            return Refusal("id.form", f"{text[:80]!r} is neither an address nor a handle such as @name@host")
        named = await _by_handle(instance, f"{name}@{host}")
    if isinstance(named, Refusal):
        return named
    found = await resolve.actor(instance, named)
    return found if isinstance(found, Refusal) else Id(found.id)


def follow(connection: Connection, instance: Instance, actor: str, *, by: str = "") -> Refusal | None:
    """Ask to follow, and log that `by` did; `following.ours` for one of ours, `following.twice` if we asked already."""
    if same_origin(actor, instance.url):
        return Refusal("following.ours", f"{actor} is here")
    if reactions.is_followed(connection, actor) in {"asked", "accepted"}:
        return Refusal("following.twice", f"we asked to follow {actor} already")
    asked = send(connection, instance, "Follow", instance.assembly, actor, [actor])
    now = int(instance.now().timestamp())
    reactions.follow(connection, actor, asked, now)
    caretaking.note(connection, "followed", actor, by, now)
    return None


def unfollow(connection: Connection, instance: Instance, actor: str, *, by: str = "") -> Refusal | None:
    """Follow no longer, by `Undo` of the Follow that was sent; `following.not` if there is none."""
    asked = reactions.follow_of(connection, actor)
    if asked is None:
        return Refusal("following.not", f"we do not follow {actor}")
    undone = {"id": asked, "type": "Follow", "actor": instance.assembly, "object": actor}
    send(connection, instance, "Undo", instance.assembly, undone, [actor])
    reactions.unfollow(connection, actor)
    caretaking.note(connection, "unfollowed", actor, by, int(instance.now().timestamp()))
    return None


async def _by_handle(instance: Instance, handle: str) -> Id | Refusal:
    """What the handle's own host says by WebFinger."""
    host = handle.rpartition("@")[2]
    scheme = "http" if instance.loopback and urlsplit(instance.url).scheme == "http" else "https"
    address = f"{scheme}://{host}/.well-known/webfinger?resource={quote(f'acct:{handle}', safe='')}"
    bad = parse_id(address, loopback=instance.loopback)
    if isinstance(bad, Refusal):
        return bad
    answer = await instance.client.get(address, headers={"Accept": _JRD})
    if isinstance(answer, Refusal):
        return answer
    if answer.status != 200:
        return Refusal("net.status", f"{address} answered {answer.status}")
    jrd = read_document(answer.body)
    return jrd if isinstance(jrd, Refusal) else discovery.actor_found(jrd, handle, loopback=instance.loopback)
