"""How each kind of matter is decided, changed by a member on the page of the rules."""

from collections.abc import Iterator

import pytest

from app.governance.rules import OF_OPTIONS
from app.kernel.canonical import Document
from tests.pages.commune import Commune, commune
from tests.pages.test_charter import change, sealed

WAYS = ("more", "half", "share", "rounds", "consensus", "consent", "provisional", *sorted(OF_OPTIONS))


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commune]:
    with commune(tmp_path_factory.mktemp("ways")) as opened:
        yield opened


def proposed(harbour: Commune, status: int = 200, **fields: str) -> tuple[str, Document]:
    """What the page says of a change with these fields, and the rules that it would put in force."""
    asked = {"why": ["We learned."], **{name.replace("__", "-"): [value] for name, value in fields.items()}}
    _, said = change(harbour.member("Ada"), asked, status)
    rules: Document = sealed(harbour, "gov:Proposal")[-1]["gov:settings"]["rules"] if status == 200 else {}
    return said, rules


@pytest.mark.shows("G12", "S2")
def test_both_thresholds_of_a_decision_in_two_rounds_are_set_without_json(harbour: Commune) -> None:
    said, rules = proposed(harbour, of__policy="3/4", base__policy="present", quorum__policy="1/4")
    assert "then First consensus, then three quarters of those who took part;" in said
    share = {"method": "qualified", "threshold": "3/4", "base": "present", "quorum": "1/4"}
    assert rules["policy"]["then"] == share
    assert rules["policy"]["first"]["quorum"] == rules["policy"]["quorum"] == "1/4"


def test_what_is_left_alone_stays_as_it_was_written(harbour: Commune) -> None:
    before = sealed(harbour, "gov:Charter")[-1]["gov:settings"]["rules"]
    _, rules = proposed(harbour, way__task="half", base__task="present")
    assert rules["task"] == {"method": "majority", "base": "present", "quorum": "1/5"}
    assert {key: rule for key, rule in rules.items() if key != "task"} == {
        key: rule for key, rule in before.items() if key != "task"
    }


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_the_form_is_a_rule_that_the_rules_read(harbour: Commune, way: str) -> None:
    said, rules = proposed(harbour, way__policy=way, of__policy="3/5", base__policy="entitled")
    assert "what we want (policy) now First consensus," in said
    assert rules["policy"]["quorum"] == "1/5"


def test_our_rules_keep_their_two_meetings_whatever_the_share(harbour: Commune) -> None:
    _, rules = proposed(harbour, of__charter="2/3")
    charter = {"method": "qualified", "threshold": "2/3", "base": "present", "meetings": 2, "quorum": "1/3"}
    assert rules["charter"] == charter


def test_a_kind_of_matter_of_our_own_gets_a_rule(harbour: Commune) -> None:
    fields = {"new-category": ["names of streets"], "way-+": ["ranked"], "quorum-+": ["1/10"], "why": ["To choose."]}
    _, said = change(harbour.member("Ada"), fields)
    assert "names of streets" in said
    rules = sealed(harbour, "gov:Proposal")[-1]["gov:settings"]["rules"]
    assert rules["names of streets"] == {"method": "ranked", "quorum": "1/10"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"of__policy": "two thirds"}, "A share is written as 2/3"),
        ({"quorum__task": "4/2"}, "A share is written as 2/3"),
        ({"way__task": "dice"}, "names a way of deciding that is not known here"),
        ({"way__task": "dots", "dots__task": "many"}, "One of the rules could not be read."),
    ],
)
def test_nonsense_is_refused_in_words_and_stands_again_as_typed(
    harbour: Commune, fields: dict[str, str], said: str
) -> None:
    answer, _ = proposed(harbour, 422, **fields)
    assert said in answer
