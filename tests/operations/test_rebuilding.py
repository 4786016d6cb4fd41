"""Tables are folds of acts: what was played and then damaged is rebuilt to the last byte (architecture, rule 1)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, func, insert, literal, select, update

from app.kernel.refusal import Refusal
from app.operations.exchange import pulling
from app.operations.matters import proposing
from app.operations.record import erasing, rebuilding
from app.operations.record.rebuilding import Rebuilt
from app.store import agenda
from app.store.schema import metadata
from app.store.tables_assembly import instance, items, texts
from app.store.tables_federation import hashtags, notices, pulls
from app.store.tables_record import acts, frontier, leaves, references, subtrees, wanted
from app.wiring import Instance
from tests.operations.cycle import NAMES, PEOPLE, join, play
from tests.operations.hill import founded, ordered, proposed
from tests.operations.neighbours import Place, done, found_council, settle_down

WHEN_WE_LOOK_AGAIN = {"due_at"}
"""Of what is read from others, the time of the next look: rebuilt, it is now."""


def dump(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    def look(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        return {table.name: sorted(map(repr_of, connection.execute(query(table)))) for table in metadata.sorted_tables}

    def query(table: Table) -> Any:  # noqa: ANN401 - a select of whatever columns
        return select(*(column for column in table.c if table is not pulls or column.name not in WHEN_WE_LOOK_AGAIN))

    def repr_of(row: Any) -> tuple[str, ...]:  # noqa: ANN401 - a row of whatever columns
        return tuple(repr(bytes(value) if isinstance(value, memoryview) else value) for value in row)

    return place.read(look)


def garble(connection: Connection, *_: object) -> None:
    """Spoil everything that follows from the record: columns of acts, what they name, the log's end, posts, matters."""
    one = connection.scalar(select(func.min(notices.c.id)))
    connection.execute(delete(references))
    connection.execute(delete(subtrees))
    connection.execute(delete(pulls))
    connection.execute(delete(hashtags))
    connection.execute(
        update(acts).values(
            id=literal("https://elsewhere.example/acts/") + acts.c.digest,
            type="gov:Task",
            author="https://elsewhere.example/assembly",
            published_at=1,
            own=~acts.c.own,
            standing="evidence",
            because="wrong",
            leaf=None,
        )
    )
    connection.execute(update(frontier).values(size=1, hashes=b"x" * 32, checkpoint="nothing", published_at=1))
    connection.execute(update(notices).values(dossier="https://elsewhere.example/dossiers/1"))
    connection.execute(update(notices).where(notices.c.id == one).values(raw=b"{}"))
    connection.execute(update(items).values(title="?", category="?", act="https://elsewhere.example/acts/1"))
    connection.execute(update(items).where(items.c.state.in_(["adopted", "rejected"])).values(state="open"))
    connection.execute(update(instance).values(founded_at=None))


def lose_texts(connection: Connection, *_: object) -> None:
    connection.execute(delete(texts))


def rebuilt(place: Place) -> Rebuilt:
    return done(place.do(rebuilding.rebuild))


