"""Relaying: a council announces what its members did, unchanged, to them and to who follows it (FEP-1b12)."""

import json
from collections.abc import Iterable

from app.federation import audience, documents
from app.federation.objects import Activity
from app.federation.posts import KINDS
from app.governance.publicity import Publicity
from app.kernel.canonical import Document, digest
from app.kernel.ids import same_origin
from app.operations.confederation import confederations, receipting
from app.operations.exchange.publishing import send, to_followers
from app.operations.exchange.visiting import Door
from app.operations.record.sealing import load
from app.store import acts, held_relays, outbox, voices
from app.store.acts import StoredAct
from app.store.database import Connection
from app.store.outbox import Followers
from app.wiring import Instance


def relay(
    connection: Connection, instance: Instance, act: StoredAct, activity: Document, recipients: frozenset[str]
) -> None:
    """Announce the activity that brought `act`, with its inner proof, and add nothing.

    It goes to `recipients`, and if both the act and the activity are for everybody, to followers that read
    acts; the others are sent no type that they do not know (protocol.md §1). While nobody can say if the act is,
    it goes to `recipients` alone, and to the others by `go_on`.
    """
    actor, door = str(activity.get("actor")), Door(connection, instance)
    reached = recipients - {actor, instance.assembly}
    told_to_all = audience.is_public(activity)
    public = told_to_all and door.publicity(act) is Publicity.PUBLIC
    readers = _readers(instance, reached, actor) if public else None
    announce = send(
        connection, instance, "Announce", instance.assembly, activity, reached, public=public, followers=readers
    )
    owner = door.awaits(act)
    if owner is not None and told_to_all:
        held_relays.hold(connection, announce, owner)


def relay_act(
    connection: Connection, instance: Instance, act: StoredAct, recipients: Iterable[str], *, to_all: bool = True
) -> None:
    """Announce an act itself to `recipients`, where what brought it is not at hand, as when it comes from another tier.

    With `to_all` it goes to followers that read acts too, if it is for everybody.
    """
    door, document = Door(connection, instance), load(act)
    reached = frozenset(recipients) - {act.author, instance.assembly}
    public = to_all and door.publicity(act) is Publicity.PUBLIC
    if not (public or reached):
        return
    readers = _readers(instance, reached, act.author) if public else None
    announce = send(
        connection, instance, "Announce", instance.assembly, document, reached, public=public, followers=readers
    )
    owner = door.awaits(act)
    if owner is not None and to_all:
        held_relays.hold(connection, announce, owner)


def go_on(connection: Connection, instance: Instance, owner: str) -> None:
    """Announce to followers that read acts what went to members alone, now that a charter of `owner` is here.

    What that charter keeps from everybody stays with the members, and so does what was erased meanwhile.
    """
    for announce in held_relays.take(connection, owner):
        sent = outbox.activity(connection, announce)
        relayed = json.loads(sent.raw) if sent is not None else {}
        for document in documents.acts_within(relayed):
            act = acts.by_reference(connection, document["id"], digest(document))
            if act is None or act.erased_at is not None:
                continue
            if Door(connection, instance).publicity(act) is Publicity.PUBLIC:
                activity = relayed["object"]
                by = activity.get("actor", activity.get("attributedTo"))  # an act itself has no actor
                to = _readers(instance, relayed["to"], str(by))
                send(connection, instance, "Announce", instance.assembly, activity, (), public=True, followers=to)


def _readers(instance: Instance, reached: Iterable[str], actor: str) -> Followers:
    """Those of our followers that read acts and are not reached otherwise."""
    return Followers(instance.assembly, reads_acts=True, without=tuple(sorted({*reached, actor})))


def act_of_post(activity: Activity) -> tuple[str, str] | None:
    """The id and digest of the act that a public post is about which its own author brings; None for other posts."""
    post = activity.thing.said
    if post is None or not set(activity.thing.kinds) & KINDS or "inReplyTo" in post:
        return None
    about = post.get("gov:act")
    act_id, digest = (about.get("id"), about.get("gov:digest")) if isinstance(about, dict) else (None, None)
    is_own = post.get("attributedTo") == activity.actor and same_origin(str(activity.thing.id), activity.actor)
    if not is_own or not audience.is_public(post) or not audience.is_public(activity.document):
        return None
    return (act_id, digest) if isinstance(act_id, str) and isinstance(digest, str) else None


def is_heard(connection: Connection, instance: Instance, author: str) -> bool:
    """True if we relay for `author`: a member of ours, or who registered for a session of ours."""
    me = instance.assembly
    return author in confederations.members_of(connection, me) | confederations.delegations_of(connection, me)


def receipt_of(connection: Connection, instance: Instance, about: tuple[str, str]) -> StoredAct | None:
    """Our Receipt for the act that a post is about, if we have the act and gave one."""
    act = acts.by_reference(connection, *about)
    return receipting.receipt_of(connection, instance, act) if act is not None else None


def is_relayed(connection: Connection, act: StoredAct) -> bool:
    """True if an Announce of ours holds an act and went to followers."""
    sent = outbox.about(connection, (act.id,))
    return any(one.public and json.loads(one.raw)["type"] == "Announce" for one in sent)


def relayed_post(connection: Connection, instance: Instance, act: StoredAct) -> outbox.Activity | None:
    """The Announce of a member's post about an act, if we sent one: it is called like our Receipt for the act."""
    receipt = receipting.receipt_of(connection, instance, act)
    return outbox.activity(connection, _called_like(instance, receipt)) if receipt is not None else None


def relay_post(connection: Connection, instance: Instance, about: tuple[str, str], activity: Document) -> None:
    """Announce the `Create` of a member's post about an act before us, to followers that read no acts; once per act.

    What its author has published is public, whether its charter has come here or not. The Announce is called
    like our Receipt for the act, and so there is never a second.
    """
    act, receipt = acts.by_reference(connection, *about), receipt_of(connection, instance, about)
    author, post = str(activity.get("actor")), str(activity["object"]["id"])
    if act is None or receipt is None or not same_origin(act.id, author):
        return
    if act.erased_at is not None or voices.is_buried(connection, post, author):
        return  # it was taken back before it came (hostile E09)
    announced = _called_like(instance, receipt)
    if outbox.activity(connection, announced) is None:
        others = Followers(instance.assembly, reads_acts=False)
        to_followers(connection, instance, "Announce", activity, to=others, activity_id=announced)


def _called_like(instance: Instance, receipt: StoredAct) -> str:
    return f"{instance.url}/activities/{receipt.id.rpartition('/')[2]}"
