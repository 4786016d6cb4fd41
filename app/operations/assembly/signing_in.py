"""Signing in and out: a password is checked outside any transaction, a sign-in ends on this side."""

import asyncio
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kernel.canonical import sha256
from app.kernel.refusal import Refusal
from app.store import accounts, entrants, sign_in_tries
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.store.entrants import Entrant
from app.wiring import Instance

LASTS: Final = timedelta(days=14)
WINDOW: Final = timedelta(minutes=5)
MOST_TRIES: Final = 5
"""Wrong tries within WINDOW, at one account and from one place each; then nobody is let in (hostile D21)."""

MOST_KNOCKS: Final = 120

LONGEST_PASSWORD: Final = 1024
_HASHER: Final = PasswordHasher()
# Of a password that nobody has: checked for unknown names, so that they take as long.
NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$S7ArVPhkVjSoc15X1fPxIg$h3GwzyaYeKBI1iDlCBaEGJpdy9PHK/nimmgR1A14MaQ"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in: `token` goes into the cookie and is kept here only as its digest."""

    token: str
    account: Account


async def sign_in(instance: Instance, name: str, password: str, place: str) -> SignedIn | Refusal:
    """A new sign-in for who knows the password; `sign_in.wrong`, the same for an unknown name.

    `name` is the name as shown or the one in addresses, `place` whence it is tried: after too many
    wrong tries at either, `sign_in.often`. The id is new at each sign-in (hostile G08).
    """
    account = await instance.database.read(lambda connection: _find(connection, name))
    whose = _subject(instance, "account", account.name if account is not None else _said(name))
    tried = await instance.database.write(
        lambda connection: _try(connection, instance, whose, _subject(instance, "place", place))
    )
    if isinstance(tried, Refusal):
        return tried
    known = account.password if account is not None else None
    is_right = await asyncio.to_thread(matches, known or NOBODY, unicodedata.normalize("NFC", password))
    if account is None or known is None or not is_right:
        return Refusal("sign_in.wrong", f"no member {name[:80]!r} with this password")
    number, token, csrf = account.id, secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    now = int(instance.now().timestamp())
    ends = now + int(LASTS.total_seconds())

    def let_in(connection: Connection) -> bool:
        still = accounts.numbered(connection, number)
        if still is None or still.password != known:  # it was changed while it was being looked at
            return False
        accounts.open_session(connection, _kept(token), number, csrf, now, ends)
        accounts.seen(connection, number, now)
        sign_in_tries.succeeded(connection, tried, whose)
        return True

    if not await instance.database.write(let_in):
        return Refusal("sign_in.wrong", f"{account.name} has another password by now")
    return SignedIn(token, account)


def let_in(connection: Connection, instance: Instance, entrant: Entrant) -> str | None:
    """A sign-in for the browser of somebody who was let in at the door, once; None when it was given before."""
    if entrant.account is None or not entrants.spend_token(connection, entrant.id):
        return None
    token, now = secrets.token_urlsafe(32), int(instance.now().timestamp())
    ends = now + int(LASTS.total_seconds())
    accounts.open_session(connection, _kept(token), entrant.account, secrets.token_urlsafe(32), now, ends)
    return token


def note_knock(connection: Connection, instance: Instance, place: str) -> Refusal | None:
    """Note that somebody asks at the door; `sign_in.often` if too many did from there: a hall shares one address."""
    now, whence = int(instance.now().timestamp()), _subject(instance, "door", place)
    if sign_in_tries.count(connection, whence, now - int(WINDOW.total_seconds())) >= MOST_KNOCKS:
        return Refusal("sign_in.often", f"{MOST_KNOCKS} asked from one place within {WINDOW}")
    sign_in_tries.add(connection, (whence,), now)
    return None


def note_try(connection: Connection, instance: Instance, what: str) -> tuple[int, ...] | Refusal:
    """Note a try at something that only one member knows; `sign_in.often` after too many (hostile D21)."""
    return _try(connection, instance, _subject(instance, "try", what), _subject(instance, "tries", what))


def session_of(connection: Connection, instance: Instance, token: str) -> Session | None:
    """Whose sign-in the cookie's token is; None when it has ended."""
    return accounts.session(connection, _kept(token), int(instance.now().timestamp()))


def sign_out(connection: Connection, token: str) -> None:
    """End a sign-in on this side, whatever the browser keeps."""
    accounts.close_session(connection, _kept(token))


def _try(connection: Connection, instance: Instance, whose: bytes, whence: bytes) -> tuple[int, ...] | Refusal:
    """Note a try before the password is looked at, so that many at once are no way around the bound."""
    now = int(instance.now().timestamp())
    since = now - int(WINDOW.total_seconds())
    if any(sign_in_tries.count(connection, subject, since) >= MOST_TRIES for subject in (whose, whence)):
        return Refusal("sign_in.often", f"{MOST_TRIES} wrong tries within {WINDOW}")
    return sign_in_tries.add(connection, (whose, whence), now)


def _subject(instance: Instance, kind: str, what: str) -> bytes:
    """What a try is kept under: nobody without the secret learns an address or a name from it (hostile H11)."""
    return hmac.digest(instance.secret, f"sign-in {kind} {what}".encode(), "sha256")


def _said(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _find(connection: Connection, name: str) -> Account | None:
    said = _said(name)
    return next((one for one in accounts.people(connection) if said in {one.name, one.shown.casefold()}), None)


def _kept(token: str) -> bytes:
    return sha256(token.encode())


def matches(known: str, password: str) -> bool:
    """True if `known` is the hash of what was said; it takes its time, so it is asked beside the event loop."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
