"""What a server of ours has kept of a conversation, read from its database while it runs."""

import json
import sqlite3
from itertools import count
from typing import Any, Final

from tests.processes.servers import Server, Someone

PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
_numbers = count()


def rows(server: Server, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a query, by column."""
    connection = sqlite3.connect(f"file:{server.folder / 'roundabout.db'}?mode=ro", uri=True, timeout=20)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def voice(server: Server, voice_id: str) -> dict[str, Any] | None:
    """A voice as kept."""
    return next(iter(rows(server, "SELECT * FROM voices WHERE id = ?", voice_id)), None)


def is_heard(server: Server, voice_id: str) -> bool:
    return voice(server, voice_id) is not None


def reactions(server: Server, thing: str) -> list[tuple[str, str]]:
    """Who did what with a thing."""
    found = rows(server, "SELECT kind, actor FROM reactions WHERE object = ? ORDER BY happened_at, id", thing)
    return [(row["kind"], row["actor"]) for row in found]


def because(server: Server, activity_id: str) -> str:
    """Why nothing was done about an activity; empty while it is not handled, or if something was."""
    found = rows(server, "SELECT because, state FROM inbox WHERE activity_id = ?", activity_id)
    return str(found[0]["because"] or "") if found and found[0]["state"] != "new" else ""


def is_handled(server: Server, activity_id: str) -> bool:
    return bool(rows(server, "SELECT 1 FROM inbox WHERE activity_id = ? AND state = 'done'", activity_id))


def notice_of(server: Server) -> str:
    """A post of ours, as everybody finds it."""
    items = json.loads(server.get("/assembly/outbox?page=1")[1])["orderedItems"]
    found: str = next(item["object"]["id"] for item in items if item["object"].get("type") == "Note")
    return found


def note(who: Someone, answers: str, text: str = "<p>Who pays?</p>", **more: object) -> dict[str, Any]:
    """A post by somebody elsewhere."""
    return {
        "id": f"{who.id}/notes/{next(_numbers)}",
        "type": "Note",
        "attributedTo": who.id,
        "to": [PUBLIC],
        "cc": [f"{who.id}/followers"],
        "inReplyTo": answers,
        "content": text,
        "published": "2026-11-20T10:00:00Z",
    } | more


def does(who: Someone, kind: str, thing: object, **more: object) -> dict[str, Any]:
    """An activity by somebody elsewhere."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{who.id}/activities/v{next(_numbers)}",
        "type": kind,
        "actor": who.id,
        "object": thing,
    } | more
