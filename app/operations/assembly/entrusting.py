"""Caretakers: chosen and recalled by the assembly like anybody with a mandate, and never fewer than two (§12)."""

from gettext import gettext as _
from typing import Final

from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.assembly import membership
from app.operations.matters.opening import is_founded_commune, open_item
from app.store import accounts, agenda, caretaking
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

CATEGORY: Final = "caretaking"
LONGEST_WHY: Final = 2_000
_OPEN: Final = frozenset({State.OPEN, State.FROZEN, State.DECIDING})


def propose(
    connection: Connection, instance: Instance, account: Account, chosen: tuple[str, ...], why: str
) -> Item | Refusal:
    """Put it to the assembly who keeps the server from then on; whoever is not named again is recalled.

    Refuses by `body.missing`, `founding.people`, `founding.caretakers`, `caretaking.same` and `caretaking.why`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people chooses")
    known = {member.name: member for member in accounts.members(connection)}
    if len(set(chosen)) != len(chosen) or any(name not in known for name in chosen):
        return Refusal("founding.people", "caretakers are members, each named once")
    if len(chosen) < membership.CARETAKERS:
        return Refusal("founding.caretakers", f"at least {membership.CARETAKERS} caretakers look after a server")
    now = [member for member in known.values() if member.caretaker]
    if {member.name for member in now} == set(chosen):
        return Refusal("caretaking.same", "they keep the server already")
    if not 0 < len(why) <= LONGEST_WHY:
        return Refusal("caretaking.why", f"say in at most {LONGEST_WHY} characters why")
    people = ", ".join(known[name].shown for name in chosen)
    ending = ", ".join(member.shown for member in now if member.name not in chosen)
    said = [_("From then on %(people)s keep our server.") % {"people": people}]
    said += [_("It ends for %(people)s.") % {"people": ending}] if ending else []
    return open_item(
        connection,
        instance,
        Kind.CARETAKERS,
        category=CATEGORY,
        title=_("Who keeps our server: %(people)s") % {"people": people},
        source="\n\n".join([*said, why]),
        details={"caretakers": [known[name].id for name in chosen], "why": why},
        author=account,
    )


def is_recalled_by(item: Item, account: Account) -> bool:
    """True for a caretaker whose task ends if the item is adopted: who is concerned does not vote."""
    return item.kind is Kind.CARETAKERS and account.caretaker and account.id not in item.details["caretakers"]


def keeps(connection: Connection, account: Account) -> Refusal | None:
    """None for a caretaker; else `caretaker.only`, or `caretaker.held` while the assembly decides whether one stays.

    Then the others do it. Where nobody would be left it is held for nobody: a server is kept by somebody.
    """
    if not account.caretaker:
        return Refusal("caretaker.only", f"{account.name} is no caretaker")
    asked = [
        one for one in agenda.of_kind(connection, Kind.CARETAKERS) if one.state in _OPEN or "ordered" in one.details
    ]

    def is_asked_about(one: Account) -> bool:
        return any(is_recalled_by(item, one) for item in asked)

    others = [one for one in accounts.members(connection) if one.caretaker and one.id != account.id]
    if not is_asked_about(account) or all(map(is_asked_about, others)):
        return None
    return Refusal("caretaker.held", f"the assembly decides whether {account.name} goes on keeping the server")


def carry_out(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> None:
    """Do what the assembly decided; those who left the list meanwhile are not among them."""
    chosen = [one for one in accounts.members(connection) if one.id in item.details["caretakers"]]
    accounts.set_caretakers(connection, [one.id for one in chosen])
    names, now = ", ".join(one.shown for one in chosen), int(instance.now().timestamp())
    caretaking.note(connection, "caretakers", names, f"{item.details['why']} ({decision.id})", now)
