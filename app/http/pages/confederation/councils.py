"""The server of a council: it offers nothing that only an assembly of people does."""

from starlette.requests import Request
from starlette.responses import Response

from app.http.pages import forms, page
from app.http.pages.forms import Handler
from app.kernel.refusal import Refusal
from app.operations.confederation import hosting
from app.wiring import Instance


def of_people(handler: Handler) -> Handler:
    """What an assembly of people does, page or form; a council has no opinions of its own (governance.md §1)."""

    async def answer(request: Request) -> Response:
        if await _is_council(request):
            await forms.recognise(request)
            return page.refused(
                request, Refusal("body.council", "its member assemblies do this"), back="/confederation"
            )
        return await handler(request)

    return answer


async def _is_council(request: Request) -> bool:
    """True on the server of a council; which kind it is was said when it was made, and is asked once."""
    known: bool | None = getattr(request.app.state, "is_council", None)
    if known is None:
        instance: Instance = request.app.state.instance
        known = request.app.state.is_council = await instance.database.read(hosting.is_council)
    return known
