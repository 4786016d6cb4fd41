"""Pictures: added to a proposal by who wrote it, and shown to everybody as nothing but pictures."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.http.pages import forms, page
from app.http.pages.forms import Upload
from app.http.pages.matters import items
from app.kernel.refusal import Refusal
from app.operations.exchange import illustrating
from app.store.accounts import Session
from app.wiring import Instance

_UNKNOWN: Final = Refusal("media.unknown", "no such picture")
# Whoever follows a link to it gets a file to keep, never a page or a document of this origin (hostile B03).
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg"}


async def show(request: Request) -> Response:
    """The bytes of a picture, the same whatever the request says that it accepts."""
    instance: Instance = request.app.state.instance
    name: str = request.path_params["name"]
    found = await illustrating.picture(instance, name) if items.ULID.fullmatch(name) else None
    if found is None:
        return Response(status_code=404, headers=_HEADERS)
    kept, raw = found
    attached = {"Content-Disposition": f'attachment; filename="{kept.id}.{_ENDINGS[kept.media_type]}"'}
    return Response(raw, headers=_HEADERS | attached, media_type=kept.media_type)


async def add(request: Request, session: Session, upload: Upload) -> Response:
    """Add a picture to the text of one's own proposal."""
    instance, item = request.app.state.instance, request.path_params["item"]
    if items.ULID.fullmatch(item) is None:
        return page.refused(request, Refusal("item.unknown", "no such item"), back="/proposals")
    description = upload.fields.get("description")
    done = await illustrating.add_picture(instance, session.account, item, upload.raw, description)
    if isinstance(done, Refusal):
        return page.refused(request, done, back=f"/proposals/{item}")
    return RedirectResponse(f"/proposals/{item}", status_code=303, headers=page.HEADERS)


ROUTES = (
    Route("/media/{name}", show, methods=["GET"]),
    Route("/proposals/{item}/picture", forms.upload_from_members(add), methods=["POST"]),
)
