"""Where an entry of ours was sent: who has it, and for whom it waits."""

from gettext import gettext as _
from urllib.parse import urlsplit

from app.operations import naming, publishing
from app.store import acts, hosts
from app.store.database import Connection
from app.wiring import Instance


def sent(connection: Connection, instance: Instance, act_id: str) -> str:
    """As in `Sent to Riverside ✓, Hill ✓, Valley waiting (no answer, trying again).`; empty if it is sent to nobody."""
    act = acts.by_id(connection, act_id)
    reached = publishing.reached(connection, instance, act) if act is not None else frozenset()
    if act is None or not reached:
        return ""
    waiting = hosts.waiting_for(connection, act.published_at)
    told = sorted((_host(one) in waiting, naming.assembly_name(connection, instance, one)) for one in reached)
    words = {False: _("{name} ✓"), True: _("{name} waiting (no answer, trying again)")}
    return _("Sent to {names}.").format(names=", ".join(words[waits].format(name=name) for waits, name in told))


def _host(assembly: str) -> str:
    return urlsplit(assembly).netloc
