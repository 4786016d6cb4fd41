"""Every page and form, in the order in which they are matched."""

from starlette.routing import BaseRoute, Route

from app.http.pages import forms, home
from app.http.pages.assembly import (
    amending,
    caretakers,
    chairs,
    charter,
    cosigning,
    door,
    duties,
    entrance,
    exclusions,
    gathering,
    myself,
    size,
)
from app.http.pages.confederation import belonging, board, councils, elsewhere, keeping, sessions
from app.http.pages.mandates import grants, mandates, recalls, reports, seats
from app.http.pages.matters import alternatives, amendments, pictures, procedure, proposals, tags, voices
from app.http.pages.meetings import admitting, meetings, minutes
from app.http.pages.record import proofs, record
from app.http.pages.votes import closings

assembly = forms.open_to_all(home.assembly)
"""What a browser sees at `/assembly`."""

person = forms.open_to_all(home.person)
"""What a browser sees at `/people/<name>`."""

tagged = forms.open_to_all(tags.tagged)
"""What a browser sees at `/tags/<hashtag>`."""


def routes() -> list[BaseRoute]:
    """The routes of all page modules; what only an assembly of people does is refused on a council's server."""
    of_people = (
        meetings,
        minutes,
        size,
        admitting,
        gathering,
        exclusions,
        alternatives,
        proposals,
        amendments,
        procedure,
        closings,
        voices,
        recalls,
        seats,
        grants,
    )
    of_all = (
        *(
            entrance,
            home,
            door,
            caretakers,
            myself,
            duties,
            cosigning,
            charter,
            amending,
            pictures,
            elsewhere,
            sessions,
            keeping,
        ),
        *(board, belonging, proofs, mandates, chairs, reports, record),
    )
    theirs = [
        Route(route.path, councils.of_people(route.endpoint), methods=route.methods)
        for module in of_people
        for route in module.ROUTES
    ]
    return [*theirs, *(route for module in of_all for route in module.ROUTES)]
