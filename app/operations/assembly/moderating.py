"""Moderation: a duty of two that goes round; what they hide says so, and is back after seven days (§12)."""

from datetime import timedelta
from gettext import gettext as _
from typing import Final

from app.governance.duty import pair_in_turn
from app.kernel.refusal import Refusal
from app.operations.matters.opening import open_item
from app.operations.matters.proposing import charter_of
from app.store import accounts, agenda, hiding, voices
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

CATEGORY: Final = "moderation"
LAPSES: Final = timedelta(days=7)
LONGEST_WHY: Final = 500
_COMMENT: Final = "comment:"


def on_duty(connection: Connection, instance: Instance) -> tuple[Account, ...]:
    """The two members whose turn it is: of those who can sign in, for one `rhythm` of the charter."""
    body = accounts.body(connection)
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if body is None or body.founded_at is None or charter is None:
        return ()
    able = sorted((one for one in accounts.members(connection) if one.password is not None), key=lambda one: one.id)
    lasts = max(int(charter.rhythm.total_seconds()), 86_400)
    return pair_in_turn(able, (int(instance.now().timestamp()) - body.founded_at) // lasts)


def has_turn(connection: Connection, instance: Instance, account: Account) -> bool:
    """True if it is this member's turn."""
    return any(account.id == one.id for one in on_duty(connection, instance))


def comment_thing(number: int) -> str:
    """Under what name a member's word on an item is hidden."""
    return f"{_COMMENT}{number}"


def hide(connection: Connection, instance: Instance, account: Account, thing: str, why: str) -> Refusal | None:
    """Hide what a member or somebody outside said, for seven days, and say why in its place.

    Once: what has lapsed only the assembly hides again. Refuses by `duty.none` (not this member's turn), `duty.why`,
    `duty.thing` (nothing of that name), `duty.hidden` and `duty.lapsed`.
    """
    if not has_turn(connection, instance, account):
        return Refusal("duty.none", f"it is not the turn of {account.name}")
    if not 0 < len(why) <= LONGEST_WHY:
        return Refusal("duty.why", f"whoever hides says why in 1 to {LONGEST_WHY} characters")
    if not _is_there(connection, thing):
        return Refusal("duty.thing", f"nothing is called {thing[:80]!r}")
    now = instance.now()
    if hiding.now_hidden(connection, [thing], int(now.timestamp())):
        return Refusal("duty.hidden", f"{thing[:80]} is hidden")
    if hiding.was_hidden(connection, thing):
        return Refusal("duty.lapsed", f"{thing[:80]} was hidden by duty before, and that lapsed")
    hiding.hide(connection, thing, why, account.id, int(now.timestamp()), int((now + LAPSES).timestamp()))
    agenda.tell(connection, "hidden", int(now.timestamp()))
    return None


def ask_assembly(connection: Connection, instance: Instance, account: Account, seq: int) -> Item | Refusal:
    """Put it to the assembly to keep a post hidden; `duty.thing` for what is not hidden for a time, `duty.asked`."""
    kept = hiding.get(connection, seq)
    if kept is None or kept.lapses_at is None:
        return Refusal("duty.thing", f"nothing hidden for a time has the number {seq}")
    if any(one.kind is Kind.HIDING and one.details["hidden"] == seq for one in agenda.listed(connection, 200)):
        return Refusal("duty.asked", f"whether {seq} stays hidden is on the agenda")
    return open_item(
        connection,
        instance,
        Kind.HIDING,
        category=CATEGORY,
        title=_("Keep a post hidden"),
        source=_("Hidden by duty: {why}").format(why=kept.why),
        details={"hidden": seq},
        author=account,
    )


def carry_out(connection: Connection, item: Item) -> None:
    """Keep hidden what the assembly decided to."""
    hiding.confirm(connection, item.details["hidden"])


def _is_there(connection: Connection, thing: str) -> bool:
    if not thing.startswith(_COMMENT):
        return voices.get(connection, thing) is not None
    number = thing.removeprefix(_COMMENT)
    plain = number.isascii() and number.isdecimal() and len(number) < 12
    return plain and agenda.has_comment(connection, int(number))
