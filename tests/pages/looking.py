"""A page of any instance on a phone of 360 px: Chromium asks, and the instance's own application answers."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route
from starlette.testclient import TestClient

from tests.operations.neighbours import Place


def on_a_phone(chromium: Browser, place: Place, client: TestClient, path: str) -> Page:
    """The page at `path` as whoever `client` is signed in as sees it; it fits, and axe finds nothing."""

    def answer(route: Route) -> None:
        found = client.get(route.request.url.removeprefix(place.instance.url))
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.content)

    context = chromium.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    context.route(f"{place.instance.url}/**", answer)
    tab = context.new_page()
    tab.goto(f"{place.instance.url}{path}")
    for detail in tab.locator("details").all():
        detail.evaluate("element => { element.open = true }")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(tab)
    assert not found.violations_count, found.generate_report()
    return tab
