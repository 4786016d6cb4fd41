"""Delivering one activity to one target: what is sent, and what its answer means for the queue."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from app.federation import delivery, documents
from app.federation.delivery import Verdict
from app.kernel.refusal import Refusal
from app.network.client import EXHAUSTED, Answer
from app.operations.exchange import blocking, knocking, resolve
from app.store import actors
from app.store.deliveries import Delivered, Delivery, GivenUp, Outcome, Postponed, Redirected, Untried
from app.wiring import Instance

_MAY_PASS: Final = frozenset({"net", "ssrf", "obj"})  # names and servers change; addresses and ids do not
_OURS: Final = frozenset({EXHAUSTED, "net.budget"})  # it is we who cannot, or would not, for now
_GONE: Final = 410
_BREATH: Final = timedelta(seconds=10)  # until something of ours is free again


async def deliver(instance: Instance, item: Delivery, along: Mapping[str, str]) -> Outcome:
    """Send one delivery and say what becomes of it; a target whose inbox is not known is looked up instead.

    `along` are headers that go with it. Who is gone follows us no longer.
    """
    if item.is_inbox:
        answer = await _exchange(instance, item, along)
        if not isinstance(answer, Refusal) and answer.status == _GONE:
            await instance.database.write(lambda connection: actors.forget_inbox(connection, item.target))
        return judge(instance, item, answer)
    found = await resolve.actor(instance, item.target)
    if isinstance(found, Refusal):
        if found.code in resolve.NOT_THERE:
            await instance.database.write(lambda connection: actors.forget_follower(connection, item.target))
        return judge(instance, item, found)
    inbox = found.shared_inbox or found.inbox
    return Redirected(item, inbox, documents.host_of(inbox))


def judge(instance: Instance, item: Delivery, answer: Answer | Refusal) -> Outcome:
    """What an answer, or the lack of one, means for a delivery and for its host.

    A host that says how long to wait, does not answer, or failed five times on end is left alone as a whole;
    where one delivery fails at a host that is there, the others go on.
    """
    if isinstance(answer, Refusal):
        if answer.code in _OURS:
            return Untried(item, int((instance.now() + _BREATH).timestamp()))
        if answer.code in resolve.NOT_THERE or answer.code.partition(".")[0] not in _MAY_PASS:
            return GivenUp(item, f"{answer.code}: {answer.because}")
        answered = answer.code == "net.status" or answer.code.startswith("obj.")  # the host is there, the actor is odd
        return postponed(instance, item, f"{answer.code}: {answer.because}", answered=answered)
    because = f"net.status: {item.host} answered {answer.status}"
    match delivery.judge(answer.status):
        case Verdict.DONE:
            return Delivered(item)
        case Verdict.REFUSED:
            return GivenUp(item, because)
        case Verdict.AGAIN:
            wish = delivery.retry_after(answer.headers.get("retry-after"), instance.now())
            return postponed(instance, item, because, answered=True, wish=wish)


def postponed(
    instance: Instance, item: Delivery, because: str, *, answered: bool, wish: timedelta | None = None
) -> Postponed:
    """Try again: how long the host wishes, else later and later."""
    now, jitter = instance.now(), random.random()  # noqa: S311 - jitter
    expired = int((now - delivery.KEPT_FOR).timestamp())
    whole_host = max(wish or timedelta(0), delivery.backoff(item.failures, jitter))  # never sooner than without a wish
    alone = answered and wish is None  # it is this delivery that fails; else it keeps its place among the others
    blocks = not alone or item.failures + 1 >= delivery.BREAKS_AFTER
    return Postponed(
        item,
        because,
        due_at=int((now + delivery.backoff(item.tries, jitter)).timestamp()) if alone else item.queued_at,
        blocked_until=int((now + whole_host).timestamp()) if blocks else 0,
        expired=expired,
        answered=answered,
    )


async def _exchange(instance: Instance, item: Delivery, along: Mapping[str, str]) -> Answer | Refusal:
    """Post the activity to its inbox, signed by its actor, unless nothing is sent there any more."""
    barred = (await blocking.policy(instance)).refuses(item.host)
    if barred is not None:
        return barred
    return await knocking.post(instance, item.actor, item.target, item.raw, along)
