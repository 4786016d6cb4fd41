"""Why something about people was not done, in words: who comes in, who keeps the server, who is heard."""

from gettext import gettext as _


def words() -> dict[str, str]:
    """The sentence for each code."""
    return {**_members(), **_door(), **_keepers(), **_outside()}


def _members() -> dict[str, str]:
    """Of who belongs, is excluded and is on duty."""
    return {
        "body.founded": _("Our assembly is founded: what it is called, its list and its rules are for it to change."),
        "founding.people": _("Caretakers and co-signers are on the list, each once."),
        "founding.meeting": _("An assembly is founded in a meeting: plan one, and begin it."),
        "founding.alone": _("Somebody else who can sign in enters the second count."),
        "founding.caretakers": _("At least two caretakers keep a server."),
        "cosigning.needed": _("As many have to confirm as there are co-signers at most, and at least one."),
        "founding.co_signers": _("Name three co-signers or more, or none as yet."),
        "founding.belongs": _("Say in at most 2,000 characters who belongs."),
        "founding.not_adopted": _("Too few agreed to found the assembly: these rules need three quarters."),
        "name.alphabets": _("Write the name in one alphabet: some letters of two look alike and are not the same."),
        "name.form": _("A name has 1 to 60 characters."),
        "member.taken": _("That name is on the list. Add a second name, so that people can be told apart."),
        "member.names": _("Names are for those who belong, with a vote or a voice."),
        "member.decision": _("Only the assembly changes the members’ list."),
        "member.only": _("You may listen and speak here; whoever has a vote does this."),
        "erasing.because": _("Say why the words go, in at most 2,000 characters."),
        "erasing.keys": _("That entry holds no words."),
        "erasing.open": _("That is on our agenda already."),
        "exclusion.person": _("Choose somebody else who is a member."),
        "exclusion.term": _("An exclusion has a term of 1 to 366 days."),
        "exclusion.why": _("Say why, in at most 5,000 characters."),
        "exclusion.open": _("That is on our agenda already."),
        "departure.open": _("That is on our agenda already."),
        "departure.person": _("Who has a device says on their own page that they leave."),
        "exclusion.concerned": _("Only who is concerned names whom they trust."),
        "exclusion.witness": _("The person says so, or whom they trust, or two with a vote who did not propose it."),
        "exclusion.hearing": _("First the person is heard: they say so, or two members do who did not propose it."),
        "vote.secret": _("This is voted on by secret paper in a meeting, and nowhere else."),
        "appeal.none": _("You are not excluded."),
        "appeal.open": _("Your appeal is on the agenda already."),
        "duty.none": _("It is not your turn: two members at a time have this duty."),
        "duty.why": _("Say why, in at most 500 characters: it stands in its place."),
        "duty.thing": _("There is no such post."),
        "duty.hidden": _("It is hidden already."),
        "duty.lapsed": _("It was hidden once, for seven days. Only the assembly hides it again: ask it there."),
        "duty.asked": _("The assembly is asked already."),
        "member.unknown": _("Nobody of that name is here."),
        "member.out": _("While you are excluded the assembly keeps your name. You can appeal on your own page."),
        "member.votes": _("You are on the members’ list: the assembly keeps it."),
    }


def _outside() -> dict[str, str]:
    """Of whom we follow, pin and complain of."""
    return {
        "outside.unknown": _("Nobody was found at that address."),
        "following.ours": _("That address is here."),
        "following.twice": _("Our assembly has asked to follow them already."),
        "following.not": _("Our assembly does not follow them."),
        "post.unknown": _("That is no post of ours."),
        "post.pinned": _("Five posts are at the head of our page: take one down first."),
        "post.unpinned": _("That post is not at the head of our page."),
        "complaint.whom": _("Give the address of somebody on another server."),
        "complaint.posts": _("Give at most 20 posts, each by its address on the server of whom you complain of."),
        "complaint.because": _("Say what happened, in at most 1,000 characters."),
    }


def _keepers() -> dict[str, str]:
    """Of caretakers, co-signers and lost passwords."""
    return {
        "caretaker.only": _("A caretaker does this."),
        "caretaker.held": _("Our assembly decides whether you go on keeping the server: meanwhile the others do this."),
        "caretaking.reason": _("Give a reason: every member sees it."),
        "caretaking.same": _("They keep the server already."),
        "caretaking.why": _("Say in at most 2,000 characters why."),
        "recovery.wrong": _("These are not your words. Two members who see you can confirm it too."),
        "recovery.none": _("Nothing waits to be confirmed."),
        "recovery.unconfirmed": _(
            "You have a new password: until you confirm on your own page that it is you, nothing is signed for you."
        ),
        "recovery.waits": _("First confirm that the new password is yours."),
        "recovery.witness": _("Somebody confirms it who is no caretaker, and not yourself."),
        "password.short": _("A password has at least 8 characters."),
        "attest.act": _("That is no entry that co-signers confirm."),
        "attest.person": _("Our rules do not name you as a co-signer of this."),
        "attest.key": _("The key that our rules name for you is not on this server. Confirm where it is."),
        "attest.twice": _("You have confirmed this already."),
        "attest.missing": _("Too few co-signers have confirmed what this rests on, so it cannot be counted yet."),
    }


def _door() -> dict[str, str]:
    """Of who comes in."""
    return {
        "door.full": _("Too many wait at the door. Speak to a member."),
        "door.nobody": _("Tick at least one."),
        "door.card": _("The number of a card has at most 16 characters."),
        "door.unknown": _("Nobody asked to come in from here."),
        "door.meeting": _("By our rules members say yes at a meeting, and none is going on."),
        "door.settled": _("That is decided already."),
        "door.standing": _("Choose one of the answers on the page."),
        "door.assembly": _("By our rules the assembly itself decides who comes in with a vote."),
        "door.waiting": _("They wait already: members say yes at the door."),
        "door.votes": _("They have a vote, or are excluded for a time."),
        "door.asked": _("The assembly is asked already."),
        "door.reason": _("Say why not, in at most 500 characters: they read it."),
    }
