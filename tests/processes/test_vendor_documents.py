"""What other software really sent, posted to a real server in the name of somebody who can be asked."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.federation import shapes
from tests.processes.servers import Peer, Server, Someone, wait_until
from tests.processes.voices import does, is_handled, is_heard, note, notice_of, voice

VECTORS: Final = Path(__file__).parents[3] / "shared/vectors/vendor"
_EVERY: Final = 4  # a quarter of them: all are read in tests/federation


@pytest.fixture(scope="module")
def speaker(peer: Peer) -> Someone:
    return peer.actor("speaker")


def spoken(document: Any, who: Someone, number: int) -> dict[str, Any] | None:  # noqa: ANN401 - any JSON
    """The document as an activity of somebody who can be asked: their id and actor, everything else as it was."""
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        return None
    activity = document if "actor" in document else {"type": "Create", "object": document}
    thing = activity.get("object")
    if isinstance(thing, dict):
        thing = thing | {"id": f"{who.id}/things/{number}"}
        if "attributedTo" in thing or "actor" not in activity:
            thing["attributedTo"] = who.id
    return activity | {"id": f"{who.id}/sent/{number}", "actor": who.id, "object": thing}


def test_a_server_takes_or_refuses_each_by_its_status_and_goes_on(commune: Server, speaker: Someone) -> None:
    paths = sorted(VECTORS.rglob("*.json"))[::_EVERY] if VECTORS.is_dir() else []
    if not paths:
        pytest.skip(f"the documents of other software are not here: they belong in {VECTORS}, beside the checkout")
    statuses: dict[int, int] = {}
    last = ""
    for number, path in enumerate(paths):
        try:
            activity = spoken(json.loads(path.read_bytes()), speaker, number)
        except ValueError:
            continue
        if activity is not None:
            status = speaker.post(f"{commune.url}/inbox", activity)
            statuses[status] = statuses.get(status, 0) + 1
            last = activity["id"] if status == 202 else last
    assert set(statuses) <= {202, 400, 403, 429}, statuses
    assert statuses[202] >= 30, statuses
    wait_until(lambda: is_handled(commune, last), "the server does not go on", 120)
    assert "could not be handled" not in commune.log()


@pytest.mark.parametrize("shape", shapes.ALL, ids=lambda shape: str(shape["type"]))
def test_a_voice_may_have_the_shape_of_any_software(commune: Server, speaker: Someone, shape: dict[str, Any]) -> None:
    said = shape | {"id": note(speaker, "")["id"], "inReplyTo": notice_of(commune), "to": shapes.PUBLIC}
    owners = shape.get("attributedTo")
    if isinstance(owners, list) and len(owners) > 1:  # a channel beside the person who speaks
        channel = {"type": "Group", "id": speaker.id.replace("speaker", "channel")}
        said["attributedTo"] = [channel, {"type": "Person", "id": speaker.id}]
    else:
        said["attributedTo"] = [speaker.id] if isinstance(owners, list) else speaker.id
    activity = does(speaker, "Create", said)
    assert speaker.post(f"{commune.url}/inbox", activity) == 202
    wait_until(lambda: is_handled(commune, activity["id"]), "it was not handled")
    assert is_heard(commune, said["id"])
    kept = voice(commune, said["id"])
    assert kept is not None
    assert kept["visibility"] == 3
