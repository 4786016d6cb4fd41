"""Forms: what was sent, read with bounds, and who may see a page or send one."""

import unicodedata
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import parse_qsl, quote

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.http import auth
from app.http.pages import corrections, page
from app.http.pages.page import RefusedPage
from app.http.pages.wording import Wording
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import signing_in
from app.operations.exchange import illustrating
from app.store import accounts
from app.store.accounts import SPEAKERS, Session, Standing
from app.store.database import Connection
from app.wiring import Instance

LARGEST: Final = 256 * 1024
_MOST_FIELDS: Final = 500
_LONGEST_NUMBER: Final = 9
_FORM: Final = "application/x-www-form-urlencoded"
LARGEST_FILE: Final = illustrating.LARGEST
_MULTIPART: Final = "multipart/form-data"
_MOST_PARTS: Final = 16

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form: NFC, one kind of line end, nothing around."""

    values: Mapping[str, tuple[str, ...]]

    def get(self, name: str) -> str:
        """The first value of a field, empty if it is absent."""
        return next(iter(self.values.get(name, ())), "")

    @property
    def csrf(self) -> str:
        """The token of the sign-in from whose page it was sent."""
        return self.get("csrf")

    @property
    def typed(self) -> Mapping[str, tuple[str, ...]]:
        """Every field with its values, to be given back if the form is refused."""
        return self.values

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may be ticked more than once."""
        return self.values.get(name, ())

    def number(self, name: str) -> int | Refusal:
        """A whole number from 0; an empty field is 0. `form.number` for anything else."""
        return _number(name, self.get(name) or "0")

    def numbers(self, name: str) -> tuple[int, ...] | Refusal:
        """Every value of a field that may be ticked more than once, as `number` reads it."""
        found: list[int] = []
        for text in self.all(name):
            read = _number(name, text)
            if isinstance(read, Refusal):
                return read
            found.append(read)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Upload:
    """A form with one file: its fields and the bytes of the file, whatever it was called."""

    fields: Fields
    raw: bytes

    @property
    def csrf(self) -> str:
        """The token of the sign-in from whose page it was sent."""
        return self.fields.csrf

    @property
    def typed(self) -> Mapping[str, tuple[str, ...]]:
        """The fields beside the file."""
        return self.fields.values


Form = TypeVar("Form", Fields, Upload)


def _number(name: str, text: str) -> int | Refusal:
    if not text.isascii() or not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        return Refusal("form.number", f"{name} is a whole number, got {text[:40]!r}")
    return int(text)


def moment(text: str) -> Instant | Refusal | None:
    """The moment of a date field, in UTC; None if it is empty, `form.moment` if it is none."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC, microsecond=0)
    except ValueError:
        return Refusal("form.moment", f"not a moment: {text[:40]!r}")


async def read_fields(request: Request) -> Fields | Refusal:
    """What a form sent; `form.type`, `form.size` or `form.text` if it cannot be one of ours."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return Refusal("form.type", "forms of these pages are sent as application/x-www-form-urlencoded")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return Refusal("form.size", f"a form has at most {LARGEST} bytes")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return Refusal("form.text", "not a form in UTF-8")
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found[name] = (*found.get(name, ()), value)
    return _fields(found)


def _fields(found: Mapping[str, tuple[str, ...]]) -> Fields | Refusal:
    """The values as they are kept: NFC, one kind of line end, nothing around; `form.text` for a NUL."""
    for name, values in found.items():
        if any("\x00" in value for value in values):
            return Refusal("form.text", f"a NUL in {name[:40]!r}")
    return Fields({name: tuple(_plain(value) for value in values) for name, values in found.items()})


def _plain(value: str) -> str:
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()


