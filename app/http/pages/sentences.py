"""Whole sentences for people: why a count came out as it did, what was refused, what happened."""

from gettext import gettext as _
from gettext import ngettext
from typing import Final

from app.governance.provisions import Urgent
from app.http.pages import explanations, mandate_refusals, meeting_words, people_refusals
from app.kernel.refusal import Refusal
from app.operations.procedure import Question

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


def question_rule(asked: Question, urgent: Urgent) -> str:
    """Who decides on it; on haste, whom the charter's `urgent` names."""
    hasty = _("{present} of those present decide, or {roll} of all members who ask for it here.").format(
        present=explanations.share(urgent.present), roll=explanations.share(urgent.roll)
    )
    words = {
        Question.BOTH_ROUNDS: _("Two thirds of those present decide."),
        Question.GO_ON: _("Decided as our rules for procedure say, in a meeting or by those who ask for it here."),
        Question.URGENT: hasty[:1].upper() + hasty[1:],
    }
    return words[asked]


def refusal(said: Refusal) -> str:
    """Why something was not done."""
    words = {
        "csrf.origin": _("This form did not come from a page of this server. Open the page again and send it there."),
        "csrf.token": _("This page was open too long, so nothing was sent. Send the form once more."),
        "form.size": _("That is too long for one form."),
        "form.text": _("The form could not be read."),
        "form.type": _("The form could not be read."),
        "form.number": _("A figure in the form is not a whole number."),
        "form.moment": _("That is not a date and a time such as 2026-04-30 18:00."),
        "page.form": _("Nothing can be read at this address: only a form is sent there. Go back to its page."),
        "page.broken": _(
            "Something went wrong on our server; it is not your fault. Whether it was done is not certain: look"
            " before you send it again, and tell a caretaker."
        ),
        "store.away": _("Our server cannot write just now. Nothing was done. Try again in a minute."),
        "form.choice": _("Choose one of the answers on the page."),
        "media.words": _("Say in at most 500 characters what the picture shows, for who cannot see it."),
        "media.size": _("The picture is too large: at most 8 MiB and 16 million pixels."),
        "media.type": _("That is not a picture that can be read: PNG, JPEG, WebP or GIF."),
        "media.unknown": _("There is no such picture."),
        "sign_in.over": _(
            "You are not signed in any more, so nothing was sent. Sign in, come back to this page and send it again."
        ),
        "sign_in.wrong": _("This name and password do not go together. A caretaker can help you."),
        "sign_in.often": _("Too many wrong tries. Wait five minutes, then try again; a caretaker can help you."),
        "page.unknown": _("There is no such page."),
        "item.unknown": _("There is no such proposal."),
        "mandate.unknown": _("There is no such mandate."),
        "act.unknown": _("That entry is not in our record."),
        "founding.rule": _("These rules say nothing of how the rules are decided: the founding needs that."),
        "counts.form": _("These figures cannot be: whole numbers are needed, none of them below zero."),
        "term.derogation": _("To serve longer than our rules foresee, two thirds have to agree openly."),
        "item.title": _("A proposal needs a title of at most 200 characters."),
        "item.text": _("A proposal needs a text, of at most 20,000 characters."),
        "item.category": _("Our rules have none for this kind of proposal."),
        "answer.text": _("Reservations have at most 2,000 characters."),
        "amendment.earlier": _("This is about an earlier text: propose it again on the one of today."),
        "provisional.over": _("The time to call it back is over: it stands."),
        "provisional.reason": _("Who objects gives a reason, of at most 2,000 characters."),
        "provisional.twice": _("You call it back already."),
        "vote.face_to_face": _("A meeting decides on this: open the vote in one, and count hands."),
        "authors.twice": _("They are an author, or asked to be one."),
        "authors.many": _("A text has at most 20 authors."),
        "authors.asked": _("Nobody asked you to be an author of this."),
        "item.alternatives": _(
            "Under one question stand proposals of one kind that our rules decide by choosing, each as it reads now."
        ),
        "vote.alternatives": _("This kind of matter is decided by choosing: put it beside others under one question."),
        "item.end": _("It cannot end in the past."),
        "item.links": _("A proposal names decisions of ours, or a text that is here, and says how it stands to them."),
        "item.options": _("Options are for what our rules decide by choosing: several, each with a name of its own."),
        "vote.ballot": _("This is no ballot about these options: the page says how to fill it in."),
        "counts.options": _("So many people cannot have said that of the options: count again."),
        "item.partners": _("These are not the addresses of other assemblies."),
        "item.call": _("A call goes to other assemblies: say to whom we bring it."),
        "call.none": _("That is no call to others."),
        "call.open": _("It is on our agenda already."),
        "call.late": _("The time for signing it is over."),
        "item.forum": _("We do not belong to the confederation to which this should be brought."),
        "comment.text": _("Write something, at most 5,000 characters."),
        "reply.unknown": _("There is no such voice any more."),
        "reply.text": _("Write something, at most 5,000 characters."),
        "proposal.state": _("The proposal is past that point: the page shows where it stands."),
        "proposal.author": _("Only who proposed it can change the text."),
        "charter.clauses": _("Each clause needs a number of its own and a text, of at most 2,000 characters."),
        "charter.size": _("These rules are too long to travel as one entry."),
        "charter.same": _("Nothing would change."),
        "charter.withdrawal": _("Two thirds of those present are always enough to leave: no rule asks for more."),
        "charter.json": _("The further settings could not be read: they are written as JSON."),
        "charter.settings": _("One of these settings has a value that it cannot have."),
        "charter.changed": _("Our rules have changed since this was proposed: propose it again on those of today."),
        "charter.voting": _("Another change of our rules is being voted on: one after the other."),
        "rule.method": _("One of the rules names a way of deciding that is not known here."),
        "rule.quorum": _("Every rule says how many of us have to take part."),
        "rule.fraction": _("A share is written as 2/3, in lowest terms and at most the whole."),
        "rule.form": _("One of the rules could not be read."),
        "rule.weight": _("One of the rules counts something that is not known here."),
        "rule.caucus": _("A body that is asked beside the assemblies has an address, and agrees as well or suspends."),
        "charter.missing": _("Our assembly has no rules yet: the founding decision comes first."),
        "vote.unknown": _("There is no such vote."),
        "vote.open": _("A vote on this is open already."),
        "vote.closed": _("This vote is closed."),
        "vote.closes": _("The close of a vote lies in the future, at most a year ahead."),
        "vote.early": _("It is too early to vote on this: the page says from when."),
        "vote.convocation": _("A meeting votes on this only if its convocation named it in time."),
        "vote.rounds": _("Two thirds of those present have to decide first to hold both rounds at once."),
        "vote.room": _("This vote was opened for a meeting: two tellers have to enter the hands first."),
        "procedure.room": _("Only those present in a meeting decide this."),
        "procedure.undecided": _("First the assembly decides to go on to the second round: the page shows how."),
        "convocation.time": _("A meeting lies in the future, at most a year ahead."),
        "vote.wait": _("The second round cannot begin yet: the rules set a time between the two."),
        "vote.stranger": _("You are not on the members’ list that was fixed when this vote opened."),
        "vote.concerned": _("Who is concerned speaks first and last, and does not vote."),
        "vote.late": _("The vote closed before your answer came. It was not counted."),
        "vote.version": _("Your answer was about another text. Read the text of today and answer again."),
        "vote.choice": _("Choose one of the answers on the page."),
        "vote.reason": _("A block needs a reason: a point of our rules or aims, and your offer to work on the text."),
        "teller.concerned": _("A teller is neither who proposed it nor who is concerned by it."),
        "teller.two": _("Two tellers have entered their figures already. Either of them can correct their own."),
        "teller.missing": _("One teller has entered figures; a second one has to enter theirs apart."),
        "teller.differ": _("The two tellers differ: count again."),
        "teller.both": _("Somebody ticked as being in both did not vote online."),
        "counts.sum": _("These figures cannot be: more choices than people, or more people than members."),
        "form.time": _("That is not a day and time."),
        "body.missing": _("Our assembly has no rules yet: the founding decision comes first."),
        "proposal.unknown": _("There is no such proposal."),
        "session.unknown": _("There is no such meeting here."),
        "session.name": _("A meeting needs a name of at most 200 characters."),
        "session.time": _("It opens later than now, ends later than it opens, and cannot end before it has opened."),
        "session.invited": _("These are not the addresses of other assemblies."),
        "session.why": _("Say what is to be talked about."),
        "session.who": _("Only caretakers keep the agenda of a meeting that we call."),
        "session.over": _("This meeting has ended."),
        "session.matter": _("That is not on the agenda."),
        "session.postponed": _("It was put off once already: now it is taken up."),
        "session.order": _("Another order has the same matters, each once."),
        "session.majority": _("More than half of the delegations present have to want another order."),
        "draft.group": _("A working group has a name of at most 100 characters."),
        "draft.authors": _("Say who wrote it: one name on each line, at most fifty."),
        "draft.unknown": _("This draft has another text by now: open the page again."),
        "session.none": _("This assembly has called no meeting of delegations."),
        "session.next": _("That is not the address of an assembly."),
        "register.who": _("A delegation is registered by its delegates or by a caretaker."),
        "register.mandate": _("That is no mandate of ours in force for this meeting."),
        "register.twice": _("Our delegation is registered already."),
        "bundle.size": _("There is more about this than one file holds."),
        "join.member": _("We belong to this confederation already."),
        "join.charter": _("There is no confederation at this address."),
        "join.why": _("Say why we want to join."),
        "item.many": _("Twenty of your proposals are not decided yet. Withdraw one, or wait until one is decided."),
        "leave.member": _("We do not belong to this confederation."),
        "leave.open": _("This is on our agenda already."),
        "leave.why": _("Say why we want to leave."),
        "id.form": _("That is not an address."),
        "net.status": _("That server did not answer as expected. Try again later."),
        "close.who": _("Before the time is over a vote is closed by a caretaker or a teller of this vote."),
    }
    elsewhere = {**mandate_refusals.words(), **people_refusals.words()}
    known = words.get(said.code) or elsewhere.get(said.code) or meeting_words.refusal(said)
    if not known and said.code.partition(".")[0] in _OF_OTHERS:
        return _("That server could not be reached or did not answer as expected. Look at the address, or try later.")
    return known or _("That could not be done.")
