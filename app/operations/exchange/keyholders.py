"""Whose key this is: kept in memory, stored with its actor, or looked up where it lies and confirmed by its owner.

Anybody can make us look something up, by naming a key in a request. So what strangers ask for has bounds: one
lookup at a time for a key, three hops and ten seconds for each, none of an address that was in vain lately, and a
number of them for each registrable domain and minute (hostile A28, D08).
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Final, TypeVar

import orjson

from app.federation import documents
from app.federation.domains import domain_of
from app.federation.keys import Ed25519PublicKey, PublicKey, bare_key, is_same, with_key
from app.federation.verification import confirm_key, named_owner
from app.kernel.ids import parse_id, same_origin, without_fragment
from app.kernel.refusal import Refusal
from app.operations.exchange import resolve
from app.store import actors
from app.store.actors import StoredActor
from app.store.database import Connection
from app.wiring import Instance

T = TypeVar("T")

_SECONDS: Final = 10.0
_REDIRECTS: Final = 1  # of the key's document and of its owner's: with the step from one to the other, three hops
_KEPT: Final = timedelta(hours=1)  # then the store is asked again: another process may have learnt of a new key
_IN_VAIN: Final = timedelta(minutes=10)
_REFETCH_SECONDS: Final = 3_600
_REFETCH_SECONDS_IN_VAIN: Final = 60  # a stranger could use up the hour of an actor whose key is about to change


async def key(
    instance: Instance, key_id: str, *, fresh: bool = False, for_stranger: bool = False, payer: str | None = None
) -> PublicKey | Refusal:
    """The public key with this id, confirmed by the actor that lists it (hostile A22 to A24).

    `fresh` asks its server anew: once an hour for each actor, once a minute while that brings nothing new (hostile
    A27). `for_stranger` holds to the bounds
    of what anybody may make us ask; `payer` is the domain on whose word we ask for a key that is not its own.
    """
    known = None if fresh else instance.keyring.known.get(key_id, instance.now())
    if known is not None:
        return known
    running = instance.keyring.lookups.running
    name = (key_id, fresh, for_stranger)
    task = running.get(name)
    if task is None:
        task = asyncio.create_task(_look_up(instance, key_id, fresh=fresh, for_stranger=for_stranger, payer=payer))
        running[name] = task
        task.add_done_callback(lambda _: running.pop(name, None))
    return await asyncio.shield(task)


async def seal_key(
    instance: Instance, method: str, *, fresh: bool = False, payer: str | None = None
) -> Ed25519PublicKey | Refusal:
    """The Ed25519 key that a proof names: stored, or fetched, within the share of `payer` if on somebody's word."""
    if same_origin(method, instance.url):
        return Refusal("id.ours", f"{method} is our own key, and acts of ours do not come from outside")
    found = await key(instance, method, fresh=fresh, for_stranger=payer is not None, payer=payer)
    if isinstance(found, Ed25519PublicKey | Refusal):
        return found
    return Refusal("proof.controller", f"{method} is not an Ed25519 key")


async def as_listed_by(instance: Instance, shared: PublicKey, actor_id: str) -> PublicKey | None:
    """The same key as `actor_id` lists it as its own, under the same name; None if it does not (hostile A22).

    Some servers have one key for several of their actors.
    """
    if isinstance(parse_id(actor_id, loopback=instance.loopback), Refusal) or same_origin(actor_id, instance.url):
        return None
    holder = await resolve.stored_actor(instance, actor_id)
    if holder is None:
        if _barred(instance, actor_id) is not None:
            return None
        found: StoredActor | Refusal = await _in_time(actor_id, resolve.actor(instance, actor_id, max_hops=_REDIRECTS))
        if isinstance(found, Refusal):
            _note_in_vain(instance, actor_id, found)
            return None
        holder = found
    listed = _confirmed_by(holder, shared.id)
    return listed if not isinstance(listed, Refusal) and is_same(listed, shared) else None


async def _look_up(
    instance: Instance, key_id: str, *, fresh: bool, for_stranger: bool, payer: str | None
) -> PublicKey | Refusal:
    holder = await _stored_holder(instance, key_id)
    found: PublicKey | Refusal | None = _confirmed_by(holder, key_id) if holder is not None else None
    if found is None or isinstance(found, Refusal) or fresh:
        address = holder.id if holder is not None else without_fragment(key_id)
        barred = _barred(instance, address, payer) if for_stranger else None
        if barred is None and holder is not None and not await _may_refetch(instance, holder):
            barred = _not_again(instance, holder, found)
        if barred is not None:
            return barred
        answer: PublicKey | Refusal = await _in_time(key_id, _ask_owner(instance, key_id, address))
        if holder is not None:
            await _note_unchanged(instance, holder)
        elif isinstance(answer, Refusal):
            _note_in_vain(instance, address, answer)
        found = answer
    if not isinstance(found, Refusal):
        instance.keyring.known.put(key_id, found, instance.now() + _KEPT)
    return found


