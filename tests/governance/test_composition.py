from datetime import timedelta

import pytest

from app.governance.composition import Composition, Constraint, Seat, acts_alone, compose, parse_constraint, text_of
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.valley import hour

WOMEN, YEZIDI = Id("https://women.example/assembly"), Id("https://yezidi.example/assembly")
WOMAN, MAN, NOBODYS = Seat(frozenset({"woman"})), Seat(frozenset({"man"})), Seat()


def constraint(text: str, *, required: bool = False) -> Constraint:
    found = parse_constraint(text, required=required)
    assert isinstance(found, Constraint), found
    return found


def met(text: str, *seats: Seat) -> bool:
    return compose([constraint(text)], seats).met


@pytest.mark.shows("G2")
def test_a_delegation_is_generally_not_two_men() -> None:
    assert met("not_two(man)", WOMAN, MAN)
    assert met("not_two(man)", WOMAN, WOMAN)
    assert met("not_two(man)", MAN)
    assert not met("not_two(man)", MAN, MAN)
    assert met("not_two(man)", MAN, NOBODYS), "nothing is inferred of who declares nothing"


@pytest.mark.shows("G2")
def test_a_pair_is_two_persons() -> None:
    assert met("pair(woman, man)", WOMAN, MAN)
    assert not met("pair(woman, man)", WOMAN, WOMAN)
    assert not met("pair(woman, man)", Seat(frozenset({"woman", "man"})))
    assert met("pair(woman, man)", Seat(frozenset({"woman", "man"})), MAN)
    assert not met("pair(woman, man)")


@pytest.mark.shows("R4")
@pytest.mark.parametrize(
    ("women", "men", "fits"), [(2, 3, True), (1, 4, False), (2, 4, False), (3, 4, True), (0, 0, True)]
)
def test_a_share_is_reached_or_the_delegation_is_shown_as_unmet(women: int, men: int, *, fits: bool) -> None:
    assert met("at_least(woman, 2/5)", *[WOMAN] * women, *[MAN] * men) is fits


@pytest.mark.shows("R4")
def test_a_required_constraint_bars_the_delegation_and_says_why() -> None:
    expected, required = constraint("at_least(woman, 1)"), constraint("at_least(woman, 1)", required=True)
    assert compose([required], [WOMAN, MAN]) == Composition()
    barred = compose([expected, required], [MAN, MAN])
    assert not barred.met
    assert barred.bar == Refusal("composition.at_least", "at_least(woman, 1): has 0")
    shown = compose([expected], [MAN, MAN])
    assert (shown.met, shown.bar) == (False, None), "expected is shown and bars nobody"
    assert [(one.have, one.needed) for one in shown.unmet] == [(0, 1)]


@pytest.mark.shows("R4")
@pytest.mark.parametrize(
    ("text", "seats", "have", "needed"),
    [
        ("not_two(man)", [MAN, MAN, WOMAN], 2, 1),
        ("pair(woman, man)", [WOMAN, WOMAN], 1, 2),
        ("pair(woman, man)", [MAN], 1, 2),
        ("pair(woman, man)", [NOBODYS], 0, 2),
        ("at_least(woman, 2/5)", [WOMAN, MAN, MAN], 1, 2),
        ("at_least(woman, 1/1)", [WOMAN, MAN], 1, 2),
        ("at_least(woman, 2)", [WOMAN, MAN, MAN, MAN], 1, 2),
        (f"reserved({YEZIDI}, 2)", [Seat(body=YEZIDI), Seat(body=WOMEN)], 1, 2),
        ("co_chairs(2, at_least one woman)", [WOMAN], 1, 2),
        ("co_chairs(2, at_least one woman)", [MAN, MAN], 0, 1),
    ],
)
def test_at_the_door_they_hear_how_many_count_and_how_many_it_takes(
    text: str, seats: list[Seat], have: int, needed: int
) -> None:
    [unmet] = compose([constraint(text)], seats).unmet
    assert (unmet.have, unmet.needed) == (have, needed)


@pytest.mark.shows("R6")
def test_a_reserved_seat_is_filled_by_the_body_concerned_and_nobodys_attribute_is_known() -> None:
    text = f"reserved({YEZIDI}, 1)"
    assert met(text, Seat(body=YEZIDI), NOBODYS)
    assert not met(text, Seat(body=WOMEN), NOBODYS)
    assert not met(text.replace(", 1)", ", 2)"), Seat(body=YEZIDI), NOBODYS)


@pytest.mark.shows("R5")
def test_an_office_is_two_chairs_of_whom_one_is_a_woman() -> None:
    text = "co_chairs(2, at_least one woman)"
    assert met(text, WOMAN, MAN)
    assert met(text, WOMAN, WOMAN)
    assert not met(text, MAN, MAN)
    assert not met(text, WOMAN)


@pytest.mark.shows("R5")
def test_one_co_chair_acts_alone_only_a_day_after_the_other_was_asked() -> None:
    assert acts_alone(hour(0), hour(24)) is None
    for asked, at in ((hour(0), hour(24) - timedelta(seconds=1)), (None, hour(24))):
        refused = acts_alone(asked, at)
        assert refused is not None
        assert refused.code == "office.alone"


@pytest.mark.parametrize(
    "text",
    ["not_two(man)", "pair(woman, man)", "at_least(woman, 2/5)", "at_least(woman, 1/1)", "at_least(woman, 2)",
     f"reserved({WOMEN}, 1)", "co_chairs(2, at_least one woman)"],
)  # fmt: skip
def test_a_constraint_reads_as_it_is_written(text: str) -> None:
    assert text_of(constraint(text)) == text


@pytest.mark.parametrize(
    "text",
    [None, "", "quota", "quota(woman)", "not_two()", "not_two(man, woman)", "pair(woman)", "at_least(woman)",
     "at_least(woman, 3/2)", "at_least(woman, 2/4)", "reserved(body, 1/2)", "co_chairs(x, 2)",
     "co_chairs(1, at_least one woman)", "co_chairs(2, woman)", "pair(woman, )", "at_least(, 1)", "at_least(woman, ٢)",
     "co_chairs(٢, at_least one woman)"],
)  # fmt: skip
def test_what_is_no_constraint_is_refused(text: object) -> None:
    refused = parse_constraint(text)
    assert isinstance(refused, Refusal)
    assert refused.code == "composition.form"
