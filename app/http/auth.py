"""Who is asking: the sign-in cookie, the token of a form, and where a form was sent from."""

import hashlib
import hmac
import secrets
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.kernel.ids import origin
from app.kernel.refusal import Refusal
from app.operations.assembly.signing_in import LASTS
from app.wiring import Instance

_SECURE_NAME: Final = "__Host-roundabout"
_GUEST: Final = "-form"
_DOOR: Final = "-door"
_DOOR_SECONDS: Final = 30 * 86_400


def cookie_name(instance: Instance) -> str:
    """The sign-in cookie's name; on loopback, where ports share cookies, it carries a hash of URL."""
    if not instance.loopback:
        return _SECURE_NAME
    return f"roundabout-{hashlib.sha256(instance.url.encode()).hexdigest()[:12]}"


def token_of(request: Request, instance: Instance) -> str | None:
    """What the sign-in cookie holds."""
    return request.cookies.get(cookie_name(instance))


def place_of(request: Request) -> str:
    """Whence a request comes, to count wrong passwords by: the address, of IPv6 the network that one home has."""
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def keep_signed_in(response: Response, instance: Instance, token: str) -> None:
    """Give the browser its sign-in."""
    _set(response, instance, cookie_name(instance), token, int(LASTS.total_seconds()))


def forget(response: Response, instance: Instance) -> None:
    """Take the sign-in out of the browser."""
    _set(response, instance, cookie_name(instance), "", 0)


def guest_nonce(request: Request, instance: Instance) -> str:
    """What ties the sign-in form to one browser before anybody is signed in: kept, or fresh."""
    return request.cookies.get(cookie_name(instance) + _GUEST) or secrets.token_urlsafe(24)


def keep_nonce(response: Response, instance: Instance, nonce: str) -> None:
    """Give the browser the nonce that its form was made for."""
    _set(response, instance, cookie_name(instance) + _GUEST, nonce, 3600)


def door_token(request: Request, instance: Instance) -> str | None:
    """By what a browser is known from which somebody asked to come in."""
    return request.cookies.get(cookie_name(instance) + _DOOR)


def keep_door(response: Response, instance: Instance, token: str) -> None:
    """Give the browser what it is known by while somebody waits at the door."""
    _set(response, instance, cookie_name(instance) + _DOOR, token, _DOOR_SECONDS)


def guest_token(instance: Instance, nonce: str) -> str:
    """The form token that belongs to a nonce."""
    return hmac.new(instance.secret, b"sign-in form " + nonce.encode(), hashlib.sha256).hexdigest()


def check_origin(request: Request, instance: Instance) -> Refusal | None:
    """None if a form comes from a page of ours, else `csrf.origin` (hostile G07).

    Browsers name the origin of every form that they post; one that names none is no browser of ours.
    """
    said = request.headers.get("origin")
    if said is None:
        referer = request.headers.get("referer")
        said = origin(referer) if referer is not None else None
    if said != origin(instance.url):
        return Refusal("csrf.origin", f"the form was sent from {said!r}, not from {origin(instance.url)}")
    return None


def check_token(expected: str, given: str) -> Refusal | None:
    """None if the form carries the token that it was made with, else `csrf.token` (hostile G07)."""
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return Refusal("csrf.token", "the form's token is not the one of this sign-in")
    return None


def _set(response: Response, instance: Instance, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=not instance.loopback, httponly=True, samesite="lax"
    )
