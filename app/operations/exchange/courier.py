"""The courier: many hosts at once, one delivery in flight for each, and places that hanging hosts cannot fill."""

import asyncio
from asyncio import Task
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from app.operations.exchange import knocking, synchronizing
from app.operations.exchange.deliver import deliver, postponed
from app.store import deliveries, hosts, signing
from app.store.database import Connection, StoreUnavailableError
from app.store.deliveries import Delivered, Delivery, Outcome
from app.wiring import Instance

_AT_ONCE: Final = 128
_SUSPECTS_AT_ONCE: Final = 16
_PATIENCE_SECONDS: Final = 0.25  # then an attempt goes on beside the others, and its place is free
_LINGERING: Final = 512  # such attempts; one more, and the longest of them is ended
_SLOW_SECONDS: Final = 5.0  # a host that took longer has its next attempt in the small share
_WHOLE_SECONDS: Final = 30.0  # for looking up, both ways of signing and the answer together
_LEASE_SECONDS: Final = 60
_GATHERING_SECONDS: Final = 0.02  # what ends meanwhile shares a transaction
_FINISH_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 1.0
_POLL_SECONDS_WHEN_TOLD: Final = 5.0

_REMEMBERED: Final = timedelta(days=30)
_SCHEMES_REMEMBERED: Final = timedelta(days=180)
_MOST_HOSTS: Final = 10_000

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Turn:
    """What was claimed, and what the store knows of where it goes: the schemes, and the followers to tell of."""

    young: tuple[Delivery, ...] = ()
    suspects: tuple[Delivery, ...] = ()
    schemes: Mapping[str, str] = field(default_factory=dict)
    followers: Mapping[str, Collection[str]] = field(default_factory=dict)


class Courier:
    """Sends what is due: one transaction notes what became of attempts and claims the next ones."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._young: dict[Task[None], Delivery] = {}
        self._lingering: dict[Task[None], Delivery] = {}
        self._suspects: dict[Task[None], Delivery] = {}
        self._outcomes: list[Outcome] = []
        self._news = asyncio.Event()
        self._look = True

    async def resume(self) -> None:
        """Take over what a courier that died had in flight; only SQLite knows that there is no other."""
        if self._instance.database.dialect == "sqlite":
            await self._instance.database.take(deliveries.release_all)

    async def listen(self) -> None:
        """Look for new deliveries whenever the bell rings, and for due ones every second or few; until cancelled."""
        bell = self._instance.departures
        while True:
            heard = bell.rings
            self._look = True
            self._news.set()
            await bell.wait(heard, _POLL_SECONDS_WHEN_TOLD if bell.reaches_others else _POLL_SECONDS)

    async def turn(self) -> int:
        """Wait for news, then settle what ended and start what is due; how many were started."""
        await self._news.wait()
        await asyncio.sleep(_GATHERING_SECONDS)
        self._news.clear()
        return await self.send_due()

    async def send_due(self) -> int:
        """Settle what ended and start what is due, without waiting; how many were started."""
        now = int(self._instance.now().timestamp())
        if self._look:
            self._look = False
            while await self._instance.database.take(lambda connection: deliveries.address(connection, now)):
                pass
        outcomes, self._outcomes = self._outcomes, []
        free = _AT_ONCE - len(self._young), _SUSPECTS_AT_ONCE - len(self._suspects)

        def work(connection: Connection) -> _Turn:
            if outcomes:
                deliveries.settle(connection, outcomes, now)
            young = deliveries.claim(connection, now, free[0], suspects=False, lease=_LEASE_SECONDS)
            suspects = deliveries.claim(connection, now, free[1], suspects=True, lease=_LEASE_SECONDS)
            claimed = (*young, *suspects)
            if not claimed:
                return _Turn()
            schemes = signing.schemes_of(connection, [item.host for item in claimed])
            return _Turn(young, suspects, schemes, synchronizing.followers_to_tell(connection, self._instance, claimed))

        try:
            turn = await self._instance.database.take(work)
        except StoreUnavailableError:
            self._outcomes = outcomes + self._outcomes
            raise
        claimed = (*turn.young, *turn.suspects)
        knocking.recall(self._instance, {item.host: turn.schemes.get(item.host) for item in claimed})
        for item in turn.young:
            task = self._start(item, self._young, turn.followers)
            asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._let_linger, task)
        for item in turn.suspects:
            self._start(item, self._suspects, turn.followers)
        return len(claimed)

    @property
    def busy(self) -> bool:
        """True while something is in flight or not settled."""
        return bool(self._young or self._lingering or self._suspects or self._outcomes)

    async def forget(self) -> None:
        """Forget hosts for which nothing waits: after a month, or when there are very many (hostile D17)."""
        before = int((self._instance.now() - _REMEMBERED).timestamp())
        schemes = int((self._instance.now() - _SCHEMES_REMEMBERED).timestamp())

        def work(connection: Connection) -> None:
            hosts.forget(connection, before, _MOST_HOSTS)
            signing.forget_schemes(connection, schemes, _MOST_HOSTS)

        await self._instance.database.take(work)

    async def finish(self) -> None:
        """Wait a moment for what is in flight, note what became of it, and let the other hosts go."""
        tasks = {**self._young, **self._lingering, **self._suspects}
        unfinished = (await asyncio.wait(tasks, timeout=_FINISH_SECONDS))[1] if tasks else set()
        left, ended = [tasks[task] for task in unfinished], tuple(self._outcomes)
        for task in unfinished:
            task.cancel()
        now = int(self._instance.now().timestamp())

        def let_go(connection: Connection) -> None:
            deliveries.settle(connection, ended, now)
            deliveries.release(connection, left, now)

        await self._instance.database.take(let_go)

    def _start(
        self, item: Delivery, share: dict[Task[None], Delivery], followers: Mapping[str, Collection[str]]
    ) -> Task[None]:
        along = synchronizing.header(self._instance, item, followers.get(item.host, ()))
        task = asyncio.create_task(self._attempt(item, along))
        share[task] = item
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: Task[None]) -> None:
        for share in (self._young, self._lingering, self._suspects):
            share.pop(task, None)
        self._news.set()

    def _let_linger(self, task: Task[None]) -> None:
        item = self._young.pop(task, None)
        if item is None:
            return
        if len(self._lingering) >= _LINGERING:
            next(iter(self._lingering)).cancel()
        self._lingering[task] = item
        self._news.set()

    async def _attempt(self, item: Delivery, along: Mapping[str, str]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                outcome = await deliver(self._instance, item, along)
        except (TimeoutError, asyncio.CancelledError):
            because = f"net.timeout: {item.host} did not answer in {loop.time() - began:.0f} s"
            outcome = postponed(self._instance, item, because, answered=False)
        except StoreUnavailableError:
            return  # nothing can be noted either; the lease ends
        except Exception as bug:  # noqa: BLE001 - it must not hold up what comes after it
            _log.exception("a delivery could not be made", activity=item.activity, host=item.host)
            outcome = postponed(self._instance, item, f"{type(bug).__name__}", answered=True)
        if isinstance(outcome, Delivered) and loop.time() - began > _SLOW_SECONDS:
            outcome = Delivered(item, slow=True)
        self._outcomes.append(outcome)
