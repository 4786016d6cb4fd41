"""Why something was not done, in words, by the code of the refusal; of people, mandates and meetings see there."""

from gettext import gettext as _


def words() -> dict[str, str]:
    """The sentence for each code."""
    return {**_pages(), **_matters(), **_times(), **_rules(), **_votes(), **_delegations()}


def _pages() -> dict[str, str]:
    """Of pages, forms and files, and of who is signed in."""
    return {
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
        "act.unknown": _("That entry is not in our record."),
        "form.time": _("That is not a day and time."),
        "body.forming": _(
            "Our confederation is still forming: until two of those that founded it have joined, it signs nothing but "
            "its call to a session, drafts, and that it has something."
        ),
        "body.missing": _("Our assembly has no rules yet: the founding decision comes first."),
        "body.council": _(
            "This is the server of a confederation: it has no opinions of its own. What is proposed, talked over and "
            "decided stands with the assemblies that belong to it."
        ),
        "bundle.size": _("There is more about this than one file holds."),
        "id.form": _("That is not an address."),
        "net.status": _("That server did not answer as expected. Try again later."),
    }


def _matters() -> dict[str, str]:
    """Of what is proposed, said and called for."""
    return {
        "item.unknown": _("There is no such proposal."),
        "mandate.unknown": _("There is no such mandate."),
        "term.derogation": _("To serve longer than our rules foresee, two thirds have to agree openly."),
        "item.title": _("A proposal needs a title of at most 200 characters."),
        "item.text": _("A proposal needs a text, of at most 20,000 characters."),
        "act.size": _(
            "This is too long for one entry of the record. An entry has room for 60 KiB, and letters of some scripts "
            "take two or three times as much as others. Nothing was kept: shorten the text, or divide it."
        ),
        "item.category": _("Our rules have none for this kind of proposal."),
        "answer.reserved": _(
            "Only who put them there changes them, or who facilitates the meeting that has it on its agenda."
        ),
        "answer.text": _("Reservations have at most 2,000 characters."),
        "amendment.earlier": _("This is about an earlier text: propose it again on the one of today."),
        "provisional.over": _("The time to call it back is over: it stands."),
        "provisional.reason": _("Who objects gives a reason, of at most 2,000 characters."),
        "provisional.twice": _("You call it back already."),
        "authors.twice": _("They are an author, or asked to be one."),
        "authors.many": _("A text has at most 20 authors."),
        "authors.asked": _("Nobody asked you to be an author of this."),
        "item.alternatives": _(
            "Under one question stand several texts of one kind that is decided by choosing, each as it reads now."
        ),
        "item.choosing": _(
            "That confederation decides this kind of matter text by text. To choose among several texts it needs a rule"
            " in its charter for it by which it chooses: approval, score, dots or ranking. Propose that to it first, or"
            " bring each text alone."
        ),
        "item.end": _("It cannot end in the past."),
        "item.links": _("A proposal names decisions of ours, or a text that is here, and says how it stands to them."),
        "item.alike": _("Two options differ only in letters that look alike. Write one of them in other words."),
        "item.language": _("Each language has a tag such as ku or pt-BR and words of its own, the first text too."),
        "item.options": _("Options are for what our rules decide by choosing: several, each with a name of its own."),
        "item.partners": _("These are not the addresses of other assemblies."),
        "item.call": _("A call goes to other assemblies: say to whom we bring it."),
        "again.stuck": _("It counts, or may still count, or it is before us again: there is nothing to decide anew."),
        "call.none": _("That is no call to others."),
        "call.open": _("It is on our agenda already."),
        "call.late": _("The time for signing it is over."),
        "item.forum": _("We do not belong to the confederation to which this should be brought."),
        "comment.text": _("Write something, at most 5,000 characters."),
        "reply.unknown": _("There is no such voice any more."),
        "reply.text": _("Write something, at most 5,000 characters."),
        "proposal.state": _("The proposal is past that point: the page shows where it stands."),
        "proposal.author": _("Only who proposed it can change the text."),
        "proposal.unknown": _("There is no such proposal."),
        "draft.group": _("A working group has a name of at most 100 characters."),
        "draft.authors": _("Say who wrote it: one name on each line, at most fifty."),
        "draft.unknown": _("This draft has another text by now: open the page again."),
        "item.many": _("Twenty of your proposals are not decided yet. Withdraw one, or wait until one is decided."),
    }


