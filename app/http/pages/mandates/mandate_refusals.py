"""Why something about a mandate was not done, in whole sentences."""

from collections.abc import Mapping
from gettext import gettext as _


def words() -> Mapping[str, str]:
    """The sentence of each refusal by its code."""
    return {
        "vote.proposal": _("There is no such proposal before our confederation."),
        "vote.mandate": _("That is no mandate of ours that names you."),
        "delegate.none": _("Only who was sent by our assembly can do this."),
        "delegate.held": _("A recall is open: until it is decided the other delegate speaks."),
        "mandate.council": _("We do not belong to that confederation."),
        "mandate.delegates": _("A mandate names one or more of our members."),
        "mandate.items": _("A mandate names what it is about and what is to be said, or what holds on everything."),
        "mandate.time": _("A mandate ends later than now."),
        "mandate.clauses": _("The proposal has no point of that number."),
        "mandate.seats": _("Our rules give a delegation fewer seats than that."),
        "office.mandate": _("This is no office of ours that somebody holds now."),
        "office.held": _("A recall is open: until it is decided the other carries this office."),
        "office.who": _("Only who holds the office does this."),
        "office.text": _("What an office says has 1 to 10,000 characters."),
        "office.word": _("There is nothing of that kind to sign."),
        "office.signed": _("It is signed already."),
        "office.alone": _("The other who holds the office is asked first, and waited for a day."),
        "mandate.office": _("Our rules have no outside offices, or this one has no name."),
        "mandate.instead": _("That is no mandate of ours, or somebody was chosen in its place already."),
        "mandate.words": _("A name has at most 200 characters."),
        "vote.estimate": _("Say where you think the assembly stands, and why you give it only as an indication."),
        "composition.required": _("The delegation is not seated: it does not meet what our rules ask of who sits."),
        "seat.none": _("Our rules ask nothing of who sits."),
        "seat.door": _("In an open meeting its door-keepers enter what they are told."),
        "seat.keeper": _("Who is to be sent keeps no door."),
        "seat.two": _("Two door-keepers have entered what they heard. Either of them can correct their own."),
        "mandate.why": _("Say why: what was argued, and what mattered."),
        "question.unknown": _("Nobody asked you about this vote."),
        "question.text": _("An answer has a text, of at most 5,000 characters."),
        "question.late": _("The time to answer is over. When a recall is proposed you speak first and last."),
        "recall.mandate": _("That is no mandate of ours."),
        "recall.delegates": _("The mandate does not name them."),
        "recall.open": _("This recall is on our agenda already."),
        "report.mandate": _("That is no mandate of ours."),
        "report.who": _("Only who is sent by a mandate reports on it."),
        "report.text": _("Write something, at most 10,000 characters."),
        "report.waiting": _("A report of yours is on our agenda already."),
        "recall.ended": _("There is nothing left to end: the mandate is over for all who are named."),
        "recall.again": _(
            "This recall failed, and nothing new is on record. The page of it shows from when it can come back, "
            "and how a fifth of the members bring it back at once."
        ),
        "recall.word": _("Only who is to be recalled speaks first and last, in at most 5,000 characters."),
        "recall.why": _("A recall says why."),
    }
