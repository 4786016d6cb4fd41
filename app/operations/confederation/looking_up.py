"""Looking up: the public record of an assembly that nobody told us of, on the word of a member who has its address."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from app.federation import documents
from app.governance.session import Called
from app.kernel.canonical import Document, digest, read_document
from app.kernel.ids import Id, origin, parse_id, same_origin
from app.kernel.refusal import Refusal
from app.operations.confederation import sessions
from app.operations.exchange import knocking
from app.operations.record import recording
from app.store import acts, agenda
from app.store.acts import Standing
from app.store.database import Connection
from app.translation import vocabulary
from app.wiring import Instance

_PAGE: Final = 50
_MOST_BYTES: Final = 4 * 1024 * 1024
_MOST_PAGES: Final = {"0": 200, "1": 10}
_SECONDS: Final = 60.0
_MOST_RENEWED: Final = 20
_LET_GO: Final = timedelta(days=30)
_KIND: Final = "looked_up"


async def look_up(instance: Instance, address: str, *, seconds: float = _SECONDS) -> Id | Refusal:
    """The assembly at `address`, with its record fetched and checked: what it sealed, and some that it received.

    What is fetched is kept as received acts: nothing of ours changes by it (B17). Refuses by `id.*` and
    `net.*`, and what is no act of anybody is passed over. All of it takes at most so many `seconds`, since
    somebody waits for it (hostile D02); what was kept by then stays.
    """
    assembly = parse_id(address, loopback=instance.loopback)
    if isinstance(assembly, Refusal):
        return assembly
    if same_origin(assembly, instance.url):
        return Refusal("id.ours", f"{address} is our own")
    try:
        async with asyncio.timeout(seconds):
            for received in _MOST_PAGES:
                refused = await _read(instance, assembly, received)
                if refused is not None:
                    return refused
    except TimeoutError:
        return Refusal("net.timeout", f"{origin(assembly)} has not given its record in {seconds:g} s")
    return assembly


async def remember(instance: Instance, called: Called) -> None:
    """Note that a member looked a session up: all are told, and it is read again from time to time (`renew`)."""

    def note(connection: Connection) -> None:
        act = acts.by_reference(connection, called.first.id, called.first.digest)
        if act is not None and not agenda.was_told(connection, _KIND, act=act.seq):
            agenda.tell(connection, _KIND, int(instance.now().timestamp()), act=act.seq)

    await instance.database.write(note)


async def renew(instance: Instance) -> int:
    """Read again the records of those whose sessions were looked up and are not over; how many.

    At most 20 of the latest, and none that opened a month ago: a host that never says that it ended is let go.
    """
    hosts = await instance.database.read(lambda connection: renewed(connection, instance))
    for host in hosts:
        await look_up(instance, host)  # a host that is away is asked again in its turn
    return len(hosts)


def renewed(connection: Connection, instance: Instance) -> tuple[Id, ...]:
    """The hosts whose record is read again because a member looked their session up."""
    told = agenda.told_of(connection, _KIND, _MOST_RENEWED)
    seen = (act for event in told if event.act is not None and (act := acts.by_seq(connection, event.act)) is not None)
    found: dict[Id, None] = {}
    for act in seen:
        called = sessions.find(connection, instance, act.id)
        if isinstance(called, Refusal) or called.is_over(instance.now()):
            continue
        if instance.now() < called.session.starts + _LET_GO:
            found[called.session.head.author] = None
    return tuple(found)


async def _read(instance: Instance, assembly: Id, received: str) -> Refusal | None:
    """Read the record from its beginning, as far as it goes or as is fair to ask at once (protocol.md §6)."""
    after = -1
    for _ in range(_MOST_PAGES[received]):
        query = urlencode({"after": after, "limit": _PAGE, "received": received})
        address = f"{origin(assembly)}/acts?{query}"
        answer = await knocking.get(instance, address, documents.ACTIVITY_JSON, max_bytes=_MOST_BYTES)
        if isinstance(answer, Refusal):
            return answer
        if answer.status != 200:
            return Refusal("net.status", f"{origin(assembly)} answered {answer.status}")
        page = read_document(answer.body, max_bytes=_MOST_BYTES)
        if isinstance(page, Refusal):
            return Refusal("net.form", f"{origin(assembly)} answered what is no record: {page.because}")
        for document in _acts(page):
            if await _is_here(instance, document) or await recording.check(instance, document) is not None:
                continue
            await instance.database.write(_keeping(instance, document))
        following = page.get("gov:next")
        if not isinstance(following, int) or isinstance(following, bool) or following <= after:
            return None
        after = following
    return None


async def _is_here(instance: Instance, document: Document) -> bool:
    about = str(document.get("id")), digest(document)
    kept = await instance.database.read(lambda connection: acts.by_reference(connection, *about))
    return kept is not None and kept.standing is Standing.AUTHENTIC


def _acts(page: Document) -> tuple[Document, ...]:
    items = page.get("gov:items")
    found = (item.get("act") for item in (items if isinstance(items, list) else []) if isinstance(item, dict))
    return tuple(act for act in found if isinstance(act, dict) and vocabulary.is_act(act))


def _keeping(instance: Instance, document: Document) -> Callable[[Connection], None]:
    def keep(connection: Connection) -> None:
        recording.record(connection, instance, document, {}, None)

    return keep
