"""What each peer demands of an actor, an activity and a post before it takes or shows it, and where that was read.

`where` names a file of the peer's own source, or a page of its documentation. A demand says what is
wrong with a document, or nothing; ours are held against all of them by `test_golden.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
AS2: Final = "https://www.w3.org/ns/activitystreams"
LARGEST: Final = 60 * 1024
ACTIVITIES: Final = frozenset({
    "Accept", "Add", "Announce", "Block", "Create", "Delete", "Flag", "Follow", "Join",
    "Leave", "Like", "Move", "Offer", "Reject", "Remove", "Undo", "Update",
})  # fmt: skip
_ACTORS: Final = frozenset({"Application", "Group", "Organization", "Person", "Service"})

Document = dict[str, Any]


@dataclass(frozen=True)
class Demand:
    """One thing that a peer asks of an `actor`, an `activity` or a `post`; `holds` is True where it is met."""

    peer: str
    of: str
    what: str
    where: str
    holds: Callable[[Document], bool]


def is_url(value: object, near: object = None) -> bool:
    """An absolute address, on the host of `near` if that is given."""
    if not isinstance(value, str) or not urlsplit(value).netloc:
        return False
    return near is None or urlsplit(value).netloc == urlsplit(str(near)).netloc


def is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def addresses(document: Document, *keys: str) -> list[str]:
    return [one for key in keys for one in document.get(key, []) if isinstance(document.get(key), list)]


def has_key(actor: Document) -> bool:
    key = actor.get("publicKey")
    return isinstance(key, dict) and is_url(key.get("id"), actor["id"]) and key.get("owner") == actor["id"]


def has_plain_key(actor: Document) -> bool:
    pem = actor["publicKey"]["publicKeyPem"]
    return pem.startswith("-----BEGIN PUBLIC KEY-----") and "-----END PUBLIC KEY-----" in pem


def inboxes_are_near(actor: Document) -> bool:
    boxes = [actor.get(key) for key in ("inbox", "outbox", "followers", "following")]
    return all(is_url(box, actor["id"]) for box in [*boxes, actor["endpoints"]["sharedInbox"]])


def is_told_as_its_post(activity: Document) -> bool:
    thing = activity["object"]
    is_post = isinstance(thing, dict) and "attributedTo" in thing and not thing["type"].startswith("gov:")
    if activity["type"] not in {"Create", "Update"} or not is_post:
        return True
    return bool(thing["attributedTo"] == activity["actor"] and thing.get("to") == activity["to"])


def names_what_was_asked(activity: Document) -> bool:
    """An answer to a Follow, and its undoing, carry the Follow whole: several peers know it by that alone."""
    thing = activity["object"]
    if activity["type"] != "Undo" and not (isinstance(thing, dict) and thing.get("type") == "Follow"):
        return True
    return isinstance(thing, dict) and {"id", "type", "actor", "object"} <= set(thing)


def announces_an_activity(activity: Document) -> bool:
    """What goes to a group's followers is somebody's whole activity, with its id and its actor (FEP-1b12)."""
    if activity["type"] != "Announce" or PUBLIC not in activity["to"]:
        return True
    inner = activity["object"]
    is_whole = is_url(inner.get("id"), inner.get("actor")) and inner.get("type") in ACTIVITIES
    return is_whole and f"{activity['actor']}/followers" in activity["cc"]


def is_reply(post: Document) -> bool:
    return "inReplyTo" in post


MASTODON_ACTOR: Final = "mastodon/mastodon app/services/activitypub/fetch_remote_actor_service.rb"
MASTODON_POST: Final = "mastodon/mastodon app/lib/activitypub/parser/status_parser.rb"
MASTODON_DOCS: Final = "https://docs.joinmastodon.org/spec/activitypub/"
GTS: Final = "https://docs.gotosocial.org/en/latest/federation/"
LEMMY: Final = "LemmyNet/lemmy crates/apub/src/protocol/objects/"
LEMMY_ACTIVITIES: Final = "LemmyNet/lemmy crates/apub/activities/src/"
LEMMY_TYPES: Final = "LemmyNet/lemmy crates/apub/objects/src/protocol/"
LEMMY_FOLLOW: Final = "LemmyNet/lemmy crates/apub/src/protocol/activities/following/follow.rs"
PEERTUBE: Final = "Chocobozzz/PeerTube server/core/helpers/custom-validators/activitypub/"
MISSKEY: Final = "misskey-dev/misskey packages/backend/src/core/activitypub/models/ApPersonService.ts"
PLEROMA: Final = "pleroma-social/pleroma lib/pleroma/web/activity_pub/object_validators/article_note_page_validator.ex"
AKKOMA: Final = "BDX-town/Akkoma lib/pleroma/web/activity_pub/object_validators/article_note_page_validator.ex"
MOBILIZON: Final = "framasoft/mobilizon lib/federation/activity_stream/converter/event.ex"
PIXELFED: Final = "pixelfed/pixelfed app/Util/ActivityPub/Helpers.php"
FRIENDICA: Final = "friendica/friendica src/Protocol/ActivityPub/Receiver.php"
TAKAHE: Final = "jointakahe/takahe activities/models/post.py"
MITRA: Final = "Mitra FEDERATION.md"

DEMANDS: Final = (
    Demand(
        "Mastodon", "actor", "one of five types, one string", MASTODON_ACTOR,
        lambda actor: actor["type"] in _ACTORS,
    ),
    Demand(
        "Mastodon", "actor", "preferredUsername; webfinger is name@host", MASTODON_ACTOR,
        lambda actor: actor["webfinger"] == f"{actor['preferredUsername']}@{urlsplit(actor['id']).netloc}",
    ),
    Demand("Mastodon", "actor", "the context of ActivityStreams", MASTODON_ACTOR,
           lambda actor: AS2 in actor["@context"]),
    Demand("Mastodon", "actor", "publicKey is one object of this actor", MASTODON_DOCS, has_key),
    Demand("Mastodon", "activity", "types of ActivityStreams", MASTODON_DOCS, lambda one: one["type"] in ACTIVITIES),
    Demand("Mastodon", "post", "the text is content", MASTODON_POST, lambda post: bool(post.get("content"))),
    Demand("Mastodon", "post", "contentMap has the language first", MASTODON_POST,
           lambda post: next(iter(post.get("contentMap", {"": post["content"]}).values())) == post["content"]),
    Demand("Mastodon", "post", "public stands in `to` for a public post", MASTODON_POST,
           lambda post: PUBLIC in addresses(post, "to")),
    Demand("Mastodon", "post", "a name and inReplyTo make a vote", MASTODON_DOCS,
           lambda post: not (is_reply(post) and "name" in post)),
    Demand("Mastodon", "post", "a hashtag has a name that begins with # and an address, and its type is in the context",
           "mastodon/mastodon app/lib/activitypub/activity/create.rb",
           lambda post: all(tag["name"].startswith("#") and is_url(tag["href"], post["id"])
                            and "Hashtag" in post["@context"][-1]
                            for tag in post.get("tag", []) if tag["type"] == "Hashtag")),
    Demand("Mastodon", "post", "an Event shows its name and summary", MASTODON_DOCS,
           lambda post: post["type"] != "Event" or bool(post.get("name") and post.get("summary"))),
    Demand("GoToSocial", "actor", "publicKey names its owner", f"{GTS}http_signatures/", has_key),
    Demand("GoToSocial", "activity", "no type of our own: 400 for the unknown", f"{GTS}actors/",
           lambda one: ":" not in one["type"]),
    Demand("GoToSocial", "post", "who may answer is said by lists of addresses", f"{GTS}interaction_controls/",
           lambda post: all(PUBLIC in may["automaticApproval"] for may in post.get("interactionPolicy", {}).values())),
    Demand("GoToSocial", "post", "a poll has an end and at least two options", f"{GTS}posts/",
           lambda post: post["type"] != "Question" or (is_date(post["endTime"]) and len(post["oneOf"]) > 1)),
    Demand("Lemmy", "actor", "a Group has inbox, followers, outbox, preferredUsername, publicKey", f"{LEMMY}group.rs",
           lambda actor: actor["type"] != "Group" or (inboxes_are_near(actor) and has_key(actor))),
    Demand("Lemmy", "actor", "featured is the address of a collection", f"{LEMMY}group.rs",
           lambda actor: actor["type"] != "Group" or is_url(actor["featured"], actor["id"])),
    Demand("Lemmy", "activity", "a Follow goes to the one that is followed", LEMMY_FOLLOW,
           lambda one: one["type"] != "Follow" or one["to"] == [one["object"]]),
    Demand("Lemmy", "activity", "an answer to a Follow holds it whole", LEMMY_FOLLOW, names_what_was_asked),
    Demand("Lemmy", "activity", "what a community announces to everybody is an activity with its actor",
           f"{LEMMY_ACTIVITIES}community/announce.rs", announces_an_activity),
    Demand("Lemmy", "post", "a comment answers something", f"{LEMMY}note.rs", is_reply),
    Demand("Lemmy", "post", "a post is by one person, service or organization", f"{LEMMY_TYPES}person.rs",
           lambda post: "/people/" in post["attributedTo"]),
    Demand("Mobilizon", "post", "an Event has name and startTime, and public is in the list `to`", MOBILIZON,
           lambda post: post["type"] != "Event"
           or (bool(post["name"]) and is_date(post["startTime"]) and PUBLIC in addresses(post, "to"))),
    Demand("Mobilizon", "post", "every attachment is an object with a type", MOBILIZON,
           lambda post: all(isinstance(one, dict) and "type" in one for one in post.get("attachment", []))),
    Demand("Pleroma", "post", "context, id, attributedTo and somebody in to or cc", PLEROMA,
           lambda post: is_url(post["context"]) and is_url(post["attributedTo"], post["id"])
           and bool(addresses(post, "to", "cc"))),
    Demand("Pleroma", "post", "likes is no string, which is read as a list and fails", PLEROMA,
           lambda post: isinstance(post.get("likes", {}), dict)),
    Demand("Pleroma", "post", "every tag is an object", PLEROMA,
           lambda post: all(isinstance(tag, dict) for tag in post.get("tag", []))),
    Demand("Pleroma", "post", "url is an address", PLEROMA, lambda post: is_url(post["url"])),
    Demand("Akkoma", "post", "the owner is of the host of the id", AKKOMA,
           lambda post: is_url(post["attributedTo"], post["id"])),
    Demand("Misskey", "actor", "inbox, shared inbox and collections on the actor's host", MISSKEY, inboxes_are_near),
    Demand("Misskey", "actor", "preferredUsername is a word", MISSKEY,
           lambda actor: re.fullmatch(r"\w([\w\-.]*\w)?", actor["preferredUsername"], re.ASCII) is not None),
    Demand("Misskey", "actor", "a name is a text that is not empty", MISSKEY,
           lambda actor: isinstance(actor["name"], str) and bool(actor["name"])),
    Demand("Mitra", "actor", "assertionMethod lists a Multikey of this actor (FEP-521a)", MITRA,
           lambda actor: all(key["controller"] == actor["id"] and key["type"] == "Multikey"
                             and key["publicKeyMultibase"].startswith("z6Mk") for key in actor["assertionMethod"])),
    Demand("Mitra", "post", "a link to an object has its media type (FEP-e232)", MITRA,
           lambda post: all("activitystreams" in tag["mediaType"] for tag in post.get("tag", [])
                            if tag["type"] == "Link")),
    Demand("Pixelfed", "activity", "an id, and an actor that is an address", PIXELFED,
           lambda one: is_url(one["id"]) and is_url(one["actor"])),
    Demand("Pixelfed", "activity", "a Create has published, and the owner of what it makes is an address", PIXELFED,
           lambda one: one["type"] != "Create"
           or (is_date(one["published"]) and is_url(one["object"]["attributedTo"]))),
    Demand("Friendica", "actor", "one of five types", FRIENDICA, lambda actor: actor["type"] in _ACTORS),
    Demand("Friendica", "post", "a Note, an Event or a Question", FRIENDICA,
           lambda post: post["type"] in {"Note", "Event", "Question"}),
    Demand("Takahe", "activity", "the actor of a Create is the owner of its post", TAKAHE, is_told_as_its_post),
    Demand("Takahe", "post", "id and owner on one host; the owner is one string", TAKAHE,
           lambda post: is_url(post["attributedTo"], post["id"])),
    Demand("Takahe", "post", "an attachment has url and mediaType", TAKAHE,
           lambda post: all("url" in one and "mediaType" in one for one in post.get("attachment", []))),
    Demand("PeerTube", "actor", "a PEM that begins and ends as such", f"{PEERTUBE}actor.ts", has_plain_key),
    Demand("PeerTube", "actor", "a Group is attributed to somebody", f"{PEERTUBE}actor.ts",
           lambda actor: actor["type"] != "Group" or bool(actor.get("attributedTo"))),
    Demand("PeerTube", "post", "a comment answers a video and is public in a list", f"{PEERTUBE}video-comments.ts",
           lambda post: is_reply(post) and PUBLIC in addresses(post, "to", "cc")),
)  # fmt: skip

NOT_MET: Final = {
    ("Lemmy", "a comment answers something"): "a post of ours begins a conversation, and is no comment",
    (
        "Lemmy",
        "a post is by one person, service or organization",
    ): "a post of ours is by the assembly, which is a Group",
    ("PeerTube", "a Group is attributed to somebody"): "to PeerTube a Group is a channel of a person; we have no owner",
    ("PeerTube", "a comment answers a video and is public in a list"): "a post of ours is no comment on a video",
}
"""Demands that our documents do not meet, and why that is so."""
