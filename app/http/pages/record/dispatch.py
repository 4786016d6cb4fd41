"""Where an entry of ours was sent: who has it, and for whom it waits."""

from gettext import gettext as _
from urllib.parse import urlsplit

from app.operations.assembly import naming
from app.operations.exchange import publishing
from app.store import acts, hosts
from app.store.database import Connection
from app.wiring import Instance


def sent(connection: Connection, instance: Instance, act_id: str) -> str:
    """As in `Sent to Riverside ✓, Hill ✓, Valley waiting (no answer, trying again).`; empty if it is sent to nobody."""
    act = acts.by_id(connection, act_id)
    reached = publishing.reached(connection, instance, act) if act is not None else frozenset()
    if act is None or not reached:
        return ""
    waiting, away = hosts.waiting_for(connection, act.published_at), frozenset(hosts.away(connection))
    told = sorted(
        (_standing(_host(one), waiting, away), naming.assembly_name(connection, instance, one)) for one in reached
    )
    words = (_("{name} ✓"), _("{name} on its way"), _("{name} waiting (no answer, trying again)"))
    return _("Sent to {names}.").format(names=", ".join(words[stands].format(name=name) for stands, name in told))


def _standing(host: str, waiting: frozenset[str], away: frozenset[str]) -> int:
    """0 if a host has it, 1 if it was not tried yet, 2 if the host did not answer."""
    return 0 if host not in waiting else 2 if host in away else 1


def _host(assembly: str) -> str:
    return urlsplit(assembly).netloc
