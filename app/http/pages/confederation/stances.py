"""Where assemblies stand, in words: rows of a count, what an outcome says, what speaks against it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from gettext import gettext as _
from gettext import ngettext
from urllib.parse import quote

from app.governance.act import Ref
from app.governance.outcome import Kind, Reason
from app.governance.ratification import Stance
from app.governance.rules import Caucus, CaucusMode
from app.governance.standing import Stand as Standing
from app.governance.tally import STANCES, By, Count, Position, Row
from app.governance.weights import Share
from app.http.pages import moments, sentences
from app.kernel.ids import Id
from app.operations.confederation.counting import Board, Judged
from app.operations.confederation.signatures import Signature
from app.operations.record.sealing import load
from app.store.acts import StoredAct

Name = Callable[[str], str]
Find = Callable[[str], StoredAct | None]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the record: its page and when it was published, in seconds since 1970."""

    address: str
    when: int
    by: str


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one assembly stands: a phrase for the list and the entries that it rests on."""

    assembly: str
    said: str
    entries: tuple[Link, ...]
    reservations: str = ""
    weighs: str = ""


def address_of(act: StoredAct) -> str:
    """The page of an entry of the record on our server, ours or another's."""
    name = act.id.rpartition("/")[2]
    return f"/acts/{name}" if act.own else f"/acts/{quote(name)}?of={quote(act.id, safe='')}"


def link(act: StoredAct, name: Name) -> Link:
    """An entry with its author's name."""
    return Link(address_of(act), act.published_at, name(act.author))


def answer(stance: Stance) -> str:
    """An answer of an assembly, as in `Hill agreed`."""
    return {
        Stance.RATIFIED: _("agreed"),
        Stance.RESERVED: _("agreed with reservations"),
        Stance.REJECTED: _("against"),
        Stance.ABSTAINED: _("abstained"),
    }[stance]


def stand(row: Row, name: Name, find: Find, share: Share | None = None) -> Stand:
    """One row of the count, with what the assembly brings where a rule counts seats or people."""
    found = [act for ref in row.acts if (act := find(ref.id)) is not None]
    declared = [str(load(act).get("gov:reservations") or "") for act in found]
    entries = tuple(link(act, name) for act in found)
    weighs = _weighs(row, share) if share is not None else ""
    return Stand(name(row.assembly), _phrase(row, name), entries, "".join(declared), weighs)


def _weighs(row: Row, share: Share) -> str:
    """The seats and the people of an assembly, as in `2 seats. Of 64 people, 55 for and 4 against.`."""
    said = [] if share.seats is None else [ngettext("{n} seat.", "{n} seats.", share.seats).format(n=share.seats)]
    people = share.people
    if people is not None and share.hidden:
        said.append(_("{n} people; what they chose is not told, so all count as abstaining.").format(n=people.entitled))
    elif people is not None:
        figures = {"n": people.entitled, "yes": people.yes, "no": people.no}
        said.append(_("Of {n} people {yes} for, {no} against.").format(**figures))
    elif share.seats is None and row.stance in STANCES:
        said.append(_("By its delegates alone: that brings no people into the count."))
    return " ".join(said)


def caucus(asked: Caucus, found: Standing, name: Name, find: Find) -> Stand:
    """Where a caucus stands, with what it may do."""
    shown = stand(found.row, name, find)
    words = {
        CaucusMode.CONCURRENT: _("It has to agree as well."),
        CaucusMode.VETO: _("It can suspend the decision."),
    }
    return replace(shown, weighs=words[asked.mode])


def _phrase(row: Row, name: Name) -> str:
    if row.stance is Position.SILENT:
        return _("no answer yet")
    if row.stance is Position.CONTESTED:
        return _("two different answers; waiting for {assembly} to say which").format(assembly=name(row.assembly))
    if row.stance is Position.INDICATIVE:
        shown = answer(row.choice) if row.choice is not None else _("abstained")
        return _("no answer yet; their delegates show: {answer} (tendency only)").format(answer=shown)
    said = answer(Stance(row.stance.value))
    return _("{answer} (by mandate)").format(answer=said) if row.by is By.MANDATE else said


def summary(count: Count, name: Name) -> str:
    """Where all stand in one line, as in `Riverside agreed · Hill agreed (by mandate) · no answer yet: none`."""
    missing = unanswered(count, name)
    answered = [f"{name(row.assembly)} {_phrase(row, name)}" for row in count.rows if row.stance in STANCES]
    last = _("no answer yet: {names}.").format(names=", ".join(missing) or _("none"))
    return " · ".join((*answered, last))


