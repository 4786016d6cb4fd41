"""A record as an instance reads it: every act handed to a real database, looked at, and forgotten again."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import orjson

from app.governance.assembly import Body
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import founding
from app.operations.record import recording
from app.operations.record.reading import Reading
from app.store import actors
from app.store.actors import StoredActor
from app.store.database import Connection
from app.wiring import Instance
from tests.operations.neighbours import Clock, Place, open_place
from tests.verifier.confederation import BEGIN, World

T = TypeVar("T")


class Library:
    """An instance to which records are handed and which keeps none of them."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.place: Place = open_place(folder, template, Clock(BEGIN - timedelta(days=30)), "Library")
        self.place.do(founding.begin, Body.COMMUNE, "Library")
        self._known = set[str]()
        self._begun: tuple[str, ...] = ()

    def begin(self, world: World) -> None:
        """Keep what `world` began with, which every record that is handed over from now on begins with too."""

        def keep(connection: Connection) -> None:
            _introduce(connection, world)
            for name in world.begun:
                recording.record(connection, self.instance, world.acts[name], {}, None)

        asyncio.run(self.instance.database.write(keep))
        self._begun = world.begun

    @property
    def instance(self) -> Instance:
        """As which it looks at what it has."""
        return self.place.instance

    def read(
        self,
        world: World,
        look: Callable[[Reading], T],
        order: Iterable[str] | None = None,
        refused: Mapping[str, Refusal | None] | None = None,
        after: timedelta = timedelta(seconds=1),
    ) -> T:
        """What `look` sees when the acts of `world` have come, in this order of their names or as they were sealed.

        Key-logs come first whatever the order: an instance asks for them before it believes anything. `refused` is
        what checking found against an act (`check`), nothing if it is not among them; it is so much `after` the last.
        """
        new = [name for name in order or world.acts if name not in self._begun]
        names = sorted(new, key=lambda name: world.acts[name]["type"] != "gov:KeyEvent")
        against = refused or {}
        self.place.clock.at = world.clock + after
        found: list[T] = []

        def receive(connection: Connection) -> None:
            _introduce(connection, world)
            for name in names:
                why = against.get(name)
                if why is None or not recording.is_no_act(why):
                    recording.record(connection, self.instance, world.acts[name], {}, why)
            found.append(look(Reading(connection, loopback=False)))
            raise _ForgottenError

        try:
            asyncio.run(self.instance.database.write(receive))
        except _ForgottenError:
            return found[0]
        raise AssertionError("it was kept")

    def check(self, world: World, names: Iterable[str]) -> dict[str, Refusal | None]:
        """What an instance finds against these acts of `world` when they are sent to it.

        Their servers are away for good, so that nobody can be asked for another key. Each signer has one key here, in
        whatever world.
        """
        kept, new = self.instance, {one.id for one in world.signers.values()} - self._known

        async def look() -> dict[str, Refusal | None]:
            if new:
                await kept.database.write(lambda connection: _introduce(connection, world))
            return {name: await recording.check(kept, world.acts[name]) for name in names}

        self._known |= new
        return asyncio.run(look())


def _introduce(connection: Connection, world: World) -> None:
    """Let an instance know the actors of a world, whose servers are gone."""
    for signer in world.signers.values():
        raw = orjson.dumps(signer.actor())
        kept = StoredActor(Id(signer.id), raw, f"{signer.id}/inbox", None, reads_acts=True, fetched_at=0)
        actors.put(connection, kept)
        actors.mark_gone(connection, signer.id, 0)


class _ForgottenError(Exception):
    """Nothing of it is kept."""
