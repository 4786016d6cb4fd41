"""How much a vote protects who votes: never less than the charter and those who ask lay down (governance.md §3)."""

import pytest

from app.governance.modes import Mode, enough_ask, opening_mode, protects_more, raised
from app.kernel.refusal import Refusal

ROLL_CALL, CLOSED, SECRET = Mode.ROLL_CALL, Mode.CLOSED, Mode.SECRET


@pytest.mark.parametrize(
    ("asking", "present", "concerned", "enough"),
    [
        (0, 20, False, False),
        (1, 10, False, True),
        (1, 11, False, False),
        (2, 20, False, True),
        (2, 21, False, False),
        (1, 400, True, True),
        (0, 0, False, False),
    ],
)
def test_one_person_concerned_or_a_tenth_of_those_present_is_enough(
    asking: int, present: int, *, concerned: bool, enough: bool
) -> None:
    assert enough_ask(asking, present, concerned=concerned) is enough


def test_what_is_open_is_protected_more_and_never_less() -> None:
    more = {(one, other) for one in Mode for other in Mode if protects_more(one, other)}
    assert more == {(CLOSED, ROLL_CALL), (SECRET, ROLL_CALL), (SECRET, CLOSED)}
    for now in Mode:
        for to in Mode:
            assert raised(now, to) == to if (to, now) in more else isinstance(raised(now, to), Refusal)


@pytest.mark.parametrize(
    ("category", "ballots", "wanted", "asked", "in_meeting", "found"),
    [
        ("policy", "closed", None, None, False, CLOSED),
        ("policy", "roll_call", None, None, False, ROLL_CALL),
        ("policy", "closed", ROLL_CALL, None, True, "vote.mode"),
        ("policy", "roll_call", CLOSED, None, False, CLOSED),
        ("policy", "roll_call", ROLL_CALL, CLOSED, False, "vote.mode"),
        ("policy", "closed", None, SECRET, True, SECRET),
        ("policy", "closed", CLOSED, SECRET, True, "vote.mode"),
        ("policy", "closed", SECRET, None, True, SECRET),
        ("policy", "closed", SECRET, None, False, "vote.secret"),
        ("policy", "closed", None, SECRET, False, "vote.secret"),
        ("exclusion", "roll_call", None, None, True, SECRET),
        ("exclusion", "closed", CLOSED, None, True, "vote.mode"),
        ("exclusion", "closed", None, None, False, "vote.secret"),
        ("policy", "shouted", None, None, True, "vote.mode"),
    ],
)
def test_a_vote_opens_as_the_charter_and_who_asks_lay_down(
    category: str, ballots: str, wanted: Mode | None, asked: Mode | None, *, in_meeting: bool, found: str
) -> None:
    mode = opening_mode(category, ballots, wanted, asked, in_meeting=in_meeting)
    assert (mode.code if isinstance(mode, Refusal) else mode) == found
