"""Whether rows that belong together are there together: asked by `fsck`, answered in sentences."""

from collections.abc import Iterator

from sqlalchemy import Connection, Select, and_, exists, select, text

from app.store.engine import SQLITE
from app.store.tables_assembly import items
from app.store.tables_federation import arrivals, deliveries, hosts
from app.store.tables_record import acts


def broken_rows(connection: Connection) -> Iterator[str]:
    """One sentence for each thing that is not as it must be, as far as the database itself can say."""
    if connection.dialect.name == SQLITE:
        for found in connection.scalars(text("PRAGMA integrity_check")):
            if found != "ok":
                yield f"the database file: {found}"
        for row in connection.execute(text("PRAGMA foreign_key_check")):
            yield f"table {row[0]}, row {row[1]}: names a row of {row[2]} that is not there"
    for host in connection.scalars(_forgotten_hosts()):
        yield f"deliveries to {host}: they wait, and no worker would find them"
    for matter in connection.execute(_matters_without_act()):
        yield f"matter {matter.id}: its act {matter.act} is not in the record"


def _forgotten_hosts() -> Select[tuple[str]]:
    arriving = exists().where(arrivals.c.activity == deliveries.c.activity)
    expected = exists().where(and_(hosts.c.host == deliveries.c.host, hosts.c.next_at.is_not(None)))
    return select(deliveries.c.host).where(~arriving, ~expected).distinct()


def _matters_without_act() -> Select[tuple[str, str]]:
    there = exists().where(and_(acts.c.id == items.c.act, acts.c.digest == items.c.act_digest))
    return select(items.c.id, items.c.act).where(items.c.act != "", ~there)
