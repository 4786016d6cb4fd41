"""What time alone brings about: what must not be kept goes, and who is long not seen is told of."""

from app.operations.assembly import electorate, entering
from app.operations.assembly.signing_in import WINDOW
from app.store import accounts, sign_in_tries, votes
from app.store.database import Connection
from app.wiring import Instance


def forget_due(connection: Connection, instance: Instance) -> None:
    """Forget who chose what where the time to object is over, and whence wrong passwords came (hostile F31, H11)."""
    now = int(instance.now().timestamp())
    votes.forget_choices(connection, now)
    accounts.readmit_due(connection, now)
    electorate.warn(connection, instance)
    entering.forget_due(connection, instance)
    sign_in_tries.forget(connection, now - int(WINDOW.total_seconds()))
