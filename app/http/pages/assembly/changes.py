"""What a change of a charter would change: as it is, and as it would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import gettext as _

from app.federation.documents import host_of
from app.governance.charter import Clause, Settings
from app.http.pages.assembly.provisions import Line, Name, rules
from app.http.pages.assembly.setting_words import lines


@dataclass(frozen=True, slots=True)
class Change:
    """What a proposal would change: as it is, and as it would be; either is empty if there is nothing."""

    about: str
    now: str
    then: str


def changes(
    before: Settings,
    clauses: tuple[Clause, ...],
    after: Settings,
    proposed: tuple[Clause, ...],
    name: Name = host_of,
) -> tuple[Change, ...]:
    """What differs between two charters, clauses first; nothing that stays as it is."""
    pairs = (
        (_numbered(clauses), _numbered(proposed)),
        (_told(rules(before, name)), _told(rules(after, name))),
        (_told(lines(before)), _told(lines(after))),
    )
    return tuple(
        Change(about, now.get(about, ""), then.get(about, ""))
        for now, then in pairs
        for about in {**now, **then}
        if now.get(about) != then.get(about)
    )


def _told(known: tuple[Line, ...]) -> Mapping[str, str]:
    return {line.about: line.says for line in known}


def _numbered(clauses: tuple[Clause, ...]) -> Mapping[str, str]:
    hard = _("(entrenched)")
    return {
        _("Clause {number}").format(number=one.number): f"{one.content} {hard}" if one.entrenched else one.content
        for one in clauses
    }
