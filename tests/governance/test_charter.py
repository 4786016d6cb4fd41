from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from app.governance.act import Ref
from app.governance.charter import (
    Binds,
    Member,
    Scope,
    Settings,
    Standing,
    binds_for,
    contest_of,
    in_force,
    may_leave_by,
    parse_settings,
    rule_for,
    settled_from,
    standing,
)
from app.governance.composition import text_of
from app.governance.proposal import NEXT, Event, State, advance, is_void
from app.governance.rotation import Limit
from app.governance.rules import Method, Rule, Weight, parse_rule
from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from tests.governance.valley import (
    ALL,
    CHARTERS,
    CLOSES,
    HARBOUR,
    HILL,
    PROPOSAL,
    RIVERSIDE,
    VALLEY,
    VALLEY_CHARTER,
    charter,
    hour,
    known,
)

UNANIMOUS = {"method": "consensus", "quorum": "1/5"}
TWO_THIRDS = {"method": "qualified", "threshold": "2/3", "base": "present", "quorum": "1/5"}


@pytest.mark.parametrize("settings", [STARTER_SETTINGS, STARTER_CONFEDERATION], ids=["commune", "confederation"])
def test_the_starter_rules_can_be_counted(settings: dict[str, object]) -> None:
    parsed = parse_settings(settings)
    assert isinstance(parsed, Settings)
    assert all(isinstance(rule, Rule) for rule in parsed.rules.values())
    assert parsed.contest == timedelta(days=7)


@pytest.mark.shows("G12")
def test_an_assembly_sets_its_own_rules_and_every_delay_may_be_nothing() -> None:
    own = {
        "rules": {"policy": {"method": "consensus", "quorum": "0/1"}},
        "contest": "PT0S",
        "deliberation": {"mandate": "PT0S"},
        "rhythm": "PT0S",
    }
    parsed = parse_settings(own)
    assert isinstance(parsed, Settings)
    assert (parsed.contest, parsed.rhythm, parsed.deliberation["mandate"]) == (timedelta(0),) * 3
    assert parsed.deliberation["online"] == timedelta(days=7), "what it leaves out keeps its default"
    assert set(parsed.rules) == {"policy"}


@pytest.mark.shows("G12")
def test_every_setting_has_its_default_and_takes_another() -> None:
    silent = parse_settings({})
    own = parse_settings(
        {
            "terms": {"delegate": {"inARow": 1}, "treasurer": {"longest": "P90D", "coolDown": 2}},
            "delegation": {"seats": 3, "composition": [{"constraint": "pair(woman, man)", "level": "required"}]},
            "vote_age": 14,
            "urgent": {"roll": "1/5", "present": "3/4"},
            "entrenched": ["1", "4"],
            "words": {"base": "local group"},
            "size": {"from": 5, "to": 60},
            "next_meeting": "2026-12-01T18:00:00Z",
            "roll": "presence",
            "entry": "door",
            "dormant": "P30D",
            "seniority": {"charter": 3},
        }
    )
    assert isinstance(silent, Settings)
    assert isinstance(own, Settings)
    assert (silent.seats, [text_of(one) for one in silent.composition]) == (2, ["not_two(man)"])
    assert (silent.vote_age, silent.roll, silent.entry, silent.next_meeting) == (16, "register", "vouch(2)", None)
    assert (silent.urgent.roll, silent.urgent.present) == (Fraction(1, 10), Fraction(2, 3))
    assert (silent.size.least, silent.size.most, silent.words.upper) == (30, 400, "confederation")
    assert silent.terms["delegate"] == Limit(None, 2, 0)
    assert (own.seats, own.composition[0].required, own.vote_age, own.size.most) == (3, True, 14, 60)
    assert own.terms["delegate"] == Limit(None, 1, 0)
    assert own.terms["treasurer"] == Limit(timedelta(days=90), 2, 2)
    assert own.terms["other"] == silent.terms["other"]
    assert (own.words.base, own.words.upper) == ("local group", "confederation")
    assert (own.entrenched, own.roll, own.entry) == (("1", "4"), "presence", "door")
    assert own.seniority == {**silent.seniority, "charter": 3}


