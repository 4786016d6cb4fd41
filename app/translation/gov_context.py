"""The one JSON-LD context that acts have."""

from typing import Final

GOV: Final = {"gov": "https://w3id.org/roundabout/gov#"}
CONTEXT: Final[tuple[object, ...]] = (
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    GOV,
)
"""Exactly these three, in this order; the third inline and never fetched (protocol.md §2)."""
