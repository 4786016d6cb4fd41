"""How ballots are kept: seen by members, seen by nobody, or on paper; raised on request, never lowered (§3)."""

from enum import StrEnum
from typing import Final

from app.kernel.refusal import Refusal


class Mode(StrEnum):
    """How much a vote protects who votes; `gov:modes` has these words, and `room` for hands."""

    ROLL_CALL = "rollCall"  # members see who voted what
    CLOSED = "closed"  # members see who took part and the totals
    SECRET = "secret"  # noqa: S105 - a way of voting: on paper, or in an election held elsewhere, nothing online


_PROTECTION: Final = (Mode.ROLL_CALL, Mode.CLOSED, Mode.SECRET)
_IN_CHARTERS: Final = {"roll_call": Mode.ROLL_CALL}
_TENTH: Final = 10
NAMES_PEOPLE: Final = frozenset({"exclusion", "recall"})
"""Matters about a person: one who asks is enough for secrecy (governance.md §3, §5)."""

ALWAYS_SECRET: Final = frozenset({"exclusion"})


def parse_mode(word: str) -> Mode | Refusal:
    """The mode of a form or of a charter's `ballots`; `vote.mode` for any other word."""
    if word in _IN_CHARTERS:
        return _IN_CHARTERS[word]
    if word in set(Mode):
        return Mode(word)
    return Refusal("vote.mode", f"no way of voting: {word[:40]!r}")


def protects_more(one: Mode, other: Mode) -> bool:
    """True if `one` protects who votes more than `other`."""
    return _PROTECTION.index(one) > _PROTECTION.index(other)


def opening_mode(
    category: str, ballots: str, wanted: Mode | None, asked: Mode | None, *, in_meeting: bool
) -> Mode | Refusal:
    """How a vote opens: by the charter's `ballots`, more protected where that is wanted or was asked for.

    An exclusion is always secret. `vote.mode` if less is wanted than the charter and who asked lay down,
    `vote.secret` for a secret vote outside of a meeting, where there is no paper.
    """
    laid_down = Mode.SECRET if category in ALWAYS_SECRET else parse_mode(ballots)
    if isinstance(laid_down, Refusal):
        return laid_down
    least = asked if asked is not None and protects_more(asked, laid_down) else laid_down
    mode = wanted or least
    if protects_more(least, mode):
        return Refusal("vote.mode", f"this vote is {least} at least")
    if mode is Mode.SECRET and not in_meeting:
        return Refusal("vote.secret", "a secret vote is on paper, in a meeting")
    return mode


def enough_ask(asking: int, present: int, *, concerned: bool) -> bool:
    """True if those who ask for more protection get it: one person concerned, or a tenth of those present."""
    return concerned or (asking > 0 and asking * _TENTH >= present)


def raised(now: Mode, to: Mode) -> Mode | Refusal:
    """The mode of an open vote after a request; `vote.mode` if that would not protect more."""
    return to if protects_more(to, now) else Refusal("vote.mode", f"a vote that is {now} is never lowered to {to}")
