"""A small confederation for tests: three communes and a council, made with the real builders and readers."""

# ruff: noqa: ANN401 - keys are handed through to builders of many types, which the readers then check

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.governance.act import Ref
from app.governance.assembly import Attestation
from app.governance.charter import Charter, Member, rule_for
from app.governance.council import Receipt
from app.governance.mandate import DelegateVote, Item, Kind, Latitude, Mandate, Recall
from app.governance.outcome import Outcome, Tendency
from app.governance.proposal import Proposal
from app.governance.ratification import Decision, Ratification, Stance
from app.governance.record import Record
from app.governance.rules import Counts, Rule, Status, parse_rule
from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.governance.tally import Count, recount
from app.kernel.canonical import Document
from app.kernel.ids import Id, origin
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal
from app.translation import build
from app.translation.vocabulary import parse

T = TypeVar("T")
VALLEY, RIVERSIDE, HILL, HARBOUR = (
    Id(f"https://{name}.example/assembly") for name in ("valley", "riverside", "hill", "harbour")
)
ALL = (HARBOUR, HILL, RIVERSIDE)
ROJIN, TOM, JO = (
    Id("https://hill.example/people/rojin"),
    Id("https://hill.example/people/tom"),
    Id("https://harbour.example/people/jo"),
)
MONDAY = datetime(2026, 11, 2, 18, tzinfo=UTC)
MOST = {"method": "majority", "base": "present", "quorum": "1/5"}


def hour(number: float) -> Instant:
    """So many hours after Monday evening."""
    return MONDAY + timedelta(hours=number)


OPENS, CLOSES = hour(0), hour(100)
_counter = iter(range(1, 10**9))


def sealed(kind: type[T], builder: Callable[..., Document], author: Id, when: Instant, **keys: Any) -> T:
    """The act that `builder` writes, as the reader reads it."""
    leaf = keys.pop("home_leaf", None)
    document = builder(id=Id(f"{origin(author)}/acts/{next(_counter)}"), author=author, published=when, **keys)
    act = parse(document, leaf=leaf)
    assert isinstance(act, kind), act
    return act


def rule(document: object) -> Rule:
    parsed = parse_rule(document)
    assert isinstance(parsed, Rule), parsed
    return parsed


def charter(author: Id, settings: Document | None = None, when: Instant | None = None, **keys: Any) -> Charter:
    when = when or hour(-1000)
    body = STARTER_SETTINGS if settings is None else settings
    return sealed(Charter, build.charter, author, when, name="Charter", version=1, settings=body, **keys)


VALLEY_CHARTER = charter(
    VALLEY, STARTER_CONFEDERATION, members=[Member(RIVERSIDE, "zKeylogOfRiverside"), Member(HILL, "zKeylogOfHill")]
)
CHARTERS = {assembly: charter(assembly) for assembly in ALL}
PROPOSAL = sealed(
    Proposal,
    build.proposal,
    RIVERSIDE,
    hour(-1),
    name="Common purchase of winter fuel",
    category="policy",
    forum=VALLEY,
    rule=rule_for(VALLEY_CHARTER, "policy"),
    opens=OPENS,
    closes=CLOSES,
    charter=VALLEY_CHARTER.head.ref,
)


def matter(how: Document, category: str = "policy", **keys: Any) -> tuple[Charter, Proposal]:
    """A charter of Valley that decides `category` by `how`, and a proposal under it."""
    own = charter(VALLEY, {"scope": "coordination", "rules": {category: how}})
    given: dict[str, Any] = {
        "name": "A matter",
        "category": category,
        "forum": VALLEY,
        "rule": rule_for(own, category),
        "opens": OPENS,
        "closes": CLOSES,
        "charter": own.head.ref,
    }
    return own, sealed(Proposal, build.proposal, RIVERSIDE, hour(-1), **(given | keys))


def agreed(entitled: int = 20, agree: int = 10, **more: int) -> Counts:
    return Counts(entitled, agree + sum(more.values()), agree, **more)


def ratification(
    author: Id,
    stance: Stance = Stance.RATIFIED,
    when: Instant | None = None,
    proposal: Proposal = PROPOSAL,
    **keys: Any,
) -> Ratification:
    """A Ratification whose counts bear its stance out, unless `keys` says otherwise."""
    own = CHARTERS[author]
    whole = own.rules["ratification"]
    counts = agreed()
    rules: Rule | None = whole.first
    if stance is Stance.REJECTED:
        rules, counts = rule(MOST_REJECTING), Counts(20, 10, 1, disagree=9)
    given: dict[str, Any] = {
        "confederation": VALLEY,
        "proposal": proposal.head.ref,
        "stance": stance,
        "rule": rules,
        "counts": counts,
        "charter": own.head.ref,
    }
    if stance is Stance.REJECTED:
        given["charter"] = REJECTING[author].head.ref
    return sealed(Ratification, build.ratification, author, when or hour(50), **(given | keys))


MOST_REJECTING = {"method": "qualified", "threshold": "2/3", "base": "cast", "quorum": "1/5"}
REJECTING = {
    assembly: charter(assembly, {"rules": {"ratification": MOST_REJECTING}}, when=hour(-1001)) for assembly in ALL
}
"""Charters under which an assembly can say no in one round."""


