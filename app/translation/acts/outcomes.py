"""`gov:Outcome` on the wire."""

from collections.abc import Iterable
from typing import Unpack

from app.governance.act import Head, Ref
from app.governance.outcome import Outcome, Tendency
from app.governance.ratification import Stance
from app.governance.rules import Counts, Order, Rule, Status, counts_document, rule_document
from app.governance.tally import By, Position, Row
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.translation.acts import writing
from app.translation.acts.reading import Fields


def read_outcome(head: Head, keys: Fields) -> Outcome:
    """The Outcome of `keys`: its shape only; whether it follows is for `judge` to say."""
    keys.raw("gov:stances")
    return Outcome(
        head,
        keys.ref("gov:proposal"),
        keys.rule("gov:rule"),
        keys.ids("gov:roll"),
        tuple(_row(item) for item in keys.fields_list("gov:stances")),
        keys.counts("gov:counts"),
        keys.word("gov:status", Status),
        keys.id_or_none("gov:confederation"),
        _tendency(keys),
        keys.ids("gov:binds") if keys.has("gov:binds") else None,
        keys.flag("gov:final"),
        keys.texts("gov:because"),
        keys.ref_or_none("gov:correctionOf"),
        keys.text_lists("gov:order"),
        keys.ref_or_none("gov:adopted"),
    )


def _row(keys: Fields) -> Row:
    stance = keys.word("stance", Position)
    acts: tuple[Ref, ...] = ()
    if keys.has("act"):
        acts = keys.refs("act") if stance is Position.CONTESTED else (keys.ref("act"),)
    return Row(
        keys.id("assembly"),
        stance,
        keys.word("by", By) if keys.has("by") else None,
        keys.word("choice", Stance) if keys.has("choice") else None,
        acts,
    )


def _tendency(keys: Fields) -> Tendency | None:
    if not keys.has("gov:tendency"):
        return None
    tendency = keys.fields("gov:tendency")
    return Tendency(tendency.word("status", Status), tendency.counts("counts"))


def outcome(
    *,
    proposal: Ref,
    rule: Rule,
    roll: Iterable[Id],
    rows: Iterable[Row],
    counts: Counts,
    status: Status,
    confederation: Id | None = None,
    tendency: Tendency | None = None,
    binds: Iterable[Id] | None = None,
    final: bool = False,
    because: Iterable[str] = (),
    correction_of: Ref | None = None,
    order: Order = (),
    adopted: Ref | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Outcome`; rows and ids are written in code-point order (fine-print 21)."""
    keys: Document = {
        "gov:confederation": confederation,
        "gov:proposal": writing.ref(proposal),
        "gov:rule": rule_document(rule),
        "gov:roll": sorted(roll),
        "gov:stances": [_write_row(row) for row in sorted(rows, key=lambda row: row.assembly)],
        "gov:counts": counts_document(counts),
        "gov:tendency": _write_tendency(tendency),
        "gov:status": status.value,
        "gov:binds": None if binds is None else sorted(binds),
        "gov:final": final,
        "gov:because": writing.listed(because),
        "gov:correctionOf": writing.ref_or_none(correction_of),
        "gov:order": writing.listed([list(group) for group in order]),
        "gov:adopted": writing.ref_or_none(adopted),
    }
    return writing.act("gov:Outcome", common, keys)


def _write_tendency(tendency: Tendency | None) -> Document | None:
    if tendency is None:
        return None
    return {"status": tendency.status.value, "counts": counts_document(tendency.counts)}


def _write_row(row: Row) -> Document:
    act: object = writing.refs(row.acts)
    if row.stance is not Position.CONTESTED and row.acts:
        act = writing.ref(row.acts[0])
    return writing.present(
        {
            "assembly": row.assembly,
            "stance": row.stance.value,
            "by": row.by.value if row.by is not None else None,
            "choice": row.choice.value if row.choice is not None else None,
            "act": act,
        }
    )
