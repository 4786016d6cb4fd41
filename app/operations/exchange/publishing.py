"""Announcing: a sealed act goes to everyone whom it concerns, and a post about it to everyone else."""

import gettext
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import orjson

from app.federation import audience, documents, integrity_proofs
from app.governance.publicity import Publicity
from app.kernel.canonical import Document
from app.kernel.instant import Instant, format_instant
from app.operations.assembly import describing, forming
from app.operations.confederation import confederations
from app.operations.exchange.visiting import Door
from app.operations.record import telling
from app.operations.record.sealing import UnfitError, heading, load, seal, seal_signer
from app.store import acts, agenda, ledger, notices, outbox
from app.store.acts import StoredAct
from app.store.database import Connection
from app.store.notices import Notice
from app.store.outbox import Followers, Target
from app.translation import hashtags, posts
from app.wiring import Instance

_LEAVES: Final = frozenset({Publicity.PUBLIC, Publicity.CONFEDERATES})
_NO_POST: Final = frozenset({"gov:Attestation"})
"""Acts that say nothing to who does not read acts: the one that is confirmed has a post of its own."""

RELAYED: Final = frozenset({"gov:Proposal", "gov:Ratification", "gov:DelegateVote", "gov:Recall", "gov:Registration"})
"""Acts that a forum confirms with a Receipt and relays: it is sent their posts too, for those that follow it."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post about an act: its address, the conversation that it belongs to, and the document with its proof."""

    id: str
    dossier: str
    signed: Document


def seal_and_announce(
    connection: Connection, instance: Instance, document: Document, *, also: Iterable[str] = ()
) -> StoredAct:
    """Seal an act that `heading` began and announce it by `Create`; the act as kept.

    UnfitError for what our assembly may not seal while it is forming (`body.forming`), and as `seal` has it.
    """
    published = heading(connection, instance).published
    refused = forming.check(connection, instance, document, published)
    if refused is not None:
        raise UnfitError(refused)
    act = seal(connection, instance, document | {"published": format_instant(published)}, published)
    announce(connection, instance, act, also=also)
    return act


def announce(
    connection: Connection, instance: Instance, act: StoredAct, *, activity: str = "Create", also: Iterable[str] = ()
) -> None:
    """Queue `activity` with the act for everyone it names and all fellow members, and its post for followers.

    What is not for everybody has no post and no place in the outbox; what is for the assembly alone
    is sent to nobody. Every act goes to each assembly directly, never only by way of a council (protocol.md §3). In
    the caller's transaction; the outbox's workers are woken when it commits.
    """
    document = load(act)
    publicity = Door(connection, instance).publicity(act)
    is_public = publicity is Publicity.PUBLIC
    named, told = frozenset[str](), frozenset[str]()
    if publicity in _LEAVES:
        named = frozenset(also) | confederations.named_by(connection, instance, document)
        told = named | confederations.fellows(connection, instance)
    if told or is_public:
        without = tuple(sorted(told))
        readers = Followers(instance.assembly, reads_acts=True, without=without) if is_public else None
        public = activity == "Create" and is_public
        send(connection, instance, activity, act.author, document, told, public=public, followers=readers)
    if act.type == "gov:KeyEvent":
        _tell_of_keys(connection, instance)
    if is_public and act.type not in _NO_POST:
        forums = named & confederations.forums(connection, instance) if act.type in RELAYED else frozenset[str]()
        _send_post(connection, instance, act, document, told, forums)
    agenda.tell(connection, act.type.removeprefix("gov:").lower(), int(instance.now().timestamp()), act=act.seq)
    instance.departures.set()


def reached(connection: Connection, instance: Instance, act: StoredAct) -> frozenset[str]:
    """The other assemblies that an act of ours goes to: those it names and all fellows; nobody if it stays here."""
    if Door(connection, instance).publicity(act) not in _LEAVES:
        return frozenset()
    named = confederations.named_by(connection, instance, load(act))
    return (named | confederations.fellows(connection, instance)) - {instance.assembly}


def send(
    connection: Connection,
    instance: Instance,
    activity: str,
    actor: str,
    thing: Document | str | Sequence[str],
    recipients: Iterable[str],
    *,
    public: bool = False,
    result: Document | None = None,
    content: str | None = None,
    followers: Followers | None = None,
) -> str:
    """Queue an activity of one of our actors for `recipients`, and for followers of ours if any; its id."""
    tip = ledger.tip(connection)
    activity_id = f"{instance.url}/activities/{instance.new_ulid()}"
    to = sorted(set(recipients))
    wrapped = documents.wrap(
        activity,
        activity_id=activity_id,
        actor=actor,
        thing=thing,
        to=(audience.PUBLIC,) if public else to,
        cc=(*to, f"{instance.assembly}/followers") if public else (),
        published=instance.now(),
        checkpoint=tip.checkpoint if tip is not None else None,
        result=result,
        content=content,
    )
    targets = confederations.targets(connection, instance, to)
    _queue(connection, instance, wrapped, targets, public=public, followers=followers)
    return activity_id


