"""What the page of a session says of the report on it: given, owed, or overdue."""

from dataclasses import dataclass

from app.governance.session import Called
from app.http.pages.confederation import stances
from app.operations.confederation import session_reports
from app.operations.exchange.visiting import STRANGER, Door
from app.operations.record.sealing import load
from app.store.accounts import Account
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Report:
    """The report on a session that is over: its HTML and the page of its entry, empty while none was given."""

    content: str
    address: str
    overdue: bool
    may_give: bool


def report(connection: Connection, instance: Instance, called: Called, account: Account | None) -> Report | None:
    """What its page says of the report on a session; None before its end, or where it is not for who asks."""
    owed = session_reports.owed(connection, instance, called)
    if owed is None:
        return None
    if owed.act is not None and account is None and not Door(connection, instance).opens(STRANGER, owed.act):
        return None
    ours = called.session.head.author == instance.assembly
    return Report(
        load(owed.act).get("content", "") if owed.act is not None else "",
        stances.address_of(owed.act) if owed.act is not None else "",
        owed.overdue,
        ours and owed.act is None and account is not None and account.caretaker,
    )
