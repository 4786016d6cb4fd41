"""`gov:Decision` and `gov:Ratification` on the wire."""

from collections.abc import Iterable
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.ratification import Decision, Ratification, RollSize, Stance
from app.governance.rules import Counts, Rule, Status, counts_document, rule_document
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_decision(head: Head, keys: Fields) -> Decision:
    """The Decision of `keys`."""
    return Decision(
        head,
        keys.word("gov:status", Status),
        keys.counts("gov:counts"),
        keys.rule("gov:rule"),
        keys.ref_or_none("gov:proposal"),
        keys.ref_or_none("gov:charter"),
        keys.texts("gov:modes"),
        keys.texts("gov:because"),
        _roll(keys),
        keys.ref_or_none("gov:unresolved"),
        keys.flag("gov:small"),
        _ballot(keys),
        keys.ref_or_none("gov:extends"),
        keys.instant_or_none("gov:closes"),
    )


def read_ratification(head: Head, keys: Fields) -> Ratification:
    """The Ratification of `keys`; only the four stance words (fine-print 16)."""
    return Ratification(
        head,
        keys.ref("gov:proposal"),
        keys.word("gov:stance", Stance),
        keys.id_or_none("gov:confederation"),
        keys.counts_or_none("gov:counts"),
        keys.rule_or_none("gov:rule"),
        keys.ref_or_none("gov:charter"),
        keys.ref_or_none("gov:decision"),
        keys.ref_or_none("gov:unresolved"),
        keys.ref_or_none("gov:outcome"),
        keys.word("gov:status", Status) if keys.has("gov:status") else None,
        keys.text_or_none("gov:reservations"),
        keys.texts("gov:modes"),
        keys.texts("gov:because"),
        _roll(keys),
        keys.flag("gov:small"),
        _ballot(keys),
    )


def _ballot(keys: Fields) -> object:
    """What is said of options; beside `gov:small` it is not read, since it would say what so few chose."""
    return None if keys.flag("gov:small") else keys.raw_or_none("gov:ballot")


def _roll(keys: Fields) -> RollSize | None:
    if not keys.has("gov:roll"):
        return None
    roll = keys.fields("gov:roll")
    return RollSize(roll.number("size"), roll.text("commitment"))


def _write_roll(roll: RollSize | None) -> Document | None:
    return None if roll is None else {"size": roll.size, "commitment": roll.commitment}


def decision(
    *,
    status: Status,
    counts: Counts,
    rule: Rule,
    proposal: Ref | None = None,
    charter: Ref | None = None,
    modes: Iterable[str] = (),
    because: Iterable[str] = (),
    roll: RollSize | None = None,
    unresolved: Ref | None = None,
    small: bool = False,
    ballot: object = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Decision`; with `small` only its status, who was entitled and took part (fine-print 37)."""
    keys: Document = {
        "gov:status": status.value,
        "gov:counts": _figures(counts, small=small),
        "gov:rule": rule_document(rule),
        "gov:proposal": writing.ref_or_none(proposal),
        "gov:charter": writing.ref_or_none(charter),
        "gov:modes": writing.listed(modes),
        "gov:because": writing.listed(because) if not small else None,
        "gov:roll": _write_roll(roll),
        "gov:unresolved": writing.ref_or_none(unresolved),
        "gov:small": small or None,
        "gov:ballot": ballot if not small else None,
    }
    return writing.act("gov:Decision", common, keys)


def ratification(
    *,
    proposal: Ref,
    stance: Stance,
    confederation: Id | None = None,
    counts: Counts | None = None,
    rule: Rule | None = None,
    charter: Ref | None = None,
    decision: Ref | None = None,
    unresolved: Ref | None = None,
    outcome: Ref | None = None,
    status: Status | None = None,
    reservations: str | None = None,
    modes: Iterable[str] = (),
    because: Iterable[str] = (),
    roll: RollSize | None = None,
    small: bool = False,
    ballot: object = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Ratification`; with `small` as for a Decision, and `status` is needed (fine-print 37)."""
    keys: Document = {
        "gov:confederation": confederation,
        "gov:proposal": writing.ref(proposal),
        "gov:stance": stance.value,
        "gov:counts": _figures(counts, small=small) if counts is not None else None,
        "gov:rule": rule_document(rule) if rule is not None else None,
        "gov:charter": writing.ref_or_none(charter),
        "gov:decision": writing.ref_or_none(decision),
        "gov:unresolved": writing.ref_or_none(unresolved),
        "gov:outcome": writing.ref_or_none(outcome),
        "gov:status": status.value if status is not None else None,
        "gov:reservations": reservations,
        "gov:modes": writing.listed(modes),
        "gov:because": writing.listed(because) if not small else None,
        "gov:roll": _write_roll(roll),
        "gov:small": small or None,
        "gov:ballot": ballot if not small else None,
    }
    return writing.act("gov:Ratification", common, keys)


def _figures(counts: Counts, *, small: bool) -> Document:
    if small:
        return {"entitled": counts.entitled, "present": counts.present}
    return counts_document(counts)
