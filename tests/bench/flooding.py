"""One domain that sends the same request again and again, as fast as it can, until it is ended."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

_AT_ONCE = 32


async def _flood(said: dict[str, Any]) -> None:
    async with aiohttp.ClientSession() as session:

        async def send() -> None:
            while True:
                async with session.post(said["url"], data=said["body"], headers=said["headers"]) as answer:
                    await answer.read()

        await asyncio.gather(*(send() for _ in range(_AT_ONCE)))


asyncio.run(_flood(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
