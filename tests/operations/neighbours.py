"""Four bodies on four databases that hand each other what they queue: everything real but the wire."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.federation import documents, integrity_proofs
from app.governance.assembly import Body
from app.governance.charter import Member
from app.governance.starter import STARTER_SETTINGS
from app.kernel.canonical import Document
from app.kernel.ids import Id, origin
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.network.client import Client
from app.operations.assembly import describing, founding, membership
from app.operations.meetings import attending, convening, facilitating, hands
from app.operations.meetings.attending import Comer
from app.operations.record import recording
from app.operations.record.sealing import seal_signer
from app.operations.votes import closing, voting
from app.operations.votes.rolls import is_party
from app.store import actors, acts, agenda, deliveries
from app.store.accounts import Account
from app.store.actors import StoredActor
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection, open_database
from app.store.meetings import Duty, Meeting
from app.wiring import Instance, Keyring

T = TypeVar("T")
Databases = Path | Callable[[str], str]
"""A SQLite file to be copied, or what gives the address of a fresh database for a name."""
PASSWORD = "a good long password"
NO_TIME = dict.fromkeys(STARTER_SETTINGS["deliberation"], "PT0S")


def done(value: T | Refusal) -> T:
    """What an operation returned, which must not be a no."""
    assert not isinstance(value, Refusal), value
    return value


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    at: Instant = datetime(2026, 11, 2, 18, tzinfo=UTC)

    def now(self) -> Instant:
        return self.at

    def tick(self, **much: float) -> None:
        self.at += timedelta(**(much or {"seconds": 1}))


@dataclass
class Place:
    """One body."""

    name: str
    instance: Instance
    clock: Clock
    people: dict[str, Account] = field(default_factory=dict)
    next_key: bytes = b""

    @property
    def assembly(self) -> Id:
        return Id(self.instance.assembly)

    def do(self, function: Callable[..., T], *arguments: object, **more: object) -> T:
        """`function(connection, instance, ...)` in a transaction, one second later."""
        self.clock.tick()
        return asyncio.run(
            self.instance.database.write(lambda connection: function(connection, self.instance, *arguments, **more))
        )

    def read(self, function: Callable[[Connection], T]) -> T:
        return asyncio.run(self.instance.database.read(function))

    def person(self, name: str) -> str:
        return f"{self.instance.url}/people/{name}"

    def item(self, kind: Kind, title: str = "") -> Item:
        found = self.read(lambda connection: agenda.listed(connection, 100))
        return next(item for item in found if item.kind is kind and title in item.title)

    def meets(self, item: Item) -> Meeting:
        """A meeting that is open, with the item on its agenda, and everybody in: one facilitates, two count."""
        chair, tellers = self.chair(item), self.tellers(item)

        def hold(connection: Connection, instance: Instance) -> Meeting:
            plan = convening.Plan("School hall", instance.now(), items=(item.id,))
            meeting = done(convening.convene(connection, instance, plan))
            done(facilitating.take_duty(connection, chair, meeting.id, chair.name, Duty.FACILITATOR))
            for teller in tellers:
                done(facilitating.take_duty(connection, chair, meeting.id, teller.name, Duty.TELLER))
            begun = done(facilitating.begin(connection, instance, chair, meeting.id))
            for person in self.people.values():
                done(attending.let_in(connection, instance, chair, meeting.id, Comer(member=person.id)))
            return begun

        return self.do(hold)

    def chair(self, item: Item) -> Account:
        """Who facilitates a meeting on an item: the first whom it does not concern."""
        people = self.people.values()
        return next(
            one for one in people if not self.read(partial(is_party, instance=self.instance, item=item, account=one))
        )

    def tellers(self, item: Item) -> list[Account]:
        """Who counts the hands on an item: neither who facilitates nor who wrote it."""
        chair = self.chair(item)
        return [account for account in self.people.values() if account.id not in {item.author, chair.id}][-2:]

    def parts(self, meeting: Meeting) -> None:
        """The meeting closes."""
        done(self.do(facilitating.close, next(iter(self.people.values())), meeting.id, ""))

    def decide(self, item: Item, *, agree: int = 5, disagree: int = 0) -> closing.Closed:
        """A meeting about it: a hand count by two tellers, closed by who facilitates, and so is the meeting."""
        meeting, chair = self.meets(item), self.chair(item)
        vote = done(self.do(voting.open_vote, item.id, timedelta(hours=1), by=chair, in_meeting=True))
        figures = {"agree": agree, "disagree": disagree, "present": agree + disagree}
        for teller in self.tellers(item):
            done(self.do(hands.enter_count, teller, vote.id, hands.Figures(figures)))

        def end(connection: Connection, instance: Instance) -> closing.Closed:
            closed = done(closing.close(connection, instance, vote.id, chair))
            done(facilitating.close(connection, instance, chair, meeting.id, ""))
            return closed

        return self.do(end)


@dataclass
class Valley:
    """Everybody, and the post between them."""

    clock: Clock
    places: dict[str, Place]
    delayed: dict[str, str] = field(default_factory=dict)
    """By the name of a place, the type of act that is on its way there until `arrive`."""
    under_way: list[tuple[Place, Document, Document]] = field(default_factory=list)
    elsewhere: list[tuple[str, Document]] = field(default_factory=list)
    """What went to somebody on another server, who only reads: to which inbox, and the activity."""

    def __getitem__(self, name: str) -> Place:
        return self.places[name]

    def deliver(self) -> None:
        """Hand over everything that is queued, and what that brings about, until nothing is left."""
        while sum(self._send(place) + self._ask(place) for place in self.places.values()):
            self.clock.tick()

    def arrive(self) -> None:
        """Hand over what was delayed, and what that brings about."""
        late, self.delayed, self.under_way = self.under_way, {}, []
        for there, document, activity in late:
            self.hand(there, document, activity)
        self.deliver()

    def hand(self, place: Place, document: Document, activity: Document) -> None:
        """One act as it arrives at a place, its proof checked with its author's own key."""
        home = next(one for one in self.places.values() if one.instance.url == origin(document["attributedTo"]))
        signer = home.do(lambda c, i: seal_signer(c, i, document["attributedTo"]))
        assert integrity_proofs.verify_proof(document, signer.public()) is None
        author = document["attributedTo"]
        raw = home.do(describing.actor, author)
        assert raw is not None
        actor = StoredActor(author, raw, f"{author}/inbox", f"{home.instance.url}/inbox", reads_acts=True, fetched_at=0)
        place.do(lambda c, _: actors.put(c, actor))
        place.do(recording.record, document, activity, None)

    def _send(self, place: Place) -> int:
        now = int(self.clock.now().timestamp())

        def claim(connection: Connection, _: Instance) -> tuple[deliveries.Delivery, ...]:
            deliveries.address(connection, now)
            claimed = deliveries.claim(connection, now + 60, 100, suspects=False, lease=60)
            deliveries.settle(connection, [deliveries.Delivered(delivery) for delivery in claimed], now)
            return claimed

        claimed = place.do(claim)
        for delivery in claimed:
            activity = json.loads(delivery.raw)
            there = next((one for one in self.places.values() if one.instance.url == origin(delivery.target)), None)
            if there is None:
                self.elsewhere.append((delivery.target, activity))
                continue
            for document in documents.acts_within(activity):
                if origin(document["id"]) == there.instance.url:
                    continue
                if self.delayed.get(there.name) == document["type"]:
                    self.under_way.append((there, document, activity))
                else:
                    self.hand(there, document, activity)
        return len(claimed)

    def _ask(self, place: Place) -> int:
        """Fetch what is named and missing, from where it lives."""
        wanted = place.read(lambda c: acts.due_wants(c, int(self.clock.now().timestamp()) + 3600, 100))
        fetched = 0
        for act_id, _, _ in wanted:
            home = next(one for one in self.places.values() if one.instance.url == origin(act_id))
            act = home.do(lambda c, _, wanted: acts.by_id(c, wanted), act_id)
            assert act is not None
            if act.type != self.delayed.get(place.name):
                self.hand(place, json.loads(act.raw), {})
                fetched += 1
        return fetched

    def visit(self, place: Place, host: Place) -> None:
        """Fetch the whole record of `host`, as somebody who wants to join does."""
        kept = host.read(lambda c: (*acts.after_leaf(c, -1, 500), *acts.received_after(c, 0, 500)))
        for act in kept:
            if origin(act.id) != place.instance.url:
                self.hand(place, json.loads(act.raw), {})


