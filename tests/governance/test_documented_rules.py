"""The examples of docs/rules.md, run: each comes to the status and to the sentence that stand beside it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.governance.rules import Method, decide
from app.http.pages.votes import explanations
from tests.governance.test_rules import beside, figures
from tests.governance.valley import rule

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["why"][:60] for example in EXAMPLES])
def test_an_example_comes_to_what_the_page_says(example: dict[str, Any]) -> None:
    how = rule(example["rule"])
    result = decide(how, figures(example["counts"]), beside(how, example))
    assert (result.status.value, explanations.why(result)) == (example["status"], example["why"])


def test_the_page_has_an_example_of_every_method() -> None:
    assert {example["rule"]["method"] for example in EXAMPLES} == set(Method)
