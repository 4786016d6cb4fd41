"""Words for meetings: what their parts are called, and why something was not done in one."""

from gettext import gettext as _

from app.governance.meeting import Kind, Stage
from app.governance.meeting import Point as PointState
from app.kernel.refusal import Refusal
from app.store.meetings import Duty


def kind(name: Kind) -> str:
    """What a kind of point is called."""
    words = {
        Kind.MINUTES: _("minutes to adopt"),
        Kind.ITEM: _("to decide"),
        Kind.ACQUAINTANCE: _("getting to know each other"),
        Kind.BREAKOUT: _("in small groups"),
        Kind.SOCIAL: _("time together"),
        Kind.REPORT: _("a report"),
        Kind.OTHER: _("to talk about"),
    }
    return words[name]


def stage(name: Stage) -> str:
    """Where a meeting is in its life."""
    words = {
        Stage.CONVENED: _("Convened."),
        Stage.OPEN: _("Going on now."),
        Stage.CLOSED: _("Over."),
        Stage.CANCELLED: _("Called off."),
    }
    return words[name]


def point_state(name: PointState) -> str:
    """Where a point stands."""
    words = {
        PointState.WAITING: _("to come"),
        PointState.OPEN: _("now"),
        PointState.DONE: _("done"),
        PointState.SKIPPED: _("skipped, nobody minded"),
        PointState.CARRIED: _("not reached; it comes first next time"),
        PointState.MISSED: _("not reached"),
    }
    return words[name]


def duty_name(duty: Duty) -> str:
    """What a duty is called."""
    words = {
        Duty.FACILITATOR: _("Facilitating"),
        Duty.TELLER: _("Counting"),
        Duty.DOOR: _("At the door"),
    }
    return words[duty]


def refusal(said: Refusal) -> str:
    """Why something was not done in a meeting or its votes; empty if it is about neither."""
    return {**_votes(), **_meetings()}.get(said.code, "")


def _votes() -> dict[str, str]:
    """Of the votes of a meeting, who counts in them, and who came in."""
    return {
        "vote.meeting": _("Those present in a meeting decide this, and none is going on."),
        "vote.meetings": _("Several meetings decide this, each of them once: it waits for the next one."),
        "vote.agenda": _("Put it on the agenda of the meeting first."),
        "vote.presence": _("Here those who are present decide, so it takes a meeting."),
        "vote.mode": _("That would protect less than our rules, or those who asked, lay down."),
        "vote.room_counted": _(
            "The hands in your room are counted already. If you raised none, ask the tellers to count again."
        ),
        "vote.archive": _("That is not the fingerprint of an archive."),
        "vote.spoken": _(
            "It is said aloud in the meeting, by somebody who came in at the door: somebody else enters it, "
            "and a teller is there."
        ),
        "vote.own": _("They voted under their own sign-in, and can change it there."),
        "vote.unspoken": _("Nothing that they said waits for you."),
        "teller.facilitates": _("Who facilitates the meeting does not count in it."),
        "teller.named": _("Only who was named to count in this meeting does: who facilitates says who."),
        "teller.unknown": _("Only for a member without a device somebody else enters the figures."),
        "teller.entered": _(
            "Who wrote it, is concerned, or facilitates enters no teller’s figures; nobody enters both."
        ),
        "teller.late": _("The meeting or the time of the vote is over: what both tellers counted stands."),
        "counts.door": _("More were counted than came in at the door. The door-keepers can still let people in."),
        "door.who": _("Only the door-keepers and who facilitates let people in."),
        "door.room": _("The meeting has no such room."),
        "card.unknown": _("Nobody here has that card."),
    }


def _meetings() -> dict[str, str]:
    """Of the meeting itself, its agenda and its minutes."""
    return {
        "duty.two": _("Two people facilitate a meeting already."),
        "duty.vote": _("Who has a duty in a meeting has a vote here."),
        "duty.last": _("Somebody facilitates a meeting that goes on: say first who takes it over."),
        "duty.both": _("Who facilitates does not count hands in the same meeting."),
        "meeting.unknown": _("There is no such meeting."),
        "meeting.state": _("The meeting is past that point, or has not begun."),
        "cancel.who": _("Who convened it or facilitates it calls a meeting off, with one more."),
        "cancel.concerned": _("A point of this meeting is about you: others call it off."),
        "cancel.twice": _("You have said so already: one more has to."),
        "concerned.chairs": _("Who is concerned by this, or asked for it, does not open or close the vote on it."),
        "meeting.place": _("Say where the meeting is, in at most 200 characters."),
        "meeting.rooms": _("Each room has a name of its own; at most twelve."),
        "meeting.full": _("The agenda is full."),
        "meeting.facilitator": _("Only who facilitates this meeting does that, and only in it."),
        "meeting.early": _("A meeting begins at the time that everybody was told."),
        "meeting.sitting": _("Another meeting is going on."),
        "minutes.adopted": _("The assembly adopted these minutes: a correction is noted in the next ones."),
        "minutes.fixed": _("The assembly votes on these minutes, and nobody changes them meanwhile."),
        "size.number": _("That is no number of households."),
        "correction.unknown": _("There is no such correction."),
        "correction.state": _("Something became of this correction already."),
        "correction.who": _("Who wrote the minutes takes a correction up; who proposed it withdraws it."),
        "correction.text": _("Say in at most 2,000 characters what should be written instead."),
        "correction.many": _("A hundred corrections stand beside these minutes: bring a proposal instead."),
        "point.unknown": _("There is no such point on the agenda."),
        "point.state": _("This point is over, or was not opened."),
        "point.title": _("Say in at most 200 characters what it is about."),
        "point.twice": _("It is on this agenda already."),
        "point.notes": _("Say something, in at most 20,000 characters."),
        "point.kind": _("Only small groups bring something back."),
    }
