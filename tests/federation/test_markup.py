"""Texts from outside, made safe to show."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation import markup

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:x()'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<p style='position:fixed'>x</p>",
    "<iframe src='https://e.example'></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<form action='/proposals/1/vote' method=post><button>x</button></form>",
    "<a href='//e.example'>x",
    "<a href='/sign-out'>x</a>",
    "<base href='https://e.example'>",
    "<meta http-equiv=refresh content='0;url=x'>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_is_left(text: str) -> None:
    clean = markup.html(text)
    for word in ("script", "onerror", "onload", "style", "iframe", "form", "button", "meta", "base", "<img", "href"):
        assert word not in clean.replace("&lt;", "")


def test_what_people_write_stays() -> None:
    text = "<p>One<br><strong>two</strong> <em>three</em></p><ul><li>four</li></ul><blockquote>five</blockquote>"
    assert markup.html(text) == text


@pytest.mark.withstands("G19")
@pytest.mark.parametrize(
    ("link", "behind"),
    [
        ('<a href="https://evil.example/x">https://bank.example/</a>', " [evil.example]"),
        ('<a href="https://evil.example/bank.example">bank.example</a>', " [evil.example]"),
        ('<a href="https://bank.example.evil.example/">https://bank.example</a>', " [bank.example.evil.example]"),
        ('<a href="https://evil.example/">https://bank.example/?https://evil.example/</a>', " [evil.example]"),
        ('<a href="https://evil.example/">#fuel</a>', " [evil.example]"),
        ('<a href="https://evil.example:8443/">evil.example</a>', " [evil.example:8443]"),
        ('<a href="https://ok.example/long/path"><span>https://</span>ok.example/long</a>', ""),
        ('<a href="https://ok.example/@ann">@ann@ok.example</a>', ""),
        ('<a href="https://ok.example/?a>b&c=\'&quot;">ok.example</a>', ""),
    ],
)
def test_a_link_shows_its_host_in_full(link: str, behind: str) -> None:
    assert markup.html(f"<p>{link}</p>").endswith(f"</a>{behind}</p>")


@pytest.mark.withstands("B28")
@pytest.mark.parametrize(
    "address", ["https://a\\@b.example/", "https://a@b.example/", "https://a.example/\tb", "https://["]
)
def test_a_link_whose_host_two_readers_may_take_for_two_is_no_link(address: str) -> None:
    assert "href" not in markup.html(f'<a href="{address}">x</a>')


@pytest.mark.withstands("D12")
@pytest.mark.parametrize("piece", ["<b>", "<div>", "<ul><li>", "<blockquote>", "<a href=https://a.example>", "<p></b>"])
def test_a_mebibyte_of_nested_tags_is_cut_before_it_is_parsed(piece: str) -> None:
    bomb = piece * (1_048_576 // len(piece))
    cut = markup._cut(bomb)  # noqa: SLF001 - what the parser gets is the claim
    assert len(cut) <= markup.MOST_CHARACTERS
    assert cut.count("<") <= markup.MOST_TAGS
    assert len(markup.html(bomb)) < 8 * markup.MOST_CHARACTERS
    assert len(markup.line(bomb)) <= markup.LONGEST_LINE


@pytest.mark.withstands("D11")
def test_no_regular_expression_is_let_loose_on_a_text_from_outside() -> None:
    from app.federation import objects, posts, tags, values  # noqa: PLC0415 - looked at, not used

    for module in (markup, objects, posts, tags, values):
        assert not any(name in vars(module) for name in ("re", "regex", "HTMLParser")), module


@given(st.text(max_size=300))
def test_a_plain_text_loses_nothing_and_gains_no_tag(text: str) -> None:
    shown = markup.from_plain(text)
    assert "<" not in shown.replace("<p>", "").replace("</p>", "").replace("<br>", "")
    assert "".join(unescape(shown.replace("<br>", "").replace("<p>", "").replace("</p>", "")).split()) == "".join(
        markup._cut(text).split()  # noqa: SLF001 - signs of direction are left out on purpose
    )


@given(st.text(alphabet="<>/=\"'&; abphrefscript:!-\u202e", max_size=200))
def test_html_is_clean_whatever_it_was(text: str) -> None:
    clean = markup.html(text)
    assert markup.html(clean).count("<script") == 0
    assert "javascript:" not in clean.lower().replace(" ", "") or "href" not in clean
    assert "\u202e" not in clean


@pytest.mark.withstands("G09")
def test_the_signs_of_a_text_become_pictures_in_its_words_and_nowhere_else() -> None:
    text = '<p>:cat: and <a href="https://a.example/?x>:cat:y">:cat:</a> &amp; :dog:</p>' + ":cat:" * 200
    shown = markup.with_pictures(markup.clean(text), {"cat": "/media/1"})
    picture = '<img class="emoji" src="/media/1" alt=":cat:">'
    assert shown.startswith(f"<p>{picture} and <a href=")
    assert f">{picture}</a> &amp; :dog:</p>" in shown
    assert f"x&gt;{picture}" not in shown
    assert f"x>{picture}" not in shown
    assert shown.count(picture) == 100
    hostile = markup.with_pictures("<p>:x&quot;:</p>", {'x"': '/media/1"'})
    assert hostile == '<p><img class="emoji" src="/media/1&quot;" alt=":x&quot;:"></p>'
