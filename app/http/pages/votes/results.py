"""What a closed vote came to, in sentences, with the entries in the record (governance.md §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.governance.rules import OF_OPTIONS
from app.http.pages import sentences
from app.http.pages.assembly import cosigning
from app.http.pages.record import dispatch
from app.http.pages.votes import explanations, options
from app.operations.votes import ending
from app.store import accounts, acts
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Result:
    """What a closed vote came to: one round or two, each with its sentences, and the entries in the record.

    `signed_by` is until when somebody may sign what was closed by hand, before our server does; 0 once it is signed.
    """

    status: str
    headline: str
    rounds: tuple[tuple[str, ...], ...]
    closed_at: int
    modes: tuple[str, ...]
    both: str
    entries: tuple[tuple[str, str, str], ...]
    sent: str
    tellers: tuple[str, ...]
    order: tuple[str, ...] = ()
    carried_on: bool = False
    signed_by: int = 0


def result(connection: Connection, instance: Instance, vote: Vote, names: Mapping[str, str]) -> Result | None:
    """The result of a vote that is closed, else None; `names` has what each of several options is called."""
    known = vote.result or ending.foreseen(connection, instance, vote)
    if known is None:
        return None
    waits = vote.ended_at is not None and not vote.closed
    entries = tuple(
        (
            f"/acts/{act.rpartition('/')[2]}",
            sentences.entry(_type(connection, act)),
            cosigning.signed(connection, instance, act),
        )
        for act in known["acts"]
    )
    return Result(
        status=known["status"],
        headline=sentences.state(known["status"]),
        rounds=tuple(_told(round_, names) for round_ in known["rounds"]),
        closed_at=known["closed_at"],
        modes=tuple(sentences.mode(name) for name in known["modes"]),
        both=sentences.both(known["both"]) if known["both"] else "",
        entries=entries,
        sent=dispatch.sent(connection, instance, known["acts"][-1]) if known["acts"] else "",
        tellers=tuple(_shown(connection, number) for number in known["tellers"]),
        order=options.in_order(known.get("order", ()), known.get("totals", {}), names),
        carried_on=known.get("carried_on", False),
        signed_by=ending.falls_due(vote) if waits else 0,
    )


def _told(kept: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    """Why a round came out as it did; where only options were chosen nobody was for or against."""
    facts = (fact for fact in kept["because"] if fact["code"] != "counted" or kept["method"] not in OF_OPTIONS)
    return tuple(explanations.told(fact["code"], explanations.with_options(fact["figures"], names)) for fact in facts)


def _type(connection: Connection, act_id: str) -> str:
    act = acts.by_id(connection, act_id)
    return act.type if act is not None else ""


def _shown(connection: Connection, number: int) -> str:
    account = accounts.numbered(connection, number)
    return account.shown if account is not None else ""
