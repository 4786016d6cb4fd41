"""`gov:Session`, `gov:Registration`, `gov:Draft` and `gov:Report` on the wire."""

from collections.abc import Iterable
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.session import Draft, Registration, Report, Session
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_session(head: Head, keys: Fields) -> Session:
    """The Session of `keys`."""
    return Session(
        head,
        keys.text("name"),
        keys.instant("startTime"),
        keys.instant_or_none("endTime"),
        keys.refs("gov:agenda"),
        keys.id_or_none("gov:next"),
        keys.refs("gov:reached"),
        keys.refs("gov:postponed"),
        keys.ref_or_none("gov:charter"),
        keys.ref_or_none("gov:decision"),
    )


def read_registration(head: Head, keys: Fields) -> Registration:
    """The Registration of `keys`."""
    return Registration(head, keys.ref("gov:session"), keys.ref("gov:mandate"))


def read_draft(head: Head, keys: Fields) -> Draft:
    """The Draft of `keys`."""
    group = keys.text_or_none("gov:workingGroup")
    return Draft(head, keys.text("name"), keys.ref_or_none("gov:session"), keys.texts("gov:authors"), group or "")


def read_report(head: Head, keys: Fields) -> Report:
    """The Report of `keys`; it is about a mandate or a session."""
    named = keys.ref_or_none("gov:mandate"), keys.ref_or_none("gov:session")
    report = Report(head, *named, as_office=keys.flag("gov:asOffice"))
    if report.mandate is None and report.session is None:
        raise keys.wrong("gov:mandate", "is missing, and gov:session is too")
    return report


def session(
    *,
    name: str,
    starts: Instant,
    ends: Instant | None = None,
    agenda: Iterable[Ref] = (),
    host_next: Id | None = None,
    reached: Iterable[Ref] = (),
    postponed: Iterable[Ref] = (),
    charter: Ref | None = None,
    decision: Ref | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Session`; `charter` has the rules by which a host's session decides, `decision` called it."""
    keys: Document = {
        "name": name,
        "startTime": format_instant(starts),
        "endTime": writing.instant_or_none(ends),
        "gov:agenda": writing.refs(agenda),
        "gov:next": host_next,
        "gov:reached": writing.refs(reached),
        "gov:postponed": writing.refs(postponed),
        "gov:charter": writing.ref_or_none(charter),
        "gov:decision": writing.ref_or_none(decision),
    }
    return writing.act("gov:Session", common, keys)


def registration(*, session: Ref, mandate: Ref, **common: Unpack[writing.Common]) -> Document:
    """An unsigned `gov:Registration`."""
    keys: Document = {"gov:session": writing.ref(session), "gov:mandate": writing.ref(mandate)}
    return writing.act("gov:Registration", common, keys)


def draft(
    *,
    name: str,
    session: Ref | None = None,
    authors: Iterable[str] = (),
    group: str | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Draft` of the working group `group`; the text is `content`."""
    keys: Document = {
        "name": name,
        "gov:session": writing.ref_or_none(session),
        "gov:authors": writing.listed(authors),
        "gov:workingGroup": group,
    }
    return writing.act("gov:Draft", common, keys)


def report(
    *,
    mandate: Ref | None = None,
    session: Ref | None = None,
    as_office: bool = False,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Report` about a mandate or a session, or what an office says; the text is `content`."""
    keys: Document = {
        "gov:mandate": writing.ref_or_none(mandate),
        "gov:session": writing.ref_or_none(session),
        "gov:asOffice": as_office or None,
    }
    return writing.act("gov:Report", common, keys)
