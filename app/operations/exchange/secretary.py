"""The secretary: handles what the inbox kept, each activity once, in turns, so that no domain holds up the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog

from app.kernel.refusal import Refusal
from app.operations.exchange.handling.outcome import Effect, Waiting
from app.operations.exchange.process import FIRST_WAIT, judge
from app.store import inbox, parking
from app.store.database import Connection, StoreUnavailableError
from app.store.inbox import Received
from app.store.parking import Parked
from app.wiring import Instance

MOST_TRIES: Final = 5
_DOMAINS_AT_ONCE: Final = 64
_AT_ONCE: Final = 256
_FORGOTTEN_AT_ONCE: Final = 1_000
_RESTS_AS_LONG: Final = 19  # after a part, so that a server that was away for a month works on beside it
_TURN_SECONDS: Final = 5
_REST_SECONDS: Final = 5
_LEASE_SECONDS: Final = 60  # a worker that dies gives back what it took by doing nothing

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is to become of an activity: an effect, or a reason for none, or a reason to try again."""

    received: Received
    effect: Effect | None = None
    because: str | None = None
    again: bool = False


class Secretary:
    """Takes up what is due, domain by domain in turn; knows which domains it is busy with, so that each has one turn.

    A turn prepares its activities in order, which may ask other servers, and then writes all of them in one
    transaction, with the turns that end at the same time. An activity that fails there is tried alone.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, int] = {}  # until when a domain rests that has used up what it may
        self._last = ""

    async def handle_due(self) -> int:
        """Begin with what is due of domains that are free; how many activities that are."""
        free = _DOMAINS_AT_ONCE - len(self._turns)
        if free <= 0:
            return 0
        now = self._now()
        self._resting = {domain: until for domain, until in self._resting.items() if until > now}
        busy = self._turns.keys() | self._resting.keys()

        def next_ones(connection: Connection) -> tuple[str, tuple[Received, ...]]:
            found = inbox.domains(connection, self._last, _DOMAINS_AT_ONCE)
            whose = [domain for domain in found if domain not in busy][:free]
            last = whose[-1] if whose else ""
            return last, inbox.claim(connection, now, whose, max(1, _AT_ONCE // max(1, len(whose))), _LEASE_SECONDS)

        self._last, due = await self._instance.database.take(next_ones)
        turns: dict[str, list[Received]] = {}
        for received in due:
            turns.setdefault(received.domain, []).append(received)
        for domain, mine in turns.items():
            self._turns[domain] = asyncio.create_task(self._turn(domain, mine))
        return len(due)

    async def finish(self) -> None:
        """Wait for the turns that have begun."""
        await asyncio.gather(*self._turns.values())

    async def forget(self) -> None:
        """Forget what was handled or put aside a month ago, a part at a time, mostly resting, so that nobody waits."""
        before = self._now() - parking.KEPT_FOR

        def forget(connection: Connection) -> int:
            return inbox.forget(connection, before, _FORGOTTEN_AT_ONCE)

        began = monotonic()
        while await self._instance.database.write(forget) == _FORGOTTEN_AT_ONCE:
            await asyncio.sleep((monotonic() - began) * _RESTS_AS_LONG)
            began = monotonic()

    async def _turn(self, domain: str, mine: Sequence[Received]) -> None:
        try:
            ends = self._now() + _TURN_SECONDS
            judged = []
            for received in mine:
                one = await self._judge(received)
                if one is None:
                    self._resting[domain] = self._now() + _REST_SECONDS
                    break
                judged.append(one)
                if self._now() > ends:
                    break  # what it waited for is another server: the rest has its turn after the others
            await self._settle(judged)
        except StoreUnavailableError as away:
            _log.warning("store away", because=str(away))
        finally:
            del self._turns[domain]
            self._instance.arrivals.set()

    async def _judge(self, received: Received) -> _Judged | None:
        """What an activity comes to; None if its domain has used up what it may: it waits, untried (hostile D19)."""
        try:
            outcome = await judge(self._instance, received.raw, received.actor)
        except StoreUnavailableError:
            raise
        except Exception as bug:  # noqa: BLE001 - it must not hold up what came after it (hostile D20)
            return _failed(received, bug)
        if isinstance(outcome, Refusal):
            if outcome.code.startswith("budget."):
                return None
            because = f"{outcome.code}: {outcome.because}"
            return _Judged(received, because=because, again=outcome.code.startswith("net."))
        if isinstance(outcome, Waiting):
            return _Judged(received, _parked(received, outcome, self._now()))
        return _Judged(received, outcome)

    async def _settle(self, judged: list[_Judged]) -> None:
        now = self._now()
        try:
            await self._instance.database.write_each(_write_all, (judged, now))
        except StoreUnavailableError:
            raise
        except Exception:  # noqa: BLE001 - one of them failed, perhaps of another turn: alone, it shows
            for one in judged:
                await self._settle_alone(one, now)

    async def _settle_alone(self, one: _Judged, now: int) -> None:
        try:
            await self._instance.database.write(lambda connection: _write(connection, [one], now))
        except StoreUnavailableError:
            raise
        except Exception as bug:  # noqa: BLE001 - as above
            failed = _failed(one.received, bug)
            await self._instance.database.write(lambda connection: _write(connection, [failed], now))

    def _now(self) -> int:
        return int(self._instance.now().timestamp())


def _parked(received: Received, outcome: Waiting, now: int) -> Effect:
    parked = Parked(received.activity_id, received.actor, received.domain, received.raw, outcome.premise, 0, now)
    return lambda connection: parking.park(connection, parked, outcome.because, now + FIRST_WAIT)


def _failed(received: Received, bug: Exception) -> _Judged:
    _log.error("an activity could not be handled", activity=received.activity_id, exc_info=bug)
    return _Judged(received, because=type(bug).__name__, again=True)


def _write_all(connection: Connection, turns: Sequence[tuple[list[_Judged], int]]) -> list[None]:
    _write(connection, [one for judged, _ in turns for one in judged], max(now for _, now in turns))
    return [None] * len(turns)


def _write(connection: Connection, judged: Sequence[_Judged], now: int) -> None:
    """Effects and their being done are one transaction; what was handled meanwhile by another has none."""
    inbox.settle(connection, [(one.received.seq, one.because) for one in judged if not one.again and not one.effect])
    for one in judged:
        if one.again:
            tries = one.received.tries + 1
            due_at = None if tries >= MOST_TRIES else now + 4**tries // 2
            inbox.postpone(connection, one.received.seq, one.because or "", due_at)
        elif one.effect is not None and inbox.settle(connection, [(one.received.seq, None)]):
            one.effect(connection)
