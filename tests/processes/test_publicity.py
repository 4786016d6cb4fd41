"""What is not for everybody leaks by no address: every route is asked as a stranger, as a server, as a confederate."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from starlette.routing import Route

from app import main
from app.federation import http_signatures
from app.federation.documents import ACTIVITY_JSON
from app.settings import Settings
from app.wiring import Instance, current_instant, open_instance
from tests.processes.servers import Peer, Server, Someone, request, running

CANARY = "canary-8d1f"
DOCUMENTS = ("/assembly", "/people/", "/acts", "/activities/", "/notices/", "/dossiers/", "/instance/")
ALWAYS_SIGNED = "/assembly/followers_synchronization"
OPEN = ("/instance", "/.well-known/host-meta", "/.well-known/nodeinfo", "/nodeinfo/2.1", "/ledger/checkpoint")
KINDS = (ACTIVITY_JSON, "text/html")


@dataclass(frozen=True)
class Council:
    """A council whose rules keep everything among confederates; `friend` is of a member, `other` of nobody."""

    server: Server
    friend: Someone
    other: Someone


@pytest.fixture(scope="module", params=["0", "1"], ids=["open", "signed-only"])
def council(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    folder: Path = tmp_path_factory.mktemp("council")
    near, far = Peer(), Peer()
    friend, other = near.actor("instance", "Application"), far.actor("instance", "Application")
    members = [{"assembly": f"{near.url}/{name}", "gov:keylog": "zQm1"} for name in ("assembly", "second")]
    (folder / "members.json").write_text(json.dumps(members))
    rules = {"publicity": {"default": "confederates"}, "words": {"upper": CANARY}}
    (folder / "rules.json").write_text(json.dumps(rules))
    server = Server("Valley", folder / "data", settings={"ROUNDABOUT_AUTHORIZED_FETCH": request.param})
    server.make(kind="council")
    server.command("found", "--rules", str(folder / "rules.json"), "--council", str(folder / "members.json"))
    with running(server):
        yield Council(server, friend, other)
    near.close()
    far.close()


def signed_only(council: Council) -> bool:
    return council.server.settings["ROUNDABOUT_AUTHORIZED_FETCH"] == "1"


def rows(council: Council, statement: str) -> list[str]:
    with sqlite3.connect(council.server.folder / "roundabout.db") as database:
        return [row[0] for row in database.execute(statement)]


def charter(council: Council) -> str:
    [found] = rows(council, "SELECT id FROM acts WHERE type = 'gov:Charter'")
    return found.removeprefix(council.server.url)


def addresses(council: Council) -> list[str]:
    """Every address that the application serves to GET, each with the names that this record has for it."""
    settings = Settings(url=council.server.url, data_dir=council.server.folder, loopback=True, _env_file=None)  # type: ignore[call-arg]  # pydantic-settings takes it
    instance = open_instance(settings)
    assert isinstance(instance, Instance)
    gets = (
        route for route in main.build(instance).routes if isinstance(route, Route) and "GET" in (route.methods or ())
    )
    paths = {route.path for route in gets}
    short = [one.rpartition("/")[2] for one in rows(council, "SELECT id FROM acts UNION SELECT id FROM activities")]
    dossiers = [one.rpartition("/")[2] for one in rows(council, "SELECT dossier FROM notices")]
    names = {"{version}": ["2.1"], "{person}": ["ana"], "{item}": ["01JD"], "{name}": [*short, *dossiers]}
    found = set()
    for path in paths:
        filled = [path]
        for hole, values in names.items():
            filled = [one.replace(hole, value) for one in filled for value in values] if hole in path else filled
        found.update(filled)
    queries = {"/acts?after=-1", "/acts?received=1&after=-1", "/assembly/outbox?page=1", "/assembly/followers?page=1"}
    queries |= {f"/ledger/tile/{level}/000.p/{size}" for level in ("0", "entries") for size in (1, 2)}
    return sorted(found | queries)


@pytest.mark.withstands("A01")
@pytest.mark.withstands("G12")
def test_what_is_for_confederates_leaks_to_nobody_else_by_any_address(council: Council) -> None:
    asked = addresses(council)
    assert charter(council) in asked
    answers = [("stranger", path, council.server.get(path, kind)[1]) for path in asked for kind in KINDS]
    answers += [("another server", path, council.other.get(council.server.url + path)[1]) for path in asked]
    assert [(who, path) for who, path, body in answers if CANARY.encode() in body] == []


def test_a_confederate_reads_what_is_for_confederates(council: Council) -> None:
    path = charter(council)
    status, body = council.friend.get(council.server.url + path)
    assert (status, CANARY.encode() in body) == (200, True)
    listed = json.loads(council.friend.get(f"{council.server.url}/acts?after=-1")[1])["gov:items"]
    assert [item["act"]["type"] for item in listed] == ["gov:KeyEvent", "gov:Charter"]
    assert CANARY.encode() in council.friend.get(f"{council.server.url}/ledger/tile/entries/000.p/2")[1]
    [sent] = rows(council, "SELECT id FROM activities WHERE NOT public")
    assert CANARY.encode() in council.friend.get(sent)[1]


@pytest.mark.withstands("A01")
def test_no_cache_between_us_gives_what_a_confederate_read_to_somebody_else(council: Council) -> None:
    [sent] = rows(council, "SELECT id FROM activities WHERE NOT public")
    own = [charter(council), sent.removeprefix(council.server.url), "/acts?after=-1", "/ledger/tile/entries/000.p/2"]
    for path in [*own, *(("/assembly", "/assembly/outbox?page=1") if signed_only(council) else ())]:
        url = council.server.url + path
        signed = http_signatures.sign("GET", url, current_instant(), None, council.friend.http)
        asked = Request(url, headers={**signed, "Accept": ACTIVITY_JSON})  # noqa: S310 - a server of the test
        with urlopen(asked, timeout=20) as answer:  # noqa: S310 - a server of the test
            assert "private" in answer.headers["Cache-Control"], path


def test_others_learn_that_there_is_an_entry_and_nothing_of_it(council: Council) -> None:
    assert council.other.get(council.server.url + charter(council))[0] == 404
    listed = json.loads(council.other.get(f"{council.server.url}/acts?after=-1")[1])["gov:items"]
    assert [set(item) for item in listed] == [{"leaf", "act"}, {"leaf", "gov:commitment"}]
    [digest] = rows(council, "SELECT digest FROM acts WHERE type = 'gov:Charter'")
    assert listed[1]["gov:commitment"] == digest


@pytest.mark.withstands("A01")
def test_documents_are_for_signed_requests_only_where_that_is_set(council: Council) -> None:
    documents = [path for path in addresses(council) if path.startswith(DOCUMENTS) and path != ALWAYS_SIGNED]
    assert council.server.get(ALWAYS_SIGNED)[0] == 401
    unsigned = {council.server.get(path)[0] for path in documents}
    assert unsigned == ({401} if signed_only(council) else {200, 404})
    assert {council.other.get(council.server.url + path)[0] for path in documents} == {200, 404}
    assert {council.server.get(path)[0] for path in OPEN} == {200}


def test_an_assembly_that_is_watched_begins_with_everything_among_confederates(tmp_path: Path) -> None:
    chosen = {"ROUNDABOUT_PROFILE": "watched", "ROUNDABOUT_FEDERATION": "open"}  # it would talk to nobody at all else
    server, peer = Server("Quiet", tmp_path / "data", settings=chosen), Peer()
    server.make("Ana", "Bo", "Cy")
    server.command("found", "--rules", "starter", "--present", "3", "--agree", "3")
    stranger = peer.actor("instance", "Application")
    with running(server):
        assert {server.get(path)[0] for path in ("/assembly", "/acts", "/assembly/outbox")} == {401}
        listed = json.loads(stranger.get(f"{server.url}/acts?after=-1")[1])["gov:items"]
        assert [item["act"]["type"] for item in listed if "act" in item] == ["gov:KeyEvent"]
        assert sum("gov:commitment" in item for item in listed) == len(listed) - 1 >= 2
        actor = json.loads(stranger.get(f"{server.url}/assembly")[1])
        assert (actor["indexable"], actor["discoverable"]) == (False, False)
        for path in ("/", "/decisions", "/confederation"):
            assert b"adopted its rules" not in server.get(path, "text/html")[1]
    peer.close()


def test_a_signature_that_does_not_hold_opens_nothing(council: Council) -> None:
    thief = Someone(council.friend.id)  # says the friend's name, with a key of its own
    status, body = thief.get(council.server.url + charter(council))
    assert (status, CANARY.encode() in body) == (401, False)


@pytest.mark.withstands("A32")
def test_a_query_outside_the_signature_is_forgiven_only_where_everybody_may_read(council: Council) -> None:
    def asked(path: str, query: str) -> int:
        url = council.server.url + path
        headers = http_signatures.sign("GET", url, current_instant(), None, council.friend.http)
        return request("GET", url + query, {**headers, "Accept": ACTIVITY_JSON})[0]

    assert asked("/assembly/outbox", "?page=1") == 200
    assert asked("/acts", "?after=-1") == 401
    assert asked("/acts?after=-1", "") == 200
