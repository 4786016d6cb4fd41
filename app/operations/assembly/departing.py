"""Departure: who leaves says so, and the assembly lets a caretaker take the name off the list (governance.md §12)."""

from gettext import gettext as _
from typing import Final

from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.matters.opening import is_founded_commune, open_item
from app.store import accounts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

_OWN_WORD: Final = "entry"
_WORD_OF_OTHERS: Final = "exclusion"
_OVER: Final = frozenset({State.REJECTED, State.WITHDRAWN, State.LAPSED})


def propose(connection: Connection, instance: Instance, by: Account, name: str) -> Item | Refusal:
    """Put it to the assembly that somebody leaves: oneself, or a member who has no device to say so with.

    Of oneself it is a matter of form. What others say of somebody is decided as an exclusion is, by secret paper in
    a meeting. Refuses by `body.missing`, `departure.person` and `departure.open`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people decides on its list")
    member = next((one for one in accounts.members(connection) if one.name == name), None)
    if member is None or (member.id != by.id and member.password is not None):
        return Refusal("departure.person", f"{name[:60]!r} is not {by.name}, nor a member with no device")
    known = (item for item in agenda.of_kind(connection, Kind.DEPARTURE) if State(item.state) not in _OVER)
    if any(item.details["account"] == member.id for item in known):
        return Refusal("departure.open", f"that {member.name} leaves is before the assembly")
    return open_item(
        connection,
        instance,
        Kind.DEPARTURE,
        category=_OWN_WORD if member.id == by.id else _WORD_OF_OTHERS,
        title=_("%(name)s leaves") % {"name": member.shown},
        source=_("%(name)s leaves the assembly. Once this is adopted a caretaker takes the name off the members’ list.")
        % {"name": member.shown},
        details={"account": member.id},
        author=by,
    )