@pytest.fixture
def places(tmp_path: Path, new_database: Callable[[str], str]) -> list[Place]:
    valley = settle_down(tmp_path, new_database, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    join(valley)
    play(valley)
    for place in valley.places.values():
        place.do(lambda c, i: pulling.enlist(c, i, 0))
    return [valley[name] for name in NAMES]


def test_the_cycle_is_rebuilt_from_its_acts_and_leaves(places: list[Place]) -> None:
    for place in places:
        before = dump(place)
        assert rebuilt(place).said == ()
        assert dump(place) == before
        for harm in (garble, lose_texts) if before["texts"] else (garble,):  # a council has no agenda of texts
            place.do(harm)
            assert dump(place) != before
            found = rebuilt(place)
            assert found.differed
            assert found.faults == ()
            assert dump(place) == before
        assert rebuilt(place).differed == {}


def take_back(place: Place, act: str) -> None:
    """Withdraw a proposal of Rojîn's, who may have only so many undecided ones."""

    def withdraw(connection: Connection, _: Instance) -> Refusal | None:
        item = agenda.about(connection, act)
        return (
            proposing.withdraw(connection, place.instance, place.people["rojin"], item.id) if item is not None else None
        )

    done(place.do(withdraw))


def test_full_tiles_are_made_again(tmp_path: Path, sqlite_template: Path) -> None:
    place = founded(tmp_path, sqlite_template)
    for number in range(260):
        take_back(place, proposed(place, f"Bench {number}"))
    before = dump(place)
    assert before["ledger_subtrees"]
    place.do(garble)
    assert rebuilt(place).differed["ledger_subtrees"] == 1
    assert dump(place) == before


def test_what_was_erased_stays_erased(tmp_path: Path, sqlite_template: Path) -> None:
    place = founded(tmp_path, sqlite_template)
    proposed(place, "Fuel", "Wood for all. #winterfuel")
    act = proposed(place, text="Words of Rojîn. #wood")
    done(place.do(erasing.erase, act, "It named somebody.", decision=ordered(place, act)))
    before = dump(place)
    place.do(lambda c, _: c.execute(delete(references)))
    place.do(lambda c, _: c.execute(delete(hashtags)))
    place.do(lambda c, _: c.execute(update(notices).values(raw=b"{}")))
    rebuilt(place)
    after = dump(place)
    assert {**after, "notices": None} == {**before, "notices": None}
    assert len(after["hashtags"]) == 1
    assert "Rojîn" not in str(after["notices"])
    assert str(after["notices"]).count("Tombstone") == 1


def test_what_is_here_is_asked_for_no_more_and_what_is_missing_is(places: list[Place]) -> None:
    hill = places[2]
    before = dump(hill)
    missing = hill.read(lambda c: c.execute(select(references).where(references.c.relation == "gov:mandate")).first())
    assert missing is not None
    hill.do(lambda c, _: c.execute(insert(wanted).values(id=missing.target_id, digest="z", tries=3, due_at=0)))
    rebuilt(hill)
    assert dump(hill)["wanted_acts"] != before["wanted_acts"]  # another digest is not here
    here = {"digest": missing.target_digest}
    hill.do(lambda c, _: c.execute(update(wanted).values(**here)))
    assert rebuilt(hill).differed == {"wanted_acts": 1}
    assert dump(hill) == before


def test_bytes_that_the_ledger_does_not_have_are_left_alone_and_named(places: list[Place]) -> None:
    for place in places[:2]:
        own = place.read(lambda c: c.execute(select(acts).where(acts.c.own).limit(1)).first())
        other = place.read(lambda c: c.execute(select(acts).where(~acts.c.own).limit(1)).first())
        assert own is not None
        assert other is not None
        for row in (own, other):
            raw = bytes(row.raw).replace(b"2026-11", b"2026-12")
            place.do(
                lambda c, _, row, raw: c.execute(update(acts).where(acts.c.seq == row.seq).values(raw=raw)), row, raw
            )
        before = dump(place)
        assert {fault.partition(": ")[0] for fault in rebuilt(place).faults} == {own.id, other.id}
        assert dump(place) == before


def test_a_broken_ledger_is_not_built_upon(tmp_path: Path, sqlite_template: Path) -> None:
    place = founded(tmp_path, sqlite_template)
    place.do(lambda c, _: c.execute(update(leaves).where(leaves.c.number == 1).values(body=b"{}")))
    place.do(lambda c, _: c.execute(delete(references)))
    before = dump(place)
    refused = place.do(rebuilding.rebuild)
    assert isinstance(refused, Refusal)
    assert refused.code == "ledger.broken"
    assert "leaf 1" in refused.because
    assert dump(place) == before
