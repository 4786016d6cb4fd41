"""Who may read an act: what the charter says of its type or category, else what holds by type (governance.md §2)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Publicity(StrEnum):
    """For whom an act is, from everybody to nobody but by its fingerprint."""

    PUBLIC = "public"
    CONFEDERATES = "confederates"
    ASSEMBLY = "assembly"
    COMMITMENT = "commitment"


EVERYTHING_ELSE: Final = "default"
"""The key of the setting `publicity` that holds for whatever has none of its own."""

WATCHED: Final[Mapping[str, str]] = {EVERYTHING_ELSE: Publicity.CONFEDERATES.value}
"""The setting of the starter profile *we are watched*."""

_OURS_ALONE: Final = frozenset({"caretaking", "entry", "exclusion", "moderation", "minutes"})
"""They name people who are not sent, or say when we met."""

_BY_TYPE: Final = {"report": Publicity.CONFEDERATES}
_KEYS: Final = "keyevent"  # the actor's document shows the keys to everybody anyway


def publicity_of(said: Mapping[str, str], act_type: str, category: str | None) -> Publicity:
    """For whom an act of `act_type` about a matter of `category` is, by the charter's setting `publicity`.

    The act's type (`report`) goes before the category (`policy`), and `default` comes last. A word
    that is none of the four keeps the act at home: what a charter may mean by it is not ours to open.
    """
    short = act_type.removeprefix("gov:").lower()
    if category in _OURS_ALONE and category not in said:
        # Whatever the charter says of everything else, that goes no further than the assembly by it.
        return Publicity.COMMITMENT if Publicity.COMMITMENT in _words(said, short) else Publicity.ASSEMBLY
    for key in (short, category, None if short == _KEYS else EVERYTHING_ELSE):
        if key is not None and key in said:
            word = said[key]
            return Publicity(word) if word in set(Publicity) else Publicity.ASSEMBLY
    return _BY_TYPE.get(short, Publicity.PUBLIC)


def _words(said: Mapping[str, str], short: str) -> frozenset[str]:
    return frozenset(said[key] for key in (short, EVERYTHING_ELSE) if key in said)
