"""Who sits, on the page of a mandate that is proposed: what two door-keepers are told, and what came of it."""

from dataclasses import dataclass
from gettext import gettext as _

from app.governance.composition import Constraint, Kind, parse_constraint
from app.governance.mandate import Mandate
from app.governance.proposal import State
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.mandates import seating
from app.operations.mandates.seating import Asked
from app.operations.matters import fulfilling
from app.store import acts
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Delegation:
    """A delegation as its item shows it.

    `asked` is None where our rules ask nothing; `said` tells where the asking stands, `unmet` each rule
    that is not met, `granted` the page of the mandate, `nobody` that nobody was sent although it was adopted.
    """

    asked: Asked | None
    said: str
    unmet: tuple[str, ...]
    barred: bool
    may_enter: bool
    granted: str
    nobody: bool


def proposed(connection: Connection, instance: Instance, item: Item, account: Account | None) -> Delegation:
    """The delegation that an item would send, as `account` sees it."""
    asked, heard = seating.asked(connection, instance, item), seating.heard(item)
    granted = item.details.get("granted", "")
    keeps = account is not None and seating.may_enter(connection, item, account)
    is_sent = account is not None and f"{instance.url}/people/{account.name}" in item.details["delegates"]
    unmet = tuple(in_words(connection, instance, text) for text in heard.unmet)
    return Delegation(
        asked,
        _said(connection, heard) if asked is not None else "",
        unmet,
        heard.barred,
        asked is not None and keeps and not is_sent,
        f"/mandates/{granted.rpartition('/')[2]}" if granted else "",
        item.state == State.ADOPTED and not granted and fulfilling.waits(item) is None,
    )


def not_seated(connection: Connection, instance: Instance, mandate: Mandate) -> str:
    """Why a delegation is not seated, in one sentence; empty if it is, or if nothing is required of it."""
    if seating.bar(connection, instance, mandate) is None:
        return ""
    act = acts.by_id(connection, mandate.head.ref.id)
    if act is None or not act.own:
        return _("The delegation is not seated: its assembly’s own rules for who sits are not met.")
    item = seating.item_of(connection, mandate.head.ref.id)
    unmet = seating.heard(item).unmet if item is not None else ()
    said = " ".join(in_words(connection, instance, text) for text in unmet)
    return said_of_bar(said or _("Two door-keepers were not told who is who."))


def said_of_bar(why: str) -> str:
    """The sentence that says that a delegation is not seated, and why."""
    return _("The delegation is not seated until this is changed: {why}").format(why=why)


def in_words(connection: Connection, instance: Instance, text: str) -> str:
    """A rule for who sits, as a sentence."""
    found = parse_constraint(text)
    return text if isinstance(found, Refusal) else _sentence(connection, instance, found)


def _sentence(connection: Connection, instance: Instance, one: Constraint) -> str:
    group = one.groups[0]
    match one.kind:
        case Kind.NOT_TWO:
            return _("Not more than one {group}.").format(group=group)
        case Kind.PAIR:
            return _("One {one} and one {other}.").format(one=group, other=one.groups[1])
        case Kind.AT_LEAST if one.share is not None:
            share = f"{one.share.numerator}/{one.share.denominator}"
            return _("At least {share} of the seats: {group}.").format(share=share, group=group)
        case Kind.AT_LEAST:
            return _("At least {count}: {group}.").format(count=one.count, group=group)
        case Kind.RESERVED:
            body = naming.assembly_name(connection, instance, group)
            return _("Seats that {body} fills: {count}.").format(body=body, count=one.count)
        case Kind.CO_CHAIRS:
            return _("Together {count}, of whom at least one {group}.").format(count=one.count, group=group)


def _said(connection: Connection, heard: seating.Heard) -> str:
    names = ", ".join(seating.names_of(connection, heard.keepers))
    if not heard.keepers:
        return _("Two door-keepers are told who is who; nothing of it is kept but whether the whole meets our rules.")
    if len(heard.keepers) == 1:
        return _("{names} was told; a second door-keeper has to be told apart.").format(names=names)
    if not heard.agree:
        return _("{names} were told different things: ask again.").format(names=names)
    if heard.met:
        return _("{names} were told: the delegation meets our rules for who sits.").format(names=names)
    return _("{names} were told: the delegation does not meet our rules for who sits.").format(names=names)
