"""The demo's browser sends what a page offers, and refuses to send anything else."""

import pytest

from app.demo.markup import Page

PAGE = """<html><head><title>no</title></head><body><h1>Winter fuel</h1>
<form method="post" action="/proposals/1/ballot"><input type="hidden" name="csrf" value="t0ken">
<input type="radio" name="choice" value="agree"><input type="radio" name="choice" value="disagree">
<textarea name="reason">
</textarea><select name="seat"><option value="1">one</option><option value="2" selected>two</option></select>
<input type="checkbox" name="both" value="7"><input type="checkbox" name="both" value="9">
<button name="do" value="vote">Vote</button></form><a href="/acts/1">the <b>entry</b></a></body></html>"""


def page() -> Page:
    return Page("http://127.0.0.1:1/proposals/1", 200, PAGE)


def test_a_form_keeps_what_the_page_set_and_takes_what_is_entered() -> None:
    sent = page().form("/ballot").filled({"choice": "agree", "both": ["7", "9"], "do": "vote"})
    assert sent == [
        ("csrf", "t0ken"),
        ("choice", "agree"),
        ("reason", ""),
        ("seat", "2"),
        ("both", "7"),
        ("both", "9"),
        ("do", "vote"),
    ]


@pytest.mark.parametrize("given", [{"choice": "maybe"}, {"vote": "agree"}, {"do": "delete"}, {"seat": "3"}])
def test_what_no_form_offers_is_not_sent(given: dict[str, str | list[str]]) -> None:
    with pytest.raises(ValueError, match="form to /proposals/1/ballot"):
        page().form("/ballot").filled(given)


def test_words_and_links_are_read_without_the_head() -> None:
    assert page().text == "Winter fuel one two Vote the entry"
    assert page().link("the entry") == "/acts/1"
    with pytest.raises(LookupError, match="no form"):
        page().form("/close")
