"""The terms that an assembly gave, and its leave to serve longer: counted at home alone (governance.md §2, §5; B11)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from app.governance.mandate import Mandate
from app.governance.ratification import Decision
from app.governance.rotation import DELEGATE, Term
from app.governance.rules import Status, reaches
from app.kernel.ids import Id
from app.kernel.refusal import Refusal

_TWO_THIRDS: Final = Fraction(2, 3)


def terms_of(mandates: Iterable[Mandate], assembly: Id) -> tuple[Term, ...]:
    """The delegates' terms that the mandates of `assembly` gave; those of outside offices are their own kind."""
    return tuple(
        Term(
            DELEGATE if mandate.office is None else mandate.office.name,
            frozenset(mandate.delegates),
            mandate.valid_from,
            mandate.valid_until,
        )
        for mandate in mandates
        if mandate.head.author == assembly
    )


def derogates(decision: Decision) -> Refusal | None:
    """None if `decision` may let somebody serve beyond the limit: adopted, by 2/3 of those for or against.

    Else `term.derogation`; its reason is shown with it (governance.md §2).
    """
    counts = decision.counts
    if decision.status is not Status.ADOPTED or decision.small:
        return Refusal("term.derogation", "the assembly has not adopted it in the open")
    if not counts.yes or not reaches(counts.yes, counts.yes + counts.no, _TWO_THIRDS):
        return Refusal("term.derogation", f"{counts.yes} of {counts.yes + counts.no} agreed: less than two thirds")
    return None
