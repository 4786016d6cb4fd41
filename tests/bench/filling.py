"""A database that has served much: activities received and handled in the last weeks, and sent, in bulk."""

from collections.abc import Iterator
from itertools import islice
from time import time
from typing import Any, Final

from sqlalchemy import insert

from app.store.engine import writing_engine
from app.store.inbox import digest
from app.store.tables_federation import activities, inbox

_BATCH: Final = 10_000
_WEEKS_SECONDS: Final = 21 * 24 * 3600  # what is older is forgotten, which would be measured with the rest


def fill(database: str, actor: str, more: int, already: int = 0) -> None:
    """Put so many more handled activities into the inbox, of a thousand domains, and into the outbox of `actor`."""
    numbers = range(already, already + more)
    engine = writing_engine(database)
    for table, rows in ((inbox, _received(numbers)), (activities, _sent(numbers, actor))):
        while batch := list(islice(rows, _BATCH)):
            with engine.begin() as connection:
                connection.execute(insert(table), batch)
    engine.dispose()


def _received(numbers: range) -> Iterator[dict[str, Any]]:
    since = int(time()) - _WEEKS_SECONDS
    for number in numbers:
        # Ids are spread over the index as those of many servers are.
        domain = f"server-{number * 7919 % 1000}.example"
        name = f"https://{domain}/activities/{number * 2_654_435_761 % 2**32:010d}"
        actor = f"https://{domain}/users/someone"
        yield {
            "digest": digest(name, actor),
            "activity_id": name,
            "actor": actor,
            "domain": domain,
            "raw": b"",
            "state": "done",
            "tries": 0,
            "because": None,
            "received_at": since + number % _WEEKS_SECONDS,
            "due_at": since + number % _WEEKS_SECONDS,
        }


def _sent(numbers: range, actor: str) -> Iterator[dict[str, Any]]:
    for number in numbers:
        raw = b'{"type":"Create","object":{"type":"Note","content":"' + b"x" * 200 + b'"}}'
        yield {
            "id": f"{actor}/filled/{number}",
            "actor": actor,
            "raw": raw,
            "public": True,
            "published_at": 1_700_000_000 + number,
        }
