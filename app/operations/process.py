"""Handling what the inbox kept: each activity once, whatever the order."""

from dataclasses import replace
from typing import Final

import structlog

from app.kernel.canonical import read_document
from app.kernel.refusal import Refusal
from app.operations import recording, resolve
from app.operations.handling import acts as carried
from app.operations.handling.families import outcome_of
from app.operations.handling.outcome import Effect, Outcome, Waiting
from app.store import acts, inbox, parking
from app.store.database import Connection, StoreUnavailableError
from app.store.inbox import Received
from app.store.parking import Parked
from app.wiring import Instance

_MOST_TRIES: Final = 5
_BATCH: Final = 64
_LEASE_SECONDS: Final = 60  # a worker that dies gives back what it took by doing nothing
_FIRST_WAIT: Final = 60
_LONGEST_WAIT: Final = 86_400

_log = structlog.get_logger()


async def resume(instance: Instance) -> None:
    """Take over what a worker that died was handling; only SQLite knows that there is no other."""
    now = int(instance.now().timestamp())
    if instance.database.dialect == "sqlite":
        await instance.database.take(lambda connection: inbox.release_all(connection, now))


async def handle_due(instance: Instance) -> int:
    """Handle what is due, oldest first; how many activities that were."""
    now = int(instance.now().timestamp())
    due = await instance.database.take(lambda connection: inbox.claim(connection, now, _BATCH, _LEASE_SECONDS))
    for received in due:
        try:
            await handle(instance, received)
        except StoreUnavailableError:
            raise
        except Exception as bug:  # noqa: BLE001 - it must not hold up what came after it (hostile D20)
            _log.exception("an activity could not be handled", activity=received.activity_id)
            await _again(instance, received, f"{type(bug).__name__}")
    return len(due)


async def handle(instance: Instance, received: Received) -> None:
    """Handle one activity: its effects and its being done are one transaction. After 5 tries it is put aside."""
    outcome = await _outcome(instance, received.raw, received.actor)
    if isinstance(outcome, Refusal) and outcome.code.startswith("net."):
        await _again(instance, received, f"{outcome.code}: {outcome.because}")
        return
    now = int(instance.now().timestamp())

    def settle(connection: Connection) -> None:
        if not inbox.is_open(connection, received.seq):
            return  # another worker was given it, when this one took longer than its lease
        if isinstance(outcome, Refusal):
            inbox.settle(connection, received.seq, f"{outcome.code}: {outcome.because}")
            return
        if isinstance(outcome, Waiting):
            parked = Parked(received.activity_id, received.actor, received.raw, outcome.premise, 0, now)
            parking.park(connection, parked, outcome.because, now + _FIRST_WAIT)
        else:
            outcome(connection)
        inbox.settle(connection, received.seq)

    await instance.database.write(settle)


async def try_parked(instance: Instance) -> int:
    """Try again what waits for its premise and is due: the premise came, or is asked for once more (hostile E09)."""
    now = int(instance.now().timestamp())
    due = await instance.database.read(lambda connection: parking.due(connection, now, _BATCH))
    for parked in due:
        outcome = await _outcome(instance, parked.raw, parked.actor)
        await instance.database.write(_settled(parked, outcome, now))
    return len(due)


def _settled(parked: Parked, outcome: Outcome, now: int) -> Effect:
    """Let an activity wait on, twice as long each time and a day at most, or be done with it."""
    waits = isinstance(outcome, Waiting) or (isinstance(outcome, Refusal) and outcome.code.startswith("net."))

    def settle(connection: Connection) -> None:
        if not parking.is_parked(connection, parked.activity_id):
            return  # another worker was quicker
        if waits and now - parked.parked_at < parking.KEPT_FOR:
            premise = outcome.premise if isinstance(outcome, Waiting) else parked.premise
            still = replace(parked, premise=premise, tries=parked.tries + 1)
            because = getattr(outcome, "because", "")
            wait = min(_FIRST_WAIT << min(still.tries, 12), _LONGEST_WAIT)
            parking.park(connection, still, because, now + wait)
            return
        if not isinstance(outcome, Refusal | Waiting):
            outcome(connection)
        parking.leave(connection, parked.activity_id)

    return settle


async def _outcome(instance: Instance, raw: bytes, actor: str) -> Outcome:
    activity = read_document(raw)
    return activity if isinstance(activity, Refusal) else await outcome_of(instance, activity, actor)


async def _again(instance: Instance, received: Received, because: str) -> None:
    """Try an activity once more later; after 5 tries put it aside with its reason."""
    tries = received.tries + 1
    due_at = None if tries >= _MOST_TRIES else int(instance.now().timestamp()) + (1 << tries)
    await instance.database.write(lambda connection: inbox.postpone(connection, received.seq, because, due_at))


async def ask_for_missing(instance: Instance) -> None:
    """Fetch acts that others name and that are not here, from where they live (hostile E09)."""
    now = int(instance.now().timestamp())
    wants = await instance.database.read(lambda connection: acts.due_wants(connection, now, _BATCH))
    for act_id, _, tries in wants:
        document = await resolve.fetch(instance, act_id)
        refused = document if isinstance(document, Refusal) else await recording.check(instance, document)
        due_at = None if tries >= 8 else now + (2 << tries)
        if isinstance(document, Refusal) or (refused is not None and refused.code.startswith("net.")):
            await instance.database.write(_postpone(act_id, due_at))
        else:
            await instance.database.write(carried.recorded(instance, [(document, refused)], {}))
            await instance.database.write(_postpone(act_id, due_at))


def _postpone(act_id: str, due_at: int | None) -> Effect:
    return lambda connection: acts.postpone_want(connection, act_id, due_at)
