"""Pictures that are kept: a row here, the bytes in a file that is named by their SHA-256."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from sqlalchemy import Connection, Row, insert, select

from app.store.tables_federation import media


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


def write_file(folder: Path, sha256: str, raw: bytes) -> None:
    """Put the bytes on the disk, whole or not at all; twice is once. OSError if the disk does not take them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / sha256
    if target.exists():
        return
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
    """The bytes of a picture; None if the file is gone, which changes nothing of the record (hostile E16)."""
    try:
        return (folder / sha256).read_bytes()
    except OSError:
        return None


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
