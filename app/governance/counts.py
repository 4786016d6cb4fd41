"""The eight figures of a count and the choices that they count (fine-print 2, 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.kernel.canonical import Document
from app.kernel.refusal import Refusal

_KEYS: Final = (
    ("entitled", "entitled"),
    ("present", "present"),
    ("agree", "agree"),
    ("reserve", "reserve"),
    ("standAside", "stand_aside"),
    ("disagree", "disagree"),
    ("block", "block"),
    ("abstain", "abstain"),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were entitled (E), took part (P), and chose each of the six (Y R S N K A)."""

    entitled: int = 0
    present: int = 0
    agree: int = 0
    reserve: int = 0
    stand_aside: int = 0
    disagree: int = 0
    block: int = 0
    abstain: int = 0

    @property
    def yes(self) -> int:
        """Y with R, where a method knows only Y, N and A (fine-print 2)."""
        return self.agree + self.reserve

    @property
    def no(self) -> int:
        """N with K, where a method knows only Y, N and A."""
        return self.disagree + self.block

    @property
    def neither(self) -> int:
        """A with S, where a method knows only Y, N and A."""
        return self.abstain + self.stand_aside

    @property
    def chosen(self) -> int:
        """The sum of the six classes; at most `present`."""
        return self.yes + self.no + self.neither


def check_counts(counts: Counts) -> Refusal | None:
    """None if nothing is negative, the six sum to at most `present`, and that is at most `entitled`.

    Else `counts.sum` (fine-print 3).
    """
    if any(getattr(counts, name) < 0 for _, name in _KEYS):
        return Refusal("counts.sum", "no figure of a count is below nothing")
    if counts.chosen > counts.present:
        return Refusal("counts.sum", f"{counts.chosen} choices of {counts.present} who took part")
    if counts.present > counts.entitled:
        return Refusal("counts.sum", f"{counts.present} took part of {counts.entitled} entitled")
    return None


def parse_counts(document: object) -> Counts | Refusal:
    """The counts of a `gov:counts` object; a missing figure is 0.

    Refuses by `counts.form` (not whole numbers) and `counts.sum` (fine-print 3).
    """
    if not isinstance(document, Mapping):
        return Refusal("counts.form", "counts are an object")
    figures: dict[str, int] = {}
    for key, name in _KEYS:
        value = document.get(key)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            return Refusal("counts.form", f"{key} is a whole number, got {value!r}")
        figures[name] = value
    counts = Counts(**figures)
    return check_counts(counts) or counts


def counts_document(counts: Counts) -> Document:
    """The `gov:counts` object with all eight keys (protocol.md §2)."""
    return {key: getattr(counts, name) for key, name in _KEYS}
