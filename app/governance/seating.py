"""Whether a delegation is seated, by its Mandate and its assembly's own charter (governance.md §6; R4, G2)."""

from collections.abc import Iterable
from typing import Final

from app.governance import mandate
from app.governance.composition import Composition, Constraint
from app.governance.mandate import Mandate, Office
from app.governance.provisions import Settings
from app.kernel.refusal import Refusal

REQUIRED: Final = "required"
EXPECTED: Final = "expected"


def for_the_record(constraints: Iterable[Constraint], found: Composition) -> mandate.Constraint:
    """The one word that federates: whether the delegation as a whole meets what is required, else what is expected.

    Never a constraint of its own and never a person: where a charter requires anything, what is
    only expected stays at home.
    """
    if any(one.required for one in constraints):
        return mandate.Constraint(REQUIRED, found.bar is None)
    return mandate.Constraint(EXPECTED, found.met)


def wanted(charter: Settings, office: Office | None, assembly: str) -> tuple[Constraint, ...]:
    """What `charter` asks of who is sent together: of a delegation, or of who holds an office of the assembly's own.

    Nothing of an outside office.
    """
    if office is None:
        return charter.composition
    return charter.chairs.get(office.name, charter.chairs["other"]) if office.institution == assembly else ()


def not_seated(granted: Mandate, charter: Settings | None) -> Refusal | None:
    """None if the delegation may sit; `composition.required` if what `charter` requires is not said to be met.

    `charter` is that of the assembly which sends, None where it is not at hand: nothing is held against it.
    """
    if charter is None or not any(one.required for one in wanted(charter, granted.office, granted.head.author)):
        return None
    said = [one.met for one in granted.composition if one.name == REQUIRED]
    if said and all(said):
        return None
    return Refusal("composition.required", "the assembly's own rules for who sits are not met, so it is not seated")
