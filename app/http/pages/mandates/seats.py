"""The form by which a door-keeper enters what they were told; what it says is used and not kept."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.http.pages import forms
from app.http.pages.forms import Fields
from app.http.pages.matters.proposals import on_item
from app.operations.mandates import seating
from app.store.accounts import Session
from app.store.database import Connection
from app.wiring import Instance


async def enter(request: Request, session: Session, fields: Fields) -> Response:
    """Keep whether the delegation as a whole meets our rules, as one door-keeper was told."""

    def told(connection: Connection, instance: Instance, item: str) -> object:
        people = fields.all("person")
        declared = {person: fields.all(f"groups-{number}") for number, person in enumerate(people, 1)}
        named_by = {person: fields.get(f"body-{number}") for number, person in enumerate(people, 1)}
        return seating.enter(connection, instance, session.account, item, declared, named_by)

    return await on_item(request, told)


ROUTES = (Route("/proposals/{item}/seats", forms.from_members(enter), methods=["POST"]),)
