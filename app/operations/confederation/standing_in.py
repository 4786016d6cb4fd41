"""Standing in: where a forum is silent for a day, any member's instance gives receipts and counts (fine-print 25)."""

from datetime import timedelta
from typing import Final

from app.governance.outcome import Outcome
from app.governance.proposal import Proposal
from app.governance.rules import Status
from app.governance.tally import STANCES, Count
from app.kernel.instant import Instant
from app.operations.confederation import confederations, counting, receipting
from app.operations.confederation.counting import Board
from app.operations.confederation.settling import settle
from app.operations.record.reading import Reading
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

SILENCE: Final = timedelta(hours=24)
_TURN: Final = timedelta(hours=1)


def duties(connection: Connection, instance: Instance) -> int:
    """Count in place of a forum what it has owed for a day; how many Outcomes were sealed.

    The members take turns, an hour for each in the order of their addresses, so that not all of them
    sign at once. When the forum is back it signs its own; who stood in does not sign again.
    """
    forums = confederations.forums(connection, instance) - {instance.assembly}
    reading = Reading(connection, loopback=instance.loopback)
    sealed = 0
    for act in acts.of_type(connection, "gov:Proposal") if forums else ():
        proposal = reading.parsed(act)
        if not isinstance(proposal, Proposal) or proposal.confederation not in forums:
            continue
        board = counting.board(connection, instance, act.id)
        if isinstance(board, Board) and _is_our_turn(instance, board):
            sealed += _stand_in(connection, instance, board) is not None
    return sealed


def _stand_in(connection: Connection, instance: Instance, board: Board) -> StoredAct | None:
    counted = () if not isinstance(board.count, Count) else tuple(ref for row in board.count.rows for ref in row.acts)
    for ref in counted:
        act = acts.by_reference(connection, ref.id, ref.digest)
        known = acts.naming(connection, ref.id, "gov:act")
        if act is not None and not any(one.type == "gov:Receipt" for one in known):
            receipting.seal(connection, instance, act, also=(act.author, *board.record.roll))
    return settle(connection, instance, board.act.id, board.proposal.confederation)


def _is_our_turn(instance: Instance, board: Board) -> bool:
    roll: list[str] = sorted(board.record.roll)
    if not isinstance(board.count, Count) or instance.assembly not in roll:
        return False
    since = _owed_since(board, board.count)
    return since is not None and board.at >= since + SILENCE + roll.index(instance.assembly) * _TURN


def _owed_since(board: Board, count: Count) -> Instant | None:
    """Since when the count of a proposal has been due and nobody has signed it; None if it is not due, or signed."""
    closes, until = board.closing.at, board.objections_until
    answered = [act.head.published for act in board.record.ratifications]
    answered += [vote.head.published for vote in board.record.votes]
    whole = bool(count.rows) and all(row.stance in STANCES for row in count.rows)
    due = max(answered) if whole or (count.status is Status.OPEN and answered) else closes
    final = until is not None and board.at >= until
    due = until if final else due
    if due is None or due > board.at:
        return None
    return None if any(_says(one.outcome, count, final=final) for one in board.outcomes if one.stands) else due


def _says(outcome: Outcome, count: Count, *, final: bool) -> bool:
    return (outcome.rows, outcome.status, outcome.final) == (count.rows, count.status, final)
