"""Acts as posts, for everyone who does not read acts (protocol.md §1): a `Note`, or an `Event` for a session."""

import html
from collections.abc import Mapping
from typing import Any, Final

from app.kernel.canonical import Document
from app.kernel.ids import origin
from app.kernel.instant import Instant, format_instant
from app.translation import hashtags
from app.translation.gov_context import CONTEXT, GOV

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
_GTS: Final = "https://gotosocial.org/ns#"
_TERMS: Final = {
    **{f"can{what}": {"@id": f"{_GTS}can{what}", "@type": "@id"} for what in ("Like", "Reply", "Announce")},
    "interactionPolicy": {"@id": f"{_GTS}interactionPolicy", "@type": "@id"},
    "always": {"@id": f"{_GTS}always", "@type": "@id"},
    "votersCount": "http://joinmastodon.org/ns#votersCount",
    "Hashtag": "as:Hashtag",
    "automaticApproval": {"@id": f"{_GTS}automaticApproval", "@type": "@id"},
}
_ANYBODY: Final = {"always": [PUBLIC], "automaticApproval": [PUBLIC]}
_ACT_LINK: Final = "https://w3id.org/roundabout/gov#act"
_LONG: Final = 20_000  # bytes
_LD_JSON: Final = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'

POST_CONTEXT: Final = [*CONTEXT[:2], {**GOV, **_TERMS}]
"""The context of a post: that of acts with the terms of the interaction policy, everything of ours inline."""


def post(
    act: Document, *, digest: str, post_id: str, owner: str, dossier: str, sentence: str, published: Instant
) -> Document:
    """The post about an act: the whole text, a link to the act, and who may answer (anybody).

    In every authoritative language that the act has. `audience` names the group (FEP-1b12), `context` the
    conversation (FEP-7888), and the act is a `Link` in `tag` (FEP-e232), before the hashtags of the text (FEP-eb48).
    """
    said, place = f"<p><strong>{html.escape(sentence)}</strong></p>", origin(owner)
    words = act.get("content") or ""
    languages = act.get("contentMap") or {"en": words}
    tags = [hashtags.tag(place, word) for word in hashtags.named(" ".join((words, *languages.values())))]
    in_languages = {language: f"{said}{hashtags.linked(text, place)}" for language, text in languages.items()}
    if len(languages) == 1 and len(words.encode()) > _LONG:
        in_languages = {}  # the same text a second time would be more than servers take
    return {
        "@context": POST_CONTEXT,
        "id": post_id,
        **_kind(act, sentence),
        "attributedTo": owner,
        "to": [PUBLIC],
        "cc": [f"{owner}/followers"],
        "audience": owner,
        "context": dossier,
        "url": act["id"],
        "published": format_instant(published),
        "content": f"{said}{hashtags.linked(words, place)}",
        **({"contentMap": in_languages} if in_languages else {}),
        "gov:act": {"id": act["id"], "gov:digest": digest},
        "tag": [{"type": "Link", "rel": _ACT_LINK, "mediaType": _LD_JSON, "href": act["id"], "name": "act"}, *tags],
        **_pictures(act),
        **answers_to(post_id),
    }


def consultation(
    *,
    post_id: str,
    owner: str,
    dossier: str,
    page: str,
    text: str,
    options: Mapping[str, int],
    closes: Instant,
    closed: Instant | None,
    published: Instant,
    updated: Instant,
) -> Document:
    """An advisory `Question`: what people outside say in it is shown, and is never a ballot (FEP-9967).

    `page` is the entry of the record that it is about; `options` has for each how many said it; `closed`
    is None while it is open.
    """
    content = paragraph(text)
    choices = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": count}}
        for name, count in options.items()
    ]
    return {
        "@context": POST_CONTEXT,
        "id": post_id,
        "type": "Question",
        "attributedTo": owner,
        "to": [PUBLIC],
        "cc": [f"{owner}/followers"],
        "audience": owner,
        "context": dossier,
        "url": page,
        "published": format_instant(published),
        "updated": format_instant(updated),
        "content": content,
        "contentMap": {"en": content},
        "oneOf": choices,
        "votersCount": sum(options.values()),
        "endTime": format_instant(closes),
        **({"closed": format_instant(closed)} if closed is not None else {}),
        **answers_to(post_id),
    }


def paragraph(text: str) -> str:
    """Plain words as a paragraph of HTML."""
    return f"<p>{html.escape(text.strip())}</p>"


def tombstone(post_id: str, kind: str, published: str, deleted: Instant) -> Document:
    """What stays at the address of a post or an act whose text is gone."""
    return {
        "@context": list(CONTEXT),
        "id": post_id,
        "type": "Tombstone",
        "formerType": kind,
        "published": published,
        "deleted": format_instant(deleted),
        "url": post_id,
    }


def answers_to(post_id: str) -> dict[str, Any]:
    """Where the answers, likes and shares of a post are, and that anybody may add to them."""
    return {
        "replies": {"id": f"{post_id}/replies", "type": "Collection"},
        "likes": {"id": f"{post_id}/likes", "type": "Collection"},
        "shares": {"id": f"{post_id}/shares", "type": "Collection"},
        "interactionPolicy": {"canLike": _ANYBODY, "canReply": _ANYBODY, "canAnnounce": _ANYBODY},
    }


def _pictures(act: Document) -> dict[str, Any]:
    """The pictures of an act, as every server shows them."""
    listed = [one for one in act.get("attachment") or () if isinstance(one, dict)]
    shown = [{key: value for key, value in one.items() if not key.startswith("gov:")} for one in listed]
    return {"attachment": shown} if shown else {}


def _kind(act: Document, sentence: str) -> dict[str, Any]:
    """What a post is: a meeting has its times, so that calendars take it; anything else is a plain note."""
    if act["type"] != "gov:Session":
        return {"type": "Note"}
    times: dict[str, Any] = {key: act[key] for key in ("startTime", "endTime") if key in act}
    return {"type": "Event", "name": act.get("name") or sentence, "summary": sentence, **times}
