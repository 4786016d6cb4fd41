"""The one metadata that every table hangs on, and the column types that both databases share."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A row number that the database gives; SQLite counts by itself only in a plain INTEGER."""


def moment(name: str, *, nullable: bool = False) -> Column[int]:
    """A column that holds an instant as whole seconds since 1970, UTC."""
    return Column(name, BigInteger, nullable=nullable)


OURS: Final = 512
"""An address of ours has at most so many characters: beside one of others it fits into an index of PostgreSQL."""
