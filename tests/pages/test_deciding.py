"""What the assembly's votes come to, under a clock that the test moves."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import update

from app.governance.proposal import State
from app.governance.rules import Counts
from app.kernel.canonical import Document
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.mandates import recalling
from app.operations.matters import proposing
from app.operations.matters.opening import open_item
from app.operations.meetings import attending, convening, facilitating
from app.operations.meetings.attending import Comer
from app.operations.votes import closing, procedure, voting
from app.operations.votes.procedure import Question
from app.store import accounts, acts, agenda, votes
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.store.meetings import Duty, Meeting
from app.store.tables_assembly import votes as table
from app.store.votes import Vote
from app.wiring import Instance
from tests.pages.commune import commune

T = TypeVar("T")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with commune(tmp_path) as opened:
        yield opened.instance


def do(instance: Instance, work: Callable[[Connection], T]) -> T:
    return asyncio.run(instance.database.write(work))


def later(instance: Instance, by: timedelta) -> Instance:
    moment = instance.now() + by
    return replace(instance, now=lambda: moment)


def person(instance: Instance, name: str) -> Account:
    found = do(instance, lambda connection: accounts.named(connection, name))
    assert found is not None
    return found


def proposed(instance: Instance, category: str = "policy") -> Item:
    draft = proposing.Draft("Winter fuel", "We buy together.", category)
    item = do(instance, lambda connection: proposing.propose(connection, instance, person_ada(connection), draft))
    assert isinstance(item, Item)
    return item


def person_ada(connection: Connection) -> Account:
    found = accounts.named(connection, "ada")
    assert found is not None
    return found


def opened(instance: Instance, item: Item, *, both_rounds: bool = False) -> Vote:
    vote = do(
        instance,
        lambda connection: voting.open_vote(connection, instance, item.id, timedelta(days=1), both_rounds=both_rounds),
    )
    assert isinstance(vote, Vote)
    return vote


def met(instance: Instance, item: Item, connection: Connection) -> Meeting:
    """A meeting that is open about this, which Kim facilitates."""
    kim = accounts.named(connection, "kim")
    meeting = convening.convene(connection, instance, convening.Plan("School hall", instance.now(), items=(item.id,)))
    assert kim is not None
    assert isinstance(meeting, Meeting)
    facilitating.take_duty(connection, kim, meeting.id, "kim", Duty.FACILITATOR)
    for name in ("jo", "ida"):
        facilitating.take_duty(connection, kim, meeting.id, name, Duty.TELLER)
    assert isinstance(facilitating.begin(connection, instance, kim, meeting.id), Meeting)
    for member in accounts.members(connection):
        attending.let_in(connection, instance, kim, meeting.id, Comer(member=member.id))
    return meeting


def by_tellers(instance: Instance, item: Item, question: Question, agree: int = 9) -> Item:
    """The item after two tellers counted the same ten hands on a question about procedure, in a meeting of its own."""
    meeting = do(instance, partial(met, instance, item))
    counts, found = Counts(present=10, agree=agree, disagree=10 - agree), item
    for teller in (person(instance, "jo"), person(instance, "ida")):
        entered = do(instance, partial(counted, instance, teller, item.id, question, counts))
        assert isinstance(entered, Item), entered
        found = entered
    kim = person(instance, "kim")
    do(instance, lambda connection: facilitating.close(connection, instance, kim, meeting.id, ""))
    return found


def counted(
    instance: Instance, teller: Account, item: str, question: Question, counts: Counts, connection: Connection
) -> Item | Refusal:
    return procedure.count(connection, instance, teller, item, question, counts)


def passes(instance: Instance, vote: Vote) -> None:
    """The time of a vote is over."""
    over = update(table).where(table.c.id == vote.id).values(closes_at=vote.opened_at - 1)
    do(instance, lambda connection: connection.execute(over))


def ended(instance: Instance, vote: Vote) -> closing.Closed:
    """What a vote came to once its time is over."""
    passes(instance, vote)
    done = do(instance, lambda connection: closing.close(connection, instance, vote.id, None))
    assert isinstance(done, closing.Closed), done
    return done


def cast(instance: Instance, vote: Vote, name: str, choice: str) -> Vote | Refusal:
    account = person(instance, name)
    return do(
        instance,
        lambda connection: voting.cast(connection, instance, account, vote.id, choice, "because", vote.act_digest),
    )


def state(instance: Instance, item: Item) -> str:
    found = do(instance, lambda connection: agenda.get(connection, item.id))
    assert found is not None
    return found.state


def sealed(instance: Instance, act_type: str) -> list[Document]:
    return [json.loads(act.raw) for act in do(instance, lambda connection: acts.of_type(connection, act_type))]


def code(result: object) -> str:
    assert isinstance(result, Refusal)
    return result.code


@pytest.mark.withstands("F02")
def test_a_ballot_after_the_time_is_late_and_one_in_time_counts(instance: Instance) -> None:
    vote = opened(instance, proposed(instance))
    at_the_close = later(instance, timedelta(days=1) - timedelta(seconds=2))
    assert isinstance(cast(at_the_close, vote, "jo", "agree"), Vote)
    assert code(cast(later(instance, timedelta(days=1, seconds=5)), vote, "ida", "agree")) == "vote.late"


@pytest.mark.withstands("F03")
def test_who_joined_after_the_vote_opened_does_not_vote_in_it(instance: Instance) -> None:
    vote = opened(instance, proposed(instance))
    now = int(instance.now().timestamp())
    do(instance, lambda connection: accounts.add(connection, "late", "Late", None, caretaker=False, now=now))
    assert code(cast(instance, vote, "late", "agree")) == "vote.stranger"
    assert len(do(instance, lambda connection: votes.roll(connection, vote.id))) == 12


def test_the_worker_closes_what_is_due(instance: Instance) -> None:
    item = proposed(instance, "task")
    vote = opened(instance, item)
    for name in ("jo", "ida", "max", "kim", "tom"):
        cast(instance, vote, name, "agree")
    after = later(instance, timedelta(days=1, seconds=5))
    assert do(after, lambda connection: closing.close_due(connection, after)) == 1
    assert state(instance, item) == State.ADOPTED
    decision = sealed(instance, "gov:Decision")[-1]
    assert decision["gov:proposal"] == {"id": item.act, "gov:digest": item.act_digest}
    assert decision["gov:counts"]["agree"] == 5
    assert decision["gov:roll"]["size"] == 12
    assert decision["gov:modes"] == ["closed"]


def test_the_second_round_is_a_proposal_of_its_own_after_the_wait(instance: Instance) -> None:
    item = proposed(instance)
    vote = opened(instance, item)
    for name, choice in (("jo", "agree"), ("ida", "agree"), ("max", "agree"), ("kim", "agree"), ("tom", "disagree")):
        cast(instance, vote, name, choice)
    done = ended(instance, vote)
    assert state(instance, item) == State.UNRESOLVED

    def again(at: Instance) -> Vote | Refusal:
        return do(at, lambda connection: voting.open_vote(connection, at, item.id, timedelta(days=1)))

    assert code(again(instance)) == "vote.wait"
    eighth = later(instance, timedelta(days=8))
    assert code(again(eighth)) == "procedure.undecided"
    going_on = procedure.granted(by_tellers(eighth, item, Question.GO_ON), Question.GO_ON)
    assert going_on is not None
    second = again(eighth)
    assert isinstance(second, Vote)
    text = sealed(instance, "gov:Proposal")[-1]
    assert text["gov:supersedes"]["id"] == item.act
    assert text["gov:decision"] == {"id": going_on.id, "gov:digest": going_on.digest}
    assert text["gov:unresolved"]["id"] == done.acts[0].id
    assert text["gov:rule"]["method"] == "qualified"
    for name, choice in (("jo", "agree"), ("ida", "agree"), ("max", "agree"), ("kim", "agree"), ("tom", "disagree")):
        cast(eighth, second, name, choice)
    ended(eighth, second)
    decision = sealed(instance, "gov:Decision")[-1]
    assert (decision["gov:status"], decision["gov:unresolved"]["id"]) == ("adopted", done.acts[0].id)
    assert decision["gov:proposal"]["id"] == text["id"]


def brought(instance: Instance) -> Item:
    """An item to answer, as if another had brought our own text before us."""
    item = proposed(instance)
    answer = replace(
        item,
        id=instance.new_ulid(),
        kind=Kind.ANSWER,
        author=None,
        details={"confederation": "http://127.0.0.1:8999/assembly"},
    )
    do(instance, lambda connection: agenda.add(connection, answer))
    return answer


@pytest.mark.parametrize(("choice", "stance"), [("agree", "ratified"), ("disagree", "rejected")])
def test_an_answer_is_sealed_as_where_we_stand(instance: Instance, choice: str, stance: str) -> None:
    item = by_tellers(instance, brought(instance), Question.BOTH_ROUNDS)
    vote = opened(instance, item, both_rounds=True)
    for name in ("jo", "ida", "max", "kim", "tom"):
        cast(instance, vote, name, choice)
    ended(instance, vote)
    ratification = sealed(instance, "gov:Ratification")[-1]
    assert ratification["gov:stance"] == stance
    assert ratification["gov:confederation"] == "http://127.0.0.1:8999/assembly"
    assert ratification["gov:proposal"] == {"id": item.act, "gov:digest": item.act_digest}
    assert ("gov:unresolved" in ratification) == (choice == "disagree")


def test_without_a_quorum_there_is_no_answer(instance: Instance) -> None:
    item = brought(instance)
    vote = opened(instance, item)
    cast(instance, vote, "jo", "agree")
    ended(instance, vote)
    assert sealed(instance, "gov:Ratification") == []
    assert state(instance, item) == State.NO_QUORUM


def test_a_recall_needs_half_of_those_who_took_part_in_the_choice(instance: Instance) -> None:
    tom, jo = person(instance, "tom"), person(instance, "jo")
    granted = opened(instance, mandate_for(instance, tom))
    for name in ("jo", "ida", "max", "kim", "tom", "ada", "sami", "nour"):
        cast(instance, granted, name, "agree")
    mandate = ended(instance, granted).acts[-1]
    item = do(
        instance, lambda connection: recalling.propose(connection, instance, jo, mandate.id, (), "He went against it.")
    )
    assert isinstance(item, Item)
    vote = opened(instance, item)
    assert tom.id not in do(instance, lambda connection: votes.roll(connection, vote.id))
    for name in ("jo", "ida", "max"):
        cast(instance, vote, name, "agree")
    ended(instance, vote)
    assert state(instance, item) == State.NO_QUORUM
    assert sealed(instance, "gov:Recall") == []


def mandate_for(instance: Instance, account: Account) -> Item:
    """An item that gives one person a mandate on a topic, as the form of mandates leaves it."""
    now = instance.now()
    details = {
        "council": "http://127.0.0.1:8999/assembly",
        "delegates": [f"{instance.url}/people/{account.name}"],
        "items": [{"subject": {"topic": "policy"}, "latitude": {"kind": "fixed", "choices": ["ratified"]}}],
        "valid_from": format_instant(now),
        "valid_until": format_instant(now + timedelta(days=30)),
        "why": "We spoke of it at length.",
    }
    return do(
        instance,
        lambda connection: open_item(
            connection,
            instance,
            Kind.MANDATE,
            category="mandate",
            title="Mandate for Tom",
            source="We send Tom.",
            details=details,
            author=person_ada(connection),
        ),
    )
