"""A call on its pages: who signed it and since when, and whether our assembly is asked once more."""

from dataclasses import dataclass

from app.governance.act import Ref
from app.http.pages.confederation import stances
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import calls, counting
from app.operations.confederation.counting import Board
from app.operations.confederation.signatures import signatures
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Call:
    """What the page of an item says of the call that it answers.

    `signed` is who signed it, in a sentence; `ours` whether we did; `again` that we answered it before and are
    asked once more; `may_ask` that a member may ask so now.
    """

    signed: str
    ours: bool
    again: bool
    may_ask: bool


def call(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Call | None:
    """The call that an item answers, or None."""
    signed = signed_sentence(connection, instance, item.act) if item.kind is Kind.ANSWER else ""
    if not signed:
        return None
    may_ask = account is not None and calls.may_ask_again(connection, instance, item) is None
    ours = calls.is_signed(connection, instance, Ref(Id(item.act), item.act_digest))
    return Call(signed, ours, "after" in item.details, may_ask)


def is_stuck(connection: Connection, instance: Instance, item: Item) -> bool:
    """True if what we said on a text waits for co-signers who are none any more, and can be decided again."""
    about = Ref(Id(item.act), item.act_digest)
    waits = item.kind is Kind.ANSWER and calls.stuck(connection, instance, about) is not None
    return waits and calls.may_ask_again(connection, instance, item) is None


def signed_sentence(connection: Connection, instance: Instance, proposal_id: str) -> str:
    """Who has signed a call by now, each with the day; empty for what is no call."""
    board = counting.board(connection, instance, proposal_id)
    if not isinstance(board, Board) or not board.proposal.is_call or isinstance(board.count, Refusal):
        return ""
    signed = signatures(connection, board.count.rows)
    return stances.signed(board.count, signed, lambda who: naming.assembly_name(connection, instance, who))
