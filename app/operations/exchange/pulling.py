"""Pulling: what push did not bring is read from each fellow assembly's record, by range (protocol.md §6; E11, F14).

Push is only a hint. A leaf that was withheld from us, or sent while we were away, is found here, and goes
through the same checks as one that was pushed.
"""

import asyncio
import json
import random
from dataclasses import dataclass
from typing import Final

import structlog

from app.federation import documents
from app.kernel.canonical import Document, digest, read_document
from app.kernel.ids import origin, same_origin
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.exchange import knocking
from app.operations.record import measuring, recording
from app.store import acts, pulls
from app.store.database import Connection, StoreUnavailableError
from app.store.pulls import Pull
from app.wiring import Instance

_AT_ONCE: Final = 4
_TURN_SECONDS: Final = 120.0  # less than a record is leased for: nobody else begins with it meanwhile
_EVERY_SECONDS: Final = 3600
_FIRST_PAUSE_SECONDS: Final = 60
_DOUBLINGS: Final = 9
_ITEMS: Final = 50
_PAGES: Final = 10  # then others have their turn (hostile D05)
_MOST_BYTES: Final = 4 * 1024 * 1024
_STUBBORN_TRIES: Final = 3
_NOT_AGAIN_SECONDS: Final = 600
_MOST_LEAVES: Final = 1 << 53

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a record: the acts in it that may be seen, each with its leaf; its last leaf, and if there are more."""

    acts: tuple[tuple[int, Document], ...]
    last: int
    more: bool


async def pull_due(instance: Instance) -> int:
    """Read on in the records that are due, a few at a time; how many that were."""
    now = int(instance.now().timestamp())
    await instance.database.write(lambda connection: _look_around(connection, instance, now))
    due = await instance.database.take(lambda connection: pulls.claim(connection, now, _AT_ONCE, pulls.LEASE_SECONDS))
    await asyncio.gather(*(_pull_in_time(instance, one) for one in due))
    return len(due)


async def _pull_in_time(instance: Instance, one: Pull) -> None:
    """Read on in one record; a server that hangs, or a bug, keeps us from no other (hostile D02, D20)."""
    try:
        async with asyncio.timeout(_TURN_SECONDS):
            await pull(instance, one)
    except TimeoutError:
        await _try_later(instance, one, Refusal("net.timeout", f"not read on in {_TURN_SECONDS:g} s"))
    except StoreUnavailableError:
        raise
    except Exception as bug:  # noqa: BLE001 - as above
        _log.exception("a record could not be read", assembly=one.assembly)
        await _try_later(instance, one, Refusal("pull.bug", type(bug).__name__))


async def pull(instance: Instance, one: Pull) -> None:
    """Read on in one record from where we stopped, and note how far that was.

    A leaf that the ledger has not, as its checkpoint says, moves us nowhere: it would move us past those that come
    later. A ledger that has fewer leaves than we read is read from its beginning.
    """
    leaf, length = one.leaf, 0
    for _ in range(_PAGES):
        page = await _read_on(instance, one.assembly, leaf)
        if isinstance(page, Page) and page.last >= length:
            measured = await measuring.length(instance, one.assembly)
            if isinstance(measured, int) and measured <= leaf:
                _log.warning("a record is shorter than it was", assembly=one.assembly, read=leaf, length=measured)
                leaf, length = -1, measured
                continue
            page, length = (measured, 0) if isinstance(measured, Refusal) else (_within(page, measured), measured)
        refused = page if isinstance(page, Refusal) else await _keep(instance, one, page)
        if refused is not None:
            await _try_later(instance, one, refused)
            return
        if isinstance(page, Refusal) or not page.more:
            return
        leaf = page.last


def read_page(document: Document, after: int) -> Page | Refusal:
    """What an answer by range says; `pull.form` if its leaves are not numbers that grow from `after`."""
    items, following = document.get("gov:items"), document.get("gov:next")
    if not isinstance(items, list) or len(items) > _ITEMS:
        return Refusal("pull.form", f"a part of a record is a list of at most {_ITEMS}")
    found: list[tuple[int, Document]] = []
    last = after
    for item in items:
        leaf = item.get("leaf") if isinstance(item, dict) else None
        if not isinstance(leaf, int) or isinstance(leaf, bool) or leaf <= last:
            return Refusal("pull.form", f"leaves are numbers that grow, and {str(leaf)[:40]} follows {last}")
        last = leaf
        if isinstance(item.get("act"), dict):
            found.append((leaf, item["act"]))
    return Page(tuple(found), last, more=following is not None and last > after)


def _within(page: Page, length: int) -> Page | Refusal:
    if page.last < length:
        return page
    return Refusal("pull.beyond", f"leaf {page.last} of a ledger that has {length}")


def enlist(connection: Connection, instance: Instance, now: int) -> None:
    """Read the records of those with whom we confederate or meet, or whom we answered as a caucus, and no others.

    A caucus counts again as well as any member. Who only asks us to be one is not read: that is no decision of ours.
    """
    near = confederations.fellows(connection, instance) | confederations.met(connection, instance)
    near |= confederations.answered_as_caucus(connection, instance.assembly)
    pulls.enlist(connection, ((one, documents.host_of(one)) for one in near), now)


def _look_around(connection: Connection, instance: Instance, now: int) -> None:
    enlist(connection, instance, now)
    for host in {documents.host_of(act_id) for act_id in acts.stubborn_wants(connection, _STUBBORN_TRIES)}:
        pulls.hurry(connection, now, host=host, not_since=now - _NOT_AGAIN_SECONDS)


async def _try_later(instance: Instance, one: Pull, refused: Refusal) -> None:
    pause = _FIRST_PAUSE_SECONDS << min(one.tries, _DOUBLINGS)
    due_at = int(instance.now().timestamp() + pause * (0.5 + random.random()))  # noqa: S311 - jitter
    because = f"{refused.code}: {refused.because}"
    await instance.database.write(lambda connection: pulls.postpone(connection, one.assembly, because, due_at))


async def _keep(instance: Instance, one: Pull, page: Page) -> Refusal | None:
    """Check and record the acts of a page, with how far we are now; `net.*` if some cannot be judged now."""
    known = await instance.database.read(lambda connection: _known(connection, page))
    checked: list[tuple[Document, Refusal | None]] = []
    for leaf, document in page.acts:
        if leaf in known or same_origin(str(document.get("id")), instance.url):
            continue
        refused = await recording.check(instance, document)
        if refused is not None and refused.code.startswith("net."):
            return refused
        if refused is None or not recording.is_no_act(refused):
            checked.append((document, refused))
    now = int(instance.now().timestamp())
    due_at = now if page.more else now + int(_EVERY_SECONDS * (0.9 + random.random() / 5))  # noqa: S311 - jitter

    def effect(connection: Connection) -> None:
        for document, refused in checked:
            recording.record(connection, instance, document, {}, refused)
        pulls.advance(connection, one.assembly, page.last, now, due_at)

    await instance.database.write(effect)
    return None


def _known(connection: Connection, page: Page) -> set[int]:
    kept = ((leaf, acts.by_reference(connection, str(found.get("id")), digest(found))) for leaf, found in page.acts)
    return {leaf for leaf, act in kept if act is not None}


async def _read_on(instance: Instance, assembly: str, after: int) -> Page | Refusal:
    """The next part of a record; of one that cannot be read the next leaf alone, and that is passed over if it is it.

    What nobody can read is no act, and must not keep us from those that come after it.
    """
    answer = await _fetch(instance, assembly, after, _ITEMS)
    page = answer if isinstance(answer, Refusal) else _page(answer, after)
    if not _is_unreadable(page):
        return page
    alone = await _fetch(instance, assembly, after, 1)
    if isinstance(alone, Refusal):
        return alone
    page = _page(alone, after)
    if not isinstance(page, Refusal):
        return page
    passed = unreadable_leaf(alone, after)
    if passed is None and await _goes_on_behind(instance, assembly, after):
        passed = after + 1
    if passed is None:
        return page
    _log.warning("a leaf cannot be read", assembly=assembly, leaf=passed, code=page.code, because=page.because)
    return Page((), passed, more=True)


async def _goes_on_behind(instance: Instance, assembly: str, after: int) -> bool:
    """True if what comes behind the leaf after `after` can be read, and that leaf still cannot.

    So it is that leaf, and not the server, which may answer everything with a page in a browser's words for a while.
    """
    behind = await _fetch(instance, assembly, after + 1, _ITEMS)
    if isinstance(behind, Refusal) or isinstance(_page(behind, after + 1), Refusal):
        return False
    alone = await _fetch(instance, assembly, after, 1)
    return not isinstance(alone, Refusal) and _is_unreadable(_page(alone, after))


def _is_unreadable(page: Page | Refusal) -> bool:
    return isinstance(page, Refusal) and page.code.startswith("json.")


def unreadable_leaf(body: bytes, after: int) -> int | None:
    """The number of the one leaf in an answer that is refused as JSON; None if not even that can be read in it."""
    try:
        loose = json.loads(body.decode(errors="replace"))
        leaf = loose["gov:items"][0]["leaf"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return leaf if isinstance(leaf, int) and not isinstance(leaf, bool) and after < leaf < _MOST_LEAVES else None


def _page(body: bytes, after: int) -> Page | Refusal:
    document = read_document(body, max_bytes=_MOST_BYTES)
    return document if isinstance(document, Refusal) else read_page(document, after)


async def _fetch(instance: Instance, assembly: str, after: int, limit: int) -> bytes | Refusal:
    address = f"{origin(assembly)}/acts?after={after}&limit={limit}"
    answer = await knocking.get(instance, address, documents.ACTIVITY_JSON, max_bytes=_MOST_BYTES)
    if isinstance(answer, Refusal):
        return answer
    if answer.status != 200 or origin(answer.url) != origin(assembly):
        return Refusal("net.status", f"{answer.url} answered {answer.status}")
    return answer.body
