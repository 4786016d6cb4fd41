"""Gleaning: the pictures that voices from outside show are fetched by a job, never while a page is made.

A reader of ours asks no other server for anything: what is shown lies here, checked and written anew.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog

from app.federation import documents
from app.federation.domains import domain_of
from app.kernel.refusal import Refusal
from app.network.client import SILENT
from app.operations.exchange import blocking
from app.operations.exchange.illustrating import fetch_picture
from app.store import media, parking, voices
from app.store.database import Connection, StoreUnavailableError
from app.store.voices import Voice
from app.wiring import Instance

MOST_PICTURES: Final = 4
"""So many of what hangs on a voice is shown; the others are links."""

MOST_EMOJI: Final = 10
_MOST_OF_A_DOMAIN: Final = 100  # in an hour
_AT_ONCE: Final = 8
_MOST_TRIES: Final = 5
_FIRST_PAUSE_SECONDS: Final = 60
_PASSING: Final = "net."
_log = structlog.get_logger()


def pictures_of(details: Mapping[str, Any]) -> dict[str, str]:
    """The pictures that a voice shows here, by address, each with what it shows in words: its own and its emoji."""
    files = [file for file in details.get("files") or () if is_picture(file)][:MOST_PICTURES]
    emoji = list(details.get("emoji") or ())[:MOST_EMOJI]
    return {one["url"]: one["description"] for one in files} | {one["url"]: f":{one['name']}:" for one in emoji}


def is_picture(file: Mapping[str, Any]) -> bool:
    """True if what hangs on a voice says to be a picture."""
    media_type = str(file.get("mediaType") or "")
    return media_type.startswith("image/") if media_type else file.get("kind") == "Image"


def want(connection: Connection, instance: Instance, voice: Voice) -> None:
    """Let the pictures of a voice be fetched, if it is for everybody; those that it shows no longer go."""
    shown = pictures_of(voice.details) if voice.visibility >= voices.SHOWN_FROM else {}
    media.want(connection, voice.id, shown, int(instance.now().timestamp()))


async def fetch_wanted(instance: Instance) -> int:
    """Fetch pictures that are due, a few; how many that were.

    What is no picture is given up; where the network fails it is tried again, five times in all. A server that hangs
    delays none of the others (hostile D02).
    """
    now = int(instance.now().timestamp())
    due = await instance.database.read(lambda connection: media.wanted(connection, now, _AT_ONCE))
    by_server: dict[str, list[tuple[str, str, int]]] = {}
    for one in due:
        by_server.setdefault(documents.host_of(one[0]), []).append(one)
    await asyncio.gather(*(_fetch_in_turn(instance, waiting, now) for waiting in by_server.values()))
    return len(due)


async def _fetch_in_turn(instance: Instance, waiting: Sequence[tuple[str, str, int]], now: int) -> None:
    """Ask one server for its pictures; once it does not answer, the rest is put off as if it had been asked."""
    refused: Refusal | None = None
    for address, description, tries in waiting:
        try:
            if refused is None or refused.code not in SILENT:
                refused = await _fetch(instance, address, description, now)
        except StoreUnavailableError:
            raise
        except Exception:  # noqa: BLE001 - it is given up, or it would hold up all the others (hostile D20)
            _log.exception("a picture could not be kept", address=address)
            refused = None
        passing = refused is not None and refused.code.startswith(_PASSING) and tries + 1 < _MOST_TRIES
        due_at = now + (_FIRST_PAUSE_SECONDS << 2 * tries) if passing else None
        await instance.database.write(_tried(address, due_at))


def _tried(address: str, due_at: int | None) -> Callable[[Connection], None]:
    return lambda connection: media.tried(connection, address, due_at)


async def _fetch(instance: Instance, address: str, description: str, now: int) -> Refusal | None:
    host = documents.host_of(address)
    barred = (await blocking.policy(instance)).refuses(host)
    if barred is not None:
        return barred
    payer = f"pictures of {domain_of(host)}"
    if not await instance.database.write(lambda at: parking.spend(at, payer, now, _MOST_OF_A_DOMAIN)):
        return Refusal("net.budget", f"{_MOST_OF_A_DOMAIN} pictures in this hour of {host}")
    found = await fetch_picture(instance, address, description)
    return found if isinstance(found, Refusal) else None
