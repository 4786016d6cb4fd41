"""Whatever is uploaded, what is kept is a small picture that was written here, or nothing."""

import io
import struct
import zlib

import pytest
from PIL import Image

from app.kernel.refusal import Refusal
from app.media.pictures import MAX_BYTES, Picture, clean

_GPS = 0x8825
_ORIENTATION = 0x0112


def drawn(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "P" else 7).save(file, kind, **options)
    return file.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims a size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def cleaned(raw: bytes) -> Picture:
    found = clean(raw)
    assert isinstance(found, Picture), found
    return found


def refused(raw: bytes) -> str:
    found = clean(raw)
    assert isinstance(found, Refusal)
    return found.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_four_kinds_are_written_anew(kind: str) -> None:
    picture = cleaned(drawn(kind))
    assert (picture.width, picture.height) == (40, 20)
    assert picture.media_type in {"image/png", "image/jpeg"}
    with Image.open(io.BytesIO(picture.raw)) as again:
        assert again.size == (40, 20)


def test_where_and_when_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    exif[_GPS] = {1: "N", 2: (48.0, 51.0, 24.0)}
    taken = drawn("JPEG", exif=exif.tobytes(), comment=b"taken by Amina")
    assert b"Exif" in taken
    picture = cleaned(taken)
    assert b"Exif" not in picture.raw
    assert b"Amina" not in picture.raw
    assert (picture.width, picture.height) == (20, 40)


def test_text_and_colour_profiles_of_a_png_do_not_come_along() -> None:
    from_camera = drawn("PNG", mode="RGBA", icc_profile=b"where it was edited")
    assert b"iCCP" in from_camera
    assert b"iCCP" not in cleaned(from_camera).raw


def test_what_is_hidden_behind_a_picture_is_gone() -> None:
    assert b"<script>" not in cleaned(drawn("JPEG") + b"<script>alert(1)</script>").raw


def test_a_large_picture_is_made_smaller() -> None:
    assert max(cleaned(drawn("PNG", (3_000, 1_000))).width, 0) == 1_600


@pytest.mark.withstands("D13")
def test_a_flood_of_pixels_is_refused_by_the_header() -> None:
    assert refused(png_that_says(50_000, 50_000)) == "media.size"
    assert refused(png_that_says(4_001, 4_000)) == "media.size"
    assert refused(b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_BYTES) == "media.size"


@pytest.mark.withstands("D13")
@pytest.mark.parametrize("kind", ["TIFF", "BMP", "ICO", "PPM", "PDF"])
def test_exotic_kinds_are_not_decoded(kind: str) -> None:
    assert refused(drawn(kind)) == "media.type"


@pytest.mark.withstands("G10")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Note"}',
        png_that_says(40, 20)[:50],
        drawn("JPEG")[:200],
    ],
    ids=["nothing", "a stub", "svg", "html", "a note", "half a png", "half a jpeg"],
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    assert refused(raw) == "media.type"
