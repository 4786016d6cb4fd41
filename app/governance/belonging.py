"""Whom a decision counts on: since when somebody belongs, and for how long they have not been seen (§1)."""

from datetime import timedelta
from typing import Final

from app.governance.provisions import Settings
from app.kernel.instant import Instant

NOTICE: Final = timedelta(days=14)
"""So long before they stop counting on somebody, all members are told."""


def is_senior(settings: Settings, category: str, earlier: int) -> bool:
    """True for who may vote on this now: there have been enough `earlier` meetings since they came in.

    From the first meeting on where the charter's `seniority` names no other for the category.
    """
    return earlier + 1 >= settings.seniority.get(category, 1)


def told_from(settings: Settings, seen: Instant) -> Instant:
    """From when all are told that somebody last seen then will not be counted on."""
    return seen + max(settings.dormant - NOTICE, timedelta(0))


def is_dormant(settings: Settings, seen: Instant, told: Instant | None, now: Instant) -> bool:
    """True for who was not seen for the charter's `dormant`, and of whom all were told in time.

    They may vote all the same, and are counted among those entitled once they are back.
    """
    return told is not None and now >= told + min(NOTICE, settings.dormant) and now >= seen + settings.dormant
