"""Activities, lists and tombstones from outside, in the shapes in which other software writes them."""

from typing import Any

import pytest

from app.federation import objects, values
from app.federation.objects import Activity, Collection, Tombstone
from app.kernel.refusal import Refusal
from tests.federation.shapes import ANN, LINK_FORUM, MICROBLOG

FOLLOW: dict[str, Any] = {
    "id": f"{ANN}#follows/1",
    "type": "Follow",
    "actor": ANN,
    "object": "https://hill.example/assembly",
}


def activity(document: dict[str, Any]) -> Activity:
    found = objects.read(document)
    assert isinstance(found, Activity), found
    return found


@pytest.mark.parametrize("actor", [ANN, {"type": "Person", "id": ANN}, [ANN], [{"id": ANN}]])
def test_who_acts_is_found_in_every_form(actor: object) -> None:
    assert activity(FOLLOW | {"actor": actor}).actor == ANN


@pytest.mark.parametrize(
    "thing",
    ["https://a.example/1", {"id": "https://a.example/1"}, ["https://a.example/1"], [{"id": "https://a.example/1"}]],
)
def test_a_thing_is_found_embedded_or_by_address(thing: object) -> None:
    assert activity(FOLLOW | {"object": thing}).thing.id == "https://a.example/1"


def test_a_complaint_names_many_things_and_a_poll_many_votes() -> None:
    flag = activity({"id": f"{ANN}#flags/1", "type": "Flag", "actor": ANN, "object": [ANN, "https://a.example/2"]})
    assert [thing.id for thing in flag.things] == [ANN, "https://a.example/2"]
    votes = [{"id": f"{ANN}#votes/{n}", "type": "Note", "name": str(n)} for n in range(3)]
    assert len(activity({"id": f"{ANN}#votes", "type": "Create", "actor": ANN, "object": votes}).things) == 3


def test_a_group_passes_on_an_activity_whole() -> None:
    inner = {"id": f"{ANN}#creates/1", "type": "Create", "actor": ANN, "object": LINK_FORUM}
    outer = {
        "id": "https://forum.example/a/1",
        "type": "Announce",
        "actor": "https://forum.example/c/heating",
        "object": inner,
    }
    thing = activity(outer).thing
    assert thing.kinds == ("Create",)
    assert thing.said is not None
    assert activity(thing.said).thing.id == LINK_FORUM["id"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": ["Follow"]}, "act.type"),
        ({"id": None}, "id.form"),
        ({"id": "tag:social.example,2026:1"}, "id.form"),
        ({"actor": 7}, "actor.form"),
        ({"actor": "acct:ann@social.example"}, "actor.form"),
    ],
)
def test_what_is_no_activity_is_refused_by_name(change: dict[str, Any], code: str) -> None:
    refused = objects.read(FOLLOW | change)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@pytest.mark.withstands("B29")
@pytest.mark.parametrize(
    "kind", ["Comment", "CryptographicKey", "Object", None, 7, [], {"@id": "as:Note"}, "x" * 10_000]
)
def test_a_type_that_nobody_knows_is_refused_by_name(kind: object) -> None:
    refused = objects.read({"id": "https://a.example/1", "type": kind})
    assert isinstance(refused, Refusal)
    assert refused.code == "obj.kind"
    assert len(refused.because) < 200


def test_a_list_is_read_with_its_pages_embedded_or_by_address() -> None:
    listed = {"id": "https://a.example/replies", "type": "Collection", "totalItems": 2}
    page = {"id": "https://a.example/replies?page=1", "type": "CollectionPage", "items": ["https://a.example/1"]}
    whole = objects.read(listed | {"first": page | {"next": "https://a.example/replies?page=2"}})
    assert isinstance(whole, Collection)
    assert isinstance(whole.first, Collection)
    assert whole.first.following == "https://a.example/replies?page=2"
    assert [item.id for item in whole.first.items] == ["https://a.example/1"]
    by_address = objects.read(listed | {"type": "OrderedCollection", "first": page["id"]})
    assert isinstance(by_address, Collection)
    assert by_address.first == page["id"]


@pytest.mark.withstands("D05")
def test_of_a_list_of_ten_thousand_five_hundred_are_read() -> None:
    found = objects.read(
        {"type": "OrderedCollection", "orderedItems": [f"https://a.example/{n}" for n in range(10_000)]}
    )
    assert isinstance(found, Collection)
    assert len(found.items) == 500


def test_what_was_deleted_is_read_as_that() -> None:
    assert objects.read({"id": "https://a.example/1", "type": "Tombstone", "formerType": "Note"}) == Tombstone(
        "https://a.example/1"  # type: ignore[arg-type]  # an Id is a string
    )


def test_a_time_is_read_whatever_its_offset_and_fraction() -> None:
    said = ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.999999Z", "2026-03-01T10:00:00", "2026-03-01 10:00:00Z")
    assert {str(values.when(text)) for text in said} == {"2026-03-01 10:00:00+00:00"}


@pytest.mark.parametrize("value", [None, 7, "", [], {}, [None], {"id": {}}, "x", {"type": {}}, -1, 1.5, True])
def test_a_property_of_any_other_form_breaks_nothing(value: object) -> None:
    inner = {"id": f"{ANN}#creates/1", "type": "Create", "actor": ANN, "object": MICROBLOG}
    for shape in (FOLLOW, inner, {"id": "https://a.example/c", "type": "Collection"}):
        for key in (*shape, "target", "first", "next", "items", "orderedItems", "totalItems", "published"):
            objects.read(shape | {key: value})