async def _in_time(address: str, exchange: Awaitable[T | Refusal]) -> T | Refusal:
    try:
        async with asyncio.timeout(_SECONDS):
            return await exchange
    except TimeoutError:
        return Refusal("net.timeout", f"nobody confirmed {address[:80]} in {_SECONDS:g} s")


async def _ask_owner(instance: Instance, key_id: str, address: str) -> PublicKey | Refusal:
    """The document at the key's address, then, if it is not the owner's own, the owner's."""
    document = await resolve.fetch(instance, address, max_hops=_REDIRECTS)
    if isinstance(document, Refusal):
        await resolve.note_gone(instance, address, document)
        return document
    owner = named_owner(document, key_id)
    if owner == address:
        pointed = bare_key(document)
        if pointed is not None and pointed != address:
            key = await resolve.fetch(instance, pointed, max_hops=_REDIRECTS)
            document = document if isinstance(key, Refusal) else with_key(document, key)
        holder = await resolve.keep(instance, document, address)
    elif isinstance(owner, str) and not same_origin(owner, instance.url):
        holder = await resolve.actor(instance, owner, max_hops=_REDIRECTS)
        whole = {} if isinstance(holder, Refusal) else orjson.loads(holder.raw)
        if bare_key(whole) == address:  # the owner names this document, which is the key
            holder = await resolve.keep(instance, with_key(whole, document), owner)
    else:
        return Refusal("key.owner_unconfirmed", f"{address[:80]} names no owner of {key_id[:80]}")
    return holder if isinstance(holder, Refusal) else _confirmed_by(holder, key_id)


async def _stored_holder(instance: Instance, key_id: str) -> StoredActor | None:
    """The stored actor that the key lies in, or under whose address it lies (`…/users/bob/main-key`)."""
    address = without_fragment(key_id)
    found = await resolve.stored_actor(instance, address)
    if found is None and address == key_id:
        found = await resolve.stored_actor(instance, address.rpartition("/")[0])
    return found


async def _may_refetch(instance: Instance, holder: StoredActor) -> bool:
    now = int(instance.now().timestamp())

    def note(connection: Connection) -> bool:
        return actors.may_refetch(connection, holder.id, now, _REFETCH_SECONDS)

    return holder.gone_at is None and await instance.database.write(note)


async def _note_unchanged(instance: Instance, holder: StoredActor) -> None:
    """If asking an actor anew brought what was known before, do so again in a minute and not in an hour."""
    asked_at = int(instance.now().timestamp()) - _REFETCH_SECONDS + _REFETCH_SECONDS_IN_VAIN

    def note(connection: Connection) -> None:
        now_held = actors.get(connection, holder.id)
        if now_held is not None and now_held.raw == holder.raw:
            actors.refetched_in_vain(connection, holder.id, asked_at)

    await instance.database.write(note)


def _not_again(instance: Instance, holder: StoredActor, found: PublicKey | Refusal | None) -> Refusal:
    """What to say without asking anew: the no of a document that is fresh is a no, anything else is not known now."""
    oldest = int(instance.now().timestamp()) - _REFETCH_SECONDS
    if isinstance(found, Refusal) and (holder.fetched_at > oldest or holder.gone_at is not None):
        return found
    return Refusal("net.refetched", f"the keys of {holder.id[:80]} were asked for within the hour, or it is gone")


def _barred(instance: Instance, address: str, payer: str | None = None) -> Refusal | None:
    """Why `address` is not asked for a stranger now; else the lookup is counted, for `payer` too if there is one."""
    lookups, now = instance.keyring.lookups, instance.now()
    in_vain = lookups.in_vain.get(address, now)
    if in_vain is not None:
        return in_vain
    if payer is not None and not instance.budgets.proof_keys.take(payer, now):
        return Refusal("net.budget", f"{payer} has named as many keys of proofs as it may for now")
    domain = domain_of(documents.host_of(address))
    if not instance.budgets.lookups.take(domain, now):
        return Refusal("net.budget", f"{domain} has had its lookups for now")
    return None


def _note_in_vain(instance: Instance, address: str, refused: Refusal) -> None:
    if refused.code not in resolve.OF_OUR_OWN:
        instance.keyring.lookups.in_vain.put(address, refused, instance.now() + _IN_VAIN)


def _confirmed_by(holder: StoredActor, key_id: str) -> PublicKey | Refusal:
    return confirm_key(key_id, orjson.loads(holder.raw), holder.id)
