"""Several options on the pages: what a ballot and a teller's form ask of them, what comes back, their order."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext
from typing import Final

from app.federation import letters
from app.governance.options import NO_CHANGE
from app.governance.rule import Method
from app.http.pages.forms import Fields
from app.operations.votes.choosing import Choosing

_WHOLE: Final = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_PAPER: Final = re.compile(r"([0-9]{1,6}) *[x×:] *(.+)", re.ASCII)


_SHAPES: Final = "●■▲◆★✚⬟♥"
"""One for each option, with a colour by the same number, beside its words (governance.md §4)."""


@dataclass(frozen=True, slots=True)
class Row:
    """An option on a ballot: its number on paper, its id, its name, and what this member said of it before."""

    number: int
    id: str
    name: str
    mine: str

    @property
    def mark(self) -> str:
        """Its shape."""
        return shape(self.number)


def shape(number: int) -> str:
    """The shape of the option with this number, from 1; after the last they begin again."""
    return _SHAPES[(number - 1) % len(_SHAPES)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a ballot asks of the options: one field for each, of the kind that `method` has."""

    method: str
    help: str
    rows: tuple[Row, ...]
    alone: bool
    dots: int


def asked(choosing: Choosing, mine: object) -> Asked:
    """The fields of a ballot, as this member filled them in before."""
    names, method = names_of(choosing.named), choosing.rule.method
    before = _filled(method, mine)
    rows = tuple(
        Row(number, option, names[option], before.get(option, ""))
        for number, option in enumerate(_in_form(choosing), start=1)
    )
    return Asked(method.value, _help(choosing), rows, choosing.alone, choosing.rule.dots)


def names_of(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each option is called, leaving things as they are among them; which look alike is said (hostile F36)."""
    names = {**dict(named), NO_CHANGE: _("leave things as they are")}
    looks = [letters.looks(name) for name in names.values()]
    return {
        option: _told_apart(name, number, [at for at, one in enumerate(looks, 1) if one == looks[number - 1]])
        for number, (option, name) in enumerate(names.items(), 1)
    }


def ballot_of(fields: Fields, choosing: Choosing) -> object:
    """`gov:ballot` as a member's form states it; what is no number stays a text, and is refused as such."""
    if choosing.rule.method is Method.APPROVAL:
        return list(fields.all("approve"))
    given = {option: fields.get(f"option-{option}") for option in choosing.ids}
    if choosing.rule.method is Method.RANKED:
        return _by_place(given)
    return {option: _number(text) for option, text in given.items() if text not in {"", "0"}}


def hands_of(fields: Fields, choosing: Choosing) -> object:
    """What a teller counted: a sum for each option, or papers that say the same, one kind on each line."""
    if choosing.rule.method is Method.RANKED:
        lines = [line.strip() for line in fields.get("papers").split("\n") if line.strip()]
        return [_paper(line, _in_form(choosing)) for line in lines]
    given = {option: fields.get(f"count-{option}") for option in choosing.ids}
    return {option: _number(text or "0") for option, text in given.items()}


def papers(entered: object, choosing: Choosing) -> str:
    """The papers as a teller had entered them."""
    place = {option: str(number) for number, option in enumerate(_in_form(choosing), start=1)}
    kinds = entered if isinstance(entered, list) else []
    return "\n".join(
        f"{many} x {' > '.join('='.join(place[one] for one in group) for group in order)}" for many, order in kinds
    )


def in_order(order: Iterable[Iterable[str]], totals: Mapping[str, int], names: Mapping[str, str]) -> tuple[str, ...]:
    """The options from first to last, with what each got; those that came out alike stand together."""
    return tuple(_group(tuple(group), totals, names) for group in order)


def _told_apart(name: str, number: int, alike: list[int]) -> str:
    """The name of an option, with its number and letters where others read like it."""
    others = [str(one) for one in alike if one != number]
    if not others:
        return name
    told = _("{name} [this is {number}; {others} looks the same and is another]")
    written = _in_letters(letters.alphabets(name))
    if written:
        told = _("{name} [this is {number}, in {letters} letters; {others} looks the same and is another]")
    return told.format(name=name, number=number, others=_(" and ").join(others), letters=written)


def _in_letters(alphabets: Iterable[str]) -> str:
    words = {
        "ARMENIAN": _("Armenian"),
        "CHEROKEE": _("Cherokee"),
        "CYRILLIC": _("Cyrillic"),
        "GREEK": _("Greek"),
        "LATIN": _("Latin"),
    }
    return _(" and ").join(words[one] for one in alphabets)


def _group(group: tuple[str, ...], totals: Mapping[str, int], names: Mapping[str, str]) -> str:
    said = _(" and ").join(names.get(option, option) for option in group)
    got = {totals[option] for option in group if option in totals}
    return f"{said}: {next(iter(got))}" if len(got) == 1 else said


def _in_form(choosing: Choosing) -> tuple[str, ...]:
    """The options in the order in which they were written, leaving things as they are last."""
    written = tuple(option for option, _name in choosing.named)
    return (*written, *(option for option in choosing.ids if option not in written))


def _help(choosing: Choosing) -> str:
    words = {
        Method.APPROVAL: _("Tick every option that you approve of."),
        Method.SCORE: _("Say of each option how good it is, from −2 to 2; 0 is neither."),
        Method.DOTS: ngettext("You have {n} dot to give.", "You have {n} dots to give.", choosing.rule.dots),
        Method.RANKED: _("1 is the best; the same number means as good as; what stays empty comes last."),
    }
    return words[choosing.rule.method].format(n=choosing.rule.dots)


def _filled(method: Method, mine: object) -> dict[str, str]:
    if method is Method.RANKED:
        groups = mine if isinstance(mine, list) else []
        return {option: str(place) for place, group in enumerate(groups, start=1) for option in group}
    if isinstance(mine, list):
        return dict.fromkeys(mine, "1")
    return {option: str(given) for option, given in mine.items()} if isinstance(mine, dict) else {}


def _by_place(given: Mapping[str, str]) -> object:
    """A list of lists from places; the text that is no place, where there is one."""
    wrong = [text for text in given.values() if text and not (text.isascii() and text.isdecimal() and len(text) < 7)]
    if wrong:
        return wrong[0]
    places = sorted({int(text) for text in given.values() if text})
    return [[option for option, text in given.items() if text and int(text) == place] for place in places]


def _paper(line: str, ids: tuple[str, ...]) -> object:
    """`3 x 2 > 1=4` as `[3, [[id], [id, id]]]`; the line itself where it is none."""
    found = _PAPER.fullmatch(line)
    groups = [group.split("=") for group in found[2].split(">")] if found is not None else []
    numbers = [[text.strip() for text in group] for group in groups]
    if found is None or not all(_is_among(text, ids) for group in numbers for text in group):
        return line
    return [int(found[1]), [[ids[int(text) - 1] for text in group] for group in numbers]]


def _is_among(text: str, ids: tuple[str, ...]) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 4 and 1 <= int(text) <= len(ids)


def _number(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text) else text
