"""A server that takes everything on every loopback address; prints its port."""

import asyncio

from aiohttp import web


async def _take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=202)


async def _serve() -> None:
    application = web.Application()
    application.router.add_post("/inbox", _take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "0.0.0.0", 0)  # noqa: S104 - every address of the loopback range is one of its hosts
    await site.start()
    print(runner.addresses[0][1], flush=True)  # noqa: T201 - the parent reads it
    await asyncio.Event().wait()


asyncio.run(_serve())
