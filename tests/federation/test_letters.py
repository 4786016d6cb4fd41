"""What one letter can be taken for, so that no name passes for another (hostile B25, F36)."""

import pytest

from app.federation import letters


@pytest.mark.withstands("B25")
@pytest.mark.parametrize(
    ("name", "mixes"),
    [
        ("Rojîn", False),
        ("Алиса", False),
        ("Ελένη", False),
        ("p\u0430ypal", True),
        ("Ann Ли", True),
        ("山田 Tarō", False),
    ],
)
def test_a_name_of_alphabets_that_look_alike_is_known(name: str, *, mixes: bool) -> None:
    assert letters.mixes_alphabets(name) == mixes


@pytest.mark.withstands("F36")
@pytest.mark.parametrize(
    ("one", "other", "passes"),
    [
        ("the mill", "the m\u0456ll", True),
        ("CACHE", "\u0421\u0410\u0421\u041d\u0415", True),  # each letter of the second is Cyrillic
        ("KATE", "\u039a\u0391\u03a4\u0395", True),  # Greek
        ("Plan I", "Plan l", True),
        ("the mill", "the m\u200bill", True),
        ("the mill", "the mill", False),
        ("Mill", "Мира", False),
        ("KATE", "КАТЯ", False),
        ("мельница", "the mill", False),
    ],
)
def test_what_looks_like_another_name_could_pass_for_it(one: str, other: str, *, passes: bool) -> None:
    assert letters.could_pass(one, other) == passes
    assert letters.could_pass(other, one) == passes
