"""From an act's JSON to its meaning: the table of all act types (protocol.md §2)."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from app.governance.act import Head, Ref
from app.governance.assembly import Attestation, KeyEvent
from app.governance.charter import Charter
from app.governance.council import Admission, Receipt, Withdrawal
from app.governance.draw import Draw
from app.governance.mandate import DelegateVote, Mandate, Recall
from app.governance.outcome import Outcome
from app.governance.proposal import Proposal
from app.governance.ratification import Decision, Ratification
from app.governance.redaction import Redaction
from app.governance.session import Draft, Registration, Report, Session
from app.kernel.canonical import Document, digest
from app.kernel.ids import same_origin
from app.kernel.refusal import Refusal
from app.translation.acts.charters import read_charter
from app.translation.acts.decisions import read_decision, read_ratification
from app.translation.acts.draws import read_draw
from app.translation.acts.keys import read_attestation, read_key_event
from app.translation.acts.mandates import read_mandate, read_recall, read_vote
from app.translation.acts.memberships import read_admission, read_receipt, read_withdrawal
from app.translation.acts.outcomes import read_outcome
from app.translation.acts.proposals import read_proposal
from app.translation.acts.reading import Fields, FormError
from app.translation.acts.redactions import read_redaction
from app.translation.acts.sessions import read_draft, read_registration, read_report, read_session
from app.translation.gov_context import CONTEXT

Act: TypeAlias = (
    Admission
    | Attestation
    | Charter
    | Decision
    | DelegateVote
    | Draft
    | Draw
    | KeyEvent
    | Mandate
    | Outcome
    | Proposal
    | Ratification
    | Recall
    | Receipt
    | Redaction
    | Registration
    | Report
    | Session
    | Withdrawal
)
"""Every act that this version understands."""

TYPES: Final[Mapping[str, Callable[[Head, Fields], Act]]] = {
    "gov:Admission": read_admission,
    "gov:Attestation": read_attestation,
    "gov:Charter": read_charter,
    "gov:Decision": read_decision,
    "gov:DelegateVote": read_vote,
    "gov:Draft": read_draft,
    "gov:Draw": read_draw,
    "gov:KeyEvent": read_key_event,
    "gov:Mandate": read_mandate,
    "gov:Outcome": read_outcome,
    "gov:Proposal": read_proposal,
    "gov:Ratification": read_ratification,
    "gov:Recall": read_recall,
    "gov:Receipt": read_receipt,
    "gov:Redaction": read_redaction,
    "gov:Registration": read_registration,
    "gov:Report": read_report,
    "gov:Session": read_session,
    "gov:Withdrawal": read_withdrawal,
}
"""The act types and who reads them."""


def is_act(document: Mapping[str, object]) -> bool:
    """True if `document` says that it is an act, of a type that is known or not."""
    said = document.get("type")
    return isinstance(said, str) and said.startswith("gov:")


def parse(
    document: Document, *, leaf: int | None = None, loopback: bool = False, erased: str | None = None
) -> Act | Refusal:
    """The act that `document` is, by its literal keys; its proof is not looked at here.

    `leaf` is its index in its home ledger where known, `erased` the digest that it had before its
    words were taken out. Refuses by `act.type` (no single known
    type, hostile B29), `ctx.unknown` (any other `@context`, B13, B14), `act.owner` (author and id
    of two origins), `act.form` naming the key, and the codes of ids, instants, rules and counts.
    """
    act_type = document.get("type")
    reader = TYPES.get(act_type) if isinstance(act_type, str) else None
    if reader is None or not isinstance(act_type, str):
        return Refusal("act.type", f"no act has the type {act_type!r}")
    if document.get("@context") != list(CONTEXT):
        return Refusal("ctx.unknown", "an act has exactly the three values of protocol.md §2 as @context")
    keys = Fields(document, loopback=loopback)
    try:
        return reader(_head(document, keys, act_type, leaf, erased), keys)
    except FormError as bad:
        return bad.refusal


def _head(document: Document, keys: Fields, act_type: str, leaf: int | None, erased: str | None) -> Head:
    address, author = keys.id("id"), keys.id("attributedTo")
    if not same_origin(address, author):
        raise FormError(Refusal("act.owner", f"{address} is not at home with {author}"))
    return Head(
        Ref(address, erased or digest(document)),
        act_type,
        author,
        keys.instant("published"),
        keys.ref_or_none("gov:supersedes"),
        leaf,
        keys.text_or_none("content"),
        keys.fields("source").text("content") if keys.has("source") else None,
        keys.text_map("contentMap"),
        keys.text_or_none("gov:meeting"),
    )


__all__ = ["CONTEXT", "TYPES", "Act", "is_act", "parse"]