async def read_upload(request: Request) -> Upload | Refusal:
    """A form with one file; refuses as `read_fields` does, and by `form.size` over 8 MiB (hostile D13, D14).

    The whole is bounded before it is taken apart, and so is the number of its parts.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MULTIPART:
        return Refusal("form.type", "a form with a file is sent as multipart/form-data")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FILE + LARGEST:
            return Refusal("form.size", f"a file has at most {LARGEST_FILE} bytes")

    async def whole() -> AsyncGenerator[bytes]:
        yield bytes(body)

    parser = MultiPartParser(request.headers, whole(), max_files=1, max_fields=_MOST_PARTS, max_part_size=LARGEST)
    parser.spool_max_size = LARGEST_FILE + LARGEST  # it is in memory already, and a disk may be full (hostile E17)
    try:
        parts = (await parser.parse()).multi_items()
    except (MultiPartException, ValueError, KeyError, AssertionError):
        return Refusal("form.text", "not a form with a file")
    files = [value for _, value in parts if isinstance(value, UploadFile)]
    raw = b"".join([await file.read() for file in files])
    found: dict[str, tuple[str, ...]] = {}
    for name, value in parts:
        if isinstance(value, str):
            found[name] = (*found.get(name, ()), value)
    fields = _fields(found)
    return fields if isinstance(fields, Refusal) else Upload(fields, raw)


def open_to_all(handler: Handler) -> Handler:
    """A page that everybody may read; who is signed in is known to it."""

    async def answer(request: Request) -> Response:
        await recognise(request)
        return await handler(request)

    return answer


def for_members(handler: Callable[[Request, Session], Awaitable[Response]]) -> Handler:
    """A page for members: anybody else is sent to sign in, and comes back."""

    async def answer(request: Request) -> Response:
        session = await recognise(request)
        return await handler(request, session) if session is not None else _to_sign_in(request)

    return answer


def for_speakers(handler: Callable[[Request, Session], Awaitable[Response]]) -> Handler:
    """A page with names, for who has a vote or a voice: who looks on, or is excluded, reads none of them (§3)."""

    async def answer(request: Request, session: Session) -> Response:
        if session.account.standing not in SPEAKERS:
            return page.refused(request, Refusal("member.names", f"{session.account.name} looks on"))
        return await handler(request, session)

    return for_members(answer)


def from_members(handler: Callable[[Request, Session, Fields], Awaitable[Response]]) -> Handler:
    """A form of somebody who may vote; whoever only speaks or looks on is refused."""
    return _sent(read_fields, handler, frozenset({Standing.VOTE}))


def from_speakers(handler: Callable[[Request, Session, Fields], Awaitable[Response]]) -> Handler:
    """A form of somebody who may speak, with a vote or without one (R3)."""
    return _sent(read_fields, handler, SPEAKERS)


def from_people(handler: Callable[[Request, Session, Fields], Awaitable[Response]]) -> Handler:
    """A form of who is signed in, whatever their standing."""
    return _sent(read_fields, handler, frozenset(Standing))


def upload_from_members(handler: Callable[[Request, Session, Upload], Awaitable[Response]]) -> Handler:
    """As `from_members`, for a form with a file; who is not signed in sends no byte of it in vain."""
    return _sent(read_upload, handler, frozenset({Standing.VOTE}))


def _sent(
    read: Callable[[Request], Awaitable[Form | Refusal]],
    handler: Callable[[Request, Session, Form], Awaitable[Response]],
    standings: frozenset[Standing],
) -> Handler:
    """A form sent from a page of ours, with the token of this sign-in (hostile G07), by who may send it."""

    async def answer(request: Request) -> Response:
        session = await recognise(request)
        strange = auth.check_origin(request, request.app.state.instance)
        if strange is not None:
            return page.refused(request, strange)
        if session is None:
            return await _signed_out(request)
        form = await read(request)
        if isinstance(form, Refusal):
            return page.refused(request, form)
        forged = auth.check_token(session.csrf, form.csrf)
        if forged is not None:
            done: Response = page.refused(request, forged)
        elif session.account.standing not in standings:
            done = page.refused(request, Refusal("member.only", f"{session.account.name} may not send this"))
        else:
            done = await handler(request, session, form)
        return await corrections.offer(request, form.typed, done) if isinstance(done, RefusedPage) else done

    return answer


async def _signed_out(request: Request) -> Response:
    """Nothing is sent for somebody who is not signed in, and what was typed is not lost."""
    form = await read_fields(request)
    words = corrections.words(request, form.typed) if isinstance(form, Fields) else ()
    if isinstance(form, Refusal) or not words:
        return _to_sign_in(request)
    again = tuple((name, value) for name, values in form.typed.items() if name != "csrf" for value in values)
    over = page.refused(request, Refusal("sign_in.over", "a form of somebody who is not signed in"))
    return page.kept(request, over, words, again)


async def recognise(request: Request) -> Session | None:
    """Who is signed in; kept on the request for the page's head together with the body's name."""
    instance: Instance = request.app.state.instance
    token = auth.token_of(request, instance)

    def look(connection: Connection) -> tuple[accounts.Body | None, str, Session | None]:
        session = signing_in.session_of(connection, instance, token) if token else None
        return accounts.body(connection), wording.upper(connection, instance), session

    wording: Wording = request.app.state.wording
    request.state.body, request.state.upper, session = await instance.database.read(look)
    request.state.session = session
    return session


def _to_sign_in(request: Request) -> Response:
    wanted = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(wanted)}", status_code=303)
