"""The builders of all acts under one name each: `build.ratification(id=…, author=…, published=…, …)`.

Each returns the unsigned document; what is None is left out.
"""

from app.translation.acts.charters import charter
from app.translation.acts.decisions import decision, ratification
from app.translation.acts.draws import draw
from app.translation.acts.keys import attestation, key_event
from app.translation.acts.mandates import delegate_vote, mandate, recall
from app.translation.acts.memberships import admission, receipt, withdrawal
from app.translation.acts.outcomes import outcome
from app.translation.acts.proposals import proposal
from app.translation.acts.redactions import redaction
from app.translation.acts.sessions import draft, registration, report, session

__all__ = [
    "admission",
    "attestation",
    "charter",
    "decision",
    "delegate_vote",
    "draft",
    "draw",
    "key_event",
    "mandate",
    "outcome",
    "proposal",
    "ratification",
    "recall",
    "receipt",
    "redaction",
    "registration",
    "report",
    "session",
    "withdrawal",
]
