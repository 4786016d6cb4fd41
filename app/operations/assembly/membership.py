"""The members' list: by hand in a gathering, afterwards only as the assembly decided."""

import hmac
import re
import unicodedata
from typing import Final

from argon2 import PasswordHasher

from app.federation import letters
from app.governance.ratification import RollSize
from app.kernel.canonical import commitment
from app.kernel.refusal import Refusal
from app.operations.assembly import orders
from app.store import accounts, acts, agenda, caretaking
from app.store.accounts import Account, Standing
from app.store.database import Connection
from app.wiring import Instance

CARETAKERS: Final = 2
"""The first two on the list of a gathering look after the server, until the assembly chooses others."""

SHORTEST_PASSWORD: Final = 8
LONGEST_NAME: Final = 60
_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+", re.ASCII)
_HASHER: Final = PasswordHasher()


def hash_password(password: str) -> str | Refusal:
    """The argon2id hash of a sign-in password, NFC; `password.short` below eight characters."""
    plain = unicodedata.normalize("NFC", password)
    if len(plain) < SHORTEST_PASSWORD:
        return Refusal("password.short", f"a password has at least {SHORTEST_PASSWORD} characters, not {len(plain)}")
    return _HASHER.hash(plain)


def add(
    connection: Connection, instance: Instance, shown: str, password: str | None, *, decision: str | None = None
) -> Account | Refusal:
    """Enter a person on the members' list; `password` is its hash, None for a member with no device.

    In a gathering by hand; afterwards `decision` is the act of the assembly that orders it. Refuses by
    `name.form`, `member.taken`, `body.missing`, and `member.decision` where a decision is needed.
    """
    name = plain_name(shown)
    if isinstance(name, Refusal):
        return name
    refused = _may_change(connection, instance, name, decision)
    if refused is not None:
        return refused
    added = enter(connection, instance, name, password=password)
    if not isinstance(added, Refusal):
        now = int(instance.now().timestamp())
        _log(connection, "member-added", decision, now)
        if decision is not None:
            caretaking.note(connection, "added", added.shown, decision, now)
    return added


def enter(
    connection: Connection,
    instance: Instance,
    name: str,
    *,
    password: str | None = None,
    standing: Standing = Standing.VOTE,
    card: str | None = None,
) -> Account | Refusal:
    """Enter somebody once whoever decides on it has: by hand in a gathering, else by the charter's rule of entry.

    `name` as `plain_name` gives it, empty for who only speaks. `member.taken` if somebody has it, or one that reads so.
    """
    if name and is_taken(connection, name):
        return Refusal("member.taken", f"{name!r} is on the list; add a second name, so that people can be told apart")
    body = accounts.body(connection)
    gathering = body is not None and body.founded_at is None
    number = accounts.add(
        connection,
        _address_name(connection, name),
        name,
        password,
        caretaker=gathering and standing is Standing.VOTE and accounts.count(connection) < CARETAKERS,
        now=int(instance.now().timestamp()),
        standing=standing,
        card=card,
    )
    added = accounts.numbered(connection, number)
    if added is None:
        raise ValueError(f"member {number} was added and is not there")
    return added


def is_taken(connection: Connection, name: str) -> bool:
    """True if somebody here has this name, or one that looks the same in other letters (hostile B25)."""
    as_written, in_small = letters.looks(name), letters.looks(name.casefold())
    return any(
        letters.looks(one.shown.casefold()) == in_small or letters.looks(one.shown) == as_written
        for one in accounts.people(connection)
    )


def plain_name(shown: str) -> str | Refusal:
    """A name as the list has it, NFC; `name.form` for none, a long one, or signs that nobody sees.

    `name.alphabets` for letters of alphabets that look alike, with which one person can pass for another (hostile B25).
    """
    name = unicodedata.normalize("NFC", shown).strip()
    if not 0 < len(name) <= LONGEST_NAME or any(unicodedata.category(sign).startswith("C") for sign in name):
        return Refusal("name.form", f"a name has 1 to {LONGEST_NAME} characters: {shown[:80]!r}")
    if letters.mixes_alphabets(name):
        return Refusal("name.alphabets", f"letters of two alphabets that look alike: {shown[:80]!r}")
    return name


def remove(connection: Connection, instance: Instance, name: str, *, decision: str | None = None) -> Account | Refusal:
    """Take a person off the list, by sign-in name or by name; `member.unknown`, `member.decision`, `body.missing`.

    In a founded body the decision has to be that this member leaves (`departing.propose`).
    """
    found = next(
        (one for one in accounts.members(connection) if name.casefold() in {one.name, one.shown.casefold()}), None
    )
    if found is None:
        return Refusal("member.unknown", f"{name!r} is not on the list")
    refused = orders.check_departure(connection, instance, "member.decision", found, decision)
    if refused is not None:
        return refused
    now = int(instance.now().timestamp())
    accounts.remove(connection, found.name, now)
    _log(connection, "member-removed", decision, now)
    if decision is not None:
        caretaking.note(connection, "removed", found.shown, decision, now)
    return found


def roll_size(connection: Connection, instance: Instance, act_id: str) -> RollSize:
    """The members' list as an act that freezes it says it: how many, and a commitment to who (fine-print 37).

    Its salt comes from the secret, so that the assembly can open the commitment later.
    """
    people = sorted(f"{instance.url}/people/{member.name}" for member in accounts.members(connection))
    salt = hmac.digest(instance.secret, f"roll of {act_id}".encode(), "sha256")
    return RollSize(len(people), commitment(salt, people))


def _may_change(connection: Connection, instance: Instance, name: str, decision: str | None) -> Refusal | None:
    """None in a gathering, or if `decision` is an adopted one of ours on a text that names the person."""
    return orders.check(connection, instance, "member.decision", name, decision)


def _log(connection: Connection, kind: str, decision: str | None, now: int) -> None:
    """Tell every member what was done to a founded body's list, and which decision ordered it (governance.md §12)."""
    act = acts.by_id(connection, decision) if decision is not None else None
    if act is not None:
        agenda.tell(connection, kind, now, act=act.seq)


def _address_name(connection: Connection, shown: str) -> str:
    """A free name for addresses and for signing in: plain letters of the name, `member` where it has none."""
    letters = unicodedata.normalize("NFKD", shown.lower().replace("ı", "i")).encode("ascii", "ignore").decode()
    plain = _NOT_PLAIN.sub("-", letters).strip("-") or "member"
    number, name = 1, plain
    while accounts.named(connection, name) is not None:
        number += 1
        name = f"{plain}-{number}"
    return name
