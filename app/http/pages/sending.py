"""A mandate in words: what delegates are sent to say, what they did, and how it ended."""

from dataclasses import dataclass
from gettext import gettext as _

from app.governance.mandate import Check, Item, Kind, Mandate, Topic, Verdict
from app.governance.proposal import Proposal
from app.governance.ratification import Stance
from app.http.pages import stances
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.operations import naming
from app.operations.registering import Done, Entry
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote under a mandate, in a sentence, with what it is worth."""

    said: str
    worth: str
    counts: bool
    when: int
    address: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A mandate as pages show it."""

    name: str
    act: str
    address: str
    assembly: str
    people: tuple[tuple[str, str], ...]
    council: str
    positions: tuple[str, ...]
    why: str | None
    until: int
    ended: str | None
    own: bool
    votes: tuple[Vote, ...]


def choice(stance: Stance) -> str:
    """What a delegate presses."""
    return {
        Stance.RATIFIED: _("agree"),
        Stance.RESERVED: _("agree with reservations"),
        Stance.REJECTED: _("against"),
        Stance.ABSTAINED: _("abstain"),
    }[stance]


def sent(connection: Connection, instance: Instance, entry: Entry, now: Instant) -> Sent:
    """A mandate of the register."""
    mandate = entry.mandate
    name = entry.act.id.rpartition("/")[2]
    return Sent(
        name,
        entry.act.id,
        stances.address_of(entry.act),
        naming.assembly_name(connection, instance, mandate.head.author),
        tuple((person, naming.person_name(connection, instance, person)) for person in mandate.delegates),
        ", ".join(naming.assembly_name(connection, instance, council) for council in mandate.council),
        positions(connection, mandate),
        mandate.head.content,
        int(mandate.valid_until.timestamp()),
        _ended(connection, instance, entry, now),
        entry.act.own,
        tuple(_vote(connection, instance, done) for done in entry.done),
    )


def positions(connection: Connection, mandate: Mandate) -> tuple[str, ...]:
    """Each matter with what is to be said on it, as in `Winter fuel: agree, on this text, nothing else`."""
    return tuple(_position(connection, item) for item in mandate.items)


def _position(connection: Connection, item: Item) -> str:
    if isinstance(item.subject, Topic):
        about = item.subject.name
    else:
        about = naming.title_of(connection, item.subject.id) or item.subject.id
    said = _(" or ").join(choice(one) for one in item.latitude.choices)
    words = {
        Kind.FIXED: _("{about}: {said}, and nothing else."),
        Kind.RANGE: _("{about}: {said}."),
        Kind.AMENDABLE: _("{about}: {said}, also on a text with small changes."),
        Kind.INDICATIVE: _("{about}: only to show the tendency."),
    }
    return words[item.latitude.kind].format(about=about, said=said)


def _ended(connection: Connection, instance: Instance, entry: Entry, now: Instant) -> str | None:
    if entry.flaw is not None:
        return _("No decision that is here gave this mandate; it does not count.")
    if entry.recalls:
        recall = entry.recalls[0]
        whom = recall.delegates or entry.mandate.delegates
        people = ", ".join(naming.person_name(connection, instance, person) for person in whom)
        return _("The mandate of {people} has ended: {assembly} recalled them on {when}.").format(
            people=people,
            assembly=naming.assembly_name(connection, instance, entry.mandate.head.author),
            when=f"{recall.head.published:%Y-%m-%d %H:%M:%S} UTC",
        )
    if entry.replaced is not None:
        return _("A later mandate took its place.")
    return _("Its time is over.") if now >= entry.mandate.valid_until else None


def _vote(connection: Connection, instance: Instance, done: Done) -> Vote:
    about = done.proposal.name if done.proposal is not None else done.vote.proposal.id
    said = _("{who} said {choice} on {about}.").format(
        who=naming.person_name(connection, instance, done.vote.head.author),
        choice=choice(done.vote.choice),
        about=about,
    )
    counts = isinstance(done.worth, Check) and done.worth.binds
    return Vote(said, worth(done.worth), counts, done.act.published_at, stances.address_of(done.act))


def worth(found: Check | Refusal) -> str:
    """What a vote counts for."""
    if isinstance(found, Refusal):
        return _("It came after the close; not counted.") if found.code == "vote.late" else _("It cannot be counted.")
    return {
        Verdict.CONFORMS: _("As the mandate says; it counts for the assembly."),
        Verdict.DECLARED: _("Given as an indication; it shows the tendency only."),
        Verdict.EXCEEDS: _("Not in the mandate, so it shows the tendency only."),
        Verdict.CONTRADICTS: _("Against the mandate; not counted."),
        Verdict.NO_MANDATE: _("Not in the mandate, so it shows the tendency only."),
        Verdict.NOT_YET: _("Before the mandate began: void."),
        Verdict.EXPIRED: _("After the mandate had ended: void."),
        Verdict.RECALLED: _("After the recall: void."),
    }[found.verdict]


def warning(verdict: Verdict, assembly: str) -> str:
    """What a delegate is told before a vote that will not be counted is sent."""
    words = {
        Verdict.CONTRADICTS: _(
            "This goes against your mandate. It will not be counted and all of {assembly} will see it."
        ),
        Verdict.EXPIRED: _("Your mandate has ended. This will not be counted and all of {assembly} will see it."),
        Verdict.NOT_YET: _("Your mandate has not begun. This will not be counted and all of {assembly} will see it."),
        Verdict.RECALLED: _("You were recalled. This will not be counted and all of {assembly} will see it."),
    }
    return words.get(verdict, "").format(assembly=assembly)


def about(proposal: Proposal) -> str:
    """A proposal with its version, so that nobody takes one text for another."""
    if proposal.version > 1:
        return _("{title} (text {version})").format(title=proposal.name, version=proposal.version)
    return proposal.name
