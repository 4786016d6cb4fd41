"""Activities of others, in every order and twice each, on both databases: the end is the same."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.federation import documents, keys
from app.governance.assembly import Body
from app.kernel.refusal import Refusal
from app.network.client import Client
from app.operations import founding, membership
from app.operations.handling.families import HANDLERS, outcome_of
from app.operations.handling.outcome import Waiting
from app.store import actors, acts, notices, reactions, voices
from app.store.actors import StoredActor
from app.store.bell import Bell
from app.store.database import Connection, Database
from app.store.voices import Voice
from app.wiring import Instance, Keyring

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
        wake=Bell(),
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


def run(instance: Instance, activities: list[dict[str, Any]]) -> None:
    """Handle each of them twice."""
    twice = [activity for activity in activities for _ in range(2)]
    for activity in twice:
        outcome = asyncio.run(outcome_of(instance, activity, ANN))
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
        assert asyncio.run(instance.database.read(lambda c: voices.in_dossier(c, kept.dossier))) == ()  # noqa: B023 - run at once


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
            left = asyncio.run(instance.database.read(lambda connection: reactions.counts(connection, notice)))
            assert left == (0, 0)
            followers = asyncio.run(
                instance.database.read(lambda connection: actors.followers_of(connection, instance.assembly))
            )
            assert followers == ()


def test_every_activity_that_peers_send_has_a_family() -> None:
    known = {"Accept", "Add", "Announce", "Block", "Create", "Delete", "Flag", "Follow", "Like", "Move", "Reject"}
    assert set(HANDLERS) == known | {"Remove", "Undo", "Update"}
