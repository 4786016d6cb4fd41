"""What may be asked, or was, about how an item is decided, as its page shows it."""

from dataclasses import dataclass

from app.governance.provisions import Urgent
from app.http.pages import sentences
from app.operations.matters.proposing import charter_of
from app.operations.votes import procedure
from app.operations.votes.procedure import Question
from app.store import accounts
from app.store.accounts import SPEAKERS, Account
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about procedure as the page of an item shows it."""

    question: str
    label: str
    rule: str
    names: tuple[str, ...]
    tellers: tuple[str, ...]
    came_to: str
    entry: str
    is_open: bool
    may_ask: bool


def questions(connection: Connection, instance: Instance, item: Item, account: Account | None) -> tuple[Asked, ...]:
    """What may be asked, or was, about how this item is decided; nothing for who is no member."""
    if account is None or account.standing not in SPEAKERS:
        return ()
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    urgent = charter.urgent if charter is not None else Urgent()
    found = (_asked(connection, item, account, question, urgent) for question in Question)
    return tuple(asked for asked in found if asked.is_open or asked.entry)


def _asked(connection: Connection, item: Item, account: Account, question: Question, urgent: Urgent) -> Asked:
    came_to, decision = procedure.status(item, question), procedure.decided(item, question)
    asking = procedure.asking(connection, item, question)
    is_open = not came_to and procedure.is_askable(item, question)
    by_name = procedure.may_be_asked(item, question)
    return Asked(
        question.value,
        sentences.question(question),
        sentences.question_rule(question, urgent, by_name=by_name),
        tuple(_name(connection, number) for number in asking),
        tuple(_name(connection, number) for number in procedure.counted(item, question)) if is_open else (),
        sentences.state(came_to) if came_to else "",
        f"/acts/{decision.id.rpartition('/')[2]}" if decision is not None else "",
        is_open,
        may_ask=is_open and by_name and account.id not in asking,
    )


def _name(connection: Connection, number: int) -> str:
    account = accounts.numbered(connection, number)
    return account.shown if account is not None else ""