@pytest.mark.shows("S2")
def test_the_starter_rules_have_every_category_and_both_thresholds_are_the_members_to_set() -> None:
    commune, confederation = parse_settings(STARTER_SETTINGS), parse_settings(STARTER_CONFEDERATION)
    assert isinstance(commune, Settings)
    assert isinstance(confederation, Settings)
    assert set(commune.rules) == {
        "task", "resource", "procedure", "policy", "mandate", "recall", "ratification", "charter", "admission",
        "withdrawal", "challenge", "call", "referendum", "exclusion",
    }  # fmt: skip
    assert set(confederation.rules) == {
        "task", "resource", "procedure", "policy", "charter", "admission", "challenge", "call", "referendum",
    }  # fmt: skip
    assert commune.uncounted == confederation.uncounted == {}
    assert [part.weight.value for part in confederation.rules["referendum"].parts] == ["assemblies", "people"]
    own = parse_settings({"rules": {"policy": {
        "method": "two_stage", "quorum": "1/10",
        "first": {"method": "consensus", "standAsides": "1/2", "blocks": 1, "quorum": "1/10"},
        "then": {"method": "qualified", "threshold": "4/5", "quorum": "1/10"},
    }}})  # fmt: skip
    assert isinstance(own, Settings)
    assert own.rules["policy"].then is not None
    assert own.rules["policy"].then.threshold == Fraction(4, 5)


IN_A_COMMUNE = {
    "task": "most cast, a tenth of the roll, 1/5",
    "resource": "most cast, a tenth of the roll, 1/5",
    "procedure": "most cast, a tenth of the roll, 1/5",
    "policy": "consensus 0 1/4, 1/5; after 7 days 2/3 of cast, 1/5",
    "ratification": "consensus 0 1/4, 1/5; after 7 days 2/3 of cast, 1/5",
    "mandate": "most present, 1/5",
    "recall": "most present, 1/5",
    "charter": "3/4 of present, 1/3, in 2 meetings",
    "admission": "most present, 1/5",
    "withdrawal": "2/3 of present, 1/5",
    "challenge": "most present, 1/5",
    "call": "whoever signs",
    "referendum": "most cast, 1/4",
    "exclusion": "3/4 of present, 1/5",
}
BETWEEN_ASSEMBLIES = {
    "task": "most entitled, 1/5",
    "resource": "most entitled, 1/5",
    "procedure": "most entitled, 1/5",
    "policy": "consensus 0 1/4, 1/5; after 7 days 2/3 of entitled, 1/5",
    "charter": "3/4 of entitled, 1/5",
    "admission": "2/3 of entitled, 1/5",
    "challenge": "most entitled counted flat, 1/5",
    "call": "whoever signs",
    "referendum": "most entitled, 1/5 and most cast by people, 1/5",
}


def in_words(how: Rule) -> str:
    """A starter rule as the table of the rules tells it."""
    if how.method is Method.ACCESSION:
        return "whoever signs"
    if how.first is not None and how.then is not None:
        return f"{in_words(how.first)}; after {how.wait.days} days {in_words(how.then)}"
    if how.parts:
        return " and ".join(in_words(part) for part in how.parts)
    told = {
        Method.MAJORITY: f"most {how.base}",
        Method.QUALIFIED: f"{how.threshold} of {how.base}",
        Method.CONSENSUS: f"consensus {how.blocks} {how.stand_asides}",
    }[how.method]
    told += " counted flat" if how.flat else ""
    told += f" by {how.weight}" if how.weight is not Weight.ASSEMBLIES else ""
    told += ", a tenth of the roll" if how.floor == Fraction(1, 10) else ""
    assert not how.strict
    return f"{told}, {how.quorum}" + (f", in {how.meetings} meetings" if how.meetings > 1 else "")


@pytest.mark.parametrize(
    ("settings", "table"),
    [(STARTER_SETTINGS, IN_A_COMMUNE), (STARTER_CONFEDERATION, BETWEEN_ASSEMBLIES)],
    ids=["in a commune", "between assemblies"],
)
def test_the_starter_rules_are_those_of_the_table(settings: Document, table: dict[str, str]) -> None:
    parsed = parse_settings(settings)
    assert isinstance(parsed, Settings)
    assert {category: in_words(how) for category, how in parsed.rules.items()} == table


