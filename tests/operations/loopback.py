"""An instance on this machine that speaks to real servers on it, with a clock that moves when it is told to."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.governance.assembly import Body
from app.network.client import Client
from app.operations.assembly import founding
from app.store.database import open_database
from app.wiring import Instance, Keyring
from tests.operations.neighbours import Clock


@asynccontextmanager
async def instance_here(folder: Path, template: Path, clock: Clock, *, seconds: float = 15) -> AsyncIterator[Instance]:
    """A gathering on a fresh SQLite database; its requests end after so many seconds."""
    path = folder / "here.db"
    await asyncio.to_thread(shutil.copy, template, path)
    instance = Instance(
        url="http://127.0.0.1:8",
        loopback=True,
        data_dir=folder,
        database=open_database(f"sqlite:///{path}"),
        client=Client(loopback=True, deadline_seconds=seconds),
        secret=b"s" * 32,
        now=clock.now,
        keyring=Keyring(),
    )
    await instance.database.write(lambda connection: founding.begin(connection, instance, Body.COMMUNE, "Here"))
    yield instance
    await instance.close()
