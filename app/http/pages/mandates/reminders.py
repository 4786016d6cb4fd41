"""What the first page reminds of: a matter on which nobody is told what to say, a mandate that ends, a report."""

from gettext import gettext as _
from typing import Final

from app.http.pages import moments
from app.http.pages.mandates import breaches
from app.operations.assembly import naming
from app.operations.mandates import registering
from app.operations.mandates.registering import Entry
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance

OF_MANDATES: Final = frozenset({"mandate_ends", "mandate_ended"})
"""The events of the feed that are about one of our mandates."""


def of_mandate(connection: Connection, instance: Instance, kind: str, act: StoredAct) -> tuple[str, tuple[str, str]]:
    """What is told of a mandate of ours, with the way to it; an empty sentence if there is nothing to tell."""
    way = (_("The mandate"), f"/mandates/{act.id.rpartition('/')[2]}")
    entry = registering.entry(connection, instance, act.id)
    if not isinstance(entry, Entry):
        return "", way
    people = breaches.names(connection, instance, entry.mandate.delegates)
    councils = ", ".join(naming.assembly_name(connection, instance, council) for council in entry.mandate.council)
    ends = moments.near(moments.seconds(entry.mandate.valid_until))
    if kind == "mandate_ended":
        said = _("The mandate of {people} has ended. What they say now does not count for us; their report is due.")
        return said.format(people=people), way
    said = _(
        "The mandate of {people} to {council} ends on {when}. What they said until then stands; after it nobody "
        "speaks for us there until we give another one."
    )
    return said.format(people=people, council=councils or _("their office"), when=ends), way
