"""Who plays: three communes, their council, their members, and the rules in which days are seconds."""

from dataclasses import dataclass
from typing import Any, Final

from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.kernel.canonical import Document

NAMES: Final = (
    "Amara",
    "Aziz",
    "Berfîn",
    "Bruno",
    "Carmen",
    "Chidi",
    "Clara",
    "Dario",
    "Delal",
    "Diego",
    "Elif",
    "Emre",
    "Esra",
    "Fatma",
    "Fynn",
    "Gaël",
    "Gulê",
    "Hakim",
    "Hanna",
    "Ines",
    "Ivo",
    "Jale",
    "Jonas",
    "Karim",
    "Kira",
    "Lale",
    "Leon",
    "Lucía",
    "Malik",
    "Marta",
    "Nesrîn",
    "Nils",
    "Noor",
    "Ole",
    "Paula",
    "Rosa",
    "Samir",
    "Zîn",
)
"""Enough for the largest commune; the same name may live in two communes."""

PASSWORD: Final = "only for the demo"  # noqa: S105 - the point is that everybody can look around with it
PROPOSAL: Final = "Common purchase of winter fuel"
FIRST_TEXT: Final = "We buy heating fuel for the winter together, before the first of October, at one price for all."
SECOND_TEXT: Final = FIRST_TEXT + "\n\nHouseholds that cannot pay at once pay in four parts."
SPOKEN: Final = "What about households that cannot pay at once?"


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the play: who can sign in, how many others are on its list, how its founding came out."""

    name: str
    signing_in: tuple[str, ...]
    tellers: tuple[str, ...]
    others: int
    agreed: int

    @property
    def size(self) -> int:
        """Everybody on the members' list."""
        return len(self.signing_in) + self.others

    @property
    def silent(self) -> tuple[str, ...]:
        """The members without a device: they vote by hand, in the room."""
        free = [name for name in NAMES if name not in self.signing_in]
        return tuple(free[: self.others])


RIVERSIDE: Final = Body("Riverside", ("Amara", "Bruno", "Clara", "Diego", "Elif"), ("Clara", "Diego"), 19, 22)
HILL: Final = Body("Hill", ("Hanna", "Ivo", "Rojîn", "Tom", "Kira", "Leyla"), ("Ivo", "Kira"), 18, 22)
HARBOUR: Final = Body("Harbour", ("Noor", "Luc", "Mina", "Ole", "Paula", "Rosa"), ("Mina", "Ole"), 32, 30)
VALLEY: Final = Body("Valley", ("Delal", "Jonas"), (), 0, 0)
COMMUNES: Final = (RIVERSIDE, HILL, HARBOUR)


_NO_DELAYS: Final[Document] = {
    "contest": "PT0S",
    "deliberation": dict.fromkeys(
        ("convened", "mandate", "ratification", "recall", "online", "charter", "admission"), "PT0S"
    ),
    "rhythm": "PT0S",
}


def village(number: int) -> Body:
    """One more commune, which belongs to the confederation from the start and agrees."""
    return Body(f"Village {number}", ("Fatma", "Ivo", "Elif"), ("Ivo", "Elif"), 12, 13)


def commune_rules() -> Document:
    """The starter rules with every delay gone: in this demo days are seconds."""
    return {"rules": _at_once(STARTER_SETTINGS["rules"]), **_NO_DELAYS}


def council_rules() -> Document:
    """The starter rules of a confederation with every delay gone."""
    return {"rules": _at_once(STARTER_CONFEDERATION["rules"]), **_NO_DELAYS}


def _at_once(rules: Any) -> Any:  # noqa: ANN401 - any part of a JSON value
    if not isinstance(rules, dict):
        return rules
    return {key: "PT0S" if key == "wait" else _at_once(value) for key, value in rules.items()}
