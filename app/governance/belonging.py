"""Whom a decision counts on: who has not been seen for long is told first, and counts again once they are back (§1)."""

from datetime import timedelta
from typing import Final

from app.governance.provisions import Settings
from app.kernel.instant import Instant

NOTICE: Final = timedelta(days=14)
"""So long before they stop counting on somebody, all members are told."""


def told_from(settings: Settings, seen: Instant) -> Instant:
    """From when all are told that somebody last seen then will not be counted on."""
    return seen + max(settings.dormant - NOTICE, timedelta(0))


def is_dormant(settings: Settings, seen: Instant, told: Instant | None, now: Instant) -> bool:
    """True for who was not seen for the charter's `dormant`, and of whom all were told in time.

    They may vote all the same, and are counted among those entitled once they are back.
    """
    return told is not None and now >= told + min(NOTICE, settings.dormant) and now >= seen + settings.dormant
