"""The queue of deliveries: shared out by host, once each, whoever works and whoever dies."""

import asyncio
from collections.abc import Iterable
from functools import partial

import pytest
from sqlalchemy import func, select

from app.store import actors, deliveries, hosts, outbox
from app.store.database import Connection, Database, open_database
from app.store.deliveries import Delivered, Delivery, GivenUp, Postponed, Redirected, Untried
from app.store.outbox import Followers, Target
from app.store.tables_federation import deliveries as queue

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000
ME = "https://me.example/assembly"


def inbox(host: str, name: str = "inbox") -> Target:
    return Target(f"https://{host}/{name}", is_inbox=True, host=host)


def publish(connection: Connection, number: int, *targets: Target, followers: Followers | None = None) -> None:
    name, raw = f"https://me.example/activities/{number}", b"{}"
    outbox.publish(connection, name, ME, raw, public=True, now=NOW, targets=targets, followers=followers)
    while deliveries.address(connection, NOW):
        pass


def claim(connection: Connection, now: int = NOW, limit: int = 10, *, suspects: bool = False) -> tuple[Delivery, ...]:
    return deliveries.claim(connection, now, limit, suspects=suspects, lease=60)


def numbers(claimed: Iterable[Delivery]) -> list[tuple[str, int]]:
    return [(one.host, int(one.activity.rpartition("/")[2])) for one in claimed]


def failed(one: Delivery, *, blocked_until: int = 0, due_at: int = NOW, expired: int = 0) -> Postponed:
    return Postponed(one, "net.unreachable: no", due_at, blocked_until, expired, answered=False)


def waiting(connection: Connection) -> int:
    return int(connection.scalar(select(func.count()).select_from(queue)) or 0)


