"""Orders: what a caretaker's hands do to a founded body only as its assembly decided (governance.md §12)."""

import json
import re

from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning
from app.store import accounts, acts, agenda
from app.store.accounts import Account
from app.store.agenda import Kind
from app.store.database import Connection
from app.wiring import Instance


def check(connection: Connection, instance: Instance, code: str, named: str, decision: str | None) -> Refusal | None:
    """None in a gathering, or if `decision` is an adopted one of ours, that counts, on a text that says `named`.

    Else `code`; `body.missing` where there is no body.
    """
    about = _decided(connection, instance, code, named, decision)
    if about is None or isinstance(about, Refusal):
        return about
    act = acts.by_id(connection, about)
    text = json.loads(act.raw) if act is not None else {}
    written = f"{text.get('name', '')} {text.get('source', {}).get('content', '')} {text.get('content', '')}"
    if re.search(rf"(?<!\w){re.escape(named.casefold())}(?!\w)", written.casefold()) is None:
        return Refusal(code, f"the decision {decision} does not name {named}")
    return None


def check_departure(
    connection: Connection, instance: Instance, code: str, account: Account, decision: str | None
) -> Refusal | None:
    """None in a gathering, or if `decision` is an adopted one of ours, that counts, that this member leaves.

    It is never read from a text: many a text names somebody. Else `code`; `body.missing` where there is no body.
    """
    about = _decided(connection, instance, code, account.shown, decision)
    if about is None or isinstance(about, Refusal):
        return about
    item = agenda.about(connection, about)
    if item is None or item.kind is not Kind.DEPARTURE or item.details["account"] != account.id:
        return Refusal(code, f"{decision} is no decision that {account.shown} leaves")
    return None


def _decided(
    connection: Connection, instance: Instance, code: str, named: str, decision: str | None
) -> str | Refusal | None:
    """The text that an adopted decision of ours is about, if it counts; None in a gathering."""
    body = accounts.body(connection)
    if body is None:
        return Refusal("body.missing", "there is no instance here: `roundabout init` makes one")
    if body.founded_at is None:
        return None
    if decision is None:
        return Refusal(
            code, f"{body.name} is founded: its assembly decides; name the decision about {named} by --decision"
        )
    act = acts.by_id(connection, decision)
    document = json.loads(act.raw) if act is not None and act.own and act.type == "gov:Decision" else {}
    if document.get("gov:status") != "adopted":
        return Refusal(code, f"{decision} is no adopted decision of {body.name}")
    if act is not None and not cosigning.confirmation(connection, instance, act).counts:
        return Refusal(code, f"{decision} waits for second signatures")
    about: str = document.get("gov:proposal", {}).get("id", "")
    return about
