"""The record, entry by entry: what it says, whether its proof holds, its bytes; and what was decided."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from gettext import gettext as _
from typing import Final

from markupsafe import Markup
from nh3 import clean
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.federation.tags import Attachment
from app.governance.chain import Settled, provisional_until
from app.governance.proposal import State
from app.http.pages import forms, moments, page, sentences
from app.http.pages.confederation import calling, stances
from app.http.pages.forms import Fields
from app.http.pages.matters import alternatives, authorship, voices
from app.http.pages.matters.voices import Conversation
from app.http.pages.record import attached
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations.assembly import forming, naming
from app.operations.confederation import counting
from app.operations.exchange.visiting import shown
from app.operations.matters import linking
from app.operations.record import entries, erasing, telling
from app.operations.record.sealing import load, references
from app.store import acts, consultations, notices
from app.store.accounts import Session
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.wiring import Instance

_TAGS: Final = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "code", "pre"}
_DECIDED: Final = ("gov:Decision", "gov:Ratification")
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Named:
    """An entry that another one names."""

    sentence: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What everybody outside was asked about an entry, and how many said what: no votes."""

    question: str
    figures: Mapping[str, int]
    open: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the record as its page shows it."""

    sentence: str
    by: str
    when: int
    fingerprint: str
    line: int | None
    address: str
    content: Markup
    why_not: str | None
    names: tuple[Named, ...]
    raw: str
    heard: Conversation
    asked: tuple[Asked, ...]
    adaptable: bool
    signed: str = ""
    authors: str = ""
    erasable: str = ""
    attached: tuple[Attachment, ...] = ()
    forming: bool = False


async def show(request: Request) -> Response:
    """One entry: a sentence, its proof checked now, what it rests on, and its bytes."""
    instance: Instance = request.app.state.instance
    name, of = request.path_params["name"], request.query_params.get("of", "")
    if not (name + of).isprintable() or not (name + of).isascii():
        return page.refused(request, Refusal("page.unknown", "no such entry"))
    member = request.state.session is not None

    def look(connection: Connection) -> StoredAct | None:
        found = entries.find(connection, instance, name, of)
        return found if found is not None and shown(connection, instance, [found], to_member=member) else None

    act = await instance.database.read(look)
    if act is None:
        return page.refused(request, Refusal("page.unknown", f"no entry {name} is here"))
    if act.erased_at is not None:
        return page.refused(request, Refusal("entry.erased", "the words of this entry were taken out of the record"))
    bad = await entries.check_again(instance, act)
    skip = voices.skipped(request)
    said = await instance.database.read(lambda connection: _entry(connection, instance, act, skip, to_member=member))
    return page.render(request, "record/entry.html", entry=said, proof=_proof(bad, said.by), holds=bad is None)


@dataclass(frozen=True, slots=True)
class Registered:
    """A decision of ours as the register has it: where it stands, and the later ones that are about it."""

    title: str
    state: str
    when: int
    address: str
    act: str
    named_by: tuple[tuple[str, str, str], ...]
    in_force: bool
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Together:
    """What a confederation adopted: its title, or that of the text that won under a question, and where each is."""

    title: str
    forum: str
    when: int
    address: str
    question: str
    final: bool


async def decisions(request: Request) -> Response:
    """What is in force today, with its chain, and what our assembly decided, newest first."""
    instance: Instance = request.app.state.instance

    def look(
        connection: Connection,
    ) -> tuple[tuple[tuple[Named, int], ...], tuple[Registered, ...], tuple[Together, ...]]:
        member = request.state.session is not None
        kept = shown(
            connection,
            instance,
            acts.of_type(connection, *_DECIDED, author=instance.assembly),
            to_member=member,
        )
        told = tuple((_named(connection, instance, act), act.published_at) for act in reversed(kept[-_MOST:]))
        register = _register(connection, instance, {act.id: act for act in kept})
        return told, register, _together(connection, instance, to_member=member)

    decided, register, together = await instance.database.read(look)
    return page.render(request, "record/decisions.html", decided=decided, register=register, together=together)


def _together(connection: Connection, instance: Instance, *, to_member: bool) -> tuple[Together, ...]:
    """What our confederations adopted, as far as the reader may see it, newest first."""
    found: list[Together] = []
    for board in counting.adopted(connection, instance):
        newest, proposal = board.newest, board.proposal
        if newest is None or not shown(connection, instance, [board.act, newest.act], to_member=to_member):
            continue
        won = alternatives.adopted_text(board)
        text = acts.by_reference(connection, won.id, won.digest) if won is not None else None
        option = next((one.name for one in proposal.options if won is not None and one.proposal == won), "")
        found.append(
            Together(
                option or proposal.name,
                naming.assembly_name(connection, instance, newest.act.author),
                newest.act.published_at,
                stances.address_of(text or board.act),
                proposal.name if option else "",
                newest.outcome.final,
            )
        )
    return tuple(found)


def _register(connection: Connection, instance: Instance, seen: Mapping[str, StoredAct]) -> tuple[Registered, ...]:
    """The decisions among those that the reader may see, newest first."""
    known = {one.decision.head.ref: one for one in linking.settled(connection, instance)}
    return tuple(
        Registered(
            one.proposal.name,
            _state(instance, one),
            seen[ref.id].published_at,
            stances.address_of(seen[ref.id]),
            ref.id,
            tuple(
                (sentences.link(kind), known[by].proposal.name, stances.address_of(seen[by.id]))
                for kind, by in one.named_by
                if by.id in seen
            ),
            one.in_force,
            one.proposal.valid_until,
        )
        for ref, one in reversed(known.items())
        if ref.id in seen
    )


def _state(instance: Instance, one: Settled) -> str:
    """Where a decision stands: while it can be called back it is in force provisionally."""
    until = provisional_until(one.decision)
    if until is None or instance.now() >= until or not one.in_force:
        return sentences.state("left_to_meeting" if one.state is State.UNRESOLVED else one.state.value)
    return _("In force provisionally: until {when} three can call it back.").format(
        when=moments.near(moments.seconds(until))
    )


def _entry(connection: Connection, instance: Instance, act: StoredAct, skip: int, *, to_member: bool) -> Entry:
    document = load(act)
    named = (acts.by_reference(connection, item.id, item.digest) for item in references(document))
    here = shown(connection, instance, [one for one in named if one is not None], to_member=to_member)
    return Entry(
        telling.sentence(connection, instance, document, _),
        naming.name_of(connection, instance, act.author),
        act.published_at,
        act.digest,
        act.leaf,
        act.id,
        Markup(clean(str(document.get("content") or ""), tags=_TAGS, attributes={})),  # noqa: S704 - cleaned by nh3
        (act.because or "").partition(":")[0]
        if act.standing is Standing.EVIDENCE
        else None,  # the code; the rest is in no reader's words
        tuple(_named(connection, instance, other) for other in here),
        json.dumps(document, indent=2, ensure_ascii=False),
        voices.of_act(connection, instance, act, None, skip),
        _asked(connection, act),
        to_member and act.type in {"gov:Proposal", "gov:Draft"},
        calling.signed_sentence(connection, instance, act.id),
        authorship.in_words(document) if act.type == "gov:Proposal" else "",
        act.id.rpartition("/")[2] if to_member and act.own and act.type not in erasing.WORDLESS else "",
        attached.to_act(instance, act),
        forming.came_too_soon(connection, instance, act),
    )


def _asked(connection: Connection, act: StoredAct) -> tuple[Asked, ...]:
    """The questions to everybody outside about an entry, oldest first."""
    found = (consultations.get(connection, post) for post in notices.about(connection, act.seq))
    return tuple(Asked(one.text, consultations.counted(connection, one), one.open) for one in found if one is not None)


def _named(connection: Connection, instance: Instance, act: StoredAct) -> Named:
    return Named(telling.sentence(connection, instance, load(act), _), stances.address_of(act))


def _proof(bad: Refusal | None, by: str) -> str:
    if bad is None:
        return _("Checked just now: {by} signed exactly these bytes.").format(by=by)
    if bad.code.startswith("net."):
        return _("The key of {by} cannot be reached just now, so this could not be checked again.").format(by=by)
    return _("The proof does not hold: {by} did not sign these bytes. It is kept and not counted.").format(by=by)


entry = forms.open_to_all(show)
"""What a browser sees at `/acts/<name>`; `?of=<address>` for an entry of another assembly."""


async def erase(request: Request, session: Session, fields: Fields) -> Response:
    """Put it to the assembly to take the words of an entry out of the record."""
    instance: Instance = request.app.state.instance
    name, why = fields.get("entry"), fields.get("why")
    act = f"{instance.url}/acts/{name}"
    item = await instance.database.write(lambda c: erasing.propose(c, instance, session.account, act, why))
    if isinstance(item, Refusal):
        return page.refused(request, item, back="/decisions")
    return RedirectResponse(f"/proposals/{item.id}", status_code=303, headers=page.HEADERS)


ROUTES = (
    Route("/decisions", forms.open_to_all(decisions), methods=["GET"]),
    Route("/decisions/erase", forms.from_members(erase), methods=["POST"]),
)
