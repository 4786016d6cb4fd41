"""A record as an instance reads it: every act handed to a real database, looked at, and forgotten again."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import orjson

from app.governance.assembly import Body
from app.kernel.ids import Id
from app.operations import founding, recording
from app.operations.reading import Reading
from app.store import actors
from app.store.actors import StoredActor
from app.store.database import Connection
from tests.operations.neighbours import Clock, Place, open_place
from tests.verifier.confederation import World

T = TypeVar("T")


class Library:
    """An instance to which records are handed and which keeps none of them."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.place: Place = open_place(folder, template, Clock(), "Library")
        self.place.do(founding.begin, Body.COMMUNE, "Library")

    def read(self, world: World, look: Callable[[Reading], T], order: Iterable[str] | None = None) -> T:
        """What `look` sees when the acts of `world` have come, in this order of their names or as they were sealed.

        Key-logs come first whatever the order: an instance asks for them before it believes anything.
        """
        names = sorted(order or world.acts, key=lambda name: world.acts[name]["type"] != "gov:KeyEvent")
        self.place.clock.at = max(world.clock, self.place.clock.at) + timedelta(seconds=1)
        found: list[T] = []

        def receive(connection: Connection) -> None:
            for signer in world.signers.values():
                raw = orjson.dumps(signer.actor())
                kept = StoredActor(Id(signer.id), raw, f"{signer.id}/inbox", None, reads_acts=True, fetched_at=0)
                actors.put(connection, kept)
            for name in names:
                recording.record(connection, self.place.instance, world.acts[name], {}, None)
            found.append(look(Reading(connection, loopback=False)))
            raise _ForgottenError

        try:
            asyncio.run(self.place.instance.database.write(receive))
        except _ForgottenError:
            return found[0]
        raise AssertionError("it was kept")


class _ForgottenError(Exception):
    """Nothing of it is kept."""
