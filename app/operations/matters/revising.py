"""Amendments: what anybody would have otherwise in a text, for its author to accept or the assembly to decide."""

from gettext import gettext as _
from typing import Final

from app.governance.proposal import Event, State, advance
from app.kernel.refusal import Refusal
from app.operations.matters import authoring
from app.operations.matters.languages import ONE, Languages, content_map
from app.operations.matters.opening import open_item
from app.operations.matters.proposing import LONGEST_COMMENT, LONGEST_TEXT, check_text
from app.operations.matters.versions import replace_text
from app.store import agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

_MOST: Final = 500


def suggest(
    connection: Connection,
    instance: Instance,
    account: Account,
    item_id: str,
    text: str,
    why: str,
    languages: Languages = ONE,
) -> Item | Refusal:
    """Put an amendment of a text that is open on the agenda: a text of its own, about exactly that one.

    `languages` has the same words in others. Refuses by `item.unknown`, `proposal.state`, `item.text`, `item.language`
    and `comment.text` (no reason, or one that is too long).
    """
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not Kind.PROPOSAL:
        return Refusal("item.unknown", f"no proposal {item_id}")
    if item.state != State.OPEN:
        return Refusal("proposal.state", f"the text of {item.id} is {item.state}")
    refusal = check_text(item.title, text)
    if refusal is not None:
        return refusal
    if not 0 < len(why) <= LONGEST_COMMENT:
        return Refusal("comment.text", f"a reason has 1 to {LONGEST_COMMENT} characters, got {len(why)}")
    in_others = content_map(text, languages, LONGEST_TEXT)
    if isinstance(in_others, Refusal):
        return in_others
    about = {"id": item.act, "gov:digest": item.act_digest}
    keys = {"gov:links": {"amends": [about]}, **in_others}
    details = {"of": item.id, "about": item.act_digest, "why": why, "keys": keys}
    title = _("Amendment: {title}").format(title=item.title)[: len(item.title) + 20]
    return open_item(
        connection,
        instance,
        Kind.AMENDMENT,
        category=item.category,
        title=title,
        source=text,
        details=details,
        author=account,
    )


def accept(connection: Connection, instance: Instance, account: Account, item_id: str) -> Item | Refusal:
    """The amended text, whose author accepts the amendment; its votes start from nothing (F06).

    Refuses by `item.unknown`, `proposal.author`, `proposal.state`, and `amendment.earlier` if the text changed since.
    """
    amendment = _open(connection, account, item_id)
    if isinstance(amendment, Refusal):
        return amendment
    placed = put_in_place(connection, instance, amendment)
    if isinstance(placed, Refusal):
        return placed
    state = advance(State(amendment.state), Event.ACCEPTED)
    if isinstance(state, Refusal):
        return state
    agenda.set_state(connection, amendment.id, state.value)
    return placed


def refuse(connection: Connection, account: Account, item_id: str, reason: str) -> Item | Refusal:
    """The amendment, with its refusal by the author of the text and why; the assembly may still decide on it.

    Refuses as `accept` does, and by `comment.text`.
    """
    amendment = _open(connection, account, item_id)
    if isinstance(amendment, Refusal):
        return amendment
    if not 0 < len(reason) <= LONGEST_COMMENT:
        return Refusal("comment.text", f"a reason has 1 to {LONGEST_COMMENT} characters, got {len(reason)}")
    agenda.set_details(connection, amendment.id, {**amendment.details, "refused": reason})
    return agenda.get(connection, amendment.id) or amendment


def put_in_place(connection: Connection, instance: Instance, amendment: Item) -> Item | Refusal:
    """The amended item, with the amendment's text as its new version, if it is still the text that it is about."""
    item = agenda.get(connection, amendment.details["of"])
    if item is None or item.state != State.OPEN:
        return Refusal("proposal.state", "the text that it amends is fixed")
    if is_about_earlier(connection, item, amendment):
        return Refusal("amendment.earlier", "it is about an earlier text")
    text, keys = agenda.versions(connection, amendment.id)[-1].source, amendment.details["keys"]
    in_others = {key: value for key, value in keys.items() if key == "contentMap"}
    return replace_text(connection, instance, item, item.title, text, in_others)


def is_about_earlier(connection: Connection, item: Item, amendment: Item) -> bool:
    """True unless the item's text reads as the one did that the amendment is about."""
    texts = agenda.versions(connection, item.id)
    about = [text.source for text in texts if text.act_digest == amendment.details["about"]]
    return about != [texts[-1].source]


def amendments(connection: Connection, item_id: str) -> tuple[Item, ...]:
    """The amendments of an item, newest first."""
    found = agenda.listed(connection, _MOST)
    return tuple(one for one in found if one.kind is Kind.AMENDMENT and one.details["of"] == item_id)


def _open(connection: Connection, account: Account, item_id: str) -> Item | Refusal:
    """The amendment, if this member proposed the text that it is about and it is not decided."""
    amendment = agenda.get(connection, item_id)
    if amendment is None or amendment.kind is not Kind.AMENDMENT:
        return Refusal("item.unknown", f"no amendment {item_id}")
    item = agenda.get(connection, amendment.details["of"])
    if item is None or not authoring.is_author(item, account):
        return Refusal("proposal.author", "an amendment is accepted by who proposed the text")
    if amendment.state != State.OPEN:
        return Refusal("proposal.state", f"{amendment.id} is {amendment.state}")
    return amendment