def settle_down(
    folder: Path,
    template: Databases,
    people: Mapping[str, Iterable[str]],
    co_signers: Mapping[str, tuple[str, ...]] = {},
    changes: Document | None = None,
) -> Valley:
    """Gatherings and a council, each on a fresh database; communes have founded themselves, some with co-signers.

    Their rules are the starter rules with no time for deliberation, and with these `changes`.
    """
    clock, hashed = Clock(), done(membership.hash_password(PASSWORD))
    valley = Valley(clock, {})
    for name in (*people, "Valley"):
        valley.places[name] = open_place(folder, template, clock, name)
    for name, names in people.items():
        place = valley[name]
        place.do(founding.begin, Body.COMMUNE, name)
        for person in names:
            account = done(place.do(membership.add, person, hashed))
            place.people[account.name] = account
        here = len(place.people)
        agreed = founding.Agreed(co_signers=co_signers.get(name, ()))
        rules = {"deliberation": NO_TIME} | (changes or {})
        founded = done(place.do(founding.found_commune, rules, present=here, agree=here, on=agreed))
        place.next_key = founded.next_key
    valley["Valley"].do(founding.begin, Body.COUNCIL, "Valley")
    return valley


def found_council(valley: Valley, names: Iterable[str], rules: Document | None = None) -> None:
    """Valley's Charter, the starter rules with `rules` laid over them, ratified by those that it lists."""
    listed = [valley[name] for name in names]
    members = [Member(place.assembly, first_key_event(place).digest) for place in listed]
    done(valley["Valley"].do(founding.found_council, rules or {}, members))
    valley.deliver()
    for place in listed:
        place.decide(place.item(Kind.ANSWER))
    valley.deliver()


def first_key_event(place: Place) -> StoredAct:
    return place.read(lambda connection: acts.of_type(connection, "gov:KeyEvent", author=place.assembly))[0]


def _copied(folder: Path, template: Databases, name: str) -> str:
    if callable(template):
        return template(name)
    shutil.copy(template, folder / f"{name}.db")
    return f"sqlite:///{folder / name}.db"


def open_place(folder: Path, template: Databases, clock: Clock, name: str) -> Place:
    instance = Instance(
        url=f"https://{name.lower()}.example",
        loopback=False,
        data_dir=folder,
        database=open_database(_copied(folder, template, name)),
        client=Client(loopback=False),
        secret=b"s" * 32,
        now=clock.now,
        keyring=Keyring(),
    )
    return Place(name, instance, clock)
