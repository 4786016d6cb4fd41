"""The post with which a member answers a voice."""

from app.kernel.canonical import Document
from app.kernel.instant import Instant, format_instant
from app.translation.posts import POST_CONTEXT, PUBLIC


def reply(
    *,
    note_id: str,
    author: str,
    answers: str,
    dossier: str,
    content: str,
    mention: tuple[str, str] | None,
    published: Instant,
) -> Document:
    """A plain `Note` for everybody without a name, since other servers take one with a name for a vote or a page.

    `mention` is the address and the handle of whom it is sent to.
    """
    tags = [] if mention is None else [{"type": "Mention", "href": mention[0], "name": mention[1]}]
    return {
        "@context": POST_CONTEXT,
        "id": note_id,
        "type": "Note",
        "attributedTo": author,
        "to": [PUBLIC],
        "cc": [*(tag["href"] for tag in tags), f"{author}/followers"],
        "inReplyTo": answers,
        "context": dossier,
        "url": note_id,
        "published": format_instant(published),
        "content": content,
        "tag": tags,
    }
