"""Posts from outside: the shapes in which other software writes them, read as one plain value."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.federation import posts
from app.federation.posts import KINDS, Post, Visibility, parse_post
from app.federation.tags import Link, Mention, Option
from app.kernel.refusal import Refusal
from tests.federation import shapes
from tests.federation.shapes import ANN, BLOG, FILM, GATHERING, LINK_FORUM, MICROBLOG, PICTURE, POLL, PUBLIC, SOUND


def read(document: dict[str, Any]) -> Post:
    post = parse_post(document)
    assert isinstance(post, Post), post
    return post


def test_every_type_of_post_has_a_shape_here_and_each_is_read() -> None:
    assert {read(shape).kind for shape in shapes.ALL} == KINDS


def test_a_microblog_post_is_read_whole() -> None:
    post = read(MICROBLOG)
    assert (post.author, post.answers, post.page) == (
        ANN,
        "https://hill.example/notices/1",
        "https://social.example/@ann/1",
    )
    assert (post.summary, post.sensitive, post.visibility) == ("about heating", True, Visibility.PUBLIC)
    assert post.published == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert "who pays?" in post.content
    assert "script" not in post.content
    assert post.tags.mentions == (Mention("https://hill.example/assembly", "@assembly@hill.example"),)  # type: ignore[arg-type]  # an Id is a string
    assert post.tags.hashtags == ("Fuel",)
    assert [emoji.name for emoji in post.tags.emoji] == ["stove"]
    assert [type(link) for link in post.tags.links] == [Link]
    assert [(file.description, file.width) for file in post.attachments] == [("a stove", 640)]
    assert post.replies == "https://social.example/users/ann/statuses/1/replies"


def test_a_poll_is_read_with_the_counts_that_its_server_claims() -> None:
    post = read(POLL)
    assert post.options == (Option("beech", 4), Option("oak", 7))
    assert post.ends == datetime(2026, 3, 8, 9, tzinfo=UTC)
    assert post.author == ANN


def test_a_text_that_is_only_in_a_map_is_read_with_its_language() -> None:
    post = read(BLOG)
    assert (post.language, post.content, post.title) == ("de", "<h2>Holz</h2><p>Buche.</p>", "Wood, again")


def test_a_post_without_a_date_is_a_post_without_a_date() -> None:
    assert read(BLOG).published is None
    for strange in ("yesterday", 7, "2026-13-01T00:00:00Z", "9999-12-31T23:59:59-12:00", ["2026-01-01"], ""):
        assert read(MICROBLOG | {"published": strange}).published is None


@pytest.mark.parametrize("spelling", [PUBLIC, "as:Public", "Public"])
@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: ["https://a.example/u/x", one]])
def test_the_public_is_known_in_its_three_spellings(spelling: str, wrap: Any) -> None:  # noqa: ANN401 - a parameter
    assert read(MICROBLOG | {"to": wrap(spelling), "cc": []}).visibility is Visibility.PUBLIC
    assert read(MICROBLOG | {"to": [], "cc": wrap(spelling)}).visibility is Visibility.UNLISTED


def test_who_may_read_is_told_by_the_recipients_and_nobody_named_is_nobody() -> None:
    private: dict[str, Any] = MICROBLOG | {"cc": []}
    assert read(private | {"to": [shapes.FOLLOWERS]}).visibility is Visibility.FOLLOWERS
    assert read(private | {"to": ["https://hill.example/assembly"]}).visibility is Visibility.DIRECT
    assert read(private | {"to": None}).visibility is Visibility.DIRECT
    assert read(private | {"to": [{"id": PUBLIC}]}).visibility is Visibility.DIRECT


@pytest.mark.parametrize(
    ("owners", "author"),
    [
        (ANN, ANN),
        ([ANN], ANN),
        ({"type": "Person", "id": ANN}, ANN),
        ([{"type": "Group", "id": "https://social.example/c/x"}, {"type": "Person", "id": ANN}], ANN),
        (["https://social.example/c/x", ANN], "https://social.example/c/x"),
    ],
)
def test_the_author_is_found_in_every_form(owners: object, author: str) -> None:
    assert read(MICROBLOG | {"attributedTo": owners}).author == author


def test_a_channel_stands_beside_the_person_who_speaks() -> None:
    post = read(FILM)
    assert post.author == "https://films.example/accounts/eve"
    assert post.owners == ("https://films.example/video-channels/wood", "https://films.example/accounts/eve")


def test_a_text_that_is_no_html_is_shown_as_it_was_written() -> None:
    assert read(FILM).content == "<p>One</p><p>**Two** &lt;3</p>"


def test_of_several_addresses_people_get_the_page_and_the_file_is_the_file() -> None:
    assert read(FILM).page == "https://films.example/w/1"
    assert [file.url for file in read(FILM).attachments] == ["https://films.example/1.mp4"]
    assert [(file.url, file.media_type) for file in read(SOUND).attachments] == [
        ("https://audio.example/1.ogg", "audio/ogg")
    ]
    assert [(file.url, file.description) for file in read(PICTURE).attachments] == [
        ("https://photos.example/1.jpg", "a shed")
    ]
    assert [file.url for file in read(LINK_FORUM).attachments] == ["https://paper.example/pellets"]


def test_a_meeting_is_read_with_its_time() -> None:
    post = read(GATHERING)
    assert (post.starts, post.author) == (datetime(2026, 5, 1, 7, tzinfo=UTC), "https://events.example/@walkers")


def test_a_vote_in_a_poll_is_known_as_one() -> None:
    vote = {"id": f"{ANN}#votes/1", "type": "Note", "name": "oak", "inReplyTo": POLL["id"], "attributedTo": ANN}
    assert read(vote).is_vote
    assert not read(MICROBLOG).is_vote


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "Comment"}, "post.kind"),
        ({"type": None}, "post.kind"),
        ({"type": [{"a": "Note"}]}, "post.kind"),
        ({"id": None}, "id.form"),
        ({"id": "http://social.example/1"}, "id.form"),
        ({"attributedTo": None}, "post.author"),
        ({"attributedTo": [7, {"name": "ann"}]}, "post.author"),
    ],
)
def test_what_is_no_post_is_refused_by_name(change: dict[str, Any], code: str) -> None:
    refused = parse_post(MICROBLOG | change)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@pytest.mark.parametrize("key", sorted({key for shape in shapes.ALL for key in shape} - {"id", "type"}))
@pytest.mark.parametrize("value", [None, 7, -1.5, True, "", [], {}, [None], [[]], [{}], {"id": 3}, {"type": []}, "\\@"])
def test_a_property_of_any_other_form_is_left_out_and_nothing_breaks(key: str, value: object) -> None:
    for shape in shapes.ALL:
        assert isinstance(parse_post(shape | {key: value}), Post | Refusal)


@pytest.mark.withstands("D09")
def test_of_ten_thousand_tags_fifty_are_looked_at() -> None:
    mentions = [{"type": "Mention", "href": f"https://a.example/u/{number}"} for number in range(10_000)]
    post = read(MICROBLOG | {"tag": mentions, "cc": [mention["href"] for mention in mentions]})
    assert len(post.tags.mentions) == 50
    assert len(post.recipients) <= 10_001
    files = [{"type": "Image", "url": f"https://a.example/{number}.png"} for number in range(10_000)]
    assert len(read(MICROBLOG | {"attachment": files}).attachments) == 50


@pytest.mark.withstands("B34")
@pytest.mark.withstands("B12")
def test_hidden_recipients_and_unchecked_signatures_are_taken_out_however_deep() -> None:
    secret = {"bto": [ANN], "bcc": ANN, "signature": {"type": "RsaSignature2017"}}
    document = {"type": "Create", **secret, "object": {**MICROBLOG, **secret, "object": {"id": ANN, **secret}}}
    kept = posts.without_hidden(document)
    assert not any(word in str(kept) for word in ("bto", "bcc", "RsaSignature2017"))
    assert kept["object"]["content"] == MICROBLOG["content"]


@pytest.mark.withstands("B26")
def test_signs_that_turn_a_line_around_are_not_shown_and_ids_stay_bytes() -> None:
    post = read(MICROBLOG | {"name": "pay\u202eton\u202c", "content": "<p>a\u2066b</p>", "summary": "x\u200f\ny"})
    assert (post.title, post.content, post.summary) == ("payton", "<p>ab</p>", "x y")
    for other in ("https://social.example/caf\u00e9", "https://social.example/cafe\u0301"):
        assert isinstance(parse_post(MICROBLOG | {"id": other}), Refusal)
