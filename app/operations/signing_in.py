"""Signing in and out: a password is checked outside any transaction, a sign-in ends on this side."""

import asyncio
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.kernel.canonical import sha256
from app.kernel.refusal import Refusal
from app.store import accounts
from app.store.accounts import Account, Session
from app.store.database import Connection
from app.wiring import Instance

LASTS: Final = timedelta(days=14)
LONGEST_PASSWORD: Final = 1024
_HASHER: Final = PasswordHasher()
# Of a password that nobody has: checked for unknown names, so that they take as long.
_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$S7ArVPhkVjSoc15X1fPxIg$h3GwzyaYeKBI1iDlCBaEGJpdy9PHK/nimmgR1A14MaQ"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in: `token` goes into the cookie and is kept here only as its digest."""

    token: str
    account: Account


async def sign_in(instance: Instance, name: str, password: str) -> SignedIn | Refusal:
    """A new sign-in for who knows the password; `sign_in.wrong`, the same for an unknown name.

    `name` is the name as shown or the one in addresses. The id is new at each sign-in (hostile G08).
    """
    account = await instance.database.read(lambda connection: _find(connection, name))
    known = account.password if account is not None else None
    matches = await asyncio.to_thread(_matches, known or _NOBODY, unicodedata.normalize("NFC", password))
    if account is None or known is None or not matches:
        return Refusal("sign_in.wrong", f"no member {name[:80]!r} with this password")
    number, token, csrf = account.id, secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    now = int(instance.now().timestamp())
    ends = now + int(LASTS.total_seconds())
    await instance.database.write(
        lambda connection: accounts.open_session(connection, _kept(token), number, csrf, now, ends)
    )
    return SignedIn(token, account)


def session_of(connection: Connection, instance: Instance, token: str) -> Session | None:
    """Whose sign-in the cookie's token is; None when it has ended."""
    return accounts.session(connection, _kept(token), int(instance.now().timestamp()))


def sign_out(connection: Connection, token: str) -> None:
    """End a sign-in on this side, whatever the browser keeps."""
    accounts.close_session(connection, _kept(token))


def _find(connection: Connection, name: str) -> Account | None:
    said = unicodedata.normalize("NFC", name).strip().casefold()
    return next((one for one in accounts.members(connection) if said in {one.name, one.shown.casefold()}), None)


def _kept(token: str) -> bytes:
    return sha256(token.encode())


def _matches(known: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
