"""`gov:Draw` on the wire, as far as a count looks into it."""

from typing import Unpack

from app.governance.act import Head
from app.governance.draw import Draw
from app.kernel.canonical import Document
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_draw(head: Head, keys: Fields) -> Draw:
    """The Draw of `keys`."""
    return Draw(head, keys.text("gov:seed"))


def draw(*, seed: str, **common: Unpack[writing.Common]) -> Document:
    """An unsigned `gov:Draw`."""
    return writing.act("gov:Draw", common, {"gov:seed": seed})
