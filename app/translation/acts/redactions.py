"""`gov:Redaction` on the wire, and what stays of the act that it is about."""

from typing import Final, Unpack

from app.governance.act import Head, Ref
from app.governance.redaction import Redaction
from app.kernel.canonical import Document
from app.translation.acts import writing
from app.translation.acts.reading import Fields

_GONE: Final = frozenset({"content", "source", "contentMap", "attachment", "gov:reservations", "proof"})
BLANK: Final = "…"
"""What stands where words were."""


def read_redaction(head: Head, keys: Fields) -> Redaction:
    """The Redaction of `keys`."""
    return Redaction(head, keys.ref("gov:act"))


def redaction(*, act: Ref, **common: Unpack[writing.Common]) -> Document:
    """An unsigned `gov:Redaction` of `act`; the reason is the content."""
    return writing.act("gov:Redaction", common, {"gov:act": writing.ref(act)})


def without_words(document: Document) -> Document:
    """An act without what somebody wrote in it: figures, references and times stay, so that it is counted as before."""
    kept: Document = {key: value for key, value in document.items() if key not in _GONE}
    if "name" in kept:
        kept["name"] = BLANK
    if isinstance(kept.get("gov:clauses"), list):
        kept["gov:clauses"] = [{**clause, "content": BLANK} for clause in kept["gov:clauses"]]
    return kept
