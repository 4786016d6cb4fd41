"""A vote against the mandate, as the home assembly sees it: the mandate left, the vote right, and the answer."""

from dataclasses import dataclass
from gettext import gettext as _

from app.governance.mandate import Latitude
from app.governance.proposal import State
from app.http.pages import moments
from app.http.pages.confederation import stances
from app.kernel.instant import Instant
from app.operations.assembly import naming
from app.operations.mandates import mandating, registering
from app.operations.mandates.positions import answer_in_words
from app.operations.mandates.registering import Done, Entry
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.store.questions import Question
from app.wiring import Instance


@dataclass(frozen=True, slots=True)
class Side:
    """What stands on one side: a word, when it was signed, and its entry in the record."""

    said: str
    when: int
    address: str


@dataclass(frozen=True, slots=True)
class Breach:
    """A vote against the mandate; `asked`, `answer` and `may_answer` are for members of the home assembly."""

    said: str
    who: str
    mandate: Side
    vote: Side
    vote_id: str
    asked: str = ""
    answer: str | None = None
    answered_at: int | None = None
    may_answer: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What a recall came to; `another` is where somebody else is chosen, `chosen` where somebody is or was."""

    said: str
    another: str = ""
    chosen: str = ""


def breach(connection: Connection, instance: Instance, entry: Entry, done: Done, account: Account | None) -> Breach:
    """One vote of the register that went against the mandate, as `account` sees it, or anybody."""
    who = naming.person_name(connection, instance, done.vote.head.author)
    said = _("{who} voted {choice} on {about}. Mandate: {mandate}. Not counted.").format(
        who=who,
        choice=answer_in_words(done.vote.choice),
        about=done.proposal.name if done.proposal is not None else done.vote.proposal.id,
        mandate=latitude(done.latitude),
    )
    mandate = Side(latitude(done.latitude), entry.act.published_at, stances.address_of(entry.act))
    vote = Side(answer_in_words(done.vote.choice), done.act.published_at, stances.address_of(done.act))
    question = done.question
    if account is None or question is None:
        return Breach(said, who, mandate, vote, done.act.id)
    now = moments.seconds(instance.now())
    return Breach(
        said,
        who,
        mandate,
        vote,
        done.act.id,
        _asked(who, question, now),
        question.answer,
        question.answered_at,
        question.account == account.id and now <= question.answer_by,
    )


def before_recall(
    connection: Connection, instance: Instance, item: Item, account: Account | None
) -> tuple[Breach, ...]:
    """What stands above the ballot of a recall: the votes against the mandate of those whom it names, with answers."""
    entry = registering.entry(connection, instance, item.details["mandate"]["id"])
    if not isinstance(entry, Entry):
        return ()
    named = item.details.get("delegates", entry.mandate.delegates)
    found = (done for done in entry.done if done.is_breach and done.vote.head.author in named)
    return tuple(breach(connection, instance, entry, done, account) for done in found)


def ending(connection: Connection, instance: Instance, item: Item) -> Ending | None:
    """What became of a recall that was voted on; None as long as it was not."""
    entry = registering.entry(connection, instance, item.details["mandate"]["id"])
    if not isinstance(entry, Entry):
        return None
    named = item.details.get("delegates", entry.mandate.delegates)
    people = names(connection, instance, named)
    recall = next((one for one in entry.recalls if set(one.delegates or entry.mandate.delegates) == set(named)), None)
    if item.state == State.ADOPTED and recall is not None:
        return Ending(ended(people, recall.head.published), *another(connection, entry))
    if item.state in {State.REJECTED, State.NO_QUORUM}:
        return Ending(_("The mandate of {people} goes on as before.").format(people=people))
    return None


def ended(people: str, at: Instant) -> str:
    """What the home assembly reads of a recall."""
    return _("{people}’s mandate has ended ({time}).").format(people=people, time=moments.clock(moments.seconds(at)))


def another(connection: Connection, entry: Entry) -> tuple[str, str]:
    """Where another person is chosen in place of who was recalled, and where somebody is proposed or was chosen.

    The first is the form for a mandate, filled in from this one; it is empty as soon as there is the second.
    """
    chosen = mandating.chosen_instead(connection, entry.act.id)
    if chosen is not None:
        return "", f"/proposals/{chosen.id}"
    if entry.replaced is not None:
        return "", f"/mandates/{entry.replaced.head.ref.id.rpartition('/')[2]}"
    return f"/mandates/new?after={entry.act.id.rpartition('/')[2]}", ""


def names(connection: Connection, instance: Instance, people: tuple[str, ...] | list[str]) -> str:
    """Several people by name."""
    return ", ".join(naming.person_name(connection, instance, person) for person in people)


def latitude(found: Latitude | None) -> str:
    """What a mandate lets its delegates say, in a few words."""
    return _(" or ").join(answer_in_words(one) for one in found.choices) if found is not None else ""


def _asked(who: str, question: Question, now: int) -> str:
    if question.answered_at is not None:
        return _("{who} was asked, and answered:").format(who=who)
    if now > question.answer_by:
        return _("{who} was asked to answer by {when}, and has not answered.").format(
            who=who, when=moments.near(question.answer_by)
        )
    return _("{who} has been asked to answer by {when}.").format(who=who, when=moments.near(question.answer_by))
