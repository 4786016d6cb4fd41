"""A server on every loopback address: one port takes everything, one accepts and never answers; prints both."""

import asyncio
import socket

from aiohttp import web

EVERYWHERE = "0.0.0.0"  # noqa: S104 - every address of the loopback range is one of its hosts
_BACKLOG = 4096


async def _take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=202)


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65_536):
        pass
    writer.close()


async def _serve() -> None:
    application = web.Application()
    application.router.add_post("/inbox", _take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, EVERYWHERE, 0, backlog=_BACKLOG).start()
    hanging = await asyncio.start_server(_never, EVERYWHERE, 0, backlog=_BACKLOG, family=socket.AF_INET)
    print(runner.addresses[0][1], hanging.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
    await asyncio.Event().wait()


asyncio.run(_serve())
