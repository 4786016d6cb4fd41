"""Who chose what is nowhere but in the ballot while the vote can be objected to, and nowhere at all afterwards."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select

from app.operations.record import forgetting
from app.store import votes
from app.store.database import Connection
from app.store.schema import metadata
from tests.pages.commune import Commune, commune

T = TypeVar("T")
CANARY = "canarybird"


def do(opened: Commune, work: Callable[[Connection], T]) -> T:
    return asyncio.run(opened.instance.database.write(work))


def everything(connection: Connection) -> dict[str, str]:
    """All that each table holds, as text."""
    return {
        table.name: " ".join(
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for row in connection.execute(select(table))
            for value in row
        )
        for table in metadata.sorted_tables
    }


def where_it_is(opened: Commune, text: str) -> set[str]:
    return {name for name, held in do(opened, everything).items() if text in held}


def forget(opened: Commune, after: timedelta) -> None:
    moment = opened.instance.now() + after
    later = replace(opened.instance, now=lambda: moment)
    do(opened, lambda connection: forgetting.forget_due(connection, later))


def decided(opened: Commune) -> str:
    """The path of a task on which Ida, with the canary as her reason, and four others voted, and that is closed."""
    path = opened.member("Jo").propose("Repair the pump", "We repair it on Saturday.", "task")
    opened.member("Jo").send(f"{path}/open", path, closes_in="60", unit="minutes")
    opened.member("Ida").vote(path, "disagree", reason=CANARY)
    for name in ("Max", "Kim", "Tom", "Sami"):
        opened.member(name).vote(path, "agree")
    opened.passes(path)
    opened.member("Jo").closes(path)
    return path


@pytest.mark.withstands("F31", "H09")
def test_what_a_member_chose_leaves_the_ballot_nowhere(
    tmp_path: Path, empty_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with commune(tmp_path, database_url=empty_url) as opened:
        path = opened.member("Jo").propose("Repair the pump", "We repair it on Saturday.", "task")
        opened.member("Jo").send(f"{path}/open", path, closes_in="60", unit="minutes")
        opened.member("Ida").vote(path, "disagree", reason=CANARY)
        assert CANARY in opened.member("Ida").browser.get(path).text
        assert where_it_is(opened, CANARY) == {"ballots"}
        opened.member("Ida").vote(path, "agree", reason="no bird any more")
        assert where_it_is(opened, CANARY) == set()
        opened.member("Ida").vote(path, "disagree", reason=CANARY)
        for name in ("Max", "Kim", "Tom", "Sami"):
            opened.member(name).vote(path, "agree")
        opened.passes(path)
        opened.member("Jo").closes(path)
        assert where_it_is(opened, CANARY) == {"ballots"}
        reader = opened.member("Jo").browser
        for address in (
            path,
            f"{path}/print",
            "/",
            "/proposals",
            "/decisions",
            "/acts?limit=500",
            "/assembly/outbox?page=1",
        ):
            answer = reader.get(address)
            assert answer.status_code == 200
            assert CANARY not in answer.text
        assert not [name for name in reader.get(path).headers if name == "etag"]
    out, err = capfd.readouterr()
    assert CANARY not in out + err


@pytest.mark.withstands("H11")
def test_the_link_is_destroyed_when_the_time_to_object_ends(tmp_path: Path, empty_url: str) -> None:
    with commune(tmp_path, database_url=empty_url) as opened:
        path = decided(opened)
        ida = opened.member("Ida")
        receipt = ida.browser.get(path).text.partition("Your receipt:")[2].partition("<code>")[2].partition("<")[0]
        forget(opened, timedelta(days=7) - timedelta(minutes=1))
        assert where_it_is(opened, CANARY) == {"ballots"}
        forget(opened, timedelta(days=7, minutes=1))
        assert where_it_is(opened, CANARY) == set()
        [vote] = do(opened, lambda connection: votes.of_item(connection, path.rpartition("/")[2]))
        cast = do(
            opened,
            lambda connection: [votes.ballot(connection, vote.id, who) for who in votes.took_part(connection, vote.id)],
        )
        assert len(cast) == 5
        assert {(one.choice, one.reason) for one in cast if one is not None} == {(None, None)}
        assert vote.result is not None
        assert vote.result["counts"]["disagree"] == 1
        page = ida.browser.get(path).text
        assert receipt.startswith("z")
        assert page.count(receipt) == 2  # hers, and in the list of all


@pytest.mark.withstands("H11")
def test_a_seized_file_has_no_trace_of_what_was_forgotten(tmp_path: Path) -> None:
    with commune(tmp_path) as opened:
        decided(opened)
        forget(opened, timedelta(days=8))
    file = tmp_path / "roundabout.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert json.loads(connection.execute("SELECT result FROM votes").fetchone()[0])["counts"]["agree"] == 4
    assert CANARY.encode() not in file.read_bytes()
