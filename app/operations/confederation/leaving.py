"""Leaving a confederation: by our own decision alone, at any time, with our whole record (governance.md §9)."""

from gettext import gettext as _

from app.governance.act import Ref
from app.governance.proposal import State
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import confederations
from app.operations.exchange.publishing import seal_and_announce, send
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.record.sealing import heading, load
from app.store import agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_OVER = frozenset({State.ADOPTED, State.REJECTED, State.LAPSED, State.WITHDRAWN})
_MOST_ITEMS = 500


def propose(
    connection: Connection, instance: Instance, account: Account, confederation: str, why: str
) -> Item | Refusal:
    """Open the item by which our assembly decides whether it leaves.

    Refuses by `leave.member` (we do not belong to it), `leave.open` (it is on the agenda already) and `leave.why`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people leaves by a decision of its own")
    if confederation not in confederations.ours(connection, instance):
        return Refusal("leave.member", f"we do not belong to {confederation[:80]!r}")
    if any(_is_open(item, confederation) for item in agenda.listed(connection, _MOST_ITEMS)):
        return Refusal("leave.open", f"whether we leave {confederation} is on the agenda already")
    if not why:
        return Refusal("leave.why", "a proposal to leave says why")
    name = naming.assembly_name(connection, instance, confederation)
    return open_item(
        connection,
        instance,
        Kind.LEAVE,
        category="withdrawal",
        title=_("We leave %(confederation)s") % {"confederation": name},
        source=why,
        details={"confederation": confederation, "why": why},
        author=account,
        keys={"gov:assembly": instance.assembly, "gov:confederation": confederation},
    )


def withdraw(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct | None:
    """Seal the Withdrawal that an adopted Decision orders, tell every member, and send `Leave` with it to the council.

    None if we had left meanwhile. Who is on a roll that was frozen before stays on it (governance.md §1).
    """
    confederation = Id(item.details["confederation"])
    if confederation not in confederations.ours(connection, instance):
        return None
    head = heading(connection, instance)
    document = build.withdrawal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        confederation=confederation,
        assembly=Id(instance.assembly),
        decision=Ref(Id(decision.id), decision.digest),
    )
    sealed = seal_and_announce(connection, instance, document, also=confederations.fellows(connection, instance))
    send(connection, instance, "Leave", instance.assembly, confederation, (confederation,), result=load(sealed))
    return sealed


def _is_open(item: Item, confederation: str) -> bool:
    mine = item.kind is Kind.LEAVE and item.details["confederation"] == confederation
    return mine and item.state not in _OVER
