"""What whoever called a session reports of it to the assemblies that came: owed once it is over (H1)."""

from dataclasses import dataclass
from typing import Final

from app.governance.charter import Charter
from app.governance.session import Called
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import forming
from app.operations.confederation import sessions
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters.opening import paragraphs
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading
from app.store import acts
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

LONGEST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Owed:
    """The report on a session: the act once it was given, else whether a usual time between meetings went by."""

    act: StoredAct | None
    overdue: bool


def give(
    connection: Connection, instance: Instance, account: Account, session_id: str, text: str
) -> StoredAct | Refusal:
    """Seal the report on a session of ours that is over, in the words of those who keep its office; once.

    Refuses by `session.unknown` (none of ours), `session.who`, `report.early`, `report.text` and `report.given`.
    """
    found = sessions.find(connection, instance, session_id)
    if isinstance(found, Refusal):
        return found
    if found.session.head.author != instance.assembly:
        return Refusal("session.unknown", f"{session_id} is no session of ours")
    if not account.caretaker:
        return Refusal("session.who", "a session is reported on by those who look after its office")
    known = owed(connection, instance, found)
    if known is None:
        return Refusal("report.early", f"{found.session.name} is not over")
    if known.act is not None:
        return Refusal("report.given", f"{known.act.id} reports on it")
    if not 0 < len(text) <= LONGEST:
        return Refusal("report.text", f"a report has 1 to {LONGEST} characters, got {len(text)}")
    head = heading(connection, instance)
    document = build.report(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        session=found.first,
        content=paragraphs(text),
        source=text,
    )
    return seal_and_announce(connection, instance, document, also=sessions.told(connection, instance))


def owed(connection: Connection, instance: Instance, called: Called) -> Owed | None:
    """Where the report on a session stands; None as long as it is not over.

    Overdue by the rules under which the session decided, else by those of who called it.
    """
    session, now = called.session, instance.now()
    if not called.is_over(now) or session.ends is None:
        return None
    named = (act for ref in sorted(called.versions) for act in acts.naming(connection, ref.id, "gov:session"))
    given = (one for one in named if one.type == "gov:Report" and one.author == session.head.author)
    act = next((one for one in given if not forming.came_too_soon(connection, instance, one)), None)
    cited = Reading(connection, loopback=instance.loopback).at(Charter, session.charter)
    charter = cited or charter_of(connection, instance, session.head.author, now)
    return Owed(act, act is None and charter is not None and now > session.ends + charter.rhythm)
