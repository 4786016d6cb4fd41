"""Every page and form, in the order in which they are matched."""

from starlette.routing import BaseRoute

from app.http.pages import (
    admitting,
    alternatives,
    amendments,
    belonging,
    board,
    caretakers,
    chairs,
    charter,
    closings,
    cosigning,
    door,
    duties,
    elsewhere,
    entrance,
    exclusions,
    forms,
    gathering,
    grants,
    home,
    mandates,
    meetings,
    myself,
    pictures,
    procedure,
    proofs,
    proposals,
    recalls,
    record,
    reports,
    seats,
    sessions,
    tags,
    voices,
)

assembly = forms.open_to_all(home.assembly)
"""What a browser sees at `/assembly`."""

person = forms.open_to_all(home.person)
"""What a browser sees at `/people/<name>`."""

tagged = forms.open_to_all(tags.tagged)
"""What a browser sees at `/tags/<hashtag>`."""


def routes() -> list[BaseRoute]:
    """The routes of all page modules."""
    living = (entrance, home, meetings, admitting, door, gathering, caretakers, myself, exclusions, duties, cosigning)
    deciding = (
        charter,
        alternatives,
        proposals,
        amendments,
        procedure,
        closings,
        voices,
        pictures,
        recalls,
        seats,
        elsewhere,
        sessions,
    )
    modules = (*living, *deciding, board, belonging, proofs, grants, mandates, chairs, reports, record)
    return [route for module in modules for route in module.ROUTES]
