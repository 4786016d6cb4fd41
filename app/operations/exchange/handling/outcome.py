"""What handling an activity comes to: an effect, a wait for its premise, or a refusal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.federation.objects import Activity
from app.kernel.refusal import Refusal
from app.store.database import Connection
from app.wiring import Instance

Effect: TypeAlias = Callable[[Connection], None]
"""What is written; it runs in the transaction that ends the handling, perhaps more than once."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing can be said yet: `premise` is not here. The activity waits for it, at most 30 days (hostile E09)."""

    premise: str
    because: str


Outcome: TypeAlias = Effect | Waiting | Refusal
"""A refusal of the family `net` means: try again. Any other: nothing follows from this, and that is all right."""

Handler: TypeAlias = Callable[[Instance, Activity], Awaitable[Outcome]]
"""Fetches what it needs and says what the activity comes to. The activity's actor is who signed it."""


def ignored(because: str) -> Refusal:
    """The polite answer to what has no place here (hostile B29)."""
    return Refusal("activity.ignored", because)
