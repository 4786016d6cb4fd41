"""`gov:Receipt`, `gov:Admission` and `gov:Withdrawal` on the wire."""

from collections.abc import Iterable
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.council import Admission, Receipt, Withdrawal
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_receipt(head: Head, keys: Fields) -> Receipt:
    """The Receipt of `keys`; `gov:roll` for a Proposal only."""
    return Receipt(
        head,
        keys.ref("gov:act"),
        keys.number("gov:leaf"),
        keys.text_or_none("gov:checkpoint"),
        keys.ids("gov:roll") if keys.has("gov:roll") else None,
    )


def read_admission(head: Head, keys: Fields) -> Admission:
    """The Admission of `keys`."""
    seats = keys.number("gov:seats") if keys.has("gov:seats") else 1
    return Admission(head, keys.id("gov:assembly"), keys.ref("gov:outcome"), keys.text_or_none("gov:keylog"), seats)


def read_withdrawal(head: Head, keys: Fields) -> Withdrawal:
    """The Withdrawal of `keys`; `gov:assembly` is its author unless it says otherwise."""
    return Withdrawal(
        head,
        keys.id("gov:confederation"),
        keys.id_or_none("gov:assembly") or head.author,
        keys.ref_or_none("gov:decision"),
        keys.ref_or_none("gov:outcome"),
    )


def receipt(
    *,
    act: Ref,
    leaf: int,
    checkpoint: str | None = None,
    roll: Iterable[Id] | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Receipt`; `leaf` is the received act's index in the ledger of the forum."""
    keys: Document = {
        "gov:act": writing.ref(act),
        "gov:leaf": leaf,
        "gov:checkpoint": checkpoint,
        "gov:roll": None if roll is None else sorted(roll),
    }
    return writing.act("gov:Receipt", common, keys)


def admission(
    *,
    assembly: Id,
    outcome: Ref,
    keylog: str | None = None,
    seats: int = 1,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Admission`; `keylog` is the digest of the member's first KeyEvent (fine-print 28)."""
    keys: Document = {
        "gov:assembly": assembly,
        "gov:outcome": writing.ref(outcome),
        "gov:keylog": keylog,
        "gov:seats": seats,
    }
    return writing.act("gov:Admission", common, keys)


def withdrawal(
    *,
    confederation: Id,
    assembly: Id,
    decision: Ref | None = None,
    outcome: Ref | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Withdrawal` of `assembly`, its author, from `confederation`."""
    keys: Document = {
        "gov:confederation": confederation,
        "gov:assembly": assembly,
        "gov:decision": writing.ref_or_none(decision),
        "gov:outcome": writing.ref_or_none(outcome),
    }
    return writing.act("gov:Withdrawal", common, keys)