def _times() -> dict[str, str]:
    """Of more time to answer, and of less."""
    return {
        "haste.none": _("That is asked of a text that we have not decided on and that goes to a confederation."),
        "haste.times": _("First the assemblies say whether, then they answer; both lie in the future."),
        "haste.why": _("Say in at most 2,000 characters why it cannot wait."),
        "haste.open": _("That is on our agenda already."),
        "extension.none": _("There is no such text before us, or answers to it never close."),
        "extension.stranger": _("Our assembly is not asked to answer this."),
        "extension.second": _("An assembly has asked for more time already, and it is given once."),
        "extension.late": _("Answers have closed: more time is asked for before that."),
        "extension.span": _("More time is at most three weeks, from when answers close now."),
        "extension.why": _("Say in at most 2,000 characters why we need more time."),
        "extension.open": _("That is on our agenda already."),
    }


def _rules() -> dict[str, str]:
    """Of rules and their changes."""
    return {
        "founding.rule": _("These rules say nothing of how the rules are decided: the founding needs that."),
        "charter.clauses": _("Each clause needs a number of its own and a text, of at most 2,000 characters."),
        "charter.size": _("These rules are too long to travel as one entry."),
        "charter.same": _("Nothing would change."),
        "charter.withdrawal": _("Two thirds of those present are always enough to leave: no rule asks for more."),
        "charter.double": _(
            "Where both of two parts have to agree, neither can choose among options: each might choose another one."
        ),
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
    }


def _votes() -> dict[str, str]:
    """Of votes and counts."""
    return {
        "counts.reason": _("Who blocks says why, and where our rules want it who disagrees: enter what they said."),
        "counts.form": _("These figures cannot be: whole numbers are needed, none of them below zero."),
        "vote.face_to_face": _("A meeting decides on this: open the vote in one, and count hands."),
        "vote.alternatives": _("This kind of matter is decided by choosing: put it beside others under one question."),
        "vote.ballot": _("This is no ballot about these options: the page says how to fill it in."),
        "counts.options": _("So many people cannot have said that of the options: count again."),
        "recount.none": _("Nobody has counted the room yet."),
        "recount.late": _("The meeting or the time of the vote is over: what the tellers counted stands."),
        "recount.twice": _("You have asked for a recount of this vote already."),
        "vote.unknown": _("There is no such vote."),
        "vote.open": _("A vote on this is open already."),
        "vote.closed": _("This vote is closed."),
        "vote.closes": _("The close of a vote lies in the future, at most a year ahead."),
        "vote.short": _("Online alone it stays open longer, so that everybody finds the time: the page says how long."),
        "vote.online": _("Hands are counted in a meeting, and this vote is held online alone."),
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
        "vote.concerned_late": _(
            "Whom a vote is about asks for secrecy before it opens, or in the meeting that votes."
        ),
        "vote.late": _("The vote closed before your answer came. It was not counted."),
        "vote.version": _("Your answer was about another text. Read the text of today and answer again."),
        "vote.choice": _("Choose one of the answers on the page."),
        "vote.reason": _(
            "A block needs a reason: a point of our rules or aims, and your offer to work on the text. "
            "Where our rules say so, who disagrees gives one too."
        ),
        "teller.concerned": _("A teller is neither who proposed it nor who is concerned by it."),
        "teller.two": _("Two tellers have entered their figures already. Either of them can correct their own."),
        "teller.missing": _("One teller has entered figures; a second one has to enter theirs apart."),
        "teller.differ": _("The two tellers differ: count again."),
        "teller.both": _("Somebody ticked as being in both did not vote online."),
        "counts.sum": _("These figures cannot be: more choices than people, or more people than members."),
        "close.who": _("Before the time is over only who facilitates its meeting, or counted in it, closes a vote."),
    }


def _delegations() -> dict[str, str]:
    """Of meetings of delegations, and of joining and leaving."""
    return {
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
        "session.present": _("No more delegations are present than came."),
        "session.majority": _("More than half of the delegations present have to want another order."),
        "report.early": _("It is reported on once the meeting is over."),
        "report.given": _("The report on this meeting was given."),
        "session.none": _("This assembly has called no meeting of delegations."),
        "session.next": _("That is not the address of an assembly."),
        "register.who": _("A delegation is registered by its delegates or by a caretaker."),
        "register.mandate": _("That is no mandate of ours in force for this meeting."),
        "register.twice": _("Our delegation is registered already."),
        "join.member": _("We belong to this confederation already."),
        "join.charter": _("There is no confederation at this address."),
        "join.why": _("Say why we want to join."),
        "leave.member": _("We do not belong to this confederation."),
        "leave.open": _("This is on our agenda already."),
        "leave.why": _("Say why we want to leave."),
    }
