import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.governance.rules import FACTS, Counts, Result, decide
from app.http.pages.votes import explanations
from tests.governance.valley import rule

TWO_THIRDS = {"method": "qualified", "threshold": "2/3", "quorum": "1/5"}
CATALOGUE = Path(explanations.__file__)


def why(document: dict[str, Any], counts: Counts) -> str:
    return explanations.why(decide(rule(document), counts))


@pytest.mark.shows("S2")
def test_a_count_is_explained_by_the_figures_that_decided() -> None:
    sixty = Counts(80, 60, agree=41, disagree=19)
    assert why(TWO_THIRDS, sixty) == "Adopted: 41 of 60 agreed, and two thirds of 60 is 40."
    assert why(TWO_THIRDS, Counts(80, 60, agree=39, disagree=21)) == (
        "Not adopted: 39 of 60 agreed, and two thirds of 60 is 40."
    )
    assert why(TWO_THIRDS, Counts(80, 15, agree=15)) == ("Too few took part: only 15 took part of 80; 16 were needed.")
    assert why({"method": "majority", "quorum": "1/5"}, Counts(20, 10, agree=5, disagree=5)) == (
        "Not adopted: as many were for it as against: 5 to 5. A tie does not adopt."
    )


def test_every_fact_has_a_sentence() -> None:
    written = CATALOGUE.read_text()
    assert [code for code in FACTS if f'"{code}"' not in written] == []


def test_a_body_is_called_by_its_name() -> None:
    women = "https://women.example/assembly"
    held = rule({"method": "majority", "quorum": "1/5", "caucus": [{"body": women, "mode": "concurrent"}]})
    result: Result = decide(held, Counts(3, 3, agree=3))
    told = explanations.reasons(result, lambda body: "Women’s assembly" if body == women else body)
    assert "Women’s assembly had to agree as well, and did not." in told[0]


def test_a_rule_is_told_in_a_few_words() -> None:
    vectors = sorted((Path(__file__).parents[1] / "vectors" / "rules").glob("*.json"))
    told = {explanations.rule(case["rule"]) for path in vectors for case in json.loads(path.read_text())}
    assert all(re.search("[a-z]{4}", words) or "/" in words for words in told)