def test_what_a_charter_leaves_out_is_what_the_table_of_settings_says() -> None:
    said, silent = parse_settings(STARTER_SETTINGS), parse_settings({})
    assert isinstance(said, Settings)
    assert isinstance(silent, Settings)
    days = {"convened": 0, "mandate": 2, "ratification": 2, "recall": 1, "online": 7, "charter": 7, "admission": 7}
    for own in (said, silent):
        assert own.deliberation == {name: timedelta(days=many) for name, many in days.items()}
        assert (own.rhythm, own.contest, own.ballots) == (timedelta(days=30), timedelta(days=7), "closed")
        assert (own.words.base, own.words.upper, own.size.least, own.size.most) == ("commune", "confederation", 30, 400)
        assert own.terms["other"] == Limit(timedelta(days=366), 2, 1), "a year that may be a leap year"
        assert (own.roll, own.entry, own.dormant) == ("register", "vouch(2)", timedelta(days=183))
        assert own.seniority == {"charter": 2, "exclusion": 2, "recall": 2}
    bound = parse_settings(STARTER_CONFEDERATION)
    assert isinstance(bound, Settings)
    ratifying, every = dict.fromkeys(("policy", "call", "resource", "task"), "ratifying"), ("charter", "admission")
    assert bound.binds == {**ratifying, **dict.fromkeys((*every, "challenge"), "all")}


def test_silence_on_scope_means_that_nothing_binds() -> None:
    parsed = parse_settings({})
    assert isinstance(parsed, Settings)
    assert parsed.scope is Scope.PLATFORM