async def test_each_host_has_one_in_flight_the_oldest_first(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"), inbox("b.example"))
        publish(connection, 2, inbox("a.example"))
        first = claim(connection)
        assert sorted(numbers(first)) == [("a.example", 1), ("b.example", 1)]
        assert claim(connection) == ()
        deliveries.settle(connection, [Delivered(one) for one in first], NOW)
        second = claim(connection)
        assert numbers(second) == [("a.example", 2)]
        deliveries.settle(connection, [Delivered(one) for one in second], NOW)
        assert (claim(connection), waiting(connection)) == ((), 0)

    await database.take(work)


@pytest.mark.withstands("E10")
async def test_what_a_dead_worker_had_in_flight_is_given_out_again_and_nothing_else(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"), inbox("b.example"), inbox("c.example"))
        taken = claim(connection, limit=2)
        deliveries.settle(connection, [Delivered(taken[0])], NOW)
        dead = taken[1].host
        assert [one.host for one in claim(connection)] == [
            host for host in ("a.example", "b.example", "c.example") if host not in {dead, taken[0].host}
        ]
        assert claim(connection, NOW + 59) == ()
        assert dead in {one.host for one in claim(connection, NOW + 60)}

    await database.take(work)


async def test_the_only_worker_takes_over_at_once_what_it_held_before_it_died(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"))
        assert len(claim(connection)) == 1
        deliveries.release_all(connection)
        assert len(claim(connection)) == 1

    await database.take(work)


async def test_who_settles_after_its_lease_does_not_end_that_of_another(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"))
        publish(connection, 2, inbox("a.example"))
        [late] = claim(connection)
        [other] = claim(connection, NOW + 61)
        deliveries.settle(connection, [Delivered(late)], NOW + 62)
        assert claim(connection, NOW + 63) == ()
        deliveries.settle(connection, [Delivered(other)], NOW + 64)
        assert numbers(claim(connection, NOW + 65)) == [("a.example", 2)]

    await database.take(work)


async def test_what_was_not_tried_for_a_trouble_of_ours_says_nothing_of_its_host(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"))
        [one] = claim(connection)
        deliveries.settle(connection, [Untried(one, NOW + 10)], NOW)
        [host] = hosts.known(connection)
        assert (host.failures, host.because, host.waiting, host.next_at) == (0, None, 1, NOW + 10)
        [again] = claim(connection, NOW + 10)
        assert (again.id, again.tries) == (one.id, 0)

    await database.take(work)


async def test_followers_who_share_an_inbox_get_one_delivery(database: Database) -> None:
    def work(connection: Connection) -> None:
        for name, host, reads in [("x", "a", False), ("y", "a", False), ("z", "b", False), ("w", "c", True)]:
            follower = actors.Follower(f"https://{host}.example/{name}", f"https://{host}.example/inbox", reads)
            actors.follow(connection, ME, follower, NOW)
        publish(connection, 1, followers=Followers(ME, reads_acts=False))
        assert sorted(one.target for one in claim(connection)) == [
            "https://a.example/inbox",
            "https://b.example/inbox",
        ]
        reached = Followers(ME, reads_acts=True, without=("https://c.example/w",))
        publish(connection, 2, inbox("c.example"), followers=reached)
        assert waiting(connection) == 3

    await database.take(work)


async def test_actors_whose_inboxes_turn_out_to_be_one_get_one_delivery(database: Database) -> None:
    def work(connection: Connection) -> None:
        people = [Target(f"https://a.example/{name}", is_inbox=False, host="a.example") for name in ("x", "y", "z")]
        publish(connection, 1, *people, inbox("a.example", "shared"))
        sent = []
        while claimed := claim(connection):
            [one] = claimed
            if one.is_inbox:
                sent.append(one.target)
                deliveries.settle(connection, [Delivered(one)], NOW)
            else:
                deliveries.settle(connection, [Redirected(one, "https://a.example/shared", "a.example")], NOW)
        assert sent == ["https://a.example/shared"]

    await database.take(work)


async def test_an_inbox_on_another_host_joins_that_hosts_queue(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, Target("https://a.example/x", is_inbox=False, host="a.example"))
        [one] = claim(connection)
        deliveries.settle(connection, [Redirected(one, "https://b.example/inbox", "b.example")], NOW)
        assert [(one.host, one.target) for one in claim(connection)] == [("b.example", "https://b.example/inbox")]

    await database.take(work)


async def test_a_host_that_does_not_answer_is_probed_with_one_delivery_and_loses_its_turn_to_nobody(
    database: Database,
) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("dead.example"), inbox("a.example"))
        publish(connection, 2, inbox("dead.example"))
        dead = next(one for one in claim(connection) if one.host == "dead.example")
        deliveries.settle(connection, [failed(dead, blocked_until=NOW + 30)], NOW)
        publish(connection, 3, inbox("dead.example"))  # what is new does not open the breaker
        assert claim(connection, NOW + 29, suspects=True) == ()
        [probe] = claim(connection, NOW + 30, suspects=True)
        assert (probe.id, probe.tries, probe.failures) == (dead.id, 1, 1)
        deliveries.settle(connection, [Delivered(probe)], NOW + 30)
        assert numbers(claim(connection, NOW + 30)) == [("dead.example", 2)]

    await database.take(work)


async def test_where_one_delivery_fails_at_a_host_that_is_there_the_others_go_on(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"))
        publish(connection, 2, inbox("a.example"))
        [first] = claim(connection)
        deliveries.settle(connection, [failed(first, due_at=NOW + 100)], NOW)
        [second] = claim(connection, suspects=True)
        assert numbers([second]) == [("a.example", 2)]
        deliveries.settle(connection, [Delivered(second)], NOW)
        assert claim(connection, NOW + 99) == ()
        publish(connection, 3, inbox("a.example"))  # and a new one does not wait for the one that failed
        [third] = claim(connection)
        assert numbers([third]) == [("a.example", 3)]
        deliveries.settle(connection, [Delivered(third)], NOW)
        assert numbers(claim(connection, NOW + 100)) == [("a.example", 1)]

    await database.take(work)


async def test_a_host_that_is_heard_from_again_is_tried_at_once(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"))
        [one] = claim(connection)
        deliveries.settle(connection, [failed(one, blocked_until=NOW + 40_000)], NOW)
        assert hosts.away(connection) == ("a.example",)
        assert hosts.retry(connection, "a.example", NOW + 5)
        assert not hosts.retry(connection, "a.example", NOW + 5)
        assert hosts.away(connection) == ()
        [again] = claim(connection, NOW + 5)
        assert again.failures == 0

    await database.take(work)


@pytest.mark.withstands("E11")
async def test_after_a_week_all_that_is_older_is_given_up_and_counted(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"), inbox("b.example"))
        publish(connection, 2, inbox("a.example"))
        one = next(one for one in claim(connection) if one.host == "a.example")
        deliveries.settle(connection, [failed(one, blocked_until=NOW + 9, expired=NOW + 1)], NOW)
        state = {host.host: host for host in hosts.known(connection)}
        assert (state["a.example"].given_up, state["a.example"].waiting) == (2, 0)
        assert state["a.example"].because == "net.unreachable: no"
        assert (state["b.example"].given_up, state["b.example"].waiting) == (0, 1)

    await database.take(work)


async def test_a_refusal_for_good_is_counted_and_the_host_is_well(database: Database) -> None:
    def work(connection: Connection) -> None:
        publish(connection, 1, inbox("a.example"))
        publish(connection, 2, inbox("a.example"))
        [one] = claim(connection)
        deliveries.settle(connection, [GivenUp(one, "net.status: a.example answered 410")], NOW)
        [state] = hosts.known(connection)
        assert (state.given_up, state.failures, state.waiting) == (1, 0, 1)
        assert numbers(claim(connection)) == [("a.example", 2)]

    await database.take(work)


@pytest.mark.withstands("D17")
async def test_what_is_known_of_hosts_for_which_nothing_waits_ends_by_time_and_by_number(database: Database) -> None:
    def work(connection: Connection) -> None:
        names = [f"host-{number:02}.example" for number in range(20)]
        publish(connection, 1, *map(inbox, names))
        claimed = claim(connection, limit=20)
        done = [Delivered(one) for one in claimed if one.host != "host-07.example"]
        deliveries.settle(connection, done[:9], NOW)
        deliveries.settle(connection, done[9:], NOW + 50)
        assert hosts.forget(connection, NOW + 1, 100) == 9
        assert hosts.forget(connection, NOW + 1, 4) == 6
        assert len(hosts.known(connection)) == 5
        assert "host-07.example" in {host.host for host in hosts.known(connection)}

    await database.take(work)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_several_workers_share_a_queue_and_give_no_host_to_two(database_url: str) -> None:
    workers = [open_database(database_url) for _ in range(4)]
    names = [f"host-{number:03}.example" for number in range(60)]
    for number in range(3):
        await workers[0].write(partial(_publish_to, names, number))
    sent: list[tuple[str, int]] = []
    in_flight: set[str] = set()

    async def work(database: Database) -> None:
        while claimed := await database.take(lambda connection: claim(connection, limit=5)):
            taken = {one.host for one in claimed}
            assert not taken & in_flight
            in_flight.update(taken)
            await asyncio.sleep(0)
            sent.extend(numbers(claimed))
            in_flight.difference_update(taken)
            done = [Delivered(one) for one in claimed]
            await database.take(partial(_settle, done))

    await asyncio.gather(*map(work, workers))
    assert sorted(sent) == sorted((name, number) for name in names for number in range(3))
    for name in names:
        assert [number for host, number in sent if host == name] == [0, 1, 2]
    for database in workers:
        await database.close()


def _publish_to(names: list[str], number: int, connection: Connection) -> None:
    publish(connection, number, *map(inbox, names))


def _settle(done: list[Delivered], connection: Connection) -> None:
    deliveries.settle(connection, done, NOW)
