"""How much room each registrable domain has in a table: of what is one too many, the oldest goes (hostile D08)."""

from sqlalchemy import Column, Connection, Table, delete, select


def keep_newest(connection: Connection, table: Table, domain: str, newest: Column[int], most: int) -> None:
    """Leave of a domain the `most` rows that are the newest by this moment; the table is known by `digest`."""
    extra = (
        select(table.c.digest)
        .where(table.c.domain == domain)
        .order_by(newest.desc(), table.c.digest.desc())
        .offset(most)
    )
    connection.execute(delete(table).where(table.c.digest.in_(extra)))
