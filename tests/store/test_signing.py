"""What is remembered of signed requests, on both databases: schemes, nonces, when keys were asked for anew."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from app.store import actors, signing
from app.store.actors import StoredActor
from app.store.database import Connection, Database

T = TypeVar("T")
DAY = 86_400
ALICE = "https://riverside.example/people/alice"


def write(database: Database, function: Callable[[Connection], T]) -> T:
    return asyncio.run(database.write(function))


def test_what_a_host_takes_is_remembered_until_it_takes_something_else(database: Database) -> None:
    def told(connection: Connection) -> list[str | None]:
        said = [signing.scheme_of(connection, "hill.example")]
        for scheme in ("rfc9421", "rfc9421", "cavage"):
            signing.remember_scheme(connection, "hill.example", scheme, DAY)
            said.append(signing.scheme_of(connection, "hill.example"))
        return said

    assert write(database, told) == [None, "rfc9421", "rfc9421", "cavage"]


def test_a_host_of_which_nothing_was_learnt_for_half_a_year_is_forgotten(database: Database) -> None:
    def told(connection: Connection) -> tuple[str | None, str | None]:
        signing.remember_scheme(connection, "old.example", "rfc9421", 0)
        signing.remember_scheme(connection, "kept.example", "rfc9421", 100 * DAY)
        signing.remember_scheme(connection, "new.example", "rfc9421", 200 * DAY)
        return signing.scheme_of(connection, "old.example"), signing.scheme_of(connection, "kept.example")

    assert write(database, told) == (None, "rfc9421")


@pytest.mark.withstands("A10")
def test_a_nonce_is_good_once_for_each_key_until_its_time_is_over(database: Database) -> None:
    def used(connection: Connection) -> list[bool]:
        key, other = f"{ALICE}#main-key", f"{ALICE}#key-2"
        return [
            signing.use_nonce(connection, key, "a", 0, 10),
            signing.use_nonce(connection, key, "a", 10, 20),
            signing.use_nonce(connection, other, "a", 10, 20),
            signing.use_nonce(connection, key, "b", 10, 20),
            signing.use_nonce(connection, key, "a", 11, 21),
        ]

    assert write(database, used) == [True, False, True, True, True]


@pytest.mark.withstands("A10")
def test_of_many_who_use_a_nonce_at_once_one_may(database: Database) -> None:
    async def many() -> list[bool]:
        return await asyncio.gather(
            *(database.write(lambda c: signing.use_nonce(c, f"{ALICE}#main-key", "n", 0, 10)) for _ in range(20))
        )

    assert sorted(asyncio.run(many())) == [False] * 19 + [True]


@pytest.mark.withstands("A27")
def test_the_keys_of_a_known_actor_are_asked_for_anew_once_in_a_while(database: Database) -> None:
    def asked(connection: Connection) -> list[bool]:
        actors.put(connection, StoredActor(ALICE, b"{}", f"{ALICE}/inbox", None, reads_acts=False, fetched_at=0))
        found = [actors.may_refetch(connection, ALICE, now, 3_600) for now in (0, 3_599, 3_600, 3_601)]
        return [*found, actors.may_refetch(connection, f"{ALICE}-2", 0, 3_600)]

    assert write(database, asked) == [True, False, True, False, False]


@pytest.mark.withstands("A30")
def test_an_actor_is_gone_since_it_was_first_missed_and_back_when_it_is_found(database: Database) -> None:
    stored = StoredActor(ALICE, b"{}", f"{ALICE}/inbox", None, reads_acts=False, fetched_at=0)

    def since(connection: Connection) -> list[int | None]:
        found = []
        actors.put(connection, stored)
        for now in (5, 9):
            actors.mark_gone(connection, ALICE, now)
            found.append(gone_at(connection))
        actors.put(connection, stored)
        return [*found, gone_at(connection)]

    def gone_at(connection: Connection) -> int | None:
        kept = actors.get(connection, ALICE)
        assert kept is not None
        return kept.gone_at

    assert write(database, since) == [5, 5, None]