def send_post(connection: Connection, instance: Instance, note: Document, recipients: Iterable[str]) -> None:
    """Queue the `Create` of a post of one of our people, which is for everybody: for whom it answers, and followers."""
    wrapped = documents.wrap(
        "Create",
        activity_id=f"{instance.url}/activities/{instance.new_ulid()}",
        actor=note["attributedTo"],
        thing=note,
        to=note["to"],
        cc=note["cc"],
        published=instance.now(),
    )
    followers, targets = Followers(note["attributedTo"]), confederations.targets(connection, instance, recipients)
    _queue(connection, instance, wrapped, targets, public=True, followers=followers)


def to_followers(
    connection: Connection,
    instance: Instance,
    activity: str,
    thing: Document | str,
    *,
    to: Followers | None = None,
    also: Iterable[str] = (),
    target: str | None = None,
    activity_id: str | None = None,
) -> str:
    """Queue a public activity of the assembly for everybody who follows it, or those in `to`, and `also`; its id."""
    beside = sorted(set(also))
    wrapped = documents.wrap(
        activity,
        activity_id=activity_id or f"{instance.url}/activities/{instance.new_ulid()}",
        actor=instance.assembly,
        thing=thing,
        to=(audience.PUBLIC,),
        cc=(*beside, f"{instance.assembly}/followers"),
        published=instance.now(),
        target=target,
    )
    targets = confederations.targets(connection, instance, beside)
    _queue(connection, instance, wrapped, targets, public=True, followers=to or Followers(instance.assembly))
    return str(wrapped["id"])


def _queue(
    connection: Connection,
    instance: Instance,
    wrapped: Document,
    targets: tuple[Target, ...],
    *,
    public: bool,
    followers: Followers | None = None,
) -> None:
    outbox.publish(
        connection,
        wrapped["id"],
        wrapped["actor"],
        orjson.dumps(wrapped),
        public=public,
        now=int(instance.now().timestamp()),
        about=documents.subject_of(wrapped),
        targets=targets,
        followers=followers,
    )
    instance.departures.set()


def post_about(
    connection: Connection, instance: Instance, act: StoredAct, document: Document, published: Instant
) -> Post:
    """The readable post of an act, signed (protocol.md §1); it names people and assemblies as they are known now."""
    sentence = telling.sentence(connection, instance, document, gettext.gettext)
    dossier = dossier_of(connection, instance, document)
    post = posts.post(
        document,
        digest=act.digest,
        post_id=post_id_of(instance, act),
        owner=instance.assembly,
        dossier=dossier,
        sentence=sentence,
        published=published,
    )
    signer = seal_signer(connection, instance, instance.assembly)
    return Post(post["id"], dossier, integrity_proofs.seal(post, signer, published))


def post_id_of(instance: Instance, act: StoredAct) -> str:
    """The address of the post of an act of ours."""
    return f"{instance.url}/notices/{act.id.rpartition('/')[2]}"


def _send_post(
    connection: Connection,
    instance: Instance,
    act: StoredAct,
    document: Document,
    reached: AbstractSet[str],
    forums: AbstractSet[str],
) -> None:
    """Keep the post of an act and queue it for followers that do not read acts, and forums, whose followers see it."""
    now = instance.now()
    post = post_about(connection, instance, act, document, now)
    said = frozenset(hashtags.keys_of(post.signed))
    kept = Notice(post.id, act.seq, post.dossier, orjson.dumps(post.signed), int(now.timestamp()), said)
    notices.add(connection, kept)
    others = Followers(instance.assembly, reads_acts=False, without=tuple(sorted(reached)))
    to_followers(connection, instance, "Create", post.signed, to=others, also=forums)


def _tell_of_keys(connection: Connection, instance: Instance) -> None:
    """The assembly's document has changed with its key-log: followers keep a copy of it."""
    raw = describing.actor(connection, instance, instance.assembly)
    if raw is not None:
        to_followers(connection, instance, "Update", orjson.loads(raw))


def dossier_of(connection: Connection, instance: Instance, document: Document) -> str:
    """The conversation that an act belongs to: one for each proposal, whichever version it names."""
    about = document.get("gov:proposal") or document.get("gov:supersedes")
    seen: set[str] = set()
    key = document["id"]
    while isinstance(about, dict) and about["id"] not in seen:
        seen.add(about["id"])
        key = about["id"]
        named = acts.by_id(connection, about["id"])
        earlier = load(named) if named is not None and named.type == "gov:Proposal" else {}
        about = earlier.get("gov:supersedes")
    return f"{instance.url}/dossiers/{key.rpartition('/')[2]}"
