"""What push did not bring: a real council reads the records of its members by range, and misses nothing."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.federation.documents import ACTIVITY_JSON
from app.kernel.canonical import Document
from app.store import acts
from app.store.acts import StoredAct
from app.store.database import Connection, open_database
from tests.processes.dripping import Dripping
from tests.processes.servers import Peer, Server, running, wait_until

ELSEWHERE = "http://127.0.0.1:9/assembly"  # nobody is there


def council_of(folder: Path, members: dict[str, str]) -> Server:
    """A council whose charter lists these assemblies, each with the digest of its first key entry, and one more."""
    council = Server("Valley", folder / "valley")
    council.make(kind="council")
    listed = folder / "members.json"
    listed.write_text(
        json.dumps([{"assembly": name, "gov:keylog": log} for name, log in {**members, ELSEWHERE: "zQm"}.items()])
    )
    council.command("found", "--rules", "starter", "--council", str(listed))
    return council


def kept(server: Server, *, own: bool) -> tuple[StoredAct, ...]:
    async def read() -> tuple[StoredAct, ...]:
        database = open_database(f"sqlite:///{server.folder / 'roundabout.db'}")
        try:
            return await database.read(look)
        finally:
            await database.close()

    def look(connection: Connection) -> tuple[StoredAct, ...]:
        return acts.after_leaf(connection, -1, 500) if own else acts.received_after(connection, 0, 500)

    return asyncio.run(read())


@pytest.mark.withstands("E11")
def test_a_council_that_was_away_reads_all_that_it_missed_and_nothing_twice(tmp_path: Path) -> None:
    commune = Server("Riverside", tmp_path / "riverside")
    commune.make("Ana", "Bo", "Cy")
    commune.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    missed = {act.id: act.digest for act in kept(commune, own=True)}
    first = next(act for act in kept(commune, own=True) if act.type == "gov:KeyEvent")
    council = council_of(tmp_path, {f"{commune.url}/assembly": first.digest})
    with running(commune), running(council):  # nobody delivers: the commune does not know of the council
        wait_until(lambda: len(kept(council, own=False)) >= len(missed), f"not pulled: {council.log()[-2000:]}")
    received = kept(council, own=False)
    assert {act.id: act.digest for act in received} == missed
    assert len(received) == len(missed) == 3
    assert {act.standing.value for act in received} == {"authentic"}


@pytest.mark.withstands("F14")
def test_a_leaf_that_is_kept_from_us_is_found_in_the_record_and_checked_as_any_other(
    tmp_path: Path, peer: Peer
) -> None:
    hill = peer.actor("hill", "Group", **{"gov:body": "commune"})
    good, forged = hill.report(1), hill.report(2) | {"content": "<p>Something else</p>"}
    later = hill.report(3)
    ranges: dict[int, Document] = {
        -1: {"gov:items": [{"leaf": 4, "act": good}, {"leaf": 5, "gov:commitment": "zQm"}], "gov:next": 5},
        5: {"gov:items": [{"leaf": 9, "act": forged}, {"leaf": 10, "act": later}], "gov:next": None},
    }
    for after, document in ranges.items():
        peer.serve(f"/acts?after={after}&limit=50", document)
    peer.ledger(hill, 11)
    council = council_of(tmp_path, {hill.id: "zQmKeylog"})
    with running(council):
        wait_until(lambda: len(kept(council, own=False)) >= 3, f"not pulled: {council.log()[-2000:]}")
    standing = {act.id: act.standing.value for act in kept(council, own=False)}
    assert standing == {good["id"]: "authentic", forged["id"]: "evidence", later["id"]: "authentic"}
    assert [path for path in peer.asked if path.startswith("/acts?")][:2] == [
        "/acts?after=-1&limit=50",
        "/acts?after=5&limit=50",
    ]


@pytest.mark.withstands("B20")
def test_a_leaf_that_nobody_can_read_does_not_keep_us_from_those_behind_it(tmp_path: Path, peer: Peer) -> None:
    hill = peer.actor("hill", "Group", **{"gov:body": "commune"})
    good, later = hill.report(1), hill.report(2)
    doubled = b'{"gov:items": [{"leaf": 7, "act": {"id": "x", "id": "y"}}], "gov:next": 7}'
    whole = json.dumps({"gov:items": [{"leaf": 4, "act": good}], "gov:next": 4}).encode()
    tail = json.dumps({"gov:items": [{"leaf": 8, "act": later}], "gov:next": None}).encode()
    for query, body in {
        "after=-1&limit=50": whole[:-1] + b', "x": {"a": 1, "a": 2}}',
        "after=-1&limit=1": whole,
        "after=4&limit=50": doubled,
        "after=4&limit=1": doubled,
        "after=7&limit=50": tail,
    }.items():
        peer.judges[f"/acts?{query}"] = lambda *_, body=body: (200, {"Content-Type": ACTIVITY_JSON}, body)
    peer.ledger(hill, 9)
    council = council_of(tmp_path, {hill.id: "zQmKeylog"})
    with running(council):
        wait_until(lambda: len(kept(council, own=False)) >= 2, f"not pulled: {council.log()[-2000:]}")
    assert {act.id for act in kept(council, own=False)} == {good["id"], later["id"]}
    assert "a leaf cannot be read" in council.log()


@pytest.mark.withstands("D02")
@pytest.mark.withstands("D20")
@pytest.mark.withstands("F14")
def test_a_record_that_drips_and_one_that_breaks_keep_us_from_no_other(tmp_path: Path) -> None:
    with closing(Dripping()) as slow, closing(Peer()) as broken, closing(Peer()) as beyond:
        for peer in (broken, beyond):
            hill = peer.actor("hill", "Group", **{"gov:body": "commune"})
            peer.serve("/acts?after=-1&limit=50", {"gov:items": [{"leaf": 0, "act": hill.report(1)}]})
            peer.ledger(hill, 1)
        fellows = [f"{peer.url}/hill" for peer in (slow, broken, beyond)]
        council = council_of(tmp_path, dict.fromkeys(fellows, "zQmKeylog"))
        fails = f"NEW.leaf >= 0 AND NEW.assembly = '{broken.url}/hill' BEGIN SELECT RAISE(ABORT, 'unforeseen'); END"
        with closing(sqlite3.connect(council.folder / "roundabout.db")) as database:
            database.execute(f"CREATE TRIGGER broken BEFORE UPDATE OF leaf ON pulls WHEN {fails}")
            turns = [(fellow, fellow.split("/")[2], turn) for turn, fellow in enumerate(fellows)]
            row = "INSERT INTO pulls (assembly, host, leaf, tries, due_at, pulled_at) VALUES (?, ?, -1, 0, ?, 0)"
            database.executemany(row, turns)
            database.commit()
        with running(council):
            wait_until(lambda: kept(council, own=False) != (), f"not pulled: {council.log()[-2000:]}")
            assert slow.asked > slow.left == 0  # it still drips
            assert [act.id for act in kept(council, own=False)] == [f"{beyond.url}/hill/acts/1"]
            wait_until(lambda: noted(council, broken) == "pull.bug: IntegrityError", council.log()[-2000:])


def noted(council: Server, peer: Peer) -> str:
    """Why a peer's record was not read."""
    hosts = json.loads(council.command("peers", "--json"))
    records = [record for host in hosts for record in host["records"] if peer.url in record["assembly"]]
    return str(records[0]["because"])