def decision(author: Id, when: Instant, *, category: str, status: Status = Status.ADOPTED) -> Decision:
    counts = agreed(20, 10) if status is Status.ADOPTED else Counts(20, 10, 1, disagree=9)
    return sealed(
        Decision,
        build.decision,
        author,
        when,
        status=status,
        counts=counts,
        rule=CHARTERS[author].rules[category],
        charter=CHARTERS[author].head.ref,
    )


GRANT = {assembly: decision(assembly, hour(-10), category="mandate") for assembly in ALL}
RECALLING = decision(HILL, hour(60), category="recall")


def mandate(
    author: Id = HILL,
    delegates: Iterable[Id] = (ROJIN, TOM),
    items: Iterable[Item] | None = None,
    when: Instant | None = None,
    **keys: Any,
) -> Mandate:
    fixed = (Item(PROPOSAL.head.ref, Latitude(Kind.FIXED, (Stance.RATIFIED,))),)
    given: dict[str, Any] = {
        "council": VALLEY,
        "delegates": delegates,
        "items": fixed if items is None else items,
        "valid_from": hour(-9),
        "valid_until": hour(90),
        "decision": GRANT[author].head.ref,
    }
    return sealed(Mandate, build.mandate, author, when or hour(-9), **(given | keys))


def vote(
    author: Id = ROJIN,
    choice: Stance = Stance.RATIFIED,
    when: Instant | None = None,
    mandate: Mandate | None = None,
    **keys: Any,
) -> DelegateVote:
    given: dict[str, Any] = {
        "confederation": VALLEY,
        "assembly": Id(origin(author) + "/assembly"),
        "proposal": PROPOSAL.head.ref,
        "choice": choice,
        "mandate": mandate.head.ref if mandate is not None else None,
    }
    return sealed(DelegateVote, build.delegate_vote, author, when or hour(20), **(given | keys))


def recall(of: Mandate, when: Instant | None = None, **keys: Any) -> Recall:
    given: dict[str, Any] = {"mandate": of.head.ref, "decision": RECALLING.head.ref}
    return sealed(Recall, build.recall, of.head.author, when or hour(60), **(given | keys))


def receipt(act: Any, when: Instant | None = None, leaf: int = 7) -> Receipt:
    return sealed(Receipt, build.receipt, VALLEY, when or hour(55), act=act.head.ref, leaf=leaf)


def attestation(who: Id, act: Any, when: Instant) -> Attestation:
    return sealed(Attestation, build.attestation, who, when, act=act.head.ref)


def record(
    *acts: Any, roll: tuple[Id, ...] = ALL, about: tuple[Charter, Proposal] | None = None, **changes: Any
) -> Record:
    """The record of PROPOSAL, or of a `matter`, with `acts` of any kind; the charters and grants are always there."""
    kinds = {
        "ratifications": Ratification,
        "votes": DelegateVote,
        "mandates": Mandate,
        "recalls": Recall,
        "receipts": Receipt,
        "attestations": Attestation,
    }
    sorted_out: dict[str, Any] = {
        name: tuple(act for act in acts if isinstance(act, kind)) for name, kind in kinds.items()
    }
    own, proposal = about or (VALLEY_CHARTER, PROPOSAL)
    full = Record(
        proposal,
        own,
        roll,
        decisions=(*GRANT.values(), RECALLING, *(act for act in acts if isinstance(act, Decision))),
        charters=(
            *CHARTERS.values(),
            *REJECTING.values(),
            *(act for act in acts if isinstance(act, Charter)),
        ),
        **sorted_out,
    )
    return replace(full, **changes)


def count(held: Record, at: Instant = CLOSES) -> Count:
    counted = recount(held, at)
    assert not isinstance(counted, Refusal), counted
    return counted


def stances(counted: Count) -> dict[str, str]:
    """`{"hill": "ratified", …}`."""
    return {origin(row.assembly).removeprefix("https://").split(".")[0]: row.stance.value for row in counted.rows}


def outcome(held: Record, when: Instant | None = None, author: Id = VALLEY, **changes: Any) -> Outcome:
    """The Outcome that an honest `author` seals over `held` at `when`, with `changes` to make it another."""
    when = when or CLOSES + timedelta(hours=1)
    counted = count(held, when)
    given: dict[str, Any] = {
        "confederation": held.confederation,
        "proposal": held.proposal.head.ref,
        "rule": held.rule,
        "roll": [row.assembly for row in counted.rows],
        "rows": counted.rows,
        "counts": counted.counts,
        "status": counted.status,
        "tendency": Tendency(counted.tendency.status, counted.tendency_counts),
        "binds": counted.binds if counted.status in {Status.ADOPTED, Status.OPEN} else None,
        "because": [fact.code for fact in counted.because],
        "order": counted.result.order,
    }
    return sealed(Outcome, build.outcome, author, when, **(given | changes))


def known(act: Any) -> Ref:
    """The reference of an act."""
    found: Ref = act.head.ref
    return found
