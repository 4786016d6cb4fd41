"""Items that wait together: many callers, one function, one hop to the writer for all of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
R = TypeVar("R")

Write = Callable[[Callable[[Connection], Sequence[R]]], Awaitable[Sequence[R]]]
"""`Database.write`, as a gathering uses it."""


class Gathering(Generic[T, R]):
    """What is put in while one group is being written becomes the next group, of at most `most` items.

    `function(connection, items)` answers for each item, in their order, and is one transaction for
    all of them: what it raises, each of them gets. An item that comes alone waits for nobody. All callers share one
    event loop.
    """

    def __init__(self, write: Write[R], function: Callable[[Connection, Sequence[T]], Sequence[R]], most: int) -> None:
        self._write = write
        self._function = function
        self._most = most
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._work: asyncio.Task[None] | None = None

    async def put(self, item: T) -> R:
        """What the function answers for `item`, once the group with it is on the disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((item, future))
        if self._work is None:
            self._work = loop.create_task(self._write_all())
        return await future

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write_group([self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))])
        finally:
            self._work = None

    async def _write_group(self, group: list[tuple[T, asyncio.Future[R]]]) -> None:
        items = [item for item, _ in group]
        try:
            answers = await self._write(lambda connection: self._function(connection, items))
        except Exception as error:  # noqa: BLE001 - it is theirs who put the items in
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():
                future.set_result(answer)
