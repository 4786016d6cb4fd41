"""Pictures: of a proposal of ours, and those that other servers show; each is made harmless before it is kept."""

import asyncio
from datetime import timedelta
from importlib import import_module
from typing import Final

from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.matters import proposing
from app.store import agenda, media
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.media import Kept
from app.wiring import Instance

LARGEST: Final = 8 * 1024 * 1024
LONGEST_DESCRIPTION: Final = 500


async def add_picture(
    instance: Instance, account: Account, item_id: str, raw: bytes, description: str
) -> Item | Refusal:
    """Add a picture to a text of one's own: a new version with the same words, whose act names the picture.

    `description` says what it shows, for who cannot see it. Refuses as `proposing.amend` does, and by `media.words`,
    `media.size` and `media.type`.
    """
    if not 0 < len(description) <= LONGEST_DESCRIPTION:
        return Refusal("media.words", f"a description has 1 to {LONGEST_DESCRIPTION} characters")
    refused = await instance.database.read(lambda at: proposing.may_amend(at, account, item_id))
    if isinstance(refused, Refusal):
        return refused
    kept = await _kept(instance, raw, description, None)
    if isinstance(kept, Refusal):
        return kept

    def illustrate(connection: Connection) -> Item | Refusal:
        item = proposing.may_amend(connection, account, item_id)
        if isinstance(item, Refusal):
            return item
        media.add(connection, kept)
        agenda.set_details(connection, item.id, {**item.details, "picture": _attachment(instance, kept)})
        known = agenda.versions(connection, item.id)
        return proposing.amend(connection, instance, account, item.id, item.title, known[-1].source)

    return await instance.database.write(illustrate)


async def fetch_picture(instance: Instance, address: str, description: str) -> Kept | Refusal:
    """The picture at another server's `address`, fetched once through the guard.

    Refuses as the client does, and by `media.size` and `media.type`.
    """
    known = await instance.database.read(lambda connection: media.found(connection, address))
    if known is not None:
        return known
    answer = await instance.client.get(address, headers={"Accept": "image/*"}, max_bytes=LARGEST)
    if isinstance(answer, Refusal):
        return answer
    if answer.status != 200:
        return Refusal("net.status", f"{address} answered {answer.status}")
    kept = await _kept(instance, answer.body, description[:LONGEST_DESCRIPTION], address)
    if isinstance(kept, Refusal):
        return kept

    def keep(connection: Connection) -> Kept:
        earlier = media.found(connection, address)  # two may have fetched it at once
        if earlier is None:
            media.add(connection, kept)
        return earlier or kept

    return await instance.database.write(keep)


async def forget_files(instance: Instance) -> None:
    """Take from the disk the pictures that are nobody's any more, an hour after they were last written."""
    before = (instance.now() - timedelta(hours=1)).timestamp()
    kept = await instance.database.read(media.hashes)
    await asyncio.to_thread(media.sweep, instance.media_dir, kept, before)


async def picture(instance: Instance, media_id: str) -> tuple[Kept, bytes] | None:
    """A kept picture and its bytes; None if there is none, or its file is gone (hostile E16)."""
    kept = await instance.database.read(lambda connection: media.get(connection, media_id))
    if kept is None:
        return None
    raw = await asyncio.to_thread(media.read_file, instance.media_dir, kept.sha256)
    return None if raw is None else (kept, raw)


async def _kept(instance: Instance, raw: bytes, description: str, address: str | None) -> Kept | Refusal:
    """The row of a picture whose file is on the disk. One is decoded at a time, since each may take 64 MB."""
    pictures = import_module("app.media.pictures")  # serving loads no decoder before the first picture
    async with instance.drawing:
        clean = await asyncio.to_thread(pictures.clean, raw)
    if isinstance(clean, Refusal):
        return clean
    await asyncio.to_thread(media.write_file, instance.media_dir, clean.sha256, clean.raw)
    now = int(instance.now().timestamp())
    return Kept(
        instance.new_ulid(), clean.sha256, clean.media_type, clean.width, clean.height, description, address, now
    )


def _attachment(instance: Instance, kept: Kept) -> Document:
    """The picture as acts and posts name it."""
    return {
        "type": "Image",
        "mediaType": kept.media_type,
        "url": f"{instance.url}/media/{kept.id}",
        "name": kept.description,
        "width": kept.width,
        "height": kept.height,
        "gov:sha256": kept.sha256,
    }
