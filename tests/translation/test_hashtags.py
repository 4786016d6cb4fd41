"""A member's `#word` becomes a hashtag; an address, a number, a heading and markup do not."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.translation import hashtags

PLACE = "https://hill.example"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<p>Wood for all. #winterfuel</p>", ["winterfuel"]),
        ("<p>#WinterFuel and #winterfuel, (#pellets)</p>", ["WinterFuel", "pellets"]),
        ("<p>#Şewitandin #कोयला #وقود #cafe\u0301 #a_b</p>", ["Şewitandin", "कोयला", "وقود", "cafe\u0301", "a_b"]),
        ("<p>See https://x.example/page#part and a/#b, C#, item #2, ##twice, AT&amp;T#no</p>", []),
        ("<p>Rojîn&#x27;s &#39;word&#39; &amp;#x27;</p>", []),
        ("<p>&lt;#in&gt; &quot;#quoted&quot;</p>", ["in", "quoted"]),
        ('<p><a href="#top">#linked</a> <code>#coded</code> <pre>#pre</pre> #free</p>', ["free"]),
        (f"<p>#{'x' * 101} #{'y' * 100}</p>", ["y" * 100]),
        ("<h1>#</h1><p># Heading</p>", []),
    ],
)
def test_the_words_that_are_hashtags(content: str, words: list[str]) -> None:
    assert list(hashtags.named(content)) == words


def test_each_is_a_link_to_one_page_whatever_its_spelling_and_nothing_else_changes() -> None:
    made = hashtags.linked("<p>#Şêr &amp; #şêr, C# #2</p>", PLACE)
    link = '<a href="https://hill.example/tags/%C5%9F%C3%AAr" class="mention hashtag" rel="tag">#<span>{}</span></a>'
    assert made == f"<p>{link.format('Şêr')} &amp; {link.format('şêr')}, C# #2</p>"
    assert hashtags.tag(PLACE, "Şêr") == {
        "type": "Hashtag",
        "href": "https://hill.example/tags/%C5%9F%C3%AAr",
        "name": "#Şêr",
    }


def test_of_very_many_the_first_twenty_are_linked() -> None:
    text = " ".join(f"#w{number}w" for number in range(50))
    assert len(hashtags.named(text)) == hashtags.linked(text, PLACE).count("<a ") == 20


@given(st.text(alphabet=st.sampled_from("#ab1&<>\"'/_é\u0301 \n"), max_size=60))
def test_whatever_is_written_stays_what_it_was_under_the_links(written: str) -> None:
    content = f"<p>{html.escape(written)}</p>"
    made = hashtags.linked(content, PLACE)
    assert re.sub(r"</?(a|span)\b[^>]*>", "", made) == content
    assert made.count("<a ") == made.count('" class="mention hashtag" rel="tag">#<span>')
