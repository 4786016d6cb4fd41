"""A question with several options before the assemblies of a confederation, and reservations beside an answer."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from app.governance.ratification import Stance
from app.http.pages.confederation import board as pages
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.operations.confederation import counting, reserving
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters import proposing
from app.operations.matters.proposing import Draft
from app.operations.meetings import hands
from app.operations.record import bundling
from app.operations.record.sealing import heading, load
from app.operations.votes import closing, voting
from app.store import acts
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.verifier import verify_bundle
from app.wiring import Instance
from tests.operations.neighbours import Place, Valley, done, found_council, settle_down

PEOPLE = {
    "Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"),
    "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida"),
    "Harbour": ("Jo", "Kim", "Lou", "Max", "Nur"),
}
RANKED: Document = {"rules": {"policy": {"method": "ranked", "quorum": "1/5"}}}


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    founded = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(founded, PEOPLE, RANKED)
    return founded


def bring(valley: Valley, *options: str) -> None:
    river = valley["Riverside"]
    draft = Draft("Where we meet", "Next year.", "policy", valley["Valley"].assembly, options=options)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()


def answer(place: Place, item: Item, *orders: list[list[str]]) -> Document:
    """What a place seals when everybody agrees and each of five holds one of the orders."""
    meeting, chair = place.meets(item), next(iter(place.people.values()))
    vote = done(place.do(voting.open_vote, item.id, timedelta(hours=1), by=chair, in_meeting=True))
    tellers = [account for account in place.people.values() if account.id not in {item.author, chair.id}][-2:]
    papers = [[1, order] for order in orders]
    for teller in tellers:
        done(place.do(hands.enter_count, teller, vote.id, hands.Figures({"agree": 5}, options=papers)))
    closed = done(place.do(closing.close, vote.id, chair))
    place.parts(meeting)
    return load(closed.acts[-1])


def test_assemblies_put_options_in_an_order_and_every_one_counts_the_same(valley: Valley) -> None:
    bring(valley, "In the hall", "At the lake")
    hall, lake = [["option-1"], ["option-2"]], [["option-2"], ["option-1"]]
    for name, orders in (
        ("Riverside", (hall, hall, hall, lake, lake)),
        ("Hill", (lake, lake, lake, lake, hall)),
        ("Harbour", (lake, lake, lake, hall, hall)),
    ):
        place = valley[name]
        sealed = answer(place, place.item(Kind.ANSWER, "Where we meet"), *orders)
        first = "option-1" if name == "Riverside" else "option-2"
        assert sealed["gov:stance"] == "ratified"
        assert sealed["gov:ballot"][0] == [first]
        valley.deliver()
    [outcome] = valley["Valley"].read(lambda c: acts.of_type(c, "gov:Outcome", author=valley["Valley"].assembly))
    assert load(outcome)["gov:order"] == [["option-2"], ["option-1"], ["no-change"]]
    for name in PEOPLE:
        place = valley[name]
        found = done(place.do(counting.board, load(outcome)["gov:proposal"]["id"]))
        assert found.newest is not None
        assert found.newest.same
        shown = place.do(pages.matter, found)
        assert shown.order[:2] == ("At the lake", "In the hall")
        assert "“At the lake” comes first: 2 prefer it to “In the hall”, 1 the other way round." in shown.because[0]


@pytest.mark.shows("H6")
def test_reservations_that_an_assembly_declares_are_sealed_and_shown_to_all(valley: Valley) -> None:
    bring(valley, "In the hall", "At the lake")
    hill = valley["Hill"]
    item = hill.item(Kind.ANSWER, "Where we meet")
    done(hill.do(lambda c, i: reserving.reserve(c, i, hill.people["leyla"], item.id, "Not in the harvest.")))
    sealed = answer(hill, item, [["option-1"]])
    assert (sealed["gov:stance"], sealed["gov:reservations"]) == (Stance.RESERVED, "Not in the harvest.")
    valley.deliver()
    for name in PEOPLE:
        place = valley[name]
        found = done(place.do(counting.board, sealed["gov:proposal"]["id"]))
        stand = next(one for one in place.do(pages.matter, found).stands if one.assembly == "Hill")
        assert (stand.said, stand.reservations) == ("agreed with reservations", "Not in the harvest.")


@pytest.mark.withstands("F32")
def test_what_fewer_than_five_say_of_the_options_stays_at_home(valley: Valley) -> None:
    bring(valley, "In the hall", "At the lake")
    river, hill = valley["Riverside"], valley["Hill"]
    item = hill.item(Kind.ANSWER, "Where we meet")
    vote = done(hill.do(voting.open_vote, item.id, timedelta(hours=1)))
    for account in list(hill.people.values())[:4]:
        order = [["option-2"], ["option-1"]]
        done(hill.do(voting.cast, account, vote.id, "agree", "", item.act_digest, order))
    valley.clock.tick(hours=2)
    sealed = load(done(hill.do(closing.close, vote.id, None)).acts[-1])
    assert (sealed["gov:small"], sealed["gov:stance"], sealed["gov:status"]) == (True, "ratified", "adopted")
    assert {"gov:ballot", "gov:because"}.isdisjoint(sealed)
    assert sealed["gov:counts"] == {"entitled": 5, "present": 4}
    valley.deliver()
    answer(river, river.item(Kind.ANSWER, "Where we meet"), *[[["option-1"], ["option-2"]]] * 5)
    valley.deliver()
    board = done(hill.do(counting.board, item.act))
    assert done(board.count).result.order[0] == ("option-1",)  # Riverside's ballot alone is on record
    report = verify_bundle(done(hill.do(bundling.export)))
    [about] = [one for one in report.proposals if one.ref.id == item.act]
    assert about.count is not None
    assert about.count.status.value == done(board.count).status.value


@pytest.mark.shows("B9")
def test_a_tie_goes_by_the_draw_that_the_rule_names_and_every_one_orders_it_alike(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)

    def drawn(connection: Connection, instance: Instance) -> StoredAct:
        head = heading(connection, instance)
        seed = build.draw(id=Id(head.id), author=Id(head.author), published=head.published, seed="seven")
        return seal_and_announce(connection, instance, seed)

    lot = valley["Riverside"].do(drawn)  # the council is still forming, and seals none
    rule = {"method": "ranked", "quorum": "1/5", "lot": {"id": lot.id, "gov:digest": lot.digest}}
    found_council(valley, PEOPLE, {"rules": {"policy": rule}})
    bring(valley, "In the hall", "At the lake")
    alike, hall, lake = [["option-1", "option-2"]], [["option-1"], ["option-2"]], [["option-2"], ["option-1"]]
    for name, order in (("Riverside", hall), ("Hill", lake), ("Harbour", alike)):
        place = valley[name]
        answer(place, place.item(Kind.ANSWER, "Where we meet"), *[order] * 5)
        valley.deliver()
    [outcome] = valley["Valley"].read(lambda c: acts.of_type(c, "gov:Outcome", author=valley["Valley"].assembly))
    assert load(outcome)["gov:status"] == "adopted"
    tickets = {one: sha256(f"seven{one}".encode()).digest() for one in ("option-1", "option-2")}
    drawn_order = [[one] for one in sorted(tickets, key=tickets.__getitem__)]
    assert load(outcome)["gov:order"] == [*drawn_order, ["no-change"]]
    for name in PEOPLE:
        board = done(valley[name].do(counting.board, load(outcome)["gov:proposal"]["id"]))
        assert board.newest is not None
        assert board.newest.same
        assert board.newest.judgement.kind.value == "fine"
    report = verify_bundle(done(valley["Hill"].do(bundling.export)))
    kinds = {one.judgement.kind.value for found in report.proposals for one in found.outcomes}
    assert kinds == {"fine"}
