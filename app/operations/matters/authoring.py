"""Several authors of one text: asked by one of them, in by their own yes, named in the record as they want to be."""

from collections.abc import Mapping
from typing import Any, Final

from app.governance.proposal import State
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal
from app.operations.assembly.membership import plain_name
from app.operations.matters.versions import replace_text
from app.store import accounts, agenda
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.wiring import Instance

MOST: Final = 20
"""Authors of one text, with those who are asked."""

_KEYS: Final = ("gov:authors", "gov:authorCount")


def authors_of(item: Item) -> tuple[int, ...]:
    """The members who are the authors of an item, first who proposed it."""
    first = () if item.author is None else (item.author,)
    return (*first, *(int(number) for number in _joined(item) if int(number) != item.author))


def is_author(item: Item, account: Account) -> bool:
    """True if this member is one of its authors: each of them acts for all."""
    return account.id in authors_of(item)


def asked(item: Item) -> tuple[int, ...]:
    """The members who are asked to be authors and have not answered."""
    return tuple(item.details.get("authors", {}).get("asked", ()))


def ask(connection: Connection, account: Account, item_id: str, name: str, public: str) -> Item | Refusal:
    """Ask a member to be an author too; `public` is what the record is to call who asks, nothing if they only count.

    Refuses by `item.unknown`, `proposal.author`, `proposal.state`, `member.unknown`, `authors.twice`,
    `authors.many` and `name.form`.
    """
    item = _open(connection, item_id)
    if isinstance(item, Refusal):
        return item
    if not is_author(item, account):
        return Refusal("proposal.author", "an author asks others to be authors")
    wanted = accounts.named(connection, name)
    if wanted is None or wanted not in accounts.members(connection):
        return Refusal("member.unknown", f"{name[:80]!r} is not on the list")
    if wanted.id in (*authors_of(item), *asked(item)):
        return Refusal("authors.twice", f"{wanted.name} is an author, or is asked")
    if len(authors_of(item)) + len(asked(item)) >= MOST:
        return Refusal("authors.many", f"a text has at most {MOST} authors")
    called = _public(public) if public else _joined(item).get(str(account.id), "")
    if isinstance(called, Refusal):
        return called
    joined = {**_joined(item), str(account.id): called}
    return _keep(connection, item, joined, (*asked(item), wanted.id))


def answer(
    connection: Connection, instance: Instance, account: Account, item_id: str, public: str, *, yes: bool
) -> Item | Refusal:
    """Say yes or no to being an author; with a yes the text is sealed anew with its authors, and starts from nothing.

    `public` is what the record calls them, nothing if they only count; where the assembly is watched only numbers leave
    it. Refuses by `item.unknown`, `proposal.state`, `authors.asked` and `name.form`.
    """
    item = _open(connection, item_id)
    if isinstance(item, Refusal):
        return item
    if account.id not in asked(item):
        return Refusal("authors.asked", f"nobody asked {account.name}")
    left = tuple(number for number in asked(item) if number != account.id)
    if not yes:
        return _keep(connection, item, _joined(item), left)
    called = _public(public)
    if isinstance(called, Refusal):
        return called
    first = {} if item.author is None else {str(item.author): ""}
    joined = {**first, **_joined(item), str(account.id): called}
    return _sealed(connection, instance, _keep(connection, item, joined, left))


def leave(connection: Connection, instance: Instance, account: Account, item: Item) -> Item | None:
    """The item without this author, sealed anew if it is open; None if they are the last, whose it is to withdraw."""
    others = [number for number in authors_of(item) if number != account.id]
    if not others:
        return None
    if item.author == account.id:
        agenda.set_author(connection, item.id, others[0])
    joined = {number: called for number, called in _joined(item).items() if int(number) != account.id}
    kept = _keep(connection, item, joined, asked(item))
    return _sealed(connection, instance, kept) if item.state == State.OPEN else kept


def named_in(document: Document) -> tuple[tuple[str, ...], int]:
    """Whom anybody's Proposal names as its authors, and how many there are; what is no name is passed over."""
    names, number = document.get("gov:authors"), document.get("gov:authorCount")
    listed = names if isinstance(names, list) else []
    known = tuple(name for name in listed[:MOST] if isinstance(name, str) and not isinstance(plain_name(name), Refusal))
    count = number if isinstance(number, int) and not isinstance(number, bool) else 0
    return known, max(count, len(known))


def _open(connection: Connection, item_id: str) -> Item | Refusal:
    item = agenda.get(connection, item_id)
    if item is None or item.kind is not Kind.PROPOSAL:
        return Refusal("item.unknown", f"no proposal {item_id}")
    return item if item.state == State.OPEN else Refusal("proposal.state", f"the text of {item.id} is {item.state}")


def _joined(item: Item) -> Mapping[str, str]:
    """What the record calls each author who said so, by number."""
    found: dict[str, str] = item.details.get("authors", {}).get("in", {})
    return found


def _keep(connection: Connection, item: Item, joined: Mapping[str, str], waiting: tuple[int, ...]) -> Item:
    details = {**item.details, "authors": {"in": dict(joined), "asked": list(waiting)}}
    agenda.set_details(connection, item.id, details)
    return agenda.get(connection, item.id) or item


def _sealed(connection: Connection, instance: Instance, item: Item) -> Item:
    """The same words as a new text, whose act names its authors."""
    named = sorted(name for name in _joined(item).values() if name and not instance.watched)
    keys: dict[str, Any] = item.details.get("keys", {})
    others = {key: value for key, value in keys.items() if key not in _KEYS}
    said = {"gov:authorCount": len(authors_of(item))} | ({"gov:authors": named} if named else {})
    agenda.set_details(connection, item.id, {**item.details, "keys": {**others, **said}})
    current = agenda.get(connection, item.id) or item
    return replace_text(connection, instance, current, current.title, agenda.versions(connection, item.id)[-1].source)


def _public(name: str) -> str | Refusal:
    return plain_name(name) if name else ""
