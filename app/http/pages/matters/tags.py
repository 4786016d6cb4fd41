"""What of ours has a hashtag: the entries of the record in whose public words it stands."""

from gettext import gettext as _
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.http.pages import page
from app.http.pages.confederation import stances
from app.http.pages.record.record import Named
from app.kernel.refusal import Refusal
from app.operations.record import telling
from app.operations.record.sealing import load
from app.store import acts, notices
from app.store.database import Connection
from app.translation import hashtags
from app.wiring import Instance

_MOST: Final = 200


async def tagged(request: Request) -> Response:
    """The latest entries with a hashtag, newest first; `page.unknown` for one that nothing of ours has."""
    instance: Instance = request.app.state.instance
    key = hashtags.key(request.path_params["tag"])

    def look(connection: Connection) -> tuple[tuple[Named, int], ...]:
        found = (acts.by_seq(connection, act) for _, act in notices.tagged(connection, key, _MOST))
        return tuple(
            (Named(telling.sentence(connection, instance, load(act), _), stances.address_of(act)), act.published_at)
            for act in found
            if act is not None
        )

    entries = await instance.database.read(look) if hashtags.is_key(key) else ()
    if not entries:
        return page.refused(request, Refusal("page.unknown", "nothing has this hashtag"))
    return page.render(request, "record/tag.html", tag=key, entries=entries)
