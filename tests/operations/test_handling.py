"""Activities of others, in every order and twice each, on both databases: the end is the same."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.federation import documents, keys
from app.federation.budget import Budget
from app.federation.policy import Level
from app.federation.signatures import SignedRequest
from app.federation.synchronization import HEADER, Synchronization, partial_digest, render
from app.governance.assembly import Body
from app.kernel.refusal import Refusal
from app.network.client import Client
from app.operations.assembly import founding, membership
from app.operations.exchange import blocking, listing, replying, synchronizing
from app.operations.exchange.handling.families import HANDLERS, IGNORED, outcome_of
from app.operations.exchange.handling.outcome import Waiting
from app.operations.exchange.process import judge, try_parked
from app.store import accounts, actors, acts, hiding, notices, parking, reactions, voices
from app.store.actors import StoredActor
from app.store.database import Connection, Database
from app.store.parking import Parked
from app.store.tables_federation import activities, deliveries
from app.store.voices import Voice
from app.wiring import Budgets, Instance, Keyring

ANN = "https://social.example/users/ann"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def instance(database: Database, tmp_path: Path) -> Iterator[Instance]:
    """A founded commune that knows ann."""
    opened = Instance(
        url="https://hill.example",
        loopback=False,
        data_dir=tmp_path,
        database=database,
        client=Client(loopback=False),
        secret=b"s" * 32,
        now=lambda: NOW,
        keyring=Keyring(),
    )
    hashed = membership.hash_password("a good long password")
    assert isinstance(hashed, str)

    def found(connection: Connection) -> None:
        founding.begin(connection, opened, Body.COMMUNE, "Hill")
        for name in ("Ana", "Bo", "Cy"):
            membership.add(connection, opened, name, hashed)
        assert isinstance(founding.found_commune(connection, opened, {}, present=3, agree=3), founding.Founded)
        actors.put(connection, _ann())

    asyncio.run(database.write(found))
    yield opened
    asyncio.run(opened.client.close())


def _ann() -> StoredActor:
    document = documents.render_actor(
        actor_id=ANN,
        kind="Person",
        username="ann",
        name="Ann",
        public_pem=keys.rsa_signer(f"{ANN}#main-key", keys.generate_rsa()).public_pem(),
        multikey=keys.seal_signer(f"{ANN}#k", keys.generate_seal()).multikey(),
        published=NOW,
    )
    return StoredActor(ANN, orjson.dumps(document), f"{ANN}/inbox", None, reads_acts=False, fetched_at=0)


def notice_of(instance: Instance) -> str:
    """A post of ours."""

    def look(connection: Connection) -> str:
        charter = acts.of_type(connection, "gov:Charter")[0]
        return notices.about(connection, charter.seq)[0]

    return asyncio.run(instance.database.read(look))


def does(number: int, kind: str, thing: object) -> dict[str, Any]:
    return {"id": f"{ANN}/activities/{number}", "type": kind, "actor": ANN, "object": thing}


def said(instance: Instance, text: str, second: int, **more: object) -> dict[str, Any]:
    return {
        "id": f"{ANN}/notes/1",
        "type": "Note",
        "attributedTo": ANN,
        "to": [PUBLIC],
        "inReplyTo": notice_of(instance),
        "content": f"<p>{text}</p>",
        "published": "2026-11-20T10:00:00Z",
        "updated": f"2026-11-21T10:00:0{second}Z",
    } | more


def run(instance: Instance, activities: list[dict[str, Any]], actor: str = ANN) -> None:
    """Handle each of them twice, as signed by `actor`."""
    twice = [activity for activity in activities for _ in range(2)]
    for activity in twice:
        outcome = asyncio.run(outcome_of(instance, activity, actor))
        if not isinstance(outcome, Refusal | Waiting):
            asyncio.run(instance.database.write(outcome))


def start_again(instance: Instance) -> None:
    """Nothing was said or done yet."""

    def clear(connection: Connection) -> None:
        voices.forget_actor(connection, ANN)
        connection.exec_driver_sql("DELETE FROM tombstones")
        actors.unfollow(connection, instance.assembly, ANN)

    asyncio.run(instance.database.write(clear))


def voice(instance: Instance) -> Voice | None:
    return asyncio.run(instance.database.read(lambda connection: voices.get(connection, f"{ANN}/notes/1")))


@pytest.mark.withstands("E09")
def test_the_last_version_is_the_one_that_is_shown_whatever_came_first(instance: Instance) -> None:
    activities = [
        does(1, "Create", said(instance, "one", 1)),
        does(2, "Update", said(instance, "two", 2)),
        does(3, "Update", said(instance, "three", 3)),
    ]
    for order in permutations(activities):
        start_again(instance)
        run(instance, list(order))
        kept = voice(instance)
        assert kept is not None
        assert kept.content == "<p>three</p>", [activity["id"] for activity in order]
        assert kept.from_outside


@pytest.mark.withstands("E09")
@pytest.mark.withstands("B33")
def test_of_all_versions_the_narrowest_says_who_may_read(instance: Instance) -> None:
    activities = [
        does(1, "Create", said(instance, "one", 1)),
        does(2, "Update", said(instance, "two", 2, to=[f"{ANN}/followers"])),
        does(3, "Update", said(instance, "three", 3)),
    ]
    for order in permutations(activities):
        start_again(instance)
        run(instance, list(order))
        kept = voice(instance)
        assert kept is not None
        assert (kept.visibility, kept.content) == (1, ""), [activity["id"] for activity in order]
        assert asyncio.run(instance.database.read(lambda c: voices.in_dossier(c, kept.dossier, 50))) == ()  # noqa: B023 - run at once


@pytest.mark.withstands("E09")
def test_what_was_taken_back_is_gone_whatever_came_first(instance: Instance) -> None:
    notice = notice_of(instance)
    like, share = does(4, "Like", notice), does(5, "Announce", notice)
    groups = [
        [does(1, "Create", said(instance, "one", 1)), does(2, "Update", said(instance, "two", 2)),
         does(3, "Delete", {"id": f"{ANN}/notes/1", "type": "Tombstone"})],
        [like, does(6, "Undo", like)],
        [share, does(7, "Undo", share["id"])],
        [does(8, "Follow", instance.assembly), does(9, "Undo", does(8, "Follow", instance.assembly))],
    ]  # fmt: skip
    for group in groups:
        for order in permutations(group):
            start_again(instance)
            run(instance, list(order))
            assert voice(instance) is None
            left = asyncio.run(instance.database.read(lambda c: listing.figures(c, instance, notice)))
            assert left == (0, 0)
            followers = asyncio.run(
                instance.database.read(lambda connection: actors.followers_of(connection, instance.assembly))
            )
            assert followers == ()


@pytest.mark.withstands("E09")
def test_a_like_of_a_voice_that_is_not_here_yet_waits_for_it(instance: Instance) -> None:
    early, create = does(1, "Like", f"{ANN}/notes/1"), does(2, "Create", said(instance, "one", 1))
    outcome = asyncio.run(outcome_of(instance, early, ANN))
    assert isinstance(outcome, Waiting)
    assert outcome.premise == f"{ANN}/notes/1"
    run(instance, [create, early])
    assert asyncio.run(instance.database.read(lambda c: listing.figures(c, instance, f"{ANN}/notes/1"))) == (1, 0)
    ours = asyncio.run(outcome_of(instance, does(3, "Like", f"{instance.url}/notices/none"), ANN))
    assert isinstance(ours, Refusal)
    assert ours.code == "activity.ignored"


def test_a_block_ends_a_follow_unless_it_was_undone_before_it_came(instance: Instance) -> None:
    follow, block = does(1, "Follow", instance.assembly), does(2, "Block", instance.assembly)
    for done, followers in (
        ([follow, block], 0),
        ([follow, does(3, "Undo", block), block], 1),
        ([follow, does(3, "Undo", block["id"]), block], 1),
    ):
        start_again(instance)
        run(instance, done)
        found = asyncio.run(instance.database.read(lambda c: actors.followers_of(c, instance.assembly)))
        assert len(found) == followers


def test_only_members_who_act_in_public_can_be_followed_and_their_answers_go_to_followers(instance: Instance) -> None:
    ana, bo = (f"{instance.url}/people/{name}" for name in ("ana", "bo"))
    run(instance, [does(1, "Create", said(instance, "one", 1))])

    def answer(connection: Connection) -> None:
        account = next(one for one in accounts.people(connection) if one.name == "ana")
        assert not isinstance(replying.reply(connection, instance, account, f"{ANN}/notes/1", "Hello"), Refusal)

    asyncio.run(instance.database.write(answer))  # now she acts in public
    run(instance, [does(2, "Follow", ana), does(3, "Follow", bo), does(4, "Follow", instance.application)])
    assert [follower.id for follower in followers_of(instance, ana)] == [ANN]
    assert followers_of(instance, bo) == followers_of(instance, instance.application) == ()
    assert [(sent["type"], sent["actor"], sent["object"]["id"]) for sent in sent_by(instance, "Accept", "Reject")] == [
        ("Accept", ana, f"{ANN}/activities/2"),
        ("Accept", ana, f"{ANN}/activities/2"),
        ("Reject", instance.application, f"{ANN}/activities/4"),
        ("Reject", instance.application, f"{ANN}/activities/4"),
    ]
    other = actors.Follower("https://far.example/u", "https://far.example/inbox", reads_acts=False)
    asyncio.run(instance.database.write(lambda c: actors.follow(c, ana, other, 0)))
    asyncio.run(instance.database.write(answer))
    *_, note = sent_by(instance, "Create")
    assert note["object"]["cc"] == [ANN, f"{ana}/followers"]
    assert asyncio.run(instance.database.read(lambda c: targets(c, note["id"]))) == {
        f"{ANN}/inbox",
        "https://far.example/inbox",
    }
    run(instance, [does(5, "Undo", does(2, "Follow", ana))])
    assert ANN not in {follower.id for follower in followers_of(instance, ana)}


@pytest.mark.withstands("E09")
def test_an_undo_that_comes_late_takes_back_nothing_that_was_done_anew(instance: Instance) -> None:
    liked = notice_of(instance)
    for kind, thing in (("Follow", instance.assembly), ("Like", liked)):
        first, second = does(10, kind, thing), does(11, kind, thing)
        undo = does(12, "Undo", first)
        for order in ([first, undo, second], [first, second, undo], [undo, first, second]):
            start_again(instance)
            run(instance, order)
            assert (len(followers_of(instance, instance.assembly)), likes(instance, liked)) == (
                (1, 0) if kind == "Follow" else (0, 1)
            )
        run(instance, [does(13, "Undo", second)])
        assert (len(followers_of(instance, instance.assembly)), likes(instance, liked)) == (0, 0)


def likes(instance: Instance, post: str) -> int:
    return asyncio.run(instance.database.read(lambda c: listing.figures(c, instance, post)))[0]


@pytest.mark.withstands("A26")
@pytest.mark.withstands("B09")
def test_nobody_takes_the_id_of_anothers_like_or_complaint_by_being_first(instance: Instance) -> None:
    notice, eve = notice_of(instance), ANN.replace("ann", "eve")
    asyncio.run(instance.database.write(lambda c: actors.put(c, replace(_ann(), id=eve))))
    for number, kind, thing in ((40, "Like", notice), (41, "Announce", notice), (42, "Flag", [notice])):
        hers = does(number, kind, thing)
        run(instance, [hers | {"actor": eve}], eve)
        run(instance, [hers])
    assert asyncio.run(instance.database.read(lambda c: listing.figures(c, instance, notice))) == (2, 2)
    flags = asyncio.run(instance.database.read(lambda c: reactions.flagged(c, 9)))
    assert {(one.id, one.actor) for one in flags} == {(f"{ANN}/activities/42", ANN), (f"{ANN}/activities/42", eve)}
    run(instance, [does(43, "Undo", does(40, "Like", notice)["id"]) | {"actor": eve}], eve)
    assert likes(instance, notice) == 1
    assert asyncio.run(instance.database.read(lambda c: reactions.of(c, f"{ANN}/activities/40", ANN))) is not None


@pytest.mark.withstands("D08")
def test_a_domain_has_room_for_so_many_complaints_and_deletions_and_others_keep_theirs(instance: Instance) -> None:
    notice, other = notice_of(instance), "https://elsewhere.example/users/mei"
    run(instance, [does(1, "Flag", [notice] * 40)])
    flood = [reactions.Flag(f"https://a{n}.flood.example/{n}", f"https://a{n}.flood.example/u", (notice,), "x", n)
             for n in range(reactions.MOST_FLAGS + 9)]  # fmt: skip
    stones = [f"https://b{n}.flood.example" for n in range(voices.MOST_BURIED + 9)]

    def fill(connection: Connection) -> None:
        voices.bury(connection, f"{other}/1", other, 1)
        for one in flood:
            reactions.flag(connection, one)
        for number, home in enumerate(stones):
            voices.bury(connection, f"{home}/1", f"{home}/u", number)

    asyncio.run(instance.database.write(fill))
    flags = asyncio.run(instance.database.read(lambda c: reactions.flagged(c, 999)))
    assert [one.id for one in flags if one.actor == ANN] == [f"{ANN}/activities/1"]
    assert {one.id for one in flags} - {f"{ANN}/activities/1"} == {one.id for one in flood[9:]}  # the oldest made room
    assert max(len(one.about) for one in flags) == 1  # what is named forty times is named once

    def remembered(connection: Connection) -> list[bool]:
        return [voices.is_buried(connection, f"{home}/1", f"{home}/u") for home in stones]

    assert asyncio.run(instance.database.read(remembered)) == [False] * 9 + [True] * voices.MOST_BURIED
    assert asyncio.run(instance.database.read(lambda c: voices.is_buried(c, f"{other}/1", other)))


@pytest.mark.withstands("D10")
@pytest.mark.parametrize(
    ("kind", "many"), [("Create", "voice.many"), ("Like", "reaction.many"), ("Announce", "reaction.many")]
)
def test_of_one_domain_so_many_answers_and_marks_are_kept_in_a_day_and_others_keep_theirs(
    instance: Instance, kind: str, many: str
) -> None:
    notice, bo, mei = notice_of(instance), "https://b.social.example/bo", "https://elsewhere.example/users/mei"
    day = timedelta(days=1)
    today = replace(instance, budgets=Budgets(voices=Budget(2, day), reactions=Budget(2, day)))
    tomorrow = replace(today, now=lambda: NOW + day)
    for one in (bo, mei):
        asyncio.run(instance.database.write(partial(actors.put, actor=replace(_ann(), id=one, inbox=f"{one}/inbox"))))

    def comes(at: Instance, who: str, number: int) -> str:
        answer = said(instance, "Yes.", 1, id=f"{who}/notes/{number}", attributedTo=who)
        thing = answer if kind == "Create" else notice
        activity = {"id": f"{who}/activities/{number}", "type": kind, "actor": who, "object": thing}
        outcome = asyncio.run(outcome_of(at, activity, who))
        return outcome.code if isinstance(outcome, Refusal) else "kept"

    assert [comes(today, who, number) for number, who in enumerate((ANN, bo, ANN, bo))] == ["kept", "kept", many, many]
    assert comes(today, mei, 4) == "kept"
    assert comes(tomorrow, ANN, 5) == "kept"


@pytest.mark.withstands("D08")
def test_what_is_here_goes_when_it_is_deleted_whatever_its_domain_deleted_before(instance: Instance) -> None:
    create = does(1, "Create", said(instance, "one", 1))
    run(instance, [create])

    def fill(connection: Connection) -> None:
        for number in range(voices.MOST_BURIED + 1):
            voices.bury(connection, f"{ANN}/other/{number}", ANN, int(NOW.timestamp()))

    asyncio.run(instance.database.write(fill))
    assert voice(instance) is not None
    run(instance, [does(2, "Delete", f"{ANN}/notes/1"), create])
    assert voice(instance) is None


@pytest.mark.withstands("B09")
def test_only_an_answer_to_our_follow_changes_it(instance: Instance) -> None:
    ours, stale = f"{instance.url}/activities/7", f"{instance.url}/activities/6"
    asyncio.run(instance.database.write(lambda c: reactions.follow(c, ANN, ours, 1)))

    def state() -> str | None:
        return asyncio.run(instance.database.read(lambda c: reactions.is_followed(c, ANN)))

    whole = {"type": "Follow", "actor": instance.assembly, "object": ANN}
    others = [
        "https://elsewhere.example/whatever",
        stale,
        whole | {"id": stale},
        whole | {"actor": ANN},
        {"id": f"{instance.url}/activities/77", "type": "Offer", "actor": instance.assembly, "object": ANN},
    ]
    run(instance, [does(20 + number, "Accept", other) for number, other in enumerate(others)])
    assert state() == "asked"
    run(instance, [does(30, "Accept", ours)])
    assert state() == "accepted"
    run(instance, [does(31, "Reject", others[-1])])
    assert state() == "accepted"
    run(instance, [does(32, "Reject", whole | {"id": f"{ANN}/follows/1"})])  # it keeps them under ids of its own
    assert state() == "rejected"


@pytest.mark.withstands("D10")
def test_who_says_the_same_again_and_again_makes_us_send_little(instance: Instance) -> None:
    for _ in range(594):  # so often they asked within the hour
        assert instance.budgets.answers.take(f"{ANN} {instance.assembly}", instance.now())
    run(instance, [does(number, "Follow", instance.assembly) for number in range(15)])
    assert 6 <= len(sent_by(instance, "Accept")) < 12  # a new one is allowed every six seconds
    assert [one.id for one in followers_of(instance, instance.assembly)] == [ANN]
    theirs = orjson.loads(_ann().raw)["followers"]
    said = Synchronization(theirs, f"{ANN}/sync", partial_digest([instance.assembly]))
    request = SignedRequest("POST", "/inbox", ((HEADER.lower(), render(said)),), b"{}")
    for _ in range(30):
        asyncio.run(synchronizing.heed(instance, request, ANN))
    assert len(sent_by(instance, "Undo")) == 1


@pytest.mark.withstands("H07")
@pytest.mark.parametrize("level", [Level.SILENCE, Level.SUSPEND])
def test_what_is_said_where_nobody_listens_to_is_in_no_list_and_no_figure(instance: Instance, level: Level) -> None:
    notice = notice_of(instance)
    run(instance, [does(1, "Create", said(instance, "one", 1)), does(2, "Like", notice), does(3, "Announce", notice)])
    assert told(instance, notice) == ((f"{ANN}/notes/1",), 2, (1, 1))
    asyncio.run(instance.database.write(lambda c: blocking.decide(c, instance, "social.example", level, "spam")))
    assert told(instance, notice) == ((), 1, (0, 0))
    asyncio.run(instance.database.write(lambda c: blocking.decide(c, instance, "social.example", Level.ALLOW, "ok")))
    assert told(instance, notice) == ((f"{ANN}/notes/1",), 2, (1, 1))


def test_what_is_hidden_by_duty_is_in_no_list(instance: Instance) -> None:
    notice, hidden = notice_of(instance), f"{ANN}/notes/1"
    run(instance, [does(1, "Create", said(instance, "one", 1))])
    asyncio.run(instance.database.write(lambda c: hiding.hide(c, hidden, "spam", accounts.people(c)[0].id, 0, 2**40)))
    assert told(instance, notice) == ((), 1, (0, 0))


def told(instance: Instance, notice: str) -> tuple[tuple[str, ...], int, tuple[int, int]]:
    """The answers to a post that are listed, how many posts of its conversation are, and its likes and shares."""

    def look(connection: Connection) -> tuple[tuple[str, ...], int, tuple[int, int]]:
        dossier = str(voices.dossier_of(connection, notice))
        return (
            listing.answers(connection, instance, notice),
            len(listing.conversation(connection, instance, dossier)),
            listing.figures(connection, instance, notice),
        )

    return asyncio.run(instance.database.read(look))


@pytest.mark.withstands("E09")
def test_of_a_server_that_was_suspended_since_nothing_that_waits_runs_and_nobody_follows(instance: Instance) -> None:
    waits = orjson.dumps(does(1, "Create", said(instance, "one", 1)))
    ana = f"{instance.url}/people/ana"

    def begin(connection: Connection) -> None:
        parked = Parked(f"{ANN}/activities/1", ANN, "social.example", waits, "https://x.example/", 0, 0)
        parking.park(connection, parked, "", 0)
        for whom in (instance.assembly, ana):
            actors.follow(connection, whom, actors.Follower(ANN, f"{ANN}/inbox", reads_acts=False), 0)
        assert not isinstance(blocking.decide(connection, instance, "social.example", Level.SUSPEND, "spam"), Refusal)

    asyncio.run(instance.database.write(begin))
    assert [followers_of(instance, whom) for whom in (instance.assembly, ana)] == [(), ()]
    assert asyncio.run(try_parked(instance)) == 1
    assert voice(instance) is None
    assert not asyncio.run(instance.database.read(lambda c: parking.is_parked(c, f"{ANN}/activities/1", ANN)))
    assert asyncio.run(judge(instance, waits, ANN)) == Refusal("policy.suspended", "social.example is suspended here")


@pytest.mark.withstands("B29")
@pytest.mark.parametrize("kind", sorted(IGNORED))
def test_what_is_known_and_left_alone_says_why(instance: Instance, kind: str) -> None:
    outcome = asyncio.run(outcome_of(instance, does(1, kind, notice_of(instance)), ANN))
    assert outcome == Refusal("activity.ignored", IGNORED[kind])


def followers_of(instance: Instance, whom: str) -> tuple[actors.Follower, ...]:
    return asyncio.run(instance.database.read(lambda connection: actors.followers_of(connection, whom)))


def sent_by(instance: Instance, *kinds: str) -> list[dict[str, Any]]:
    """The activities of these types that were queued, oldest first."""

    def look(connection: Connection) -> list[dict[str, Any]]:
        query = select(activities.c.raw).order_by(activities.c.seq)
        return [orjson.loads(raw) for raw in connection.scalars(query)]

    return [one for one in asyncio.run(instance.database.read(look)) if one["type"] in kinds]


def targets(connection: Connection, activity_id: str) -> set[str]:
    """Where an activity is to be delivered."""
    query = select(deliveries.c.target).join(activities).where(activities.c.id == activity_id)
    return set(connection.scalars(query))


def test_every_activity_that_peers_send_has_a_family() -> None:
    known = {"Accept", "Add", "Announce", "Block", "Create", "Delete", "Flag", "Follow", "Like", "Move", "Reject"}
    assert set(HANDLERS) == known | {"Remove", "Undo", "Update"}
