"""A mandate in words: what delegates are sent to say, what they did, and how it ended."""

from dataclasses import dataclass
from gettext import gettext as _
from urllib.parse import quote

from app.governance.mandate import Check, Item, Kind, Mandate, Topic, Verdict
from app.governance.office import is_outside, is_own
from app.governance.proposal import Proposal
from app.http.pages import moments
from app.http.pages.confederation import stances
from app.http.pages.mandates import breaches, sitting
from app.http.pages.mandates.breaches import Breach
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.mandates.positions import answer_in_words
from app.operations.mandates.registering import Done, Entry
from app.store import acts
from app.store.accounts import Account
from app.store.database import Connection
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote under a mandate, in a sentence, with what it is worth; `breach` if it went against the mandate.

    `estimate` and `reason` are a delegate's own words for an indication; `reason` is HTML of theirs.
    """

    name: str
    who: str
    said: str
    worth: str
    counts: bool
    when: int
    address: str
    breach: Breach | None
    estimate: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a mandate ended: a sentence, when if a recall ended it, where another person is chosen, or was."""

    said: str
    when: int | None = None
    another: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Another:
    """Another mandate for the same term: a sentence, and where it is read."""

    said: str
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
    since: int
    until: int
    term: str
    ended: Ended | None
    own: bool
    votes: tuple[Vote, ...]
    not_seated: str = ""
    office: str = ""
    twice: tuple[Another, ...] = ()


def sent(connection: Connection, instance: Instance, entry: Entry, account: Account | None) -> Sent:
    """A mandate of the register, as `account` sees it, or anybody."""
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
        int(mandate.valid_from.timestamp()),
        int(mandate.valid_until.timestamp()),
        mandate.term or "",
        _ended(connection, instance, entry),
        entry.act.own,
        tuple(_vote(connection, instance, entry, done, account) for done in entry.done),
        sitting.not_seated(connection, instance, mandate),
        _office(mandate),
        tuple(_another(connection, instance, entry, other) for other in entry.twice),
    )


def _office(mandate: Mandate) -> str:
    """The office that a mandate is for, and where unless it is of the assembly itself; empty if it is for none."""
    if mandate.office is None:
        return ""
    if is_own(mandate):
        return mandate.office.name
    return _("{office} in {institution}").format(office=mandate.office.name, institution=mandate.office.institution)


def positions(connection: Connection, mandate: Mandate) -> tuple[str, ...]:
    """Each matter with what is to be said on it, as in `Winter fuel: agree, on this text, nothing else`."""
    found = tuple(_position(connection, item) for item in mandate.items)
    if mandate.default is None:
        return found
    said = breaches.latitude(mandate.default)
    words = {
        Kind.INDICATIVE: _("On everything else: only to show the tendency."),
        Kind.RANGE: _("On everything else: {said}."),
    }
    return (*found, words.get(mandate.default.kind, _("On everything else: {said}, nothing else.")).format(said=said))


def _position(connection: Connection, item: Item) -> str:
    said = breaches.latitude(item.latitude)
    if isinstance(item.subject, Topic):
        about, text = item.subject.name, _("whatever its text")
    else:
        act = acts.by_id(connection, item.subject.id)
        about = naming.title_of(connection, item.subject.id) or item.subject.id
        day = moments.day(act.published_at) if act is not None else item.subject.digest
        text = _("on the text of {day}").format(day=day)
    words = {
        Kind.FIXED: _("{about}: {said}, {text}, nothing else."),
        Kind.RANGE: _("{about}: {said}, {text}."),
        Kind.AMENDABLE: _("{about}: {said}, {text} or on one with small changes."),
        Kind.INDICATIVE: _("{about}: only to show the tendency."),
    }
    if item.latitude.clauses:
        held = _("{about}: {said}, {text} or on one in which these points read the same: {clauses}.")
        return held.format(about=about, said=said, text=text, clauses=", ".join(item.latitude.clauses))
    return words[item.latitude.kind].format(about=about, said=said, text=text)


def _ended(connection: Connection, instance: Instance, entry: Entry) -> Ended | None:
    if entry.flaw is not None:
        return Ended(_("No decision that is here gave this mandate; it does not count."))
    if entry.recalls:
        recall = entry.recalls[0]
        people = breaches.names(connection, instance, recall.delegates or entry.mandate.delegates)
        at = recall.head.published
        if is_outside(entry.mandate):
            asked = _("{people} is asked in public to resign.").format(people=people)
            return Ended(asked, moments.seconds(at), *(breaches.another(connection, entry) if entry.act.own else ()))
        if entry.act.own:
            return Ended(breaches.ended(people, at), moments.seconds(at), *breaches.another(connection, entry))
        said = _("{assembly} recalled {people}, {time}.").format(
            assembly=naming.assembly_name(connection, instance, entry.mandate.head.author),
            people=people,
            time=moments.clock(moments.seconds(at)),
        )
        return Ended(said, moments.seconds(at))
    if entry.replaced is not None:
        chosen = _page_of(entry.replaced, own=True) if entry.act.own else ""
        return Ended(_("A later mandate took its place."), chosen=chosen)
    return Ended(_("Its time is over.")) if instance.now() >= entry.mandate.valid_until else None


def _another(connection: Connection, instance: Instance, entry: Entry, other: Mandate) -> Another:
    """What each of two mandates for the same term says of the other (hostile F09)."""
    said = _("{assembly} gave another mandate for the same term, to {people}, {day}. Only the later one counts.")
    return Another(
        said.format(
            assembly=naming.assembly_name(connection, instance, other.head.author),
            people=breaches.names(connection, instance, other.delegates),
            day=moments.day_and_time(moments.seconds(other.head.published)),
        ),
        _page_of(other, own=entry.act.own),
    )


def _page_of(mandate: Mandate, *, own: bool) -> str:
    """The page of a mandate on our server, ours or another's."""
    act_id = mandate.head.ref.id
    page = f"/mandates/{quote(act_id.rpartition('/')[2])}"
    return page if own else f"{page}?of={quote(act_id, safe='')}"


def _vote(connection: Connection, instance: Instance, entry: Entry, done: Done, account: Account | None) -> Vote:
    about = done.proposal.name if done.proposal is not None else done.vote.proposal.id
    who = naming.person_name(connection, instance, done.vote.head.author)
    said = _("{who} voted {choice} on {about}.").format(
        who=who,
        choice=answer_in_words(done.vote.choice),
        about=about,
    )
    counts = isinstance(done.worth, Check) and done.worth.binds
    assembly = naming.assembly_name(connection, instance, done.vote.assembly)
    found = breaches.breach(connection, instance, entry, done, account) if done.is_breach else None
    return Vote(
        done.act.id.rpartition("/")[2],
        who,
        said,
        worth(done.worth, assembly),
        counts,
        done.act.published_at,
        stances.address_of(done.act),
        found,
        done.vote.estimate or "",
        done.vote.head.content or "",
    )


def worth(found: Check | Refusal, assembly: str) -> str:
    """What a vote of a delegate of `assembly` counts for."""
    if isinstance(found, Refusal):
        return _("It came after the close; not counted.") if found.code == "vote.late" else _("It cannot be counted.")
    return {
        Verdict.CONFORMS: _("Counts for {assembly}.").format(assembly=assembly),
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
