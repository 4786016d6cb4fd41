"""Pictures that are kept: a row here, the bytes in a file that is named by their SHA-256."""

import hashlib
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from app.store.engine import StoreUnavailableError
from app.store.fingerprint import fingerprint
from app.store.tables_federation import media, shown_pictures, wanted_pictures
from app.store.upsert import upserting


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture: where it was found if another server showed it, what it shows in words."""

    id: str
    sha256: str
    media_type: str
    width: int
    height: int
    description: str
    found_at: str | None
    kept_at: int


def add(connection: Connection, kept: Kept) -> None:
    """Keep the row of a picture whose file was written before."""
    connection.execute(
        insert(media).values(
            id=kept.id,
            sha256=kept.sha256,
            media_type=kept.media_type,
            width=kept.width,
            height=kept.height,
            description=kept.description,
            found_at=kept.found_at,
            kept_at=kept.kept_at,
        )
    )


def get(connection: Connection, media_id: str) -> Kept | None:
    """The picture with this id."""
    row = connection.execute(select(media).where(media.c.id == media_id)).first()
    return None if row is None else _kept(row)


def found(connection: Connection, address: str) -> Kept | None:
    """The picture that was found at another server's `address`."""
    row = connection.execute(select(media).where(media.c.found_at == address)).first()
    return None if row is None else _kept(row)


def found_among(connection: Connection, addresses: Iterable[str]) -> dict[str, Kept]:
    """The pictures that were found at these addresses, by address."""
    rows = connection.execute(select(media).where(media.c.found_at.in_(set(addresses))))
    return {row.found_at: _kept(row) for row in rows}


def want(connection: Connection, voice: str, pictures: Mapping[str, str], now: int) -> None:
    """Let a voice show the pictures at these addresses and no others, and let them be fetched; twice is once.

    Each address has with it what is shown there in words.
    """
    unshow(connection, shown_pictures.c.voice == voice, but=pictures)
    for address, description in pictures.items():
        new = upserting(connection, wanted_pictures).values(
            address=address, description=description, tries=0, due_at=now
        )
        connection.execute(new.on_conflict_do_nothing())
        shown = upserting(connection, shown_pictures).values(
            digest=fingerprint(address, voice), address=address, voice=voice
        )
        connection.execute(shown.on_conflict_do_nothing())


def unshow(connection: Connection, whose: ColumnElement[bool], *, but: Collection[str] = ()) -> None:
    """The voices that `whose` picks show nothing any more `but` this: what no other voice shows goes (hostile B08)."""
    gone = set(connection.scalars(select(shown_pictures.c.address).where(whose))).difference(but)
    if not gone:
        return
    connection.execute(delete(shown_pictures).where(whose, shown_pictures.c.address.in_(gone)))
    gone -= set(connection.scalars(select(shown_pictures.c.address).where(shown_pictures.c.address.in_(gone))))
    connection.execute(delete(media).where(media.c.found_at.in_(gone)))
    connection.execute(delete(wanted_pictures).where(wanted_pictures.c.address.in_(gone)))


def remove(connection: Connection, ids: Collection[str]) -> None:
    """Let these pictures go; the file of one that no other row names goes by `sweep`."""
    connection.execute(delete(media).where(media.c.id.in_(ids)))


def hashes(connection: Connection) -> frozenset[str]:
    """The names of the files that are kept."""
    return frozenset(connection.scalars(select(media.c.sha256)))


def wanted(connection: Connection, now: int, limit: int) -> tuple[tuple[str, str, int], ...]:
    """Pictures to be fetched now: address, description, and how often that was tried."""
    query = select(wanted_pictures).where(wanted_pictures.c.due_at <= now)
    rows = connection.execute(query.order_by(wanted_pictures.c.due_at, wanted_pictures.c.address).limit(limit))
    return tuple((row.address, row.description, row.tries) for row in rows)


def tried(connection: Connection, address: str, due_at: int | None) -> None:
    """A picture is here or given up (None), or tried again at `due_at`."""
    where = wanted_pictures.c.address == address
    if due_at is None:
        connection.execute(delete(wanted_pictures).where(where))
        return
    values = {"tries": wanted_pictures.c.tries + 1, "due_at": due_at}
    connection.execute(update(wanted_pictures).where(where).values(**values))


def write_file(folder: Path, sha256: str, raw: bytes) -> None:
    """Put the bytes on the disk, whole or not at all; twice is once.

    StoreUnavailableError if the disk does not take them (hostile E17).
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / sha256
        if target.exists():
            os.utime(target)  # as if it had been written now: whoever sweeps leaves it alone
        else:
            _write(folder, target, raw)
    except OSError as error:
        raise StoreUnavailableError(f"a picture cannot be written: {error}") from error


def _write(folder: Path, target: Path, raw: bytes) -> None:
    descriptor, name = mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(target)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise


def read_file(folder: Path, sha256: str) -> bytes | None:
    """The bytes of a picture; None if the file is gone or another, which changes no record (hostile E16)."""
    try:
        raw = (folder / sha256).read_bytes()
    except OSError:
        return None
    return raw if hashlib.sha256(raw).hexdigest() == sha256 else None


def sweep(folder: Path, kept: Collection[str], before: float) -> int:
    """Take away the files, written before `before`, of which none is `kept`; how many that were."""
    old = [one for one in folder.glob("*") if one.name not in kept and one.stat().st_mtime < before]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _kept(row: Row[tuple[object, ...]]) -> Kept:
    return Kept(
        row.id,
        row.sha256,
        row.media_type,
        row.width,
        row.height,
        row.description,
        row.found_at,
        row.kept_at,
    )
