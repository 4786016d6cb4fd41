"""Whatever a change of the rules changes is told on its page: nothing is adopted unseen."""

from dataclasses import fields, replace

import pytest

from app.governance.charter import Settings, parse_settings
from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.http.pages.assembly import changes, setting_words
from app.kernel.canonical import Document
from app.kernel.refusal import Refusal

NOW = {
    "rules": {"rules": STARTER_SETTINGS["rules"] | {"task": {"method": "consent", "quorum": "1/5"}}},
    "binds": {"binds": {"task": "all"}},
    "scope": {"scope": "platform"},
    "contest": {"contest": "P9D"},
    "deliberation": {"deliberation": {"charter": "P9D"}},
    "rhythm": {"rhythm": "P9D"},
    "scrutineers": {
        "scrutineers": {"k": 1, "of": [{"id": "https://hill.example/people/ada", "publicKeyMultibase": "z6Mk"}]}
    },
    "ballots": {"ballots": "rollCall"},
    "publicity": {"publicity": {"exclusion": "public", "default": "confederates"}},
    "uncounted": {},
    "terms": {"terms": {"treasurer": {"longest": "P30D", "inARow": 1, "coolDown": 3}}},
    "seats": {"delegation": {"seats": 5}},
    "composition": {"delegation": {"composition": ["pair(woman, man)"]}},
    "vote_age": {"vote_age": 14},
    "urgent": {"urgent": {"roll": "1/3"}},
    "entrenched": {"entrenched": ["1"]},
    "words": {"words": {"base": "collective"}},
    "size": {"size": {"from": 10, "to": 20}},
    "next_meeting": {"next_meeting": "2026-12-24T18:00:00Z"},
    "roll": {"roll": "presence"},
    "entry": {"entry": "door"},
    "dormant": {"dormant": "P30D"},
    "seniority": {"seniority": {"policy": 3}},
    "offices": {"offices": True},
    "chairs": {"chairs": {"secretary": []}},
    "lapse": {"lapse": "P30D"},
    "reasons": {"reasons": "disagree"},
}


def parsed(document: Document) -> Settings:
    found = parse_settings(document)
    assert not isinstance(found, Refusal)
    return found


@pytest.mark.parametrize("name", [field.name for field in fields(Settings) if field.name != "uncounted"])
def test_whatever_setting_is_changed_its_change_is_told(name: str) -> None:
    before, after = parsed(STARTER_SETTINGS), parsed(STARTER_SETTINGS | NOW[name])
    assert getattr(before, name) != getattr(after, name)
    told = changes.changes(before, (), after, ())
    assert told
    assert all(one.now != one.then for one in told)


def test_a_rule_that_our_server_cannot_count_is_told_as_such() -> None:
    refused = {"task": Refusal("rule.method", "lots")}
    [told] = changes.changes(Settings(), (), replace(Settings(), uncounted=refused), ())
    assert told.then == "by a rule that our server cannot count"


def test_of_a_confederation_nothing_is_told_that_only_people_have() -> None:
    told = [line.about for line in setting_words.lines(parsed(STARTER_CONFEDERATION), of_people=False)]
    assert "Whom a result binds: our rules" in told
    assert "From which age on one votes" not in told
