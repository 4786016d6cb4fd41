"""An office of an assembly's own, held by a pair: its word needs both, or says who signed (governance.md §6; R5)."""

from collections.abc import Collection
from enum import StrEnum

from app.governance.composition import acts_alone
from app.governance.mandate import Mandate
from app.governance.session import Report
from app.kernel.ids import Id
from app.kernel.refusal import Refusal


class Signed(StrEnum):
    """By whom the word of an office is signed."""

    TOGETHER = "together"
    ALONE = "alone"  # the other was asked and a day passed, or there is no other
    WAITING = "waiting"  # it does not speak for the office yet


def is_own(mandate: Mandate) -> bool:
    """True for an office of the assembly that gives it: `gov:institution` is that assembly itself."""
    return mandate.office is not None and mandate.office.institution == mandate.head.author


def is_outside(mandate: Mandate) -> bool:
    """True for an office elsewhere, such as a seat in the city council (B18)."""
    return mandate.office is not None and not is_own(mandate)


def signed(report: Report, holders: Collection[Id], by: Collection[Id], asked: Report | None) -> Signed:
    """By whom `report`, the word of an office that `holders` have in common, is signed.

    `by` are those who confirmed it; `asked` is the report that it takes the place of, by which the others were asked.
    """
    others = set(holders) - {report.head.author}
    if not others:
        return Signed.ALONE
    if others <= set(by):
        return Signed.TOGETHER
    return Signed.ALONE if asked is not None and may_act_alone(report, asked) is None else Signed.WAITING


def may_act_alone(report: Report, asked: Report) -> Refusal | None:
    """None if `report` repeats what its author asked the other to sign, a day before; else `office.alone`."""
    same = (report.head.author, report.mandate, report.head.content) == (
        asked.head.author,
        asked.mandate,
        asked.head.content,
    )
    return acts_alone(asked.head.published if same else None, report.head.published)
