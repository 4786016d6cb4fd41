"""Making a picture harmless: looked at before it is decoded, decoded with bounds, written anew.

What comes out was written by us from the pixels alone, so nothing that rode along (EXIF with places and names, a
second file behind the first, markup) is in it. No tool outside this process is called (hostile D13, G10, H06).
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from app.kernel.refusal import Refusal

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 16_000_000
_LONGEST_SIDE: Final = 1_600
_READ: Final = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY: Final = 82


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as written by us: its bytes, media type, size in pixels and SHA-256 in hex."""

    raw: bytes
    media_type: str
    width: int
    height: int
    sha256: str


def clean(raw: bytes) -> Picture | Refusal:
    """The picture in `raw`, at most 1,600 pixels on a side, without anything but its pixels.

    Of a moving picture the first frame is taken. Refuses by `media.size` (over 8 MiB or 16 million pixels) and
    `media.type` (anything but PNG, JPEG, WebP and GIF, or broken).
    """
    if len(raw) > MAX_BYTES:
        return Refusal("media.size", f"{len(raw)} bytes; a picture has at most {MAX_BYTES}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=_READ) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    return Refusal("media.size", f"{opened.width} × {opened.height} pixels; at most {MAX_PIXELS}")
                opened.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
                return _written(_upright(opened))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Refusal("media.size", f"more than {MAX_PIXELS} pixels")
    except Exception as error:  # noqa: BLE001 - over hostile bytes a decoder raises whatever it meets (hostile D13)
        return Refusal("media.type", f"not a picture that can be read: {str(error)[:80]}")


def _upright(opened: Image.Image) -> Image.Image:
    """The pixels as a viewer sees them: turned as EXIF says, without keeping EXIF."""
    turned = ImageOps.exif_transpose(opened)
    has_alpha = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
    pixels = turned.convert("RGBA" if has_alpha else "RGB")
    pixels.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    return pixels


def _written(pixels: Image.Image) -> Picture:
    bare = Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())  # no `info` comes along
    kind = "PNG" if bare.mode == "RGBA" else "JPEG"
    file = io.BytesIO()
    bare.save(file, kind, **({"optimize": True} if kind == "PNG" else {"quality": _QUALITY}))
    raw = file.getvalue()
    return Picture(raw, f"image/{kind.lower()}", bare.width, bare.height, hashlib.sha256(raw).hexdigest())
