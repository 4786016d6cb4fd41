"""Every act: what is written is read, and what is not well formed is refused by its code."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from app.governance.act import Ref
from app.governance.assembly import Body
from app.governance.charter import Charter, Clause, Member
from app.governance.mandate import Constraint, Item, Kind, Latitude, Office, Topic
from app.governance.outcome import Tendency
from app.governance.proposal import Link, Option, Proposal
from app.governance.ratification import RollSize, Stance
from app.governance.rules import Counts, Rule, Status, parse_rule
from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.governance.tally import By, Position, Row
from app.kernel.canonical import Document, check_act_bytes, digest, read_act
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.translation import build
from app.translation.vocabulary import CONTEXT, TYPES, is_act, parse

NOW = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
HILL, VALLEY, TOM = (
    Id(f"https://{path}") for path in ("hill.example/assembly", "valley.example/assembly", "hill.example/people/tom")
)
REF = Ref(Id("https://hill.example/acts/7"), "zQmQe4GKeEY5pRT64rF2UnYhzUq8UJqPtyacD3r9STfufsD")
OTHER = Ref(Id("https://valley.example/acts/9"), "zQmYNnuNDPHYff6szX69HyChiTz16KVoz1nrAPLtSU8X8of")
RULE = parse_rule({"method": "consensus", "blocks": 0, "standAsides": "1/4", "quorum": "1/5"})
assert isinstance(RULE, Rule)
COUNTS = Counts(120, 64, 50, 5, 3, 0, 0, 6)
HEAD: dict[str, Any] = {"id": Id("https://hill.example/acts/1"), "author": HILL, "published": NOW}
RICH = {
    "supersedes": REF,
    "content": "<p>Été</p>",
    "source": "Été",
    "content_map": (("en", "<p>Summer</p>"), ("fr", "<p>Été</p>")),
    "meeting": "12 March",
}
FIXED = Latitude(Kind.FIXED, (Stance.RATIFIED,))
ROWS = (
    Row(HILL, Position.RATIFIED, By.MANDATE, acts=(REF,)),
    Row(Id("https://a.example/assembly"), Position.SILENT),
    Row(Id("https://b.example/assembly"), Position.CONTESTED, By.RATIFICATION, acts=(REF, OTHER)),
    Row(Id("https://c.example/assembly"), Position.INDICATIVE, By.DELEGATE, Stance.REJECTED, (OTHER,)),
)
FULL: dict[str, tuple[Callable[..., Document], dict[str, Any]]] = {
    "gov:Charter": (
        build.charter,
        {
            "name": "Charter",
            "version": 2,
            "settings": STARTER_SETTINGS,
            "members": [Member(HILL, "zQmKeys", 2)],
            "clauses": [Clause("1", "no ranks", entrenched=True), Clause("2", "open doors")],
            "decision": REF,
            "outcome": OTHER,
        },
    ),
    "gov:Proposal": (
        build.proposal,
        {
            "name": "Winter fuel",
            "category": "policy",
            "forum": VALLEY,
            "rule": RULE,
            "opens": NOW,
            "closes": NOW,
            "charter": OTHER,
            "topics": ["fuel"],
            "assembly": HILL,
            "version": 2,
            "decision": REF,
            "mandate": REF,
            "outcome": OTHER,
            "unresolved": REF,
            "clauses": [Clause("1", "at most 90")],
            "options": [Option("a", "coal"), Option("b", "wood", OTHER)],
            "links": [Link("amends", (REF,)), Link("continues", (OTHER, REF))],
            "valid_until": NOW,
        },
    ),
    "gov:Decision": (
        build.decision,
        {
            "status": Status.ADOPTED,
            "counts": COUNTS,
            "rule": RULE,
            "proposal": REF,
            "charter": OTHER,
            "modes": ["room"],
            "because": ["quorum.met"],
            "roll": RollSize(120, "zQmRoll"),
            "unresolved": REF,
        },
    ),
    "gov:Ratification": (
        build.ratification,
        {
            "proposal": REF,
            "stance": Stance.RESERVED,
            "confederation": VALLEY,
            "counts": COUNTS,
            "rule": RULE,
            "charter": OTHER,
            "decision": REF,
            "unresolved": REF,
            "outcome": OTHER,
            "status": Status.ADOPTED,
            "reservations": "not on Sundays",
            "modes": ["room", "closed"],
            "because": ["consensus.reached"],
            "roll": RollSize(120, "zQmRoll"),
        },
    ),
    "gov:Mandate": (
        build.mandate,
        {
            "delegates": [TOM],
            "items": [Item(REF, FIXED), Item(Topic("fuel"), Latitude(Kind.AMENDABLE, (Stance.REJECTED,), ("1",)))],
            "valid_from": NOW,
            "valid_until": NOW,
            "decision": OTHER,
            "council": VALLEY,
            "office": Office("councillor", "city"),
            "default": Latitude(Kind.INDICATIVE),
            "term": "2026-11",
            "composition": [Constraint("not_two(man)", met=False)],
        },
    ),
    "gov:Recall": (build.recall, {"mandate": REF, "decision": OTHER, "delegates": [TOM]}),
    "gov:DelegateVote": (
        build.delegate_vote,
        {
            "assembly": HILL,
            "proposal": OTHER,
            "choice": Stance.ABSTAINED,
            "confederation": VALLEY,
            "mandate": REF,
            "indicative": True,
            "estimate": "most agree",
        },
    ),
    "gov:Session": (
        build.session,
        {"name": "Spring", "starts": NOW, "ends": NOW, "agenda": [OTHER], "host_next": VALLEY},
    ),
    "gov:Registration": (build.registration, {"session": OTHER, "mandate": REF}),
    "gov:Draft": (build.draft, {"name": "A call", "session": OTHER, "authors": ["Tom"]}),
    "gov:Draw": (build.draw, {"seed": "seven"}),
    "gov:Redaction": (build.redaction, {"act": REF}),
    "gov:Report": (build.report, {"mandate": REF, "session": OTHER, "as_office": True}),
    "gov:Receipt": (build.receipt, {"act": OTHER, "leaf": 0, "checkpoint": "note\n", "roll": [HILL, VALLEY]}),
    "gov:Admission": (build.admission, {"assembly": VALLEY, "outcome": OTHER, "keylog": "zQmKeys", "seats": 2}),
    "gov:Withdrawal": (
        build.withdrawal,
        {"confederation": VALLEY, "assembly": HILL, "decision": REF, "outcome": OTHER},
    ),
    "gov:Attestation": (build.attestation, {"act": REF, "role": "co-signer"}),
    "gov:KeyEvent": (
        build.key_event,
        {
            "version": 1,
            "keys": ["z6Mk"],
            "next_key_digests": ["zQm"],
            "previous": REF,
            "body": Body.CAUCUS,
            "parent": VALLEY,
        },
    ),
    "gov:Outcome": (
        build.outcome,
        {
            "proposal": REF,
            "rule": RULE,
            "roll": [row.assembly for row in ROWS],
            "rows": ROWS,
            "counts": Counts(4, 1, 1),
            "status": Status.ADOPTED,
            "confederation": VALLEY,
            "tendency": Tendency(Status.UNRESOLVED, Counts(4, 2, 1, disagree=1)),
            "binds": [HILL],
            "final": True,
            "because": ["quorum.met", "consensus.reached"],
            "correction_of": OTHER,
        },
    ),
}


WRONG: tuple[object, ...] = (7.5, True, [[]], {"id": []}, "", -1, [None], [{"id": 1}], {"kind": {}, "method": []})


def written(act_type: str, **changes: object) -> Document:
    builder, keys = FULL[act_type]
    return builder(**(HEAD | RICH | keys | changes))


def code(document: Document) -> str | None:
    found = parse(document)
    return found.code if isinstance(found, Refusal) else None


def _as_kept(value: object) -> object:
    """Lists as the tuples in which meanings hold them, rows in the order in which they are written."""
    if not isinstance(value, list | tuple):
        return value
    if value and isinstance(value[0], Row):
        return tuple(sorted(value, key=lambda row: row.assembly))
    return tuple(value)


def test_every_type_has_a_builder_and_a_reader() -> None:
    assert set(FULL) == set(TYPES)
    assert len(build.__all__) == len(TYPES)


@pytest.mark.parametrize("act_type", FULL)
def test_what_is_written_is_read(act_type: str) -> None:
    document = written(act_type)
    raw = json.dumps(document, ensure_ascii=False).encode()
    assert check_act_bytes(document) is None
    received = read_act(raw)
    assert not isinstance(received, Refusal), received
    act = parse(received, leaf=3)
    assert not isinstance(act, Refusal), act
    assert act.head.ref == Ref(HEAD["id"], digest(document))
    assert (act.head.type, act.head.author, act.head.published, act.head.leaf) == (act_type, HILL, NOW, 3)
    assert (act.head.content, act.head.source, act.head.content_map) == (
        RICH["content"], RICH["source"], RICH["content_map"]
    )  # fmt: skip
    assert (act.head.supersedes, act.head.meeting) == (REF, "12 March")
    for key, value in FULL[act_type][1].items():
        kept = getattr(act, key)
        if key in {"forum", "council"}:
            assert kept == (value,)
        elif key == "roll" and act_type == "gov:Outcome":
            assert kept == tuple(sorted(value))
        else:
            assert kept == _as_kept(value), key


@pytest.mark.parametrize("act_type", FULL)
def test_null_reads_as_absent_and_unknown_keys_are_passed_over(act_type: str) -> None:
    document = written(act_type)
    plain = parse(document)
    assert not isinstance(plain, Refusal)
    padded = parse(document | {"gov:somethingNew": {"deep": [1]}, "gov:nothing": None})
    assert not isinstance(padded, Refusal)
    assert padded.head.ref != plain.head.ref, "what is not understood is signed all the same"
    for key in set(document) - {"@context", "id", "type", "attributedTo", "published"}:
        absent, null = code({k: v for k, v in document.items() if k != key}), code(document | {key: None})
        assert absent == null


@pytest.mark.parametrize("act_type", FULL)
def test_a_value_of_the_wrong_kind_is_refused_and_never_raises(act_type: str) -> None:
    document = written(act_type)
    for key in set(document) - {"@context", "type"}:
        for wrong in WRONG:
            found = parse(document | {key: copy.deepcopy(wrong)})
            if isinstance(found, Refusal):
                assert found.because
            else:
                assert found.head.type == act_type


@pytest.mark.withstands("B13")
@pytest.mark.withstands("B14")
@pytest.mark.parametrize(
    "context",
    [
        None,
        "https://www.w3.org/ns/activitystreams",
        list(CONTEXT[:2]),
        [*CONTEXT, "https://evil.example/context"],
        [CONTEXT[1], CONTEXT[0], CONTEXT[2]],
        [*CONTEXT[:2], {"gov": "https://w3id.org/roundabout/gov#", "actor": "gov:victim"}],
        [*CONTEXT[:2], {"gov": "https://evil.example/gov#"}],
    ],
)
def test_any_other_context_is_refused(context: object) -> None:
    assert code(written("gov:Recall") | {"@context": context}) == "ctx.unknown"


@pytest.mark.withstands("B29")
@pytest.mark.parametrize("act_type", [None, ["gov:Recall"], ["gov:Recall", "Note"], "gov:Decree", "Note", 7, {}])
def test_an_act_has_one_known_type(act_type: object) -> None:
    document = written("gov:Recall") | {"type": act_type}
    assert code(document) == "act.type"
    assert is_act(document) is (act_type == "gov:Decree")


@pytest.mark.parametrize("word", ["agree", "yes", "Ratified", "indicative", "silent", ""])
def test_only_the_four_stance_words_are_known(word: str) -> None:
    assert code(written("gov:Ratification") | {"gov:stance": word}) == "act.form"
    assert code(written("gov:DelegateVote") | {"gov:choice": word}) == "act.form"
    item = {"gov:subject": {"topic": "fuel"}, "gov:latitude": {"kind": "fixed", "choices": [word]}}
    assert code(written("gov:Mandate") | {"gov:items": [item]}) == "act.form"


@pytest.mark.parametrize(
    "latitude",
    [
        {"kind": "free"},
        {"kind": "fixed"},
        {"kind": "fixed", "choices": ["ratified", "rejected"]},
        {"kind": "range", "choices": []},
        {"kind": "range", "choices": ["ratified", "ratified"]},
        {"kind": "amendable", "choices": ["ratified", "rejected"]},
        {"choices": ["ratified"]},
    ],
)
def test_a_latitude_says_what_it_allows(latitude: dict[str, object]) -> None:
    assert code(written("gov:Mandate") | {"gov:default": latitude}) == "act.form"


@pytest.mark.shows("B13")
def test_a_mandate_and_a_recall_name_the_decision_that_they_come_from() -> None:
    for act_type in ("gov:Mandate", "gov:Recall"):
        document = written(act_type)
        del document["gov:decision"]
        refused = parse(document)
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.because) == ("act.form", "gov:decision is missing")


@pytest.mark.parametrize(
    ("act_type", "key"),
    [("gov:Mandate", "gov:delegates"), ("gov:Outcome", "gov:roll"), ("gov:Outcome", "gov:stances")],
)
def test_a_list_that_matters_may_be_empty_but_not_left_out(act_type: str, key: str) -> None:
    document = written(act_type)
    assert code(document | {key: []}) is None
    assert code({name: value for name, value in document.items() if name != key}) == "act.form"


def test_a_vote_says_for_which_assembly() -> None:
    document = written("gov:DelegateVote")
    del document["gov:assembly"]
    assert code(document) == "act.form"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"attributedTo": VALLEY}, "act.owner"),
        ({"attributedTo": [HILL]}, "id.form"),
        ({"id": "http://hill.example/acts/1"}, "id.form"),
        ({"published": "2026-11-22T15:04:05+00:00"}, "instant.form"),
        ({"published": None}, "act.form"),
        ({"gov:supersedes": REF.id}, "act.form"),
        ({"gov:supersedes": {"id": REF.id}}, "act.form"),
        ({"gov:supersedes": {"id": REF.id, "gov:digest": "sha256:0"}}, "act.form"),
        ({"gov:mandate": {"id": "acct:tom@hill.example", "gov:digest": REF.digest}}, "id.form"),
    ],
)
def test_who_when_and_about_what_are_read_strictly(changes: dict[str, object], refused: str) -> None:
    assert code(written("gov:Recall") | changes) == refused


def test_plain_http_is_for_loopback_only() -> None:
    here: dict[str, Any] = {"id": Id("http://127.0.0.1:8001/acts/1"), "author": Id("http://127.0.0.1:8001/assembly")}
    document = written("gov:Report", **here)
    assert code(document) == "id.form"
    assert not isinstance(parse(document, loopback=True), Refusal)


def test_a_rule_that_is_not_counted_yet_is_refused_by_its_own_code() -> None:
    ranked = {"method": "lottery", "quorum": "1/5"}
    assert code(written("gov:Decision") | {"gov:rule": ranked}) == "rule.method"
    assert code(written("gov:Charter", settings={"rules": {"policy": {"method": "majority"}}})) == "rule.quorum"
    assert code(written("gov:Decision") | {"gov:counts": {"entitled": 1, "present": 2}}) == "counts.sum"


def test_a_forum_may_be_a_list() -> None:
    act = parse(written("gov:Proposal", forum=[HILL, VALLEY]))
    assert isinstance(act, Proposal)
    assert (act.forum, act.listed, act.confederation) == ((HILL, VALLEY), True, None)


def test_a_small_secret_vote_keeps_its_choices_at_home() -> None:
    document = written("gov:Ratification", small=True)
    assert document["gov:counts"] == {"entitled": 120, "present": 64}
    assert document["gov:small"] is True


def test_rows_and_rolls_are_written_in_order() -> None:
    document = written("gov:Outcome")
    assert document["gov:roll"] == sorted(document["gov:roll"])
    assert [row["assembly"] for row in document["gov:stances"]] == document["gov:roll"]


def test_the_settings_of_a_charter_are_kept_as_written() -> None:
    act = parse(written("gov:Charter", settings=STARTER_CONFEDERATION))
    assert isinstance(act, Charter)
    assert act.settings == STARTER_CONFEDERATION
