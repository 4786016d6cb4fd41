"""What mounts what: the web application of one instance."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from app import workers
from app.http.activitypub import activities, actors, discovery, followers, inbox, ledger, posts, reactions
from app.http.activitypub import record as kept
from app.http.activitypub.answers import instance_of, wants_page
from app.http.activitypub.shelf import Hatch, Rendered, Shelf
from app.http.activitypub.visitors import Endpoint, for_signed
from app.http.pages import forms, page, routes
from app.http.pages.record import record
from app.http.pages.wording import Wording
from app.kernel.refusal import Refusal
from app.operations.record.sealing import UnfitError
from app.store.database import StoreUnavailableError
from app.wiring import Instance

_RETRY: Final = {"Retry-After": "5"}


class Web(Starlette):
    """The application; what is posted to an inbox, or lies ready for a server, goes past the layers that pages need."""

    inbox: inbox.Inbox
    hatch: Hatch | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "POST" and inbox.is_inbox(scope["path"]):
            await self.inbox(scope, receive, send)
        elif (ready := self._ready(scope)) is not None:
            await Hatch.hand_out(ready, scope, send)
        else:
            await super().__call__(scope, receive, send)

    def _ready(self, scope: Scope) -> Rendered | None:
        if self.hatch is None or scope["type"] != "http" or scope["method"] != "GET":
            return None
        return self.hatch.lies_here(scope)


def build(instance: Instance, *, with_worker: bool = True) -> Web:
    """The application of `instance`; with SQLite it runs the jobs too (interface.md, `serve`)."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        jobs = asyncio.create_task(workers.run(instance)) if with_worker else None
        yield
        if jobs is not None:
            jobs.cancel()
            with suppress(asyncio.CancelledError):
                await jobs
        await instance.close()

    app = Web(
        lifespan=lifespan,
        routes=[
            *actors.ROUTES,
            *activities.ROUTES,
            *posts.ROUTES,
            *reactions.ROUTES,
            *followers.ROUTES,
            *kept.ROUTES,
            *ledger.ROUTES,
            *discovery.ROUTES,
            Route("/assembly", _negotiated(for_signed(actors.actor), routes.assembly)),
            Route("/people/{person}", _negotiated(for_signed(actors.actor), routes.person)),
            Route("/tags/{tag}", _negotiated(for_signed(posts.tagged), routes.tagged)),
            Route("/acts/{name}", _negotiated(for_signed(kept.one_act), record.entry)),
            Route("/health/live", _alive),
            Route("/health/ready", _ready),
            *routes.routes(),
            Mount("/static", StaticFiles(packages=[("app.http.pages", "static")])),
        ],
    )
    app.state.instance = instance
    app.inbox = inbox.Inbox(instance)
    app.state.shelf = Shelf(instance.now)
    app.state.wording = Wording()
    if not instance.authorized_fetch:
        app.hatch = Hatch(app.state.shelf)
    app.add_exception_handler(StoreUnavailableError, _store_away)
    app.add_exception_handler(UnfitError, _unfit)
    app.add_exception_handler(HTTPException, _nowhere)
    app.add_exception_handler(Exception, _broken)
    return app


def _negotiated(for_servers: Endpoint, for_people: Endpoint) -> Endpoint:
    """One address, two readers: a browser gets the page, anybody else the document."""

    async def endpoint(request: Request) -> Response:
        return await (for_people if wants_page(request) else for_servers)(request)

    return endpoint


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _ready(request: Request) -> Response:
    """Whether there is a turn to write: a database that is locked, or away, is not ready (hostile E05)."""
    instance = instance_of(request)
    await instance.database.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
    return PlainTextResponse("ok\n")


async def _store_away(request: Request, _: Exception) -> Response:
    if wants_page(request):
        answer: Response = page.refused(request, Refusal("store.away", "the database takes nothing now"))
        answer.headers["Retry-After"] = _RETRY["Retry-After"]
        return answer
    return PlainTextResponse("The server cannot write just now. Please try again.\n", 503, _RETRY)


async def _unfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, UnfitError)  # noqa: S101 - it is registered for nothing else
    return page.refused(request, error.refusal)


async def _nowhere(request: Request, error: Exception) -> Response:
    """An address that leads nowhere, or that only takes a form: in words for people, its name for anybody else."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    if not wants_page(request) or error.status_code not in {404, 405}:
        return PlainTextResponse(error.detail + "\n", error.status_code, error.headers)
    await forms.recognise(request)
    if error.status_code == 404:
        return page.refused(request, Refusal("page.unknown", "no route"))
    upwards = request.url.path.rpartition("/")[0] or "/"
    return page.refused(request, Refusal("page.form", f"no {request.method} here"), back=upwards)


async def _broken(request: Request, _: Exception) -> Response:
    """A bug, told to people; the traceback goes to the log, as the server does with every bug."""
    if wants_page(request):
        return page.refused(request, Refusal("page.broken", "a bug"))
    return PlainTextResponse("Internal Server Error", 500)
