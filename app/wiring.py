"""From settings to what operations are given: database, client, clock, ids, keys."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from time import time

from app.federation.budget import Budget
from app.federation.keys import PublicKey, RsaSigner, SealSigner
from app.federation.policy import Policy
from app.federation.signatures import Scheme
from app.kernel.ids import new_ulid
from app.kernel.instant import Instant
from app.kernel.recent import Recent
from app.kernel.refusal import Refusal
from app.network.client import Client
from app.settings import Settings, load_settings
from app.store.bell import Bell
from app.store.database import Database, open_database

_SECRET_BYTES = 32
_A_MINUTE = timedelta(minutes=1)
_A_DAY = timedelta(days=1)
_KEYS_KNOWN = 4_096
_HOSTS_KNOWN = 4_096
_ADDRESSES_IN_VAIN = 4_096


@dataclass(slots=True)
class Lookups:
    """What is known of the looking up of keys for strangers: addresses asked in vain, and what runs.

    `key_logs` are the first entries of key-logs that were not to be had, by id and digest.
    """

    in_vain: Recent[str, Refusal] = field(default_factory=lambda: Recent(_ADDRESSES_IN_VAIN))
    key_logs: Recent[tuple[str, str], Refusal] = field(default_factory=lambda: Recent(_ADDRESSES_IN_VAIN))
    running: dict[tuple[str, bool, bool], asyncio.Task[PublicKey | Refusal]] = field(default_factory=dict)


@dataclass(slots=True)
class Keyring:
    """Keys parsed once: our signers by key id, other servers' public keys by key id; and how hosts sign."""

    http: dict[str, RsaSigner] = field(default_factory=dict)
    seals: dict[str, SealSigner] = field(default_factory=dict)
    known: Recent[str, PublicKey] = field(default_factory=lambda: Recent(_KEYS_KNOWN))
    schemes: Recent[str, Scheme] = field(default_factory=lambda: Recent(_HOSTS_KNOWN))
    lookups: Lookups = field(default_factory=Lookups)


@dataclass(slots=True)
class Neighbourhood:
    """With whom this server talks, as last read from the tables, and when that was."""

    policy: Policy | None = None
    read_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Budgets:
    """What each registrable domain may use of this server in a minute, and each key (hostile D08, D10, D19).

    Posts to the inbox, by their size; `lookups` of keys for strangers; `proof_keys`, those that are looked up since
    proofs in what it sends name them; all fetches that it makes us do; acts that it sends and that of its own go into
    our record, the rest of which waits; in a day, `voices` and `reactions` of its people that are kept. Of hosts:
    `greetings`, how often we look what waits for one because it spoke; `synchronizations`, how often we tell one which
    of its people follow us. Of actors: `nonces`, how many of a domain's are kept that came with questions; `answers` to
    a Follow of the same one; `agreements`, how often an `Undo` tells one that we do not follow it.
    """

    posts: Budget = field(default_factory=lambda: Budget(6_000, _A_MINUTE))
    posts_by_key: Budget = field(default_factory=lambda: Budget(3_000, _A_MINUTE))
    lookups: Budget = field(default_factory=lambda: Budget(120, _A_MINUTE))
    proof_keys: Budget = field(default_factory=lambda: Budget(60, _A_MINUTE))
    fetches: Budget = field(default_factory=lambda: Budget(300, _A_MINUTE))
    acts: Budget = field(default_factory=lambda: Budget(600, _A_MINUTE))
    voices: Budget = field(default_factory=lambda: Budget(5_000, _A_DAY))
    reactions: Budget = field(default_factory=lambda: Budget(20_000, _A_DAY))
    greetings: Budget = field(default_factory=lambda: Budget(1, _A_MINUTE))
    nonces: Budget = field(default_factory=lambda: Budget(60, _A_MINUTE))
    answers: Budget = field(default_factory=lambda: Budget(600, 60 * _A_MINUTE))
    agreements: Budget = field(default_factory=lambda: Budget(1, 60 * _A_MINUTE))
    synchronizations: Budget = field(default_factory=lambda: Budget(1, 60 * _A_MINUTE))

    def share(self, processes: int) -> "Budgets":
        """What one of so many processes gives, that all of them together give what one alone would.

        Each counts for itself, for a count in the database would cost a transaction for each request; whoever
        keeps to one connection is counted by one process, and gets its share.
        """
        parts = ("posts", "posts_by_key", "lookups", "proof_keys", "fetches")
        return replace(self, **{name: getattr(self, name).share(processes) for name in parts})


