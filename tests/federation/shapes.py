"""Documents in the shapes in which other software writes them, written for these tests."""

from typing import Any, Final

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
ANN: Final = "https://social.example/users/ann"
FOLLOWERS: Final = f"{ANN}/followers"

MICROBLOG: Final[dict[str, Any]] = {
    "@context": ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive", "Hashtag": "as:Hashtag"}],
    "id": "https://social.example/users/ann/statuses/1",
    "type": "Note",
    "summary": "about heating",
    "inReplyTo": "https://hill.example/notices/1",
    "published": "2026-03-01T10:00:00.123Z",
    "url": "https://social.example/@ann/1",
    "attributedTo": ANN,
    "to": [PUBLIC],
    "cc": [FOLLOWERS, "https://hill.example/assembly"],
    "sensitive": True,
    "conversation": "tag:social.example,2026:conversation",
    "content": '<p><span class="h-card"><a href="https://hill.example/assembly" class="u-url mention">@<span>assembly'
    '</span></a></span> who <script>alert(1)</script>pays?</p>',
    "contentMap": {"fr": "<p>qui paie ?</p>"},
    "attachment": [
        {"type": "Document", "mediaType": "image/webp", "url": "https://cdn.example/1.webp", "name": "a stove",
         "width": 640, "height": 480, "focalPoint": [0.1, -0.2]}
    ],
    "tag": [
        {"type": "Mention", "href": "https://hill.example/assembly", "name": "@assembly@hill.example"},
        {"type": "Hashtag", "href": "https://social.example/tags/fuel", "name": "#Fuel"},
        {"type": "Emoji", "name": ":stove:", "icon": {"type": "Image", "url": "https://social.example/e/stove.png"}},
        {"type": "Link", "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
         "href": "https://hill.example/acts/1", "name": "RE: that", "rel": ["https://misskey-hub.net/ns#_misskey_quote"]},
    ],
    "replies": {"id": "https://social.example/users/ann/statuses/1/replies", "type": "Collection",
                "first": {"type": "CollectionPage", "items": []}},
    "likes": {"type": "Collection", "totalItems": 0},
}  # fmt: skip

POLL: Final[dict[str, Any]] = {
    "id": "https://social.example/polls/1",
    "type": "Question",
    "actor": ANN,
    "to": PUBLIC,
    "content": "Which wood?",
    "endTime": "2026-03-08T10:00:00+01:00",
    "oneOf": [
        {"type": "Note", "name": "beech", "replies": {"type": "Collection", "totalItems": 4}},
        {"type": "Note", "name": "oak", "replies": {"type": "Collection", "totalItems": 7}},
    ],
}

BLOG: Final[dict[str, Any]] = {
    "id": "https://blog.example/2026/wood",
    "type": "Article",
    "attributedTo": ["https://blog.example/@/ben"],
    "to": ["as:Public"],
    "name": "Wood, <b>again</b>",
    "contentMap": {"de": "<h2>Holz</h2><p>Buche.</p>"},
    "url": {"type": "Link", "href": "https://blog.example/wood"},
}

LINK_FORUM: Final[dict[str, Any]] = {
    "type": "Page",
    "id": "https://forum.example/post/7",
    "attributedTo": "https://forum.example/u/cleo",
    "to": ["https://forum.example/c/heating", PUBLIC],
    "audience": "https://forum.example/c/heating",
    "name": "Prices of pellets",
    "mediaType": "text/html",
    "source": {"content": "see the link", "mediaType": "text/markdown"},
    "attachment": [{"href": "https://paper.example/pellets", "type": "Link"}],
    "stickied": False,
    "published": "2026-02-01T12:11:22.871846Z",
}

GATHERING: Final[dict[str, Any]] = {
    "type": "Event",
    "id": "https://events.example/e/3",
    "attributedTo": {"type": "Group", "id": "https://events.example/@walkers"},
    "actor": "https://events.example/@dora",
    "to": [PUBLIC],
    "name": "Walk through the wood",
    "content": "<p>Bring boots</p>",
    "startTime": "2026-05-01T09:00:00+02:00",
    "endTime": "2026-05-01T18:00:00+02:00",
    "location": {"type": "Place", "name": "The gate", "geo": {"latitude": 1.5}},
}

FILM: Final[dict[str, Any]] = {
    "type": "Video",
    "id": "https://films.example/videos/watch/1",
    "name": "How to stack",
    "duration": "PT90S",
    "mediaType": "text/markdown",
    "content": "One\n\n**Two** <3",
    "to": PUBLIC,
    "attributedTo": [
        {"type": "Group", "id": "https://films.example/video-channels/wood"},
        {"type": "Person", "id": "https://films.example/accounts/eve"},
    ],
    "icon": [{"type": "Image", "url": "https://films.example/1.jpg", "width": 223, "height": 122}],
    "url": [
        {"type": "Link", "mediaType": "video/mp4", "href": "https://films.example/1.mp4", "height": 720},
        {"type": "Link", "mediaType": "text/html", "href": "https://films.example/w/1"},
        {"type": "Link", "mediaType": "application/x-bittorrent", "href": "magnet:?xt=urn:btih:1"},
    ],
}  # fmt: skip

SOUND: Final[dict[str, Any]] = {
    "id": "https://audio.example/uploads/1",
    "type": ["Audio", "schema:AudioObject"],
    "name": "Axe",
    "attributedTo": "https://audio.example/actors/fay",
    "to": "Public",
    "url": [{"type": "Link", "mimeType": "audio/ogg", "href": "https://audio.example/1.ogg"}],
}

PICTURE: Final[dict[str, Any]] = {
    "id": "https://photos.example/p/1",
    "type": "as:Image",
    "attributedTo": [{"id": "https://photos.example/gil", "type": "Person"}],
    "cc": PUBLIC,
    "url": "https://photos.example/1.jpg",
    "summary": "a shed",
}

PAPER: Final[dict[str, Any]] = {
    "id": "https://files.example/1",
    "type": "https://www.w3.org/ns/activitystreams#Document",
    "attributedTo": "https://files.example/hal",
    "to": [PUBLIC],
    "url": ["https://files.example/1.pdf"],
}

ALL: Final = (MICROBLOG, POLL, BLOG, LINK_FORUM, GATHERING, FILM, SOUND, PICTURE, PAPER)
