"""A new sign-in for somebody who lost theirs: shown to all, and not believed before the member confirms it (§12)."""

import asyncio
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

from app.kernel.refusal import Refusal
from app.operations.assembly import membership, signing_in
from app.operations.assembly.electorate import count_on, replaced_by
from app.store import accounts, caretaking, votes, waiting_ballots
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance

WITNESSES: Final = 2
LONGEST_REASON: Final = 500
_WORDS: Final = 5
_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"


@dataclass(frozen=True, slots=True)
class Reset:
    """The new password of a member, to be told to them and changed by them."""

    account: Account
    password: str


def reset(connection: Connection, instance: Instance, name: str, because: str) -> Reset | Refusal:
    """Give a member a new sign-in; every member reads in the log that it was done, and why.

    What they were signed in with ends. Refuses by `member.unknown` and `caretaking.reason`.
    """
    if not 0 < len(because) <= LONGEST_REASON:
        return Refusal("caretaking.reason", f"a reason of 1 to {LONGEST_REASON} characters is shown to every member")
    found = next(
        (one for one in accounts.people(connection) if name.casefold() in {one.name, one.shown.casefold()}), None
    )
    if found is None:
        return Refusal("member.unknown", f"{name!r} is not on the list")
    password = make_words()
    hashed = membership.hash_password(password)
    if isinstance(hashed, Refusal):
        raise TypeError(hashed.because)
    now = int(instance.now().timestamp())
    accounts.reset(connection, found.id, hashed, now)
    caretaking.note(connection, "sign-in", found.shown, because, now)
    return Reset(found, password)


async def confirm(instance: Instance, account: Account, words: str) -> Refusal | None:
    """Confirm a new sign-in by the recovery words; `recovery.wrong` for others, `sign_in.often` after many tries."""
    known = account.recovery
    tried = await instance.database.write(lambda at: signing_in.note_try(at, instance, f"recovery {account.name}"))
    if isinstance(tried, Refusal):
        return tried
    said = " ".join(unicodedata.normalize("NFC", words).casefold().split())
    if known is None or not await asyncio.to_thread(signing_in.matches, known, said):
        return Refusal("recovery.wrong", f"these are not the words of {account.name}")

    def believe(connection: Connection) -> Refusal | None:
        now = accounts.numbered(connection, account.id)
        if now is None or (now.recovery, now.reset_at) != (known, account.reset_at):
            return Refusal("recovery.wrong", f"{account.name} has other words, or another new sign-in, by now")
        _believe(connection, instance, account)
        return None

    return await instance.database.write(believe)


def witness(connection: Connection, instance: Instance, by: Account, name: str) -> Account | Refusal:
    """A member says that they saw the other in person; two who keep no server are enough.

    Refuses by `member.unknown`, `recovery.none` (nothing waits), `recovery.witness` (a caretaker, or oneself).
    """
    account = accounts.named(connection, name)
    if account is None or account.left_at is not None:
        return Refusal("member.unknown", f"nobody is called {name[:60]!r}")
    if account.reset_at is None:
        return Refusal("recovery.none", f"nothing of {account.name} waits")
    if by.caretaker or by.id == account.id:
        return Refusal("recovery.witness", "a witness is neither a caretaker nor the member")
    seen = accounts.witness(connection, account.id, by.id, int(instance.now().timestamp()))
    if seen >= WITNESSES:
        _believe(connection, instance, account)
    return account


async def make_recovery(instance: Instance, account: Account, password: str) -> str | Refusal:
    """Fresh recovery words, shown once; who has a password says it first.

    Refuses by `recovery.waits` while a new sign-in is not confirmed, `sign_in.wrong` and `sign_in.often`.
    """
    if account.reset_at is not None:
        return Refusal("recovery.waits", "whoever has a new sign-in confirms it first")
    refused = await _check(instance, account, password)
    if refused is not None:
        return refused
    words, known = make_words(), account.password
    hashed = await asyncio.to_thread(membership.hash_password, words)
    if isinstance(hashed, Refusal):
        raise TypeError(hashed.because)
    kept = await instance.database.write(lambda at: accounts.set_recovery(at, account.id, hashed, known))
    return words if kept else _another(account)


async def change_password(instance: Instance, session: Session, old: str, new: str) -> Refusal | None:
    """Set a member's password; who has one says it first. Every other sign-in of theirs ends.

    Refuses by `sign_in.wrong`, `sign_in.often` and `password.short`.
    """
    account = session.account
    refused = await _check(instance, account, old)
    if refused is not None:
        return refused
    hashed = await asyncio.to_thread(membership.hash_password, new)
    if isinstance(hashed, Refusal):
        return hashed
    known, csrf = account.password, session.csrf
    kept = await instance.database.write(lambda at: accounts.set_password(at, account.id, hashed, known, csrf))
    return None if kept else _another(account)


def make_words() -> str:
    """Five words that can be said aloud and written down, 80 bits of chance in all."""
    raw = secrets.token_bytes(2 * _WORDS)
    return " ".join(_word(int.from_bytes(raw[at : at + 2])) for at in range(0, len(raw), 2))


async def _check(instance: Instance, account: Account, password: str) -> Refusal | None:
    """None if this is the password of somebody, or if they have none."""
    tried = await instance.database.write(lambda at: signing_in.note_try(at, instance, f"password {account.name}"))
    if isinstance(tried, Refusal):
        return tried
    plain = unicodedata.normalize("NFC", password)
    if account.password is not None and not await asyncio.to_thread(signing_in.matches, account.password, plain):
        return Refusal("sign_in.wrong", f"not the password of {account.name}")
    return None


def _another(account: Account) -> Refusal:
    return Refusal("sign_in.wrong", f"{account.name} was given another password meanwhile")


def _believe(connection: Connection, instance: Instance, account: Account) -> None:
    accounts.confirm(connection, account.id)
    for vote_id in waiting_ballots.votes_of(connection, account.id):
        vote = votes.get(connection, vote_id)
        if vote is not None:
            replaced = replaced_by(instance, account, votes.ballot(connection, vote.id, account.id))
            count_on(connection, instance, vote, account)
            waiting_ballots.count(connection, vote.id, account.id, replaced)


def _word(bits: int) -> str:
    """Sixteen bits as a word of five letters, consonants and vowels in turn (the proquints of D. Wilkerson, 2009)."""
    return "".join(
        (
            _CONSONANTS[bits >> 12],
            _VOWELS[bits >> 10 & 3],
            _CONSONANTS[bits >> 6 & 15],
            _VOWELS[bits >> 4 & 3],
            _CONSONANTS[bits & 15],
        )
    )
