"""One page: a template filled in, with the headers that keep it safe."""

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from gettext import gettext as _
from pathlib import Path
from typing import Final

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from nh3 import clean
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.federation import letters, markup
from app.governance.assembly import Body
from app.http.errors import status_for_people
from app.http.pages import moments, sentences
from app.kernel.refusal import Refusal

HERE: Final = Path(__file__).parent
LOCALE: Final = HERE.parents[1] / "locale"
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # `no-referrer` would make browsers send forms with the origin `null`
    "Cache-Control": "no-store",
    "Vary": "Accept, Cookie",
}
_MARKDOWN: Final = MarkdownIt("js-default", {"html": False, "linkify": False})
_NOWHERE: Final = frozenset({404, 405, 410})
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Zl", "Zp"})
_TAGS: Final = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "code", "pre", "hr", "a"}


def render(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """The page that `template` makes of `context`; `body` and `session` come from the request."""
    body = getattr(request.state, "body", None)
    known = {
        "body": body,
        "is_council": body is not None and body.kind == Body.COUNCIL,
        "session": getattr(request.state, "session", None),
        "upper": getattr(request.state, "upper", ""),
        "path": request.url.path,
    }
    text = ENVIRONMENT.get_template(template).render({**known, **context})
    return HTMLResponse(text, status, HEADERS)


class RefusedPage(HTMLResponse):
    """The page that says what was not done; it knows the sentence, the code and the page to go back to."""

    def __init__(self, text: str, status: int, sentence: str, code: str, back: str) -> None:
        super().__init__(text, status, HEADERS)
        self.sentence, self.code, self.back = sentence, code, back


def refused(request: Request, refusal: Refusal, *, back: str = "/") -> RefusedPage:
    """The page that says what was not done and why, in words, with the status of the refusal."""
    return _refused(request, status_for_people(refusal), sentences.refusal(refusal), refusal.code, back)


def kept(
    request: Request, page: RefusedPage, words: tuple[str, ...], again: tuple[tuple[str, str], ...] = ()
) -> RefusedPage:
    """A refusal with the words that were typed, to be copied; with `again`, every field, to be sent once more."""
    return _refused(request, page.status_code, page.sentence, page.code, page.back, words=words, again=again)


def _refused(request: Request, status: int, sentence: str, code: str, back: str, **typed: object) -> RefusedPage:
    heading = _("Not found") if status in _NOWHERE else _("Not done")
    shown = {"words": (), "again": (), **typed}
    page = render(request, "refused.html", status, heading=heading, sentence=sentence, code=code, back=back, **shown)
    return RefusedPage(bytes(page.body).decode(), status, sentence, code, back)


def text_html(source: str) -> str:
    """The HTML of a Markdown text, with the few tags that a proposal needs."""
    return clean(_MARKDOWN.render(source), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http"})


def plain_text(source: str) -> str:
    """A text letter by letter (hostile F36).

    Written out is what cannot be seen or turns the direction of reading, and in a word of two alphabets each letter
    that is not of the alphabet most of its letters are of.
    """
    return "".join(_spelled(word) for word in re.split(r"(\s+)", source))


def _spelled(word: str) -> str:
    used = Counter(one for sign in word if (one := letters.alphabet(sign)) is not None)
    main = used.most_common(1)[0][0] if used else None
    return "".join(f"⟦U+{ord(sign):04X}⟧" if _is_written_out(sign, main) else sign for sign in word)


def _is_written_out(sign: str, main: str | None) -> bool:
    unseen = sign not in "\n\t" and unicodedata.category(sign) in _UNSEEN
    return unseen or letters.alphabet(sign) not in (None, main)


def _when(seconds: int) -> Markup:
    """A moment for people, with the exact one for machines."""
    at = datetime.fromtimestamp(seconds, UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        at.strftime("%Y-%m-%dT%H:%M:%SZ"), moments.day_and_time(seconds)
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = Translations.load(str(LOCALE), ["en"], "roundabout")
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.filters["when"] = _when
    environment.filters["day"] = moments.day
    environment.filters["moment"] = lambda at: _when(int(at.timestamp()))
    environment.filters["text_html"] = lambda source: Markup(text_html(source))  # noqa: S704 - cleaned by nh3
    environment.filters["plain_text"] = plain_text
    environment.filters["safe_html"] = lambda html: Markup(markup.clean(html))  # noqa: S704 - cleaned by nh3
    environment.policies["ext.i18n.trimmed"] = True
    return environment


ENVIRONMENT: Final = _environment()
