"""With whom a server talks: one normaliser before every comparison, and the nearest domain decides."""

import pytest

from app.federation.policy import Level, Policy, normal_domain
from app.kernel.refusal import Refusal


def code(found: Refusal | None) -> str | None:
    return None if found is None else found.code


@pytest.mark.withstands("B27")
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Spam.Example", "spam.example"),
        ("spam.example.", "spam.example"),
        ("spam.example:443", "spam.example"),
        (" spam.example ", "spam.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("ｓｐａｍ.example", "spam.example"),
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("spam.example:080", "spam.example"),
        ("spam.example.:08443", "spam.example:8443"),
        ("spam.example:", "spam.example"),
    ],
)
def test_one_domain_has_one_form(written: str, meant: str) -> None:
    assert normal_domain(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", ".", ":443", "a b.example", "*.example", "https://a.example", "a.example/x", "a..b", "x" * 300,
     "1." * 200 + "1", "a.example:x", "a.example:-1", "a.example:\u0663", "a.example:\u00b2", "a.example:123456",
     "a.example:1:2"],
)  # fmt: skip
def test_what_is_no_domain_is_refused(written: str) -> None:
    found = normal_domain(written)
    assert isinstance(found, Refusal)
    assert found.code == "domain.form"


def test_the_nearest_domain_decides() -> None:
    policy = Policy({"example": Level.LIMIT, "spam.example": Level.SUSPEND, "good.spam.example": Level.ALLOW})
    assert policy.level("a.example") is Level.LIMIT
    assert policy.level("a.spam.example:8443") is Level.SUSPEND
    assert policy.level("good.spam.example") is Level.ALLOW
    assert policy.level("notspam.other") is None
    assert policy.level("notspam.example") is Level.LIMIT


@pytest.mark.parametrize(
    ("level", "hidden"),
    [(None, False), (Level.ALLOW, False), (Level.LIMIT, False), (Level.SILENCE, True), (Level.SUSPEND, True)],
)
def test_what_is_said_at_a_silenced_or_suspended_server_is_hidden(level: Level | None, *, hidden: bool) -> None:
    policy = Policy({} if level is None else {"loud.example": level})
    assert policy.hides("www.loud.example:8443") is hidden


@pytest.mark.parametrize("level", [Level.ALLOW, Level.LIMIT, Level.SILENCE])
def test_where_only_allowed_servers_are_talked_to_any_level_but_suspended_allows(level: Level) -> None:
    assert Policy({"good.example": level}, only_allowed=True).refuses("www.good.example") is None


def test_suspended_and_not_allowed_are_refused_and_fellows_never_are() -> None:
    levels = {"spam.example": Level.SUSPEND, "hill.example": Level.SUSPEND, "loud.example": Level.SILENCE}
    fellows = frozenset({"hill.example"})
    opened, closed = Policy(levels, fellows=fellows), Policy(levels, only_allowed=True, fellows=fellows)
    assert code(opened.refuses("spam.example")) == code(closed.refuses("spam.example")) == "policy.suspended"
    assert code(opened.refuses("new.example")) is None
    assert code(closed.refuses("new.example")) == "policy.closed"
    assert code(opened.refuses("hill.example")) is None
    assert code(closed.refuses("hill.example")) is None
    assert code(opened.refuses("loud.example")) is None


@pytest.mark.withstands("D11")
def test_a_host_of_many_thousand_dots_is_compared_by_its_end() -> None:
    policy = Policy(levels={"spam.example": Level.SUSPEND})
    assert policy.level("a." * 500_000 + "spam.example") is Level.SUSPEND
    assert policy.level("a" * 1_000_000) is None
    assert policy.level("a." * 500_000 + "other.example") is None