def signed(count: Count, signatures: Iterable[Signature], name: Name) -> str:
    """Who signed a call and when, never more: `Signed by Riverside (12 March 2026), Hill (by mandate, …).` (G7)."""
    words = {
        True: _("{assembly} (by mandate, {day})"),
        False: _("{assembly} ({day})"),
    }
    by = [words[one.by_mandate].format(assembly=name(one.assembly), day=moments.day(one.since)) for one in signatures]
    gone = [name(row.assembly) for row in count.rows if row.stance is Position.REJECTED]
    said = _("Signed by {names}.").format(names=", ".join(by)) if by else _("Nobody has signed it yet.")
    return said if not gone else said + " " + _("Not signed, or no longer: {names}.").format(names=", ".join(gone))


def by_tiers(count: Count, other: Count, *, flat: bool) -> str:
    """The count that does not decide beside the one that does, and whether the tiers make a difference (R2).

    `flat` says that the one that decides is over all base assemblies.
    """
    words = (
        _("Counted council by council, {n} in all: {status} {share}.")
        if flat
        else _("Counted over all {n} local assemblies as one: {status} {share}.")
    )
    said = words.format(n=len(other.rows), status=sentences.state(other.status.value), share=share(other))
    if other.status is count.status:
        return said + " " + _("Both counts come to the same.")
    return said + " " + _("The two counts differ: the tiers make the difference. By our rules the other one decides.")


def unanswered(count: Count, name: Name) -> tuple[str, ...]:
    """The names of those whose binding answer is not there yet."""
    open_ = (Position.SILENT, Position.INDICATIVE, Position.CONTESTED)
    return tuple(name(row.assembly) for row in count.rows if row.stance in open_)


def verdict(judged: Judged, board: Board, name: Name) -> str:
    """What our own count says of an Outcome, in one sentence."""
    who = name(judged.act.author)
    if judged.judgement.kind is Kind.FAULT:
        others = [one for one in board.outcomes if one.act.author == judged.act.author and one is not judged]
        if any(reason.code == "outcome.second" for reason in judged.judgement.reasons) and others:
            return _("{who} signed two different results.").format(who=who)
        return _("{who} signed a result that its entries do not bear out.").format(who=who)
    if judged.judgement.kind is Kind.INCOMPLETE:
        return _("Entries that this result names are not here yet: it cannot be counted again as a whole.")
    if judged.same:
        return _("Counted again here: same result.")
    return _("This result is not up to date: more was signed since.")


def reasons(judged: Judged, name: Name) -> tuple[str, ...]:
    """What speaks against an Outcome, each in one sentence; first what was left out."""
    listed = sorted(judged.judgement.reasons, key=lambda reason: reason.code != "outcome.left_out")
    when = {Ref(Id(act.id), act.digest): moments.clock(act.published_at) for act in judged.refuting}
    return tuple(dict.fromkeys(_reason(reason, name, when) for reason in listed))


def _reason(reason: Reason, name: Name, when: Mapping[Ref, str]) -> str:
    if reason.code == "outcome.left_out" and reason.act is not None and reason.act in when:
        left_out = _("This one leaves out {assembly}’s entry of {time}.")
        return left_out.format(assembly=name(reason.assembly or ""), time=when[reason.act])
    whose = name(reason.assembly) if reason.assembly is not None else ""
    words = {
        "outcome.left_out": _("This one leaves out {assembly}’s entry."),
        "outcome.draft": _("What it counts is a draft, on which nobody decides: it counts for nothing."),
        "outcome.second": _("This one does not say that it corrects the earlier one."),
        "outcome.undone": _("This one counts an answer of {assembly} that something later had ended."),
        "outcome.behind": _("{assembly} has answered once more since."),
        "outcome.misstates": _("This one says something else of {assembly} than {assembly} signed."),
        "outcome.not_at_hand": _("An entry of {assembly} that it names is not here yet."),
        "outcome.forming": _(
            "It was signed before two of the founding assemblies had joined, as far as is known here."
        ),
        "outcome.seats": _("What gave some of these assemblies their seats is not here yet."),
        "outcome.roll": _("Its list of assemblies is not the one that was fixed."),
        "outcome.members": _("What made some of these assemblies members is not here yet."),
        "outcome.adopted": _("The text that it calls adopted is not the one that came first."),
        "outcome.final": _("It calls itself final before the time to object is over."),
    }
    if reason.code.startswith("outcome.counts_void"):
        return _("This one counts an entry of {assembly} that does not count.").format(assembly=whose)
    return words.get(reason.code, _("Its figures do not follow from what it lists.")).format(assembly=whose)


def share(count: Count, *, tendency: bool = False) -> str:
    """How many are for it, as in `3 of 3`."""
    counts = count.tendency_counts if tendency else count.counts
    return _("{yes} of {entitled}").format(yes=counts.yes, entitled=counts.entitled)


def members(count: int) -> str:
    """How many assemblies belong."""
    return ngettext("{n} assembly", "{n} assemblies", count).format(n=count)
