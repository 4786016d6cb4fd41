"""Everything that we send and serve renders: held against what each peer demands, and kept as golden documents.

`python -m tests.federation.golden` writes `tests/federation/golden` anew after a form was changed on purpose.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.canonical import check_act_bytes
from tests.federation import golden
from tests.federation.golden import Everything
from tests.federation.peers import ACTIVITIES, DEMANDS, LARGEST, NOT_MET, Document

HASHTAG = re.compile(r'<a href="[^"]*" class="mention hashtag" rel="tag">(#)<span>([^<]*)</span></a>')


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Everything]:
    yield from golden.collect(tmp_path_factory.mktemp("valley"), sqlite_template)


def failing(documents: list[Document], of: str) -> set[tuple[str, str]]:
    demands = [demand for demand in DEMANDS if demand.of == of]
    return {(one.peer, one.what) for one in demands for document in documents if not one.holds(document)}


def test_every_peer_takes_our_actors_activities_and_posts(everything: Everything) -> None:
    found = failing(everything.actors, "actor")
    found |= failing(everything.activities, "activity")
    found |= failing(everything.posts, "post")
    assert found == set(NOT_MET)


def test_there_is_one_of_each_kind_to_look_at(everything: Everything) -> None:
    assert {one["type"] for one in everything.activities} == {
        "Accept", "Add", "Announce", "Create", "Delete", "Flag", "Follow",
        "Join", "Offer", "Reject", "Remove", "Undo", "Update",
    }  # fmt: skip
    assert {one["type"] for one in everything.posts} == {"Note", "Event", "Question"}
    assert {one["type"] for one in everything.actors} == {"Application", "Group", "Person"}


def test_a_type_is_one_string_and_an_activity_one_of_activitystreams(everything: Everything) -> None:
    documents = everything.activities + everything.posts + everything.actors
    assert [one["id"] for one in documents if not isinstance(one["type"], str)] == []
    assert {one["type"] for one in everything.activities} <= ACTIVITIES


def test_what_is_sent_is_under_sixty_kilobytes_and_brings_its_context_along(everything: Everything) -> None:
    documents = everything.activities + everything.actors + everything.posts
    assert [one["id"] for one in documents if len(json.dumps(one).encode()) >= LARGEST] == []
    ours = [term for one in documents for term in one["@context"] if isinstance(term, str) and "roundabout" in term]
    assert ours == []


def test_only_acts_have_types_of_ours_and_they_are_acts(everything: Everything) -> None:
    carried = [one["object"] for one in everything.activities if isinstance(one["object"], dict)]
    acts = [thing for thing in carried if str(thing.get("type")).startswith("gov:")]
    assert acts != []
    assert [check_act_bytes(act) for act in acts if check_act_bytes(act) is not None] == []


def test_a_post_answers_posts_only_and_has_no_name_then(everything: Everything) -> None:
    replies = [post for post in everything.posts if "inReplyTo" in post]
    assert [post for post in replies if "name" in post or "/acts/" in post["inReplyTo"]] == []


def test_a_post_has_the_whole_text_of_its_act(everything: Everything) -> None:
    about = [(post, everything.fetch(post["gov:act"]["id"])) for post in everything.posts if "gov:act" in post]
    texts = [
        (HASHTAG.sub(r"\1\2", post["content"]), (act or {}).get("content") or "")
        for post, (status, act) in about
        if status == 200
    ]
    assert [text for _, text in texts if text] != []
    assert [text for content, text in texts if text not in content] == []


def test_every_public_id_that_we_send_leads_to_what_was_sent(everything: Everything) -> None:
    sent = [one for one in everything.activities if one["to"] == ["https://www.w3.org/ns/activitystreams#Public"]]
    assert len(sent) > 20
    wrong = [one["id"] for one in sent if everything.fetch(one["id"]) not in ((200, one), (410, one))]
    assert wrong == []
    ids = {one["object"]["id"] for one in sent if isinstance(one["object"], dict)}
    assert {address: status for address in ids if (status := everything.fetch(address)[0]) not in {200, 410}} == {}
    gone = {address for address in ids if everything.fetch(address)[0] == 410}
    assert gone == ids & ({one["object"]["id"] for one in sent if one["type"] == "Delete"} | everything.erased)
    assert {everything.fetch(address)[0] for address in everything.erased} == {410}
    assert any("/activities/" in address for address in everything.erased)


def test_the_golden_documents_are_what_we_send_and_serve(everything: Everything) -> None:
    kept = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in golden.FOLDER.glob("*.json")}
    made = golden.samples(everything)
    assert sorted(kept) == sorted(made), "run `python -m tests.federation.golden`"
    assert {name: document for name, document in made.items() if kept[name] != document} == {}
