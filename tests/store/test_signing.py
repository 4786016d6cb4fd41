"""What is remembered of signed requests, on both databases: schemes, nonces, when keys were asked for anew."""

import asyncio
from collections.abc import Callable
from functools import partial
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


@pytest.mark.withstands("D17")
def test_of_many_hosts_those_learnt_of_last_are_remembered(database: Database) -> None:
    def told(connection: Connection) -> list[str]:
        for day in range(6):
            signing.remember_scheme(connection, f"{day}.example", "rfc9421", day * DAY)
        assert signing.forget_schemes(connection, 1 * DAY, 3) == 3
        return sorted(signing.schemes_of(connection, [f"{day}.example" for day in range(6)]))

    assert write(database, told) == ["3.example", "4.example", "5.example"]


@pytest.mark.withstands("A10")
def test_a_nonce_is_good_once_for_each_key_until_its_time_is_over(database: Database) -> None:
    def used(connection: Connection) -> list[bool]:
        key, other = f"{ALICE}#main-key", f"{ALICE}#key-2"
        return [
            signing.use_nonce(connection, key, "a", b"0", 0, 10),
            signing.use_nonce(connection, key, "a", b"10", 10, 20),
            signing.use_nonce(connection, other, "a", b"10", 10, 20),
            signing.use_nonce(connection, key, "b", b"10", 10, 20),
            signing.use_nonce(connection, key, "a", b"11", 11, 21),
        ]

    assert write(database, used) == [True, False, True, True, True]


@pytest.mark.withstands("A06")
@pytest.mark.withstands("A10")
@pytest.mark.parametrize(("again", "may"), [(b"a", True), (b"b", False), (b"", False)])
def test_the_same_request_sent_again_has_used_no_nonce_twice(database: Database, again: bytes, *, may: bool) -> None:
    def used(connection: Connection) -> list[bool]:
        first = again and b"a"
        return [signing.use_nonce(connection, ALICE, "n", request, 0, 10) for request in (first, again)]

    assert write(database, used) == [True, may]


@pytest.mark.withstands("A10")
def test_of_many_who_use_a_nonce_at_once_one_may(database: Database) -> None:
    def use(connection: Connection, request: bytes) -> bool:
        return signing.use_nonce(connection, f"{ALICE}#main-key", "n", request, 0, 10)

    async def many() -> list[bool]:
        return await asyncio.gather(*(database.write(partial(use, request=bytes([number]))) for number in range(20)))

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
