"""The matters of a mandate in its form: each with what is to be said on it and how much room there is."""

from dataclasses import dataclass
from typing import Final

from app.governance.mandate import Item, Kind, Latitude, Mandate, Topic
from app.governance.ratification import Stance
from app.http.pages.forms import Fields
from app.kernel.refusal import Refusal
from app.operations.mandates.positions import Position, answer_in_words

MOST: Final = 8
"""How many matters a form has room for."""

_NOTHING: Final = "none"


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter as the form shows it; `suffix` is what its fields' names end with, empty for the first."""

    suffix: str
    subject: str = ""
    topic: str = ""
    latitude: str = ""
    choices: tuple[str, ...] = ()
    clauses: str = ""

    @property
    def is_filled(self) -> bool:
        """True if it is about something."""
        return bool(self.subject or self.topic)


def suffixes() -> tuple[str, ...]:
    """What the names of the fields of each matter end with."""
    return ("", *(f"-{number}" for number in range(2, MOST + 1)))


def blank() -> tuple[Matter, ...]:
    """Every matter of an empty form."""
    return tuple(Matter(suffix) for suffix in suffixes())


def of_mandate(mandate: Mandate) -> tuple[Matter, ...]:
    """The matters of a mandate, with room for more."""
    known = [_matter(suffix, item) for suffix, item in zip(suffixes(), mandate.items, strict=False)]
    return (*known, *(Matter(suffix) for suffix in suffixes()[len(known) :]))


def read(fields: Fields) -> tuple[Position, ...] | Refusal:
    """The matters that a form names; `form.choice` for what it does not offer."""
    found: list[Position] = []
    for suffix in suffixes():
        subject = fields.get(f"subject{suffix}") or fields.get(f"topic{suffix}")
        if not subject:
            continue
        latitude = _latitude(fields, suffix)
        if isinstance(latitude, Refusal):
            return latitude
        found.append(Position(subject, latitude.kind, latitude.choices, latitude.clauses))
    return tuple(found)


def read_default(fields: Fields) -> Latitude | Refusal | None:
    """What holds on everything else; None if nothing does."""
    if fields.get("latitude-else") in {"", _NOTHING}:
        return None
    return _latitude(fields, "-else")


def read_choice(text: str) -> Stance | Refusal:
    """The answer that a form names; `form.choice` for none of them."""
    if text not in set(Stance):
        return Refusal("form.choice", f"no answer is called {text[:40]!r}")
    return Stance(text)


def choices() -> tuple[tuple[str, str], ...]:
    """Every answer with what it is called."""
    return tuple((stance.value, answer_in_words(stance)) for stance in Stance)


def _latitude(fields: Fields, suffix: str) -> Latitude | Refusal:
    said = fields.get(f"latitude{suffix}")
    if said not in set(Kind):
        return Refusal("form.choice", f"no such room to move: {said[:40]!r}")
    answers: list[Stance] = []
    for text in fields.all(f"choices{suffix}"):
        answer = read_choice(text)
        if isinstance(answer, Refusal):
            return answer
        answers.append(answer)
    kind = Kind(said)
    clauses = tuple(dict.fromkeys(fields.get(f"clauses{suffix}").replace(",", " ").split()))
    return Latitude(kind, tuple(answers), clauses if kind is Kind.AMENDABLE else ())


def _matter(suffix: str, item: Item) -> Matter:
    topic = item.subject.name if isinstance(item.subject, Topic) else ""
    subject = "" if isinstance(item.subject, Topic) else item.subject.id
    latitude = item.latitude
    answers = tuple(one.value for one in latitude.choices)
    return Matter(suffix, subject, topic, latitude.kind.value, answers, " ".join(latitude.clauses))
