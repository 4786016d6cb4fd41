"""What the page of an item shows of amendments, as plain values."""

from dataclasses import dataclass

from app.governance.proposal import State
from app.http.pages import sentences
from app.http.pages.matters import comparison
from app.http.pages.matters.comparison import Piece
from app.operations.matters import authoring, revising
from app.store import agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection


@dataclass(frozen=True, slots=True)
class Amendment:
    """An amendment beside the text that it is about: what it changes, why, and who may answer it."""

    of: Item
    why: str
    changes: tuple[Piece, ...]
    refused: str
    earlier: bool
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Revisions:
    """The amendments of a text, each with its state; `may_suggest` while the text is open."""

    listed: tuple[tuple[Item, str], ...]
    may_suggest: bool


def of(connection: Connection, item: Item, account: Account | None) -> Revisions | None:
    """The amendments of a proposal; None for any other item."""
    if item.kind is not Kind.PROPOSAL:
        return None
    found = revising.amendments(connection, item.id)
    told = tuple((one, sentences.state(one.state)) for one in found)
    return Revisions(told, may_suggest=account is not None and item.state == State.OPEN)


def amendment(connection: Connection, item: Item, account: Account | None) -> Amendment | None:
    """An amendment as its own page shows it; None for any other item."""
    amended = agenda.get(connection, item.details["of"]) if item.kind is Kind.AMENDMENT else None
    if amended is None:
        return None
    about = item.details["about"]
    known = [text for text in agenda.versions(connection, amended.id) if text.act_digest == about]
    own = agenda.versions(connection, item.id)[-1].source
    answers = account is not None and authoring.is_author(amended, account) and item.state == State.OPEN
    return Amendment(
        amended,
        item.details["why"],
        comparison.compare(known[0].source, own) if known else (),
        item.details.get("refused", ""),
        revising.is_about_earlier(connection, amended, item),
        answers and amended.state == State.OPEN,
    )
