"""Looking up: the public record of an assembly that nobody told us of, on the word of a member who has its address."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from app.federation import documents
from app.kernel.canonical import Document, read_document
from app.kernel.ids import Id, origin, parse_id, same_origin
from app.kernel.refusal import Refusal
from app.operations import knocking, recording
from app.store.database import Connection
from app.translation import vocabulary
from app.wiring import Instance

_PAGE: Final = 500
_MOST_PAGES: Final = 20


async def look_up(instance: Instance, address: str) -> Id | Refusal:
    """The assembly at `address`, with its record fetched and checked: what it sealed, and the last that it received.

    What is fetched is kept as received acts: nothing of ours changes by it (B17). Refuses by `id.*` and
    `net.*`, and what is no act of anybody is passed over.
    """
    assembly = parse_id(address, loopback=instance.loopback)
    if isinstance(assembly, Refusal):
        return assembly
    if same_origin(assembly, instance.url):
        return Refusal("id.ours", f"{address} is our own")
    for received in ("0", "1"):
        refused = await _read(instance, assembly, received)
        if refused is not None:
            return refused
    return assembly


async def _read(instance: Instance, assembly: Id, received: str) -> Refusal | None:
    """Read the record from its beginning, as far as it goes or as is fair to ask at once (protocol.md §6)."""
    after: object = -1
    for _ in range(_MOST_PAGES if received == "0" else 1):
        query = urlencode({"after": after, "limit": _PAGE, "received": received})
        answer = await knocking.get(instance, f"{origin(assembly)}/acts?{query}", documents.ACTIVITY_JSON)
        if isinstance(answer, Refusal):
            return answer
        if answer.status != 200:
            return Refusal("net.status", f"{origin(assembly)} answered {answer.status}")
        page = read_document(answer.body)
        if isinstance(page, Refusal):
            return Refusal("net.form", f"{origin(assembly)} answered what is no record: {page.because}")
        for document in _acts(page):
            if await recording.check(instance, document) is None:
                await instance.database.write(_keeping(instance, document))
        following = page.get("gov:next")
        if not isinstance(following, int) or isinstance(following, bool) or following == after:
            return None
        after = following
    return None


def _acts(page: Document) -> tuple[Document, ...]:
    items = page.get("gov:items")
    found = (item.get("act") for item in (items if isinstance(items, list) else []) if isinstance(item, dict))
    return tuple(act for act in found if isinstance(act, dict) and vocabulary.is_act(act))


def _keeping(instance: Instance, document: Document) -> Callable[[Connection], None]:
    def keep(connection: Connection) -> None:
        recording.record(connection, instance, document, {}, None)

    return keep
