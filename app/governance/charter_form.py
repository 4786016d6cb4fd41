"""The form of a charter's settings on the wire, read strictly (governance.md §2, fine-print 7, 29)."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any, Final

from app.governance.composition import Constraint, parse_constraint
from app.governance.provisions import (
    CONTEST,
    DELIBERATION,
    RHYTHM,
    Binds,
    Scope,
    Scrutineer,
    Scrutineers,
    Settings,
    Size,
    Urgent,
    Words,
)
from app.governance.rotation import Limit, limit_for
from app.governance.rules import Rule, parse_fraction, parse_rule
from app.kernel.ids import Id
from app.kernel.instant import Instant, parse_duration, parse_instant
from app.kernel.refusal import Refusal

_NOT_YET: Final = frozenset({"rule.method", "rule.weight", "rule.caucus"})
_ENTRY: Final = re.compile(r"door|assembly|vouch\([1-9][0-9]?\)", re.ASCII)


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
            deliberation=DELIBERATION
            | {
                name: _duration(value, f"deliberation.{name}", timedelta(0))
                for name, value in _object(settings, "deliberation").items()
            },
            rhythm=_duration(settings.get("rhythm"), "rhythm", RHYTHM),
            scrutineers=_scrutineers(settings.get("scrutineers")),
            ballots=_word(settings.get("ballots") or "closed", "ballots", None),
            publicity={name: _word(value, "publicity", None) for name, value in _object(settings, "publicity").items()},
            **_people(settings),
        )
    except _BadSettingError as bad:
        return bad.refusal


def _people(settings: Mapping[str, object]) -> dict[str, Any]:
    """The settings about who belongs, who sits, for how long, and what things are called."""
    delegation, urgent = _object(settings, "delegation"), _object(settings, "urgent")
    words, size, rhythm = _object(settings, "words"), _object(settings, "size"), settings.get("next_meeting")
    starter = Settings()
    return {
        "terms": {**starter.terms} | {kind: _limit(kind, value) for kind, value in _object(settings, "terms").items()},
        "seats": _number(delegation.get("seats"), "delegation.seats", starter.seats),
        "composition": _composition(delegation.get("composition"), starter.composition),
        "vote_age": _number(settings.get("vote_age"), "vote_age", starter.vote_age),
        "urgent": Urgent(
            _share(urgent.get("roll"), "urgent.roll", starter.urgent.roll),
            _share(urgent.get("present"), "urgent.present", starter.urgent.present),
        ),
        "entrenched": _texts(settings.get("entrenched"), "entrenched", starter.entrenched),
        "words": Words(
            _word(words.get("base") or starter.words.base, "words.base", None),
            _word(words.get("upper") or starter.words.upper, "words.upper", None),
        ),
        "size": _size(size, starter.size),
        "next_meeting": _instant(rhythm, "next_meeting"),
        "roll": _word(settings.get("roll") or starter.roll, "roll", {"register", "presence"}),
        "entry": _entry(settings.get("entry") or starter.entry),
        "dormant": _duration(settings.get("dormant"), "dormant", starter.dormant),
        "seniority": {**starter.seniority}
        | {name: _number(value, f"seniority.{name}", 1) for name, value in _object(settings, "seniority").items()},
        "offices": _flag(settings.get("offices"), "offices"),
        "chairs": {**starter.chairs}
        | {name: _composition(value, (), f"chairs.{name}") for name, value in _object(settings, "chairs").items()},
        "lapse": _duration(settings.get("lapse"), "lapse", starter.lapse),
        "reasons": _word(settings.get("reasons") or starter.reasons, "reasons", {"block", "disagree"}),
    }


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


def _word(value: object, name: str, allowed: Collection[str] | None) -> str:
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


def _number(value: object, name: str, default: int) -> int:
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _BadSettingError(f"{name} is a whole number, got {value!r}")
    return value


def _flag(value: object, name: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise _BadSettingError(f"{name} is true or false, got {value!r}")
    return bool(value)


def _share(value: object, name: str, default: Fraction) -> Fraction:
    share = default if value is None else parse_fraction(value)
    if isinstance(share, Refusal) or share > 1:
        raise _BadSettingError(f"{name} is a fraction such as 1/10, got {value!r}")
    return share


def _texts(value: object, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if value is None:
        return default
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _BadSettingError(f"{name} is a list of texts")
    return tuple(value)


def _instant(value: object, name: str) -> Instant | None:
    found = parse_instant(value) if value is not None else None
    if isinstance(found, Refusal):
        raise _BadSettingError(f"{name}: {found.because}")
    return found


def _entry(value: object) -> str:
    if not isinstance(value, str) or not _ENTRY.fullmatch(value):
        raise _BadSettingError(f"entry is door, vouch(2) or assembly, got {value!r}")
    return value


def _size(size: Mapping[str, object], starter: Size) -> Size:
    least = _number(size.get("from"), "size.from", starter.least)
    most = _number(size.get("to"), "size.to", starter.most)
    if least > most:
        raise _BadSettingError(f"size: from {least} to {most}")
    return Size(least, most)


def _limit(kind: str, value: object) -> Limit:
    if not isinstance(value, Mapping):
        raise _BadSettingError(f"terms.{kind} is an object")
    starter, longest = limit_for({}, kind), value.get("longest")
    return Limit(
        _duration(longest, f"terms.{kind}.longest", timedelta(0)) if longest is not None else starter.longest,
        _number(value.get("inARow"), f"terms.{kind}.inARow", starter.in_a_row),
        _number(value.get("coolDown"), f"terms.{kind}.coolDown", starter.cool_down),
    )


def _composition(
    value: object, default: tuple[Constraint, ...], name: str = "delegation.composition"
) -> tuple[Constraint, ...]:
    if value is None:
        return default
    if not isinstance(value, list):
        raise _BadSettingError(f"{name} is a list")
    return tuple(_constraint(entry, name) for entry in value)


def _constraint(entry: object, name: str) -> Constraint:
    text = entry.get("constraint") if isinstance(entry, Mapping) else entry
    level = entry.get("level", "expected") if isinstance(entry, Mapping) else "expected"
    found = parse_constraint(text, required=level == "required")
    if isinstance(found, Refusal) or level not in {"expected", "required"}:
        raise _BadSettingError(f"{name}: {entry!r} is no constraint that is expected or required")
    return found
