"""How long a matter is there to be talked about before it is decided (governance.md §2, `deliberation`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Final

from app.governance.charter import Charter
from app.governance.provisions import Settings
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

NEVER_URGENT: Final = frozenset({"charter", "admission", "exclusion"})
"""Categories in which nobody shortens anything (hostile F38)."""

HURRIED_BY_THOSE_PRESENT: Final = frozenset({"recall"})
"""Categories in which only the meeting that decides makes haste, and nobody's name on a page does (§5)."""

_A_DAY: Final = timedelta(days=1)
_OWN_TIME: Final = frozenset({"charter", "admission"})
_CONVENED: Final = frozenset({"mandate", "ratification", "recall"})
_LIKE: Final = {"caretaking": "mandate"}  # whoever keeps the server is chosen like anybody with a mandate


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be decided: since when its text is there, since when a convocation names it, if one does.

    `answers` is True for where we stand on what was brought to us, whatever its category; `urgent`
    if those who may shorten the times did.
    """

    category: str
    opened: Instant
    answers: bool = False
    convened: Instant | None = None
    urgent: bool = False

    @property
    def may_be_urgent(self) -> bool:
        """False for what is never urgent."""
        return self.category not in NEVER_URGENT

    def is_urgent(self, *, in_meeting: bool) -> bool:
        """True if the times are shortened; of a recall only in a meeting."""
        return self.urgent and self.may_be_urgent and (in_meeting or self.category not in HURRIED_BY_THOSE_PRESENT)


def earliest(charter: Charter, matter: Matter, *, in_meeting: bool) -> Instant | Refusal:
    """From when a vote on `matter` may open by the charter's `deliberation`.

    A convened meeting decides at once what binds this assembly only. A mandate, a recall or an
    answer to others needs its time on the convocation; online alone, and for the charter and an
    admission in either way, the time runs from the text. `vote.convocation` if no convocation names it.
    """
    if matter.category in _OWN_TIME and not matter.answers:
        return matter.opened + charter.deliberation[matter.category]
    if matter.is_urgent(in_meeting=in_meeting):
        return matter.opened
    if not in_meeting:
        return matter.opened + charter.deliberation["online"]
    name = "ratification" if matter.answers else _LIKE.get(matter.category, matter.category)
    if name not in _CONVENED:
        return matter.opened + charter.deliberation["convened"]
    if charter.deliberation[name] == timedelta(0):
        return matter.opened
    if matter.convened is None:
        return Refusal("vote.convocation", f"no convocation names this {name}")
    return matter.convened + charter.deliberation[name]


def least(charter: Charter, matter: Matter) -> timedelta:
    """How long a vote that is held online alone stays open at least: a day, or what it is talked about if that is less.

    Nobody is to miss it for having slept or worked. What is urgent has no least time. Source: governance.md §2.
    """
    return timedelta(0) if matter.is_urgent(in_meeting=False) else min(_A_DAY, charter.deliberation["online"])


def may_shorten(asking: int, entitled: int, share: Fraction) -> bool:
    """True if those who ask for haste are at least `share` of the roll (a charter's `urgent`), and somebody."""
    return asking > 0 and asking * share.denominator >= share.numerator * entitled


def earliest_close(forum: Settings, members: Iterable[Settings], opens: Instant) -> Instant:
    """Before when no proposal to `forum` closes: all its members have met, and an online decision has had its time.

    When a member meets next is what its charter says (`next_meeting`), or one `rhythm` on where that is past or
    further away than that. Source: governance.md §2, `rhythm`.
    """
    met = max(_meets(one, opens) for one in (forum, *members))
    return met + forum.deliberation["online"]


def _meets(settings: Settings, since: Instant) -> Instant:
    usual, named = since + settings.rhythm, settings.next_meeting
    return named if named is not None and since < named < usual else usual
