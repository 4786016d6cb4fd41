"""Which handler an activity goes to, by its type; what is not listed is politely ignored (hostile B29)."""

from collections.abc import Mapping
from typing import Final

from app.federation import objects
from app.federation.objects import Activity
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.exchange.handling import acts, flagging, following, moving, posts, reactions, undoing
from app.operations.exchange.handling.outcome import Handler, Outcome, ignored
from app.wiring import Instance


async def featured(_instance: Instance, _activity: Activity) -> Outcome:
    """What others put at the head of their own pages is theirs: no effect here."""
    return ignored("what others feature has no effect here")


HANDLERS: Final[Mapping[str, Handler]] = {
    "Accept": following.accept,
    "Add": featured,
    "Announce": reactions.announce,
    "Block": following.block,
    "Create": posts.create,
    "Delete": posts.delete,
    "Flag": flagging.flag,
    "Follow": following.follow,
    "Like": reactions.like,
    "Move": moving.move,
    "Reject": following.reject,
    "Remove": featured,
    "Undo": undoing.undo,
    "Update": posts.update,
}


IGNORED: Final[Mapping[str, str]] = {
    "Dislike": "nobody here is told what others do not like",
    "EmojiReact": "only a like is counted, whatever the sign",
    "Listen": "what others listen to has no place here",
    "Read": "what others read has no place here",
    "View": "how often something was seen is not counted",
}
"""What is known and left alone, with why: each is answered 202 and has no effect."""


async def outcome_of(instance: Instance, document: Document, signer: str) -> Outcome:
    """What an activity comes to here; all fetching is done before its effect runs."""
    carried = await acts.carried(instance, document, signer)
    if carried is not None:
        return carried
    activity = objects.parse_activity(document, loopback=instance.loopback)
    if isinstance(activity, Refusal):
        return activity
    if activity.actor != signer:
        return Refusal("actor.mismatch", f"signed by {signer}, says to be of {activity.actor}")
    handler = HANDLERS.get(activity.kind)
    if handler is None:
        named = IGNORED.get(activity.kind)
        return ignored(named if named is not None else f"nothing follows here from a {activity.kind[:40]}")
    return await handler(instance, activity)
