"""An assembly's own rules: the settings that code reads, and what holds where they are silent (governance.md §2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.governance.act import Head, Ref
from app.governance.rules import Rule, parse_rule
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, parse_duration
from app.kernel.refusal import Refusal

CONTEST: Final = timedelta(days=7)
"""The time to object where no charter says another (governance.md §2, fine-print 33)."""

RHYTHM: Final = timedelta(days=30)
_DELIBERATION: Final = {
    "convened": timedelta(0),
    "mandate": timedelta(hours=48),
    "ratification": timedelta(hours=48),
    "online": timedelta(days=7),
    "charter": timedelta(days=7),
    "admission": timedelta(days=7),
}
_NOT_YET: Final = frozenset({"rule.method", "rule.weight", "rule.caucus"})
_BIND_ALL: Final = frozenset({"charter", "admission", "challenge"})


class Binds(StrEnum):
    """Whom an adopted confederal outcome binds."""

    RATIFYING = "ratifying"
    ALL = "all"


class Scope(StrEnum):
    """What a confederation is: exchange and calls, where nothing binds, or coordination."""

    PLATFORM = "platform"
    COORDINATION = "coordination"


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered clause of a charter or of a proposal."""

    number: str
    content: str
    entrenched: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A founding member of a confederation, as its first Charter lists it (fine-print 14, 28)."""

    assembly: Id
    keylog: str | None = None
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Scrutineer:
    """A co-signer and the key with which they confirm, a Multikey string (fine-print 29)."""

    id: Id
    key: str


@dataclass(frozen=True, slots=True)
class Scrutineers:
    """`k` of the co-signers `of` must confirm before an act of the assembly counts."""

    k: int
    of: tuple[Scrutineer, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What code reads of `gov:settings`, with the defaults of governance.md §2 filled in."""

    rules: Mapping[str, Rule] = field(hash=False, default_factory=dict)
    binds: Mapping[str, str] = field(hash=False, default_factory=dict)
    scope: Scope = Scope.PLATFORM
    contest: timedelta = CONTEST
    deliberation: Mapping[str, timedelta] = field(hash=False, default_factory=lambda: dict(_DELIBERATION))
    rhythm: timedelta = RHYTHM
    scrutineers: Scrutineers | None = None
    ballots: str = "closed"
    publicity: Mapping[str, str] = field(hash=False, default_factory=dict)
    uncounted: Mapping[str, Refusal] = field(hash=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charter:
    """A version of an assembly's charter; `settings` is `gov:settings` as written.

    `uncounted` has the categories whose rule this version does not count yet, with why.
    """

    head: Head
    name: str
    version: int
    settings: Document = field(hash=False)
    rules: Mapping[str, Rule] = field(hash=False)
    binds: Mapping[str, str] = field(hash=False, default_factory=dict)
    scope: Scope = Scope.PLATFORM
    contest: timedelta = CONTEST
    deliberation: Mapping[str, timedelta] = field(hash=False, default_factory=lambda: dict(_DELIBERATION))
    rhythm: timedelta = RHYTHM
    scrutineers: Scrutineers | None = None
    ballots: str = "closed"
    publicity: Mapping[str, str] = field(hash=False, default_factory=dict)
    members: tuple[Member, ...] = ()
    clauses: tuple[Clause, ...] = ()
    decision: Ref | None = None
    outcome: Ref | None = None
    uncounted: Mapping[str, Refusal] = field(hash=False, default_factory=dict)


def rule_for(charter: Charter, category: str) -> Rule | None:
    """The rule that `charter` has for `category`, or None."""
    return charter.rules.get(category)


def admits_rule(charter: Charter, categories: tuple[str, ...], rule: Rule) -> Rule | None:
    """The charter's rule of one of `categories` that `rule` is, as a whole, its `first` or its `then`; else None.

    Source: fine-print 9.
    """
    for category in categories:
        whole = charter.rules.get(category)
        if whole is not None and rule in (whole, whole.first, whole.then):
            return whole
    return None


def binds_for(charter: Charter | None, category: str) -> Binds | None:
    """Whom an adopted outcome of `category` binds; None where nothing binds, since the scope is `platform`.

    A forum that is a list has no charter: the defaults hold (governance.md §2, fine-print 22, 33).
    """
    if charter is not None and charter.scope is Scope.PLATFORM:
        return None
    default = Binds.ALL if category in _BIND_ALL else Binds.RATIFYING
    return default if charter is None else Binds(charter.binds.get(category, default))


def contest_of(charter: Charter | None) -> timedelta:
    """The time to object: the charter's, or 7 days for a forum that is a list (fine-print 33)."""
    return CONTEST if charter is None else charter.contest


def in_force(charters: tuple[Charter, ...], author: Id, at: Instant) -> Charter | None:
    """The charter of `author` in force at `at`: the latest of those published by then (fine-print 29)."""
    past = [charter for charter in charters if charter.head.author == author and charter.head.published <= at]
    return max(past, key=lambda charter: (charter.head.published, charter.version, charter.head.ref), default=None)


def parse_settings(settings: Mapping[str, object]) -> Settings | Refusal:
    """What code reads of a `gov:settings` object.

    A setting that is absent takes its default; every duration may be `PT0S`; keys that code does
    not read pass. A rule that is well formed but not counted yet is set apart in `uncounted`: one
    such category must not keep an assembly from being understood in all others. Refuses by the
    codes of `parse_rule`, with the category, and by `charter.settings`.
    """
    try:
        rules, uncounted = _rules(_object(settings, "rules"))
        return Settings(
            rules=rules,
            uncounted=uncounted,
            binds={
                name: Binds(_word(value, "binds", set(Binds))) for name, value in _object(settings, "binds").items()
            },
            scope=Scope(_word(settings.get("scope") or Scope.PLATFORM, "scope", set(Scope))),
            contest=_duration(settings.get("contest"), "contest", CONTEST),
            deliberation=_DELIBERATION
            | {
                name: _duration(value, f"deliberation.{name}", timedelta(0))
                for name, value in _object(settings, "deliberation").items()
            },
            rhythm=_duration(settings.get("rhythm"), "rhythm", RHYTHM),
            scrutineers=_scrutineers(settings.get("scrutineers")),
            ballots=_word(settings.get("ballots") or "closed", "ballots", None),
            publicity={name: _word(value, "publicity", None) for name, value in _object(settings, "publicity").items()},
        )
    except _BadSettingError as bad:
        return bad.refusal


class _BadSettingError(ValueError):
    def __init__(self, because: str, code: str = "charter.settings") -> None:
        super().__init__(because)
        self.refusal = Refusal(code, because)


def _object(settings: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = settings.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _BadSettingError(f"{name} is an object, got {value!r}")
    return {key: item for key, item in value.items() if item is not None}


def _rules(documents: Mapping[str, object]) -> tuple[Mapping[str, Rule], Mapping[str, Refusal]]:
    rules: dict[str, Rule] = {}
    uncounted: dict[str, Refusal] = {}
    for category, document in documents.items():
        rule = parse_rule(document)
        if not isinstance(rule, Refusal):
            rules[category] = rule
        elif rule.code in _NOT_YET:
            uncounted[category] = rule
        else:
            raise _BadSettingError(f"rules.{category}: {rule.because}", rule.code)
    return rules, uncounted


def _word(value: object, name: str, allowed: set[Binds] | set[Scope] | None) -> str:
    if not isinstance(value, str) or (allowed is not None and value not in allowed):
        raise _BadSettingError(f"{name} has no value {value!r}")
    return value


def _duration(value: object, name: str, default: timedelta) -> timedelta:
    if value is None:
        return default
    found = parse_duration(value)
    if isinstance(found, Refusal):
        raise _BadSettingError(f"{name}: {found.because}")
    return found


def _scrutineers(value: object) -> Scrutineers | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("of"), list):
        raise _BadSettingError("scrutineers is an object with k and of")
    people = tuple(_scrutineer(entry) for entry in value["of"])
    k = value.get("k")
    if not isinstance(k, int) or isinstance(k, bool) or not 1 <= k <= len({person.id for person in people}):
        raise _BadSettingError(f"scrutineers.k is from 1 to {len(people)}, got {k!r}")
    return Scrutineers(k, people)


def _scrutineer(entry: object) -> Scrutineer:
    person = entry.get("id") if isinstance(entry, Mapping) else None
    key = entry.get("publicKeyMultibase") if isinstance(entry, Mapping) else None
    if not isinstance(person, str) or not isinstance(key, str):
        raise _BadSettingError("a co-signer has an id and a publicKeyMultibase")
    return Scrutineer(Id(person), key)