def test_a_rule_that_is_not_counted_yet_is_set_apart_and_the_others_hold() -> None:
    call = {"method": "lottery"}
    parsed = parse_settings({"rules": {"call": call, "policy": {"method": "majority", "quorum": "1/5"}}})
    assert isinstance(parsed, Settings)
    assert set(parsed.rules) == {"policy"}
    assert {name: why.code for name, why in parsed.uncounted.items()} == {"call": "rule.method"}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"rules": []}, "charter.settings"),
        ({"rules": {"policy": {"method": "majority"}}}, "rule.quorum"),
        ({"rules": {"policy": "majority"}}, "rule.form"),
        ({"binds": {"policy": "everybody"}}, "charter.settings"),
        ({"scope": "empire"}, "charter.settings"),
        ({"contest": "a week"}, "charter.settings"),
        ({"deliberation": {"online": 7}}, "charter.settings"),
        ({"scrutineers": {"k": 1, "of": []}}, "charter.settings"),
        ({"scrutineers": {"k": 1, "of": [{"id": "https://a.example/1"}]}}, "charter.settings"),
        ({"scrutineers": 2}, "charter.settings"),
        ({"ballots": 1}, "charter.settings"),
        ({"terms": {"delegate": 2}}, "charter.settings"),
        ({"terms": {"delegate": {"inARow": -1}}}, "charter.settings"),
        ({"delegation": {"composition": ["quota(woman)"]}}, "charter.settings"),
        ({"delegation": {"composition": [{"constraint": "not_two(man)", "level": "wished"}]}}, "charter.settings"),
        ({"delegation": {"seats": "two"}}, "charter.settings"),
        ({"vote_age": True}, "charter.settings"),
        ({"urgent": {"roll": "2/1"}}, "charter.settings"),
        ({"entrenched": "all"}, "charter.settings"),
        ({"size": {"from": 10, "to": 5}}, "charter.settings"),
        ({"next_meeting": "soon"}, "charter.settings"),
        ({"roll": "everybody"}, "charter.settings"),
        ({"entry": "vouch"}, "charter.settings"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(settings: dict[str, object], code: str) -> None:
    refused = parse_settings(settings)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_policy_binds_who_agreed_and_a_charter_binds_all() -> None:
    plain = replace(VALLEY_CHARTER, binds={})
    assert binds_for(plain, "policy") is Binds.RATIFYING
    assert {binds_for(plain, name) for name in ("charter", "admission", "challenge")} == {Binds.ALL}
    assert binds_for(None, "policy") is Binds.RATIFYING
    assert binds_for(replace(plain, scope=Scope.PLATFORM), "charter") is None
    assert contest_of(None) == timedelta(days=7)


@pytest.mark.withstands("F16")
def test_what_was_adopted_is_acted_on_when_nothing_undoes_it_any_more() -> None:
    at_once, slow = (replace(VALLEY_CHARTER, contest=timedelta(days=days)) for days in (0, 3))
    assert settled_from(CLOSES, slow) == CLOSES + timedelta(days=3)
    assert settled_from(CLOSES, None) == CLOSES + timedelta(days=7)
    assert settled_from(CLOSES, at_once) is None
    assert settled_from(None, slow) is None


@pytest.mark.shows("R8")
def test_a_founding_charter_is_proposed_until_two_adopted_it_and_provisional_until_all_did() -> None:
    listed = charter(VALLEY, STARTER_CONFEDERATION, members=[Member(one) for one in ALL])
    assert [standing(listed, roll) for roll in ((), (HILL,), (HILL, HARBOUR), (RIVERSIDE, HILL, HARBOUR))] == [
        Standing.PROPOSED, Standing.PROPOSED, Standing.PROVISIONAL, Standing.RATIFIED
    ]  # fmt: skip
    joined = Id("https://joined.example/assembly")
    assert standing(listed, (HILL, joined)) is Standing.PROPOSED, "who joined is no founder"
    amended = replace(listed, outcome=Ref(Id("https://valley.example/acts/outcome"), "zOutcome"))
    assert standing(amended, (HILL,)) is Standing.RATIFIED, "decided by whom it binds"


def test_the_charter_in_force_is_the_latest_by_then() -> None:
    later = charter(HILL, when=hour(10))
    known_charters = (later, CHARTERS[HILL])
    assert in_force(known_charters, HILL, hour(9)) == CHARTERS[HILL]
    assert in_force(known_charters, HILL, hour(10)) == later
    assert in_force(known_charters, HILL, hour(-2000)) is None
    assert in_force((*known_charters, charter(HARBOUR, when=hour(10))), HILL, hour(10)) == later
    assert rule_for(later, "gardening") is None


def test_a_proposal_is_decided_by_the_forums_rule_for_its_category() -> None:
    whole = VALLEY_CHARTER.rules["policy"]
    other = replace(VALLEY_CHARTER, head=CHARTERS[HILL].head)
    found = {
        "as the charter says": is_void(PROPOSAL, VALLEY_CHARTER),
        "another category": is_void(replace(PROPOSAL, category="task"), VALLEY_CHARTER),
        "no such category": is_void(replace(PROPOSAL, category="gardening"), VALLEY_CHARTER),
        "no rule": is_void(replace(PROPOSAL, rule=None), VALLEY_CHARTER),
        "no charter": is_void(PROPOSAL, None),
        "another charter": is_void(PROPOSAL, CHARTERS[HILL]),
        "not the forum's": is_void(replace(PROPOSAL, charter=known(CHARTERS[HILL])), other),
        "second round of nothing": is_void(replace(PROPOSAL, rule=whole.then), VALLEY_CHARTER),
    }
    assert {name: why.code if why else None for name, why in found.items()} == {
        "as the charter says": None,
        "another category": "proposal.rule",
        "no such category": "proposal.rule",
        "no rule": "proposal.rule",
        "no charter": "proposal.charter",
        "another charter": "proposal.charter",
        "not the forum's": "proposal.charter",
        "second round of nothing": "proposal.rule",
    }


def test_the_second_round_is_a_new_proposal_that_names_the_first_its_result_and_the_vote_to_go_on() -> None:
    ref = known(PROPOSAL)
    second = replace(
        PROPOSAL,
        head=replace(PROPOSAL.head, supersedes=ref),
        rule=VALLEY_CHARTER.rules["policy"].then,
        outcome=ref,
        decision=ref,
    )
    assert is_void(second, VALLEY_CHARTER) is None
    assert is_void(replace(second, decision=None), VALLEY_CHARTER) is not None
    assert is_void(replace(second, outcome=None), VALLEY_CHARTER) is not None
    assert is_void(replace(second, outcome=None, unresolved=ref), VALLEY_CHARTER) is None


LIFE = """
draft opened open · draft withdrawn withdrawn
open frozen frozen · open withdrawn withdrawn · open lapsed lapsed · open accepted adopted
frozen thawed open · frozen voting_opened deciding · frozen withdrawn withdrawn · frozen lapsed lapsed
deciding adopted adopted · deciding carried_on frozen · deciding rejected rejected
deciding left_unresolved unresolved · deciding quorum_missed no_quorum · deciding uncounted frozen
unresolved voting_opened deciding · unresolved lapsed lapsed
no_quorum voting_opened deciding · no_quorum lapsed lapsed
adopted entered_into_force in_force
in_force superseded superseded · in_force repealed repealed · in_force expired expired
in_force called_back unresolved
"""
ENDS = "REJECTED LAPSED WITHDRAWN SUPERSEDED REPEALED EXPIRED"


def test_the_life_of_a_proposal_is_this_table_and_no_other() -> None:
    steps = [step.split() for line in LIFE.strip().splitlines() for step in line.split(" · ")]
    assert {(State(state), Event(event)): State(after) for state, event, after in steps} == NEXT
    for state, event, after in steps:
        assert advance(State(state), Event(event)) is State(after)


def test_a_proposal_moves_along_its_table_and_nothing_leads_out_of_an_end() -> None:
    assert advance(State.DRAFT, Event.OPENED) is State.OPEN
    ends = set(State) - {state for state, _ in NEXT}
    assert ends == {getattr(State, name) for name in ENDS.split()}
    for state in State:
        for event in Event:
            following = advance(state, event)
            if (state, event) not in NEXT:
                assert isinstance(following, Refusal)
                assert following.code == "proposal.state"
    reached = {State.DRAFT} | set(NEXT.values())
    assert reached == set(State)


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"method": "majority", "quorum": "1/5"}, True),
        ({"method": "majority", "base": "present", "quorum": "1/5"}, True),
        ({"method": "majority", "base": "entitled", "quorum": "1/5"}, False),
        ({"method": "majority", "base": "entitled", "quorum": "3/4"}, False),
        ({"method": "majority", "base": "entitled", "quorum": "4/5"}, True),
        ({"method": "majority", "floor": "1/10", "quorum": "1/5"}, True),
        ({"method": "majority", "floor": "1/5", "quorum": "1/5"}, False),
        ({"method": "qualified", "threshold": "2/3", "base": "present", "quorum": "1/5"}, True),
        ({"method": "qualified", "threshold": "2/3", "base": "present", "strict": True, "quorum": "1/5"}, False),
        ({"method": "qualified", "threshold": "3/4", "base": "present", "quorum": "1/5"}, False),
        ({"method": "qualified", "threshold": "1/2", "base": "entitled", "quorum": "3/4"}, True),
        ({"method": "majority", "floor": "1/2", "quorum": "3/4"}, True),
        ({"method": "two_stage", "first": UNANIMOUS, "then": TWO_THIRDS, "quorum": "1/5"}, True),
        (
            {"method": "two_stage", "first": UNANIMOUS, "then": {**TWO_THIRDS, "threshold": "3/4"}, "quorum": "1/5"},
            False,
        ),
        ({"method": "two_stage", "first": TWO_THIRDS, "then": UNANIMOUS, "quorum": "1/5"}, False),
        (UNANIMOUS, False),
        ({"method": "consent", "quorum": "1/5"}, False),
        ({"method": "accession"}, False),
        (STARTER_SETTINGS["rules"]["policy"], True),
        (STARTER_SETTINGS["rules"]["withdrawal"], True),
    ],
)
def test_two_thirds_of_those_present_are_always_enough_to_leave(rule: Document, *, fits: bool) -> None:
    parsed = parse_rule(rule)
    assert isinstance(parsed, Rule)
    assert may_leave_by(parsed) is fits
