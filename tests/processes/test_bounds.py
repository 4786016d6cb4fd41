"""What members may send has bounds at a real server too, and what they sent is never taken for a document."""

import io
import re
from urllib.request import Request, urlopen

import pytest
from PIL import Image

from tests.media.test_pictures import png_that_says
from tests.processes.browsing import Browser, refusal_of, signed_in
from tests.processes.servers import Server

TEXT = {"title": "Repair the quay", "text": "We repair it in spring.", "category": "policy"}


@pytest.fixture(scope="module")
def ana(commune: Server) -> Browser:
    return signed_in(commune, "Ana")


def proposed(by: Browser) -> tuple[str, str]:
    """The path of a proposal of hers, and its page."""
    page = by.send("/proposals/new", by.get("/proposals/new"), **TEXT)
    [path] = re.findall(r'action="(/proposals/[0-9A-Z]{26})/picture"', page)
    return path, page


@pytest.mark.withstands("D15")
@pytest.mark.parametrize(
    "more",
    [
        {"options": "\n".join(f"option {number}" for number in range(1000)), "method": "approval"},
        {"text": "x" * 20_001},
        {"title": "x" * 201},
    ],
)
def test_a_thousand_options_or_a_giant_text_are_refused(ana: Browser, more: dict[str, str]) -> None:
    before = ana.get("/proposals")
    status, why = refusal_of(ana.send, "/proposals/new", ana.get("/proposals/new"), **TEXT | more)
    assert status == 422, why
    assert ana.get("/proposals").count("<li") == before.count("<li")


@pytest.mark.withstands("D13")
def test_a_picture_that_would_be_a_flood_is_refused_before_it_is_decoded(ana: Browser) -> None:
    path, page = proposed(ana)
    file = io.BytesIO()
    Image.new("RGB", (40, 20)).save(file, "TIFF")
    for raw in (png_that_says(50_000, 50_000), file.getvalue(), b"<svg/>"):
        assert refusal_of(ana.upload, f"{path}/picture", page, "The quay", raw)[0] == 422
    assert "/media/" not in ana.get(path)


@pytest.mark.withstands("B03")
def test_what_somebody_uploads_is_no_document_of_ours_whatever_is_asked_for(ana: Browser) -> None:
    path, page = proposed(ana)
    file = io.BytesIO()
    Image.new("RGB", (40, 20)).save(file, "PNG")
    forged = b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "id": "https://x.example/1"}'
    shown = ana.upload(f"{path}/picture", page, "The quay", file.getvalue() + forged)
    [address] = re.findall(r'src="(http[^"]+/media/[^"]+)"', shown)
    for accept in ("application/activity+json", "text/html", "*/*"):
        with urlopen(Request(address, headers={"Accept": accept}), timeout=20) as answer:  # noqa: S310 - a server of the test
            assert answer.headers["Content-Type"] == "image/jpeg"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert b"x.example" not in answer.read()
