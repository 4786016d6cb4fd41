"""Drafts of a session's working groups on its page: each with its text, what assemblies made of it, and the ways on."""

from dataclasses import dataclass
from functools import partial
from gettext import gettext as _
from urllib.parse import urlencode

from app.governance.rules import Status
from app.governance.session import Called
from app.http.pages import moments
from app.http.pages.confederation import stances
from app.operations.assembly import naming
from app.operations.confederation import answering, confederations, counting, drafting
from app.operations.confederation.drafting import Drafted, Taken
from app.operations.exchange.visiting import shown
from app.operations.record.sealing import load
from app.store import accounts
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Made:
    """What an assembly made of a draft; `item` is our own matter about it, if there is one."""

    said: str
    address: str
    item: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: `adapt` and `call` are the forms that begin from it, empty for who cannot propose."""

    id: str
    name: str
    group: str
    authors: tuple[str, ...]
    when: int
    versions: int
    content: str
    source: str
    address: str
    made: tuple[Made, ...]
    results: tuple[Made, ...] = ()
    adapt: str = ""
    call: str = ""


def drafts(connection: Connection, instance: Instance, called: Called, account: Account | None) -> tuple[Draft, ...]:
    """The drafts of a session as one member, or anybody, reads them."""
    found = drafting.of_session(connection, instance, called)
    seen = shown(connection, instance, [one.act for one in found], to_member=account is not None)
    body = accounts.body(connection)
    proposes = account is not None and body is not None and body.kind == "commune"
    host = called.session.head.author
    forum = host if host in confederations.forums(connection, instance) else ""
    return tuple(
        _draft(connection, instance, one, account, proposes=proposes, forum=forum) for one in found if one.act in seen
    )


def title(act: StoredAct | None) -> str:
    """What a matter of an agenda is called, a draft as one; empty for what is not here."""
    name = str(load(act).get("name") or "") if act is not None else ""
    return _("Draft: {title}").format(title=name) if act is not None and act.type == "gov:Draft" else name


def _draft(
    connection: Connection, instance: Instance, one: Drafted, account: Account | None, *, proposes: bool, forum: str
) -> Draft:
    document, begin = load(one.act), {"from": one.act.id}
    call = urlencode({**begin, "category": "call", "forum": forum})
    made = (_made(connection, instance, taken, account) for taken in one.taken)
    return Draft(
        one.act.id,
        one.draft.name,
        one.draft.group,
        one.draft.authors,
        one.act.published_at,
        one.versions,
        str(document.get("content") or ""),
        str((document.get("source") or {}).get("content") or ""),
        stances.address_of(one.act),
        tuple(known for known in made if known is not None),
        _results(connection, instance, one.act, account),
        adapt=f"/proposals/new?{urlencode(begin)}" if proposes else "",
        call=f"/proposals/new?{call}" if proposes and forum else "",
    )


def _results(connection: Connection, instance: Instance, draft: StoredAct, account: Account | None) -> tuple[Made, ...]:
    """Results that somebody signed about a draft, with what is wrong with each."""
    found = counting.about_draft(connection, instance, draft)
    seen = shown(connection, instance, [one.act for one in found], to_member=account is not None)
    name = partial(naming.assembly_name, connection, instance)
    return tuple(
        Made(
            " ".join((_("{who} signed a result.").format(who=name(one.act.author)), *stances.reasons(one, name))),
            stances.address_of(one.act),
            "",
        )
        for one in found
        if one.act in seen
    )


def _made(connection: Connection, instance: Instance, taken: Taken, account: Account | None) -> Made | None:
    if not shown(connection, instance, [taken.act], to_member=account is not None):
        return None
    who = naming.assembly_name(connection, instance, taken.act.author)
    item = answering.answer_to(connection, taken.act.id) if account is not None else None
    said = _said(taken).format(who=who)
    if taken.signed is not None:
        by = (
            f"{naming.assembly_name(connection, instance, one.assembly)} ({moments.day(one.since)})"
            for one in taken.signed
        )
        said += " " + (
            _("Signed by {names}.").format(names=", ".join(by)) if taken.signed else _("Nobody has signed it yet.")
        )
    return Made(said, stances.address_of(taken.act), item.id if item is not None else "")


def _said(taken: Taken) -> str:
    if taken.signed is not None:
        return _("{who} made a call of it.")
    words = {
        (Status.ADOPTED, True): _("{who} has adopted it as it stands."),
        (Status.ADOPTED, False): _("{who} has adopted it in words of its own."),
        (Status.REJECTED, True): _("{who} did not adopt it."),
        (Status.REJECTED, False): _("{who} did not adopt what it made of it."),
    }
    undecided = _("{who} talks about adopting it.")
    return words.get((taken.status, taken.as_it_stands), undecided) if taken.status is not None else undecided
