"""Posts of ours after they went out: pinned to the head of the assembly's page, or taken from there."""

from typing import Final

from app.kernel.refusal import Refusal
from app.operations.exchange.publishing import to_followers
from app.store import caretaking, notices
from app.store.database import Connection
from app.wiring import Instance

_MOST_PINNED: Final = 5


def featured(instance: Instance) -> str:
    """The collection of the posts at the head of the assembly's page."""
    return f"{instance.assembly}/featured"


def pin(connection: Connection, instance: Instance, post_id: str, *, by: str = "") -> Refusal | None:
    """Put a post of ours at the head and tell followers by `Add`; a few at most, as other servers show a few."""
    if notices.get(connection, post_id) is None:
        return Refusal("post.unknown", f"{post_id} is no post of ours")
    if len(notices.pinned(connection)) >= _MOST_PINNED:
        return Refusal("post.pinned", f"{_MOST_PINNED} posts are pinned; take one down first")
    now = int(instance.now().timestamp())
    if notices.pin(connection, post_id, now):
        caretaking.note(connection, "pinned", post_id, by, now)
        to_followers(connection, instance, "Add", post_id, target=featured(instance))
    return None


def unpin(connection: Connection, instance: Instance, post_id: str, *, by: str = "") -> Refusal | None:
    """Take a post from the head and tell followers by `Remove`; `post.unpinned` if it was not there."""
    if not notices.unpin(connection, post_id):
        return Refusal("post.unpinned", f"{post_id} is not pinned")
    caretaking.note(connection, "unpinned", post_id, by, int(instance.now().timestamp()))
    to_followers(connection, instance, "Remove", post_id, target=featured(instance))
    return None
