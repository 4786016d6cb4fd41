"""Relays that went to members only, since the charter that says if they are for everybody is not here yet."""

from sqlalchemy import Connection, delete, insert

from app.store.tables_federation import held_relays


def hold(connection: Connection, announce: str, owner: str) -> None:
    """Remember our activity `announce` until a charter of `owner` comes."""
    connection.execute(insert(held_relays).values(announce=announce, owner=owner))


def take(connection: Connection, owner: str) -> tuple[str, ...]:
    """What waited for a charter of `owner`, in the order in which it was announced; it waits no longer."""
    gone = delete(held_relays).where(held_relays.c.owner == owner).returning(held_relays.c.announce)
    return tuple(sorted(connection.scalars(gone)))
