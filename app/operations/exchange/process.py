"""What an activity comes to; what waits for its premise; what is asked for because it is missing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from app.federation.documents import host_of
from app.kernel.canonical import read_document
from app.kernel.refusal import Refusal
from app.network.client import SILENT
from app.operations.exchange import blocking, resolve
from app.operations.exchange.handling import acts as carried
from app.operations.exchange.handling.families import outcome_of
from app.operations.exchange.handling.outcome import Effect, Outcome, Waiting
from app.operations.record import recording
from app.store import acts, parking
from app.store.database import Connection, StoreUnavailableError
from app.store.parking import Parked
from app.wiring import Instance

_BATCH: Final = 64
FIRST_WAIT: Final = 60
_LONGEST_WAIT: Final = 86_400
_MOST_ASKED: Final = 8
_TURN_SECONDS: Final = 60.0
_SILENCE: Final = "net.timeout"

_log = structlog.get_logger()


async def judge(instance: Instance, raw: bytes, actor: str) -> Outcome:
    """What an activity of `actor` comes to; everything that it takes is fetched, and nothing is written.

    Nothing comes of what was received of a server before it was suspended (`policy.*`); a fellow never is (H07).
    """
    barred = (await blocking.policy(instance)).refuses(host_of(actor))
    if barred is not None:
        return barred
    activity = read_document(raw)
    return activity if isinstance(activity, Refusal) else await outcome_of(instance, activity, actor)


async def try_parked(instance: Instance) -> int:
    """Try again what waits for its premise and is due: the premise came, or is asked for once more (hostile E09).

    One after the other for each server that is asked, the servers beside each other: one that hangs delays no other.
    """
    now = int(instance.now().timestamp())
    due = await instance.database.read(lambda connection: parking.due(connection, now, _BATCH))
    by_server: dict[str, list[Parked]] = {}
    for parked in due:
        by_server.setdefault(host_of(parked.premise), []).append(parked)
    await asyncio.gather(*(_try_in_turn(instance, waiting, now) for waiting in by_server.values()))
    return len(due)


async def _try_in_turn(instance: Instance, waiting: Sequence[Parked], now: int) -> None:
    """Try what waits for one server; once it does not answer, the rest waits on as if it had been tried."""
    outcome: Outcome | None = None
    for parked in waiting:
        try:
            if _is_silence(outcome):
                outcome = Waiting(parked.premise, f"{_SILENCE}: its server did not answer a moment ago")
            else:
                outcome = await _judge_in_time(instance, parked)
            await instance.database.write(_settled(parked, outcome, now))
        except StoreUnavailableError:
            raise
        except Exception as bug:  # noqa: BLE001 - it must not hold up what waits beside it (hostile D20)
            _log.exception("a parked activity could not be handled", activity=parked.activity_id)
            again = Waiting(parked.premise, type(bug).__name__)
            await instance.database.write(_settled(parked, again, now))


async def _judge_in_time(instance: Instance, parked: Parked) -> Outcome:
    try:
        async with asyncio.timeout(_TURN_SECONDS):
            return await judge(instance, parked.raw, parked.actor)
    except TimeoutError:
        return Waiting(parked.premise, f"{_SILENCE}: not looked up in {_TURN_SECONDS:g} s")


def _is_silence(outcome: Outcome | None) -> bool:
    return isinstance(outcome, Waiting) and outcome.because.partition(":")[0] in SILENT


def _settled(parked: Parked, outcome: Outcome, now: int) -> Effect:
    """Let an activity wait on, twice as long each time and a day at most, or be done with it."""
    waits = isinstance(outcome, Waiting) or (isinstance(outcome, Refusal) and outcome.code.startswith("net."))

    def settle(connection: Connection) -> None:
        if not parking.is_parked(connection, parked.activity_id, parked.actor):
            return  # another worker was quicker
        if waits and now - parked.parked_at < parking.KEPT_FOR:
            premise = outcome.premise if isinstance(outcome, Waiting) else parked.premise
            still = replace(parked, premise=premise, tries=parked.tries + 1)
            because = getattr(outcome, "because", "")
            wait = min(FIRST_WAIT << min(still.tries, 12), _LONGEST_WAIT)
            parking.park(connection, still, because, now + wait)
            return
        if not isinstance(outcome, Refusal | Waiting):
            outcome(connection)
        parking.leave(connection, parked.activity_id, parked.actor)

    return settle


async def ask_for_missing(instance: Instance) -> None:
    """Fetch acts that others name and that are not here, from where they live (hostile E09).

    As with what is parked, a server that hangs delays none of the others (hostile D02).
    """
    now = int(instance.now().timestamp())
    wants = await instance.database.read(lambda connection: acts.due_wants(connection, now, _BATCH))
    by_server: dict[str, list[tuple[str, int]]] = {}
    for act_id, _, tries in wants:
        by_server.setdefault(host_of(act_id), []).append((act_id, tries))
    await asyncio.gather(*(_ask_in_turn(instance, wanted, now) for wanted in by_server.values()))


async def _ask_in_turn(instance: Instance, wanted: Sequence[tuple[str, int]], now: int) -> None:
    """Ask one server for what it has; once it does not answer, the rest is put off as if it had been asked."""
    refused: Refusal | None = None
    for act_id, tries in wanted:
        try:
            if refused is None or refused.code not in SILENT:
                refused = await _ask(instance, act_id)
        except StoreUnavailableError:
            raise
        except Exception:  # noqa: BLE001 - it must not hold up what is wanted beside it (hostile D20)
            _log.exception("an act that was asked for could not be handled", act=act_id)
        await instance.database.write(_postpone(act_id, None if tries >= _MOST_ASKED else now + (2 << tries)))


async def _ask(instance: Instance, act_id: str) -> Refusal | None:
    """None if what is at the address is dealt with; else why that cannot be now."""
    document = await resolve.fetch(instance, act_id)
    if isinstance(document, Refusal):
        return document
    refused = await recording.check(instance, document)
    if refused is not None and refused.code.startswith("net."):
        return refused
    await instance.database.write(carried.recorded(instance, [(document, refused)], {}))
    return None


def _postpone(act_id: str, due_at: int | None) -> Effect:
    return lambda connection: acts.postpone_want(connection, act_id, due_at)