@dataclass(frozen=True, slots=True)
class Instance:
    """One running server: what an operation may use.

    `arrivals` rings when there is something to handle, `departures` when there is something to deliver; `drawing` lets
    one picture be decoded at a time; with `only_allowed` it talks to allowed domains and fellow assemblies alone.
    """

    url: str
    loopback: bool
    data_dir: Path
    database: Database
    client: Client
    secret: bytes = field(repr=False)
    now: Callable[[], Instant]
    keyring: Keyring = field(repr=False)
    only_allowed: bool = False
    neighbourhood: Neighbourhood = field(default_factory=Neighbourhood)
    arrivals: Bell = field(default_factory=Bell)
    departures: Bell = field(default_factory=Bell)
    drawing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    watched: bool = False
    authorized_fetch: bool = False
    budgets: Budgets = field(default_factory=Budgets)

    @property
    def assembly(self) -> str:
        """The id of the assembly's actor."""
        return f"{self.url}/assembly"

    @property
    def application(self) -> str:
        """The id of the instance's own actor, which signs every fetch."""
        return f"{self.url}/instance"

    @property
    def media_dir(self) -> Path:
        """The folder of the pictures."""
        return self.data_dir / "media"

    def new_ulid(self) -> str:
        """A new name that sorts by time, to the millisecond: more often than `now` ticks."""
        return new_ulid(datetime.now(UTC), os.urandom(10))

    def new_salt(self) -> bytes:
        """32 fresh bytes for a commitment."""
        return os.urandom(32)

    async def close(self) -> None:
        """Give back sockets and files."""
        await self.client.close()
        await self.database.close()


def read_settings(**overrides: object) -> Settings | Refusal:
    """The settings of this process, `overrides` before the environment; a bad one as one sentence (`setting.bad`)."""
    return load_settings(**overrides)


def current_instant() -> Instant:
    """The clock of this machine, in whole seconds."""
    return _second(int(time()))


@lru_cache(maxsize=2)
def _second(seconds: int) -> Instant:
    return datetime.fromtimestamp(seconds, UTC)


def open_instance(settings: Settings, *, processes: int = 1) -> Instance | Refusal:
    """Everything that a server or a command works with; `secret.*` if the secret cannot be trusted.

    With several `processes` like it, what others may use of them is divided among these.
    """
    secret = read_secret(settings.secret)
    if isinstance(secret, Refusal):
        return secret
    return Instance(
        url=settings.url,
        loopback=settings.loopback,
        data_dir=settings.data_dir,
        database=open_database(settings.database),
        client=Client(loopback=settings.loopback, own_origin=settings.url),
        secret=secret,
        now=current_instant,
        keyring=Keyring(),
        only_allowed=settings.only_allowed,
        watched=settings.profile == "watched",
        authorized_fetch=settings.wants_signed_fetch,
        budgets=Budgets().share(processes),
    )


def read_secret(path: Path) -> bytes | Refusal:
    """The instance's secret; refused if the file is missing, short, or readable by others (hostile H01, H02)."""
    try:
        mode = path.stat().st_mode
        secret = path.read_bytes()
    except OSError as missing:
        return Refusal("secret.missing", f"ROUNDABOUT_SECRET_FILE {path}: {missing.strerror}; `init` makes it")
    if mode & 0o077:
        return Refusal("secret.open", f"ROUNDABOUT_SECRET_FILE {path}: others can read it; chmod 600 mends that")
    if len(secret) < _SECRET_BYTES:
        return Refusal("secret.short", f"ROUNDABOUT_SECRET_FILE {path}: {len(secret)} of {_SECRET_BYTES} bytes")
    return secret


def make_secret(path: Path) -> None:
    """Write a fresh secret that only this user can read; FileExistsError if there is one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(_SECRET_BYTES))
