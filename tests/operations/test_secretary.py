"""Handling what the inbox kept: in turns, each once, and what cannot be handled holds up nothing."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.federation.budget import Budget
from app.kernel.refusal import Refusal
from app.operations.exchange import resolve
from app.operations.exchange.secretary import MOST_TRIES, Secretary
from app.store import actors, inbox, parking
from app.store.actors import StoredActor
from app.store.database import Connection
from app.store.inbox import Arrival
from app.store.parking import Parked
from app.store.tables_federation import inbox as inbox_table
from app.wiring import Budgets, Instance
from tests.operations import hill
from tests.operations.neighbours import Place

HOUR = timedelta(hours=1)


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Place:
    return hill.founded(tmp_path, sqlite_template)


def arrival(name: str, domain: str = "mei.example", **document: object) -> Arrival:
    activity = {"id": f"https://{domain}/activities/{name}", "type": "Like", "actor": f"https://{domain}/mei"}
    raw = json.dumps(activity | {"object": "https://elsewhere.example/1"} | document).encode()
    return Arrival(activity["id"], activity["actor"], domain, raw, 0)


def arrive(place: Place, *arrivals: Arrival) -> None:
    place.do(lambda c, _: inbox.append(c, arrivals))


def handle(place: Place, instance: Instance | None = None, secretary: Secretary | None = None) -> list[int]:
    """Rounds of one secretary until nothing is due: how many activities each began with."""

    async def rounds() -> list[int]:
        one = secretary or Secretary(instance or place.instance)
        begun = []
        while count := await one.handle_due():
            begun.append(count)
            await one.finish()
        return begun

    return asyncio.run(rounds())


def waiting(place: Place) -> int:
    return place.read(inbox.waiting)


@pytest.mark.withstands("D20")
def test_what_breaks_is_tried_five_times_and_put_aside_with_its_reason_while_the_rest_is_handled(place: Place) -> None:
    # A table that somebody dropped by hand: a Follow meets an error that no handler foresees, in its transaction.
    mei = StoredActor(
        "https://mei.example/mei", b"{}", "https://mei.example/inbox", None, reads_acts=False, fetched_at=0
    )
    place.do(lambda c, _: actors.put(c, mei))
    place.do(lambda c, _: c.exec_driver_sql("DROP TABLE followers"))
    poison = arrival("poison", type="Follow", object=place.assembly)
    arrive(place, poison, arrival("after"), arrival("elsewhere", "other.example"))
    handle(place)
    assert waiting(place) == 1
    for _ in range(MOST_TRIES - 1):
        assert place.read(lambda c: inbox.aside(c, 10)) == ()
        place.clock.tick(hours=1)
        assert handle(place) == [1]
    [aside] = place.read(lambda c: inbox.aside(c, 10))
    assert (aside.activity_id, waiting(place)) == (poison.activity_id, 0)
    assert aside.because
    place.clock.tick(hours=1)
    assert handle(place) == []


@pytest.mark.withstands("D10")
def test_the_backlog_of_one_domain_does_not_stand_before_the_others(place: Place) -> None:
    arrive(place, *(arrival(f"flood-{number}", "flood.example") for number in range(2000)))
    arrive(place, *(arrival("one", f"small-{number}.example") for number in range(100)))

    async def two_rounds() -> None:
        secretary = Secretary(place.instance)
        for _ in range(2):
            await secretary.handle_due()
            await secretary.finish()

    asyncio.run(two_rounds())
    left = place.read(lambda c: inbox.domains(c, "", 1000))
    assert left == ["flood.example"]
    assert waiting(place) > 1000


@pytest.mark.withstands("A26")
def test_nobody_takes_the_id_of_anothers_activity_by_being_first(place: Place) -> None:
    true = arrival("statuses-1")
    squatted = replace(true, actor="https://mei.example/mallory", raw=b'{"type": "Like"}')
    arrive(place, squatted, true, true)
    assert handle(place) == [2]
    for one in (squatted, true):
        parked = Parked(one.activity_id, one.actor, "mei.example", one.raw, "https://x.example/1", 0, 0)
        place.do(lambda c, _, parked=parked: parking.park(c, parked, "", 0))
    assert sorted(one.raw for one in place.read(lambda c: parking.due(c, 1, 9))) == sorted((squatted.raw, true.raw))


@pytest.mark.withstands("D08")
def test_of_a_swarm_of_hosts_under_one_domain_no_more_waits_than_of_one_host(place: Place) -> None:
    def park(connection: Connection, _: Instance) -> int:
        for number in range(parking.MOST_OF_A_DOMAIN + 9):
            actor = f"https://s{number % 7}.evil.example/users/x"
            parked = Parked(f"{actor}/{number}", actor, "evil.example", b"{}", "https://x.example/1", 0, 0)
            parking.park(connection, parked, "", 0)
        return len(parking.due(connection, 1, 9_999))

    assert place.do(park) == parking.MOST_OF_A_DOMAIN


@pytest.mark.withstands("D17")
def test_what_was_handled_or_put_aside_a_month_ago_is_forgotten_and_what_waits_is_not(place: Place) -> None:
    arrive(place, *(arrival(name) for name in ("done", "aside", "waits")))
    seqs = place.read(lambda c: list(c.scalars(select(inbox_table.c.seq).order_by(inbox_table.c.seq))))
    place.do(lambda c, _: inbox.settle(c, [(seqs[0], None)]))
    place.do(lambda c, _: inbox.postpone(c, seqs[1], "broken", None))
    place.do(lambda c, _: c.execute(update(inbox_table).values(received_at=int(place.clock.now().timestamp()))))
    raw = place.read(lambda c: [len(one) for one in c.scalars(select(inbox_table.c.raw).order_by(inbox_table.c.seq))])
    assert (raw[:2], raw[2] > 0) == ([0, 0], True)
    left = []
    for days in (29, 2):
        place.clock.tick(days=days)
        asyncio.run(Secretary(place.instance).forget())
        left.append(place.read(lambda c: list(c.scalars(select(inbox_table.c.activity_id)))))
    assert [len(one) for one in left] == [3, 1]
    assert left[1][0].endswith("/waits")


@pytest.mark.withstands("A07")
def test_an_activity_is_handled_once_whatever_comes_again_and_when(place: Place) -> None:
    arrive(place, arrival("twice"), arrival("twice"))
    assert handle(place) == [1]
    for days in (0, 2, 400):
        place.clock.tick(days=days)
        arrive(place, arrival("twice"))
        assert handle(place) == []


def test_what_one_domain_sent_is_handled_in_its_order(place: Place) -> None:
    follow = {"type": "Follow", "object": place.assembly}
    undo = {"type": "Undo", "object": {"type": "Follow", "actor": "https://ordinary.example/users/mei"}}
    one = {"actor": hill.FOLLOWER}
    arrive(place, arrival("1", "ordinary.example", **follow, **one), arrival("2", "ordinary.example", **undo, **one))
    handle(place)
    assert waiting(place) == 0


@pytest.mark.withstands("D19")
def test_acts_beyond_what_a_domain_may_have_recorded_wait_and_none_is_dropped(place: Place) -> None:
    acts = [
        arrival(str(number), "spam.example", type="Create", object=_act("spam.example", number)) for number in range(5)
    ]
    arrive(place, *acts, arrival("other", "other.example", type="Create", object=_act("other.example", 1)))
    instance = replace(place.instance, budgets=Budgets(acts=Budget(2, timedelta(minutes=1))))
    secretary = Secretary(instance)
    handle(place, secretary=secretary)
    assert place.read(lambda c: inbox.domains(c, "", 10)) == ["spam.example"]
    assert waiting(place) == 3
    place.clock.tick(minutes=1)
    handle(place, secretary=secretary)
    assert waiting(place) == 1
    place.clock.tick(minutes=1)
    handle(place, secretary=secretary)
    assert waiting(place) == 0
    assert place.read(lambda c: inbox.aside(c, 10)) == ()


def _act(domain: str, number: int) -> dict[str, object]:
    return {"id": f"https://{domain}/acts/{number}", "type": "gov:Nothing", "attributedTo": f"https://{domain}/mei"}


@pytest.mark.withstands("D08")
def test_a_swarm_of_hosts_under_one_domain_is_asked_no_more_than_one_host(place: Place) -> None:
    instance = replace(place.instance, budgets=Budgets(fetches=Budget(3, timedelta(minutes=1))))

    async def ask() -> list[str]:
        hosts = [f"s{number}.evil.invalid" for number in range(5)] + ["good.invalid"]
        found = [await resolve.fetch(instance, f"https://{host}/users/x") for host in hosts]
        return [one.code for one in found if isinstance(one, Refusal)]

    codes = asyncio.run(ask())
    assert codes[3:5] == ["net.budget"] * 2
    assert "net.budget" not in codes[:3] + codes[5:]
