"""What tests of an inbox ask for: a Follow by somebody elsewhere, and why it was refused."""

from itertools import count
from typing import Any

from tests.processes.servers import Server

_numbers = count()


def follow(who: str, server: Server, **other: object) -> dict[str, Any]:
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{who}/activities/{next(_numbers)}",
        "type": "Follow",
        "actor": who,
        "object": f"{server.url}/assembly",
    } | other


def inbox(server: Server) -> str:
    return f"{server.url}/inbox"


def refused(server: Server, code: str, before: int) -> bool:
    """Whether the server has written down this reason since it had written `before` characters."""
    return code in server.log()[before:]
