"""A real council passes on what its member did to a community in the shapes of Lemmy."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.governance.starter import STARTER_SETTINGS
from tests.processes.servers import Peer, Server, Someone, running, wait_until
from tests.processes.test_lemmy import CONTEXT
from tests.processes.test_two_communes import PEOPLE, decide, member, on_agenda
from tests.processes.voices import PUBLIC, is_handled, rows


@dataclass(frozen=True)
class Around:
    """A council of which one member answers, followed by a community."""

    council: Server
    river: Server
    community: Peer


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Around]:
    folder: Path = tmp_path_factory.mktemp("valley")
    river, council, community = Server("Riverside", folder / "r"), Server("Valley", folder / "v"), Peer()
    river.make(*PEOPLE)
    rules = folder / "rules.json"  # the starter rules, but nothing waits for a convocation
    rules.write_text(json.dumps({"deliberation": dict.fromkeys(STARTER_SETTINGS["deliberation"], "PT0S")}))
    founded = json.loads(river.command("found", "--rules", str(rules), "--present", "3", "--agree", "3", "--json"))
    members, asked = folder / "members.json", {f"{river.url}/assembly": founded["keylog"]["gov:digest"]}
    asked[f"{community.url}/assembly"] = "zQm1"  # a second is asked too, and never answers
    members.write_text(json.dumps([{"assembly": name, "gov:keylog": log} for name, log in asked.items()]))
    council.make(kind="council")
    with running(council), running(river):
        mills = community.actor("c/mills", "Group")
        lemmy = mills.document("Group")
        del lemmy["generator"]  # it does not say that it reads acts
        community.serve("/c/mills", lemmy)
        follow(council, mills)
        council.command("found", "--rules", "starter", "--council", str(members))
        wait_until(lambda: on_agenda(river, "Valley") is not None, "the Charter did not reach Riverside's agenda")
        item = on_agenda(river, "Valley")
        assert item is not None
        decide(river, item)
        yield Around(council, river, community)
    community.close()


def follow(server: Server, who: Someone) -> None:
    asked: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{who.id}/follows/1",
        "type": "Follow",
        "actor": who.id,
        "to": [f"{server.url}/assembly"],
        "object": f"{server.url}/assembly",
    }
    assert who.post(f"{server.url}/assembly/inbox", asked) == 202
    wait_until(lambda: is_handled(server, asked["id"]), "the follow was not handled")


def announced(peer: Peer) -> list[dict[str, Any]]:
    return [one for one in peer.received if one["type"] == "Announce"]


@pytest.mark.withstands("B05")
def test_a_community_is_passed_the_post_of_an_act_unchanged_and_no_type_that_it_does_not_know(around: Around) -> None:
    wait_until(lambda: announced(around.community) != [], "nothing was passed on")
    [passed] = announced(around.community)
    assert (passed["actor"], passed["to"]) == (f"{around.council.url}/assembly", [PUBLIC])
    assert passed["cc"] == [f"{around.council.url}/assembly/followers"]
    create = passed["object"]
    status, raw = around.river.get(create["id"].removeprefix(around.river.url))
    assert (status, json.loads(raw)) == (200, create)
    assert (create["type"], create["object"]["type"]) == ("Create", "Note")
    assert create["object"]["gov:act"]["id"].startswith(f"{around.river.url}/acts/")
    assert create["object"]["proof"]["verificationMethod"].startswith(f"{around.river.url}/assembly")
    status, raw = around.council.get(passed["id"].removeprefix(around.council.url))
    assert (status, json.loads(raw)) == (200, passed)
    kinds = {one["object"]["type"] for one in around.community.received if isinstance(one["object"], dict)}
    assert [kind for kind in kinds if kind.startswith("gov:")] == []


@pytest.mark.withstands("B08")
def test_what_its_author_erased_is_gone_at_the_council_and_undone_for_who_follows_it(around: Around) -> None:
    wait_until(lambda: announced(around.community) != [], "nothing was passed on")
    [passed] = announced(around.community)
    act, ana = passed["object"]["object"]["gov:act"]["id"], member(around.river, "Ana")
    entry = ana.get(act.removeprefix(around.river.url))
    decide(around.river, ana.submit(entry, "/decisions/erase", why="It named a child.").url)
    [decided] = rows(around.river, "SELECT id FROM acts WHERE type = 'gov:Decision' ORDER BY seq DESC LIMIT 1")
    around.river.command("erase", act, "--because", "It named a child.", "--decision", decided["id"])
    path = passed["id"].removeprefix(around.council.url)
    wait_until(lambda: around.council.get(path)[0] == 410, "the council serves what its member erased")
    wait_until(lambda: undone(around.community) == [passed["id"]], "who follows the council was not told")
    assert json.loads(around.council.get(path)[1])["type"] == "Tombstone"


def undone(peer: Peer) -> list[str]:
    return [one["object"]["id"] for one in peer.received if one["type"] == "Undo"]
