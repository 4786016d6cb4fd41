"""Budgets: how much each of many may use in a while, in bounded memory (hostile D08, D10, D17, D19)."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from typing import Final

from app.kernel.instant import Instant

_MOST: Final = 10_000
_ZERO: Final = timedelta(0)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


class Budget:
    """A bucket for each name, which holds `amount` and is full again after `period`.

    Kept as one instant each: when that bucket will be full (the generic cell rate algorithm). Who has not
    been seen for a period is forgotten at no loss; of more than `most` names, the one seen longest ago is.
    """

    def __init__(self, amount: int, period: timedelta, most: int = _MOST) -> None:
        self._amount = amount
        self._each = period / amount
        self._period = period
        self._most = most
        self._full_at: OrderedDict[str, Instant] = OrderedDict()

    def share(self, of: int) -> "Budget":
        """A fresh budget with one `of`th of this amount, and at least one."""
        return Budget(max(1, self._amount // of), self._period, self._most)

    def wait(self, name: str, now: Instant) -> timedelta:
        """How long until `name` may use one; zero if it may now. Uses nothing."""
        over = self._full_at.get(name, _EPOCH) + self._each - now - self._period
        return max(over, _ZERO)

    def take(self, name: str, now: Instant, cost: int = 1) -> bool:
        """Use `cost` of `name`'s; False, and nothing is used, if there is not one left.

        What it costs beyond what is left is owed, and paid back before `name` may use anything again.
        """
        if self.wait(name, now):
            return False
        self._full_at[name] = max(self._full_at.get(name, _EPOCH), now) + self._each * cost
        self._full_at.move_to_end(name)
        self._forget(now)
        return True

    def __len__(self) -> int:
        """How many names are remembered."""
        return len(self._full_at)

    def _forget(self, now: Instant) -> None:
        """Drop, of those seen longest ago, whoever is full again, and whoever is one too many."""
        while len(self._full_at) > self._most or (self._full_at and next(iter(self._full_at.values())) <= now):
            self._full_at.popitem(last=False)
