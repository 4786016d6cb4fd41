"""People of several assemblies at the pages of their own, each as a browser would."""

from starlette.testclient import TestClient

from app import main
from tests.operations.neighbours import PASSWORD, Place
from tests.pages.commune import token, words


def browser(place: Place) -> TestClient:
    client = TestClient(main.build(place.instance, with_worker=False), base_url=place.instance.url)
    client.headers["Accept"] = "text/html"
    return client


def signed_in(place: Place, name: str) -> TestClient:
    client = browser(place)
    fields = {"csrf": token(client.get("/sign-in").text), "name": name, "password": PASSWORD, "next": "/"}
    assert client.post("/sign-in", data=fields, headers={"Origin": place.instance.url}).status_code == 200
    return client


def read(client: TestClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return words(answer.text)


def send(client: TestClient, place: Place, path: str, page: str, status: int = 200, **fields: str | list[str]) -> str:
    """Send a form with the token of `page`; the words of what answers."""
    data = {"csrf": token(client.get(page).text), **fields}
    answer = client.post(path, data=data, headers={"Origin": place.instance.url})
    assert answer.status_code == status, answer.text
    return words(answer.text)
