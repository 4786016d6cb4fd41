"""What a hunt begins with: one example of each kind, from which the hunter makes others."""

import io
import json
from collections.abc import Mapping
from typing import Final

from PIL import Image

from app.federation import http_signatures, keys
from app.federation.signatures import Scheme
from tests.federation import shapes
from tests.federation.test_markup import HOSTILE
from tests.fuzz.targets import NOW, ORIGIN

_ORIENTATION: Final = 0x0112
_DESCRIPTION: Final = 0x010E
_BODY: Final = b'{"id":"https://social.example/1","type":"Follow"}'
_ADDRESSES: Final = (
    "https://social.example/users/ann#main-key", "http://127.0.0.1:8000/assembly", "https://[2001:db8::1]:8443/x?y=z",
    "https://xn--mnchen-3ya.example/", "https://a\\@b.example/", "http://localhost/", "https://2130706433/",
)  # fmt: skip


def seeds() -> Mapping[str, tuple[bytes, ...]]:
    """The first inputs of each target."""
    creates = [
        {"id": f"{shapes.ANN}#a/{number}", "type": "Create", "actor": shapes.ANN, "object": shape}
        for number, shape in enumerate(shapes.ALL)
    ]
    return {
        "address": tuple(address.encode() for address in _ADDRESSES),
        "document": tuple(json.dumps(shape).encode() for shape in (*shapes.ALL, *creates)),
        "picture": tuple(_drawn(kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")),
        "signature": tuple(_signed(scheme) for scheme in Scheme),
        "text": tuple(text.encode() for text in (*HOSTILE, str(shapes.MICROBLOG["content"]))),
    }


def _drawn(kind: str) -> bytes:
    file, said = io.BytesIO(), Image.Exif()
    said[_ORIENTATION], said[_DESCRIPTION] = 6, "x"
    Image.effect_noise((24, 17), 80).save(file, kind, **({"exif": said} if kind != "GIF" else {}))
    return file.getvalue()


def _signed(scheme: Scheme) -> bytes:
    signer = keys.rsa_signer(f"{shapes.ANN}#main-key", keys.generate_rsa())
    headers = http_signatures.sign("POST", f"{ORIGIN}/inbox", NOW, _BODY, signer, scheme)
    lines = "\n".join(f"{name}: {value}" for name, value in {"host": "hill.example", **headers}.items())
    return f"POST /inbox\n{lines}\n\n".encode() + _BODY
