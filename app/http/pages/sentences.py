"""Whole sentences for people: why a count came out as it did, what was refused, what happened."""

from gettext import gettext as _
from gettext import ngettext
from typing import Final

from app.governance.provisions import Urgent
from app.http.pages import refusals
from app.http.pages.assembly import people_refusals
from app.http.pages.mandates import mandate_refusals
from app.http.pages.meetings import meeting_words
from app.http.pages.votes import explanations
from app.kernel.refusal import Refusal
from app.operations.votes.procedure import Question

_OF_OTHERS: Final = frozenset({"hdr", "key", "net", "obj", "sig", "ssrf", "url"})
"""The families of refusals that tell of another server."""


def choice(name: str) -> str:
    """What a choice is called."""
    words = {
        "agree": _("agree"),
        "reserve": _("agree, with a reservation"),
        "stand_aside": _("stand aside"),
        "disagree": _("disagree"),
        "block": _("block"),
        "abstain": _("abstain"),
    }
    return words.get(name, name)


def state(name: str) -> str:
    """Where a proposal is in its life."""
    words = {
        "draft": _("Being written."),
        "open": _("Open for discussion."),
        "frozen": _("The text is fixed."),
        "deciding": _("Being voted on."),
        "adopted": _("Adopted."),
        "rejected": _("Not adopted."),
        "unresolved": _("No consensus in the first round."),
        "no_quorum": _("Too few took part to decide."),
        "lapsed": _("Lapsed."),
        "withdrawn": _("Withdrawn."),
        "in_force": _("In force."),
        "superseded": _("Something newer took its place."),
        "repealed": _("No longer in force."),
        "expired": _("Its time is over."),
        "provisional": _("Adopted provisionally."),
        "left_to_meeting": _("Called back: the next meeting decides."),
    }
    return words.get(name, name)


def link(kind: str) -> str:
    """What a later decision did to an earlier one."""
    words = {
        "continues": _("continued by"),
        "amends": _("changed in part by"),
        "supersedes": _("replaced by"),
        "repeals": _("ended by"),
        "implements": _("carried out by"),
        "derivedFrom": _("taken up by"),
    }
    return words.get(kind, kind)


def entered(teller: str, by: str) -> str:
    """Who counted, and who entered it for them."""
    return _("{teller} (entered by {by})").format(teller=teller, by=by)


def both(count: int) -> str:
    """How many were in the room and online: those count once."""
    words = ngettext(
        "{n} person is in both; only the room counts.", "{n} people are in both; only the room counts.", count
    )
    return words.format(n=count)


def differ(key: str, one: str, ours: int, other: str, theirs: int) -> str:
    """Where two tellers differ, as in `agree: Jo 21, Baran 22: count again`."""
    what = _("present") if key == "present" else choice(key)
    return _("{what}: {one} {ours}, {other} {theirs}: count again.").format(
        what=what, one=one, ours=ours, other=other, theirs=theirs
    )


def differ_in_both(one: str, other: str) -> str:
    """Two tellers who name different people as being in the room and online."""
    return _("{one} and {other} do not name the same people as being in both: look again.").format(one=one, other=other)


def mode(name: str) -> str:
    """How people voted."""
    words = {
        "room": _("hands in the room, counted by two tellers"),
        "closed": _("online, nobody sees what you chose"),
        "rollCall": _("by name, members see who chose what"),
        "secret": _("on paper, counted by two tellers"),
    }
    return words.get(name, name)


def entry(act_type: str) -> str:
    """What an entry of the record is called."""
    words = {
        "gov:Decision": _("The decision, signed for the assembly"),
        "gov:Ratification": _("Where we stand, signed for the assembly"),
        "gov:Proposal": _("The proposal as it was brought"),
        "gov:Mandate": _("The mandate"),
        "gov:Recall": _("The end of the mandate"),
        "gov:Report": _("The report"),
    }
    return words.get(act_type, _("Entry in the record"))


def category(name: str) -> str:
    """What kind of proposal it is."""
    words = {
        "policy": _("what we want (policy)"),
        "resource": _("what we share (resources)"),
        "task": _("who does what (tasks)"),
        "procedure": _("how we go about it (procedure)"),
        "call": _("a call to others, which each signs for itself"),
        "mandate": _("a mandate"),
        "recall": _("the end of a mandate"),
        "admission": _("joining"),
        "entry": _("who comes in"),
        "moderation": _("what stays hidden"),
        "minutes": _("the minutes of a meeting"),
        "erasure": _("what is taken out of the record"),
        "exclusion": _("an exclusion"),
        "caretaking": _("who keeps the server"),
        "withdrawal": _("leaving"),
        "charter": _("our rules"),
        "ratification": _("our answer"),
        "challenge": _("calling an assembly to account"),
        "referendum": _("asking all the people (referendum)"),
    }
    return words.get(name, name)


def question(asked: Question) -> str:
    """What is asked about how an item is decided."""
    words = {
        Question.BOTH_ROUNDS: _("Hold both rounds in this meeting?"),
        Question.GO_ON: _("Go on to the second round?"),
        Question.URGENT: _("Decide before the time is over, since it cannot wait?"),
    }
    return words[asked]


def question_rule(asked: Question, urgent: Urgent, *, by_name: bool) -> str:
    """Who decides on it; on haste, whom the charter's `urgent` names, those on a page only if `by_name`."""
    hasty = _("{present} of those present decide.")
    if by_name:
        hasty = _("{present} of those present decide, or {roll} of all members who ask for it here.")
    hasty = hasty.format(present=explanations.share(urgent.present), roll=explanations.share(urgent.roll))
    words = {
        Question.BOTH_ROUNDS: _("Two thirds of those present decide."),
        Question.GO_ON: _("Decided as our rules for procedure say, in a meeting or by those who ask for it here."),
        Question.URGENT: hasty[:1].upper() + hasty[1:],
    }
    return words[asked]


def refusal(said: Refusal) -> str:
    """Why something was not done."""
    words = {**mandate_refusals.words(), **people_refusals.words(), **refusals.words()}
    known = words.get(said.code) or meeting_words.refusal(said)
    if not known and said.code.partition(".")[0] in _OF_OTHERS:
        return _("That server could not be reached or did not answer as expected. Look at the address, or try later.")
    return known or _("That could not be done.")
