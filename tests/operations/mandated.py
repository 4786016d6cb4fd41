"""Riverside and Hill under one council, a proposal of Riverside's before it, and mandates that Hill gives."""

from datetime import timedelta
from pathlib import Path

from app.governance.mandate import DelegateVote, Kind, Latitude, Mandate
from app.governance.ratification import Stance
from app.kernel.canonical import Document
from app.operations.mandates import mandating
from app.operations.mandates.positions import Position
from app.operations.mandates.registering import Entry, entry
from app.operations.matters import proposing
from app.operations.meetings import facilitating
from app.operations.record.reading import Reading
from app.operations.votes import closing
from app.store import acts, meetings
from app.store.agenda import Item
from app.store.agenda import Kind as Items
from app.store.meetings import Duty
from tests.operations.cycle import PEOPLE
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down

AGREE = (Stance.RATIFIED,)


def confederated(folder: Path, template: Path, *more: str, rules: Document | None = None) -> Valley:
    """Riverside and Hill, members of Valley; `more` people of Hill, and what the `rules` of both change."""
    people = {"Riverside": PEOPLE["Riverside"], "Hill": (*PEOPLE["Hill"], *more)}
    valley = settle_down(folder, template, people, changes=rules)
    found_council(valley, ("Riverside", "Hill"))
    return valley


def brought(valley: Valley, title: str = "Winter fuel", category: str = "policy") -> str:
    """The address of a proposal that Riverside adopted and brought before Valley, delivered to all."""
    river = valley["Riverside"]
    draft = proposing.Draft(title, f"{title}: we do it together.", category, valley["Valley"].assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    return valley["Hill"].item(Items.ANSWER, title).act


def wished(valley: Valley, *positions: Position, **more: object) -> mandating.Wish:
    """A mandate for Rojîn and Tom to Valley, for thirty days."""
    hill = valley["Hill"]
    wish = {
        "council": valley["Valley"].assembly,
        "delegates": ("rojin", "tom"),
        "positions": positions,
        "valid_until": hill.clock.now() + timedelta(days=30),
        "why": "We argued about the price.",
    }
    return mandating.Wish(**(wish | more))  # type: ignore[arg-type]  # whatever a test changes


def at_the_door(place: Place, item: Item, keeper: str) -> None:
    """Somebody keeps the door of the meeting that is open about an item; one begins if none is."""
    meeting = place.read(meetings.sitting) or place.meets(item)
    chair = next(iter(place.people.values()))
    done(place.do(lambda c, _: facilitating.take_duty(c, chair, meeting.id, keeper, Duty.DOOR)))


def decided(place: Place, item: Item) -> closing.Closed:
    """The meeting at whose door people were heard closes, and another one decides."""
    sitting = place.read(meetings.sitting)
    if sitting is not None:
        place.parts(sitting)
    return place.decide(item)


def granted(valley: Valley, *positions: Position, agree: int = 5, disagree: int = 0, **more: object) -> str:
    """The address of such a mandate, given by Hill and delivered to all."""
    hill = valley["Hill"]
    item = done(hill.do(mandating.propose, hill.people["leyla"], wished(valley, *positions, **more)))
    act = hill.decide(item, agree=agree, disagree=disagree).acts[-1]
    valley.deliver()
    return act.id


def agreeing_on(subject: str) -> Position:
    """To agree on one thing, and nothing else."""
    return Position(subject, Kind.FIXED, AGREE)


def seen(place: Place, mandate: str) -> Entry:
    """A mandate as the register of `place` has it."""
    return done(place.do(entry, mandate))


def mandate_at(place: Place, mandate: str) -> Mandate:
    """A mandate as it is kept at `place`."""
    return seen(place, mandate).mandate


def vote_at(place: Place, vote: str) -> DelegateVote:
    """A delegate's vote as it is kept at `place`."""
    act = place.read(lambda c: acts.by_id(c, vote))
    assert act is not None
    found = place.do(lambda c, _: Reading(c, loopback=False).parsed(act))
    assert isinstance(found, DelegateVote)
    return found


__all__ = ["AGREE", "Kind", "Latitude", "Position", "Stance"]
