"""A memory with bounds: values are kept for a time, and what was not asked for longest makes room."""

from collections.abc import Callable
from typing import Generic, TypeVar

from app.kernel.instant import Instant

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `room` values by their keys. Not for several threads at once. ValueError if `room` < 1."""

    def __init__(self, room: int) -> None:
        if room < 1:
            raise ValueError(f"there must be room for one, got {room}")
        self._room = room
        self._kept: dict[K, tuple[V, Instant]] = {}  # a dict keeps its order: the longest untouched first

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K, now: Instant) -> V | None:
        """What is kept under `key`, which counts as asked for now; None if nothing is, or its time is over."""
        entry = self._kept.pop(key, None)
        if entry is None or entry[1] <= now:
            return None
        self._kept[key] = entry
        return entry[0]

    def put(self, key: K, value: V, until: Instant) -> None:
        """Keep `value` under `key` until then, instead of what was there."""
        self._kept.pop(key, None)
        while len(self._kept) >= self._room:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (value, until)

    def drop(self, which: Callable[[V], bool]) -> None:
        """Forget every value of which `which` is true."""
        self._kept = {key: entry for key, entry in self._kept.items() if not which(entry[0])}
