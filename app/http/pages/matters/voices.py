"""Voices under an item: what was said from outside and what members answered, and the form to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.federation import letters, markup
from app.federation.documents import host_of
from app.federation.policy import Level, Policy
from app.http.pages import forms, page
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.exchange import blocking, gleaning, publishing, replying
from app.operations.record.sealing import load
from app.store import accounts, acts, agenda, hiding, media, reactions, voices
from app.store.accounts import Account, Session
from app.store.acts import StoredAct
from app.store.agenda import Item
from app.store.database import Connection
from app.store.hiding import Hidden
from app.store.media import Kept
from app.store.voices import Voice
from app.wiring import Instance

_LONGEST_NAME = 100
_AT_ONCE = 50
_DIGITS = 8
_UNKNOWN = Refusal("item.unknown", "no such item")


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice with whose it is: `handle` ends in the host that it is really from, `warns` if the name misleads."""

    voice: Voice
    who: str
    handle: str
    warns: bool
    answers: str
    likes: int
    shares: int
    mine: bool
    folded: bool

    pictures: Mapping[str, Kept]
    hidden: Hidden | None = None

    @property
    def shown(self) -> list[Kept]:
        """The pictures that hang on it, as far as they are here."""
        return [self.pictures[file["url"]] for file in self._files if file["url"] in self.pictures]

    @property
    def files(self) -> list[dict[str, Any]]:
        """What else hangs on it elsewhere."""
        return [file for file in self._files if file["url"] not in self.pictures]

    @property
    def links(self) -> list[str]:
        """What it quotes or links to as an object (FEP-e232, FEP-044f)."""
        return list(self.voice.details.get("links") or ())

    @property
    def html(self) -> Markup:
        """Its text, safe to show, with its own signs as pictures where these are here."""
        emoji = {
            one["name"]: f"/media/{self.pictures[one['url']].id}"
            for one in self.voice.details.get("emoji") or ()
            if one["url"] in self.pictures
        }
        return Markup(markup.with_pictures(markup.clean(self.voice.content), emoji))  # noqa: S704 - cleaned by nh3

    @property
    def _files(self) -> list[dict[str, Any]]:
        return list(self.voice.details.get("files") or ())

    @property
    def options(self) -> list[dict[str, Any]]:
        """What a poll elsewhere offers, with its server's counts."""
        return list(self.voice.details.get("options") or ())


@dataclass(frozen=True, slots=True)
class Conversation:
    """A part of what was said, oldest first; without the newest `earlier` one sees what came before (0: nothing)."""

    heard: tuple[Heard, ...] = ()
    earlier: int = 0


def skipped(request: Request) -> int:
    """How many of the newest voices whoever asks leaves out."""
    asked = request.query_params.get("voices", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < _DIGITS else 0


def of_item(
    connection: Connection, instance: Instance, item: Item, account: Account | None, skip: int = 0
) -> Conversation:
    """The last voices in the conversation about an item.

    What comes from a server that is silenced or not talked to is left out, from a limited one it is folded away.
    """
    act = acts.by_id(connection, item.act)
    return of_act(connection, instance, act, account, skip) if act is not None else Conversation()


def of_act(
    connection: Connection, instance: Instance, act: StoredAct, account: Account | None, skip: int = 0
) -> Conversation:
    """The last voices in the conversation that an entry of the record belongs to; a flood of them is read in parts."""
    dossier = publishing.dossier_of(connection, instance, load(act))
    last = voices.in_dossier(connection, dossier, _AT_ONCE + 1, skip)
    said, earlier = last[-_AT_ONCE:], skip + _AT_ONCE if len(last) > _AT_ONCE else 0
    policy = blocking.policy_of(connection, instance)
    shown = [voice for voice in said if not (voice.from_outside and policy.hides(host_of(voice.author)))]
    names = {voice.id: _name(connection, instance, voice) for voice in shown}
    found = (_heard(connection, voice, names, account, policy) for voice in shown)
    hidden = hiding.now_hidden(connection, names, int(instance.now().timestamp()))
    return Conversation(tuple(replace(one, hidden=hidden.get(one.voice.id)) for one in found), earlier)


async def answer(request: Request, session: Session, fields: Fields) -> Response:
    """Answer a voice in public, under one's own name."""
    instance: Instance = request.app.state.instance
    item, voice, text = request.path_params["item"], fields.get("voice"), fields.get("text")

    def work(connection: Connection) -> object:
        if agenda.get(connection, item) is None:
            return _UNKNOWN
        return replying.reply(connection, instance, session.account, voice, text)

    return _to(request, item, await instance.database.write(work))


async def take_back(request: Request, session: Session, fields: Fields) -> Response:
    """Take back one's own answer."""
    instance: Instance = request.app.state.instance
    item, voice = request.path_params["item"], fields.get("voice")

    def work(connection: Connection) -> object:
        if agenda.get(connection, item) is None:
            return _UNKNOWN
        return replying.take_back(connection, instance, session.account, voice)

    return _to(request, item, await instance.database.write(work))


def _to(request: Request, item: str, result: object) -> Response:
    if isinstance(result, Refusal):
        return page.refused(request, result, back="/proposals" if result is _UNKNOWN else f"/proposals/{item}")
    return RedirectResponse(f"/proposals/{item}#voices-heading", status_code=303)


def _heard(
    connection: Connection, voice: Voice, names: dict[str, str], account: Account | None, policy: Policy
) -> Heard:
    likes, shares = reactions.counts(connection, voice.id, without=policy.hides)
    level = policy.level(host_of(voice.author)) if voice.from_outside else None
    return Heard(
        voice=voice,
        who=names[voice.id],
        handle=naming.handle(connection, voice.author),
        warns=voice.from_outside and letters.mixes_alphabets(names[voice.id]),
        answers=names.get(voice.answers, ""),
        likes=likes,
        shares=shares,
        mine=account is not None and voice.account == account.id,
        folded=level is Level.LIMIT or voice.sensitive or bool(voice.summary),
        pictures=media.found_among(connection, gleaning.pictures_of(voice.details)),
    )


def _name(connection: Connection, instance: Instance, voice: Voice) -> str:
    if voice.account is not None:
        account = accounts.numbered(connection, voice.account)
        return account.shown if account is not None else ""
    return markup.line(naming.person_name(connection, instance, voice.author), _LONGEST_NAME)


ROUTES = (
    Route("/proposals/{item}/answer", forms.from_members(answer), methods=["POST"]),
    Route("/proposals/{item}/take-back", forms.from_members(take_back), methods=["POST"]),
)
