"""Tiers upon tiers for tests: councils of councils of communes, each sealing what its own members came to."""

from dataclasses import dataclass, replace

from app.governance.act import Ref
from app.governance.charter import Charter, rule_for
from app.governance.proposal import Proposal
from app.governance.ratification import Lower, Ratification, Stance
from app.governance.record import Record
from app.governance.rules import Counts, Status
from app.governance.tally import Count, recount
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.translation import build
from tests.governance.valley import CLOSES, MOST, OPENS, charter, hour, rule, sealed


@dataclass(frozen=True)
class Commune:
    """A base assembly and what it answers; None is silent."""

    name: str
    stance: Stance | None = Stance.RATIFIED
    people: int = 10


@dataclass(frozen=True)
class Council:
    """A council of members; `seals` is what it says upward if it is not honest."""

    name: str
    members: "tuple[Commune | Council, ...]"
    seals: Stance | None = None
    how: Document | None = None


def address(name: str) -> Id:
    return Id(f"https://{name}.example/assembly")


def confederated(top: Council, how: Document) -> Record:
    """The record of a proposal that went down all tiers of `top` and came up again, decided by `how` everywhere."""
    own = charter(address(top.name), {"scope": "coordination", "rules": {"policy": how}})
    proposal = sealed(
        Proposal,
        build.proposal,
        address("proposer"),
        hour(-1),
        name="A matter",
        category="policy",
        forum=address(top.name),
        rule=rule_for(own, "policy"),
        opens=OPENS,
        closes=CLOSES,
        charter=own.head.ref,
    )
    return replace(_tier(top, proposal, how, own), council=None)


def _tier(council: Council, proposal: Proposal, how: Document, own: Charter | None = None) -> Record:
    own = own or charter(address(council.name), {"scope": "coordination", "rules": {"policy": council.how or how}})
    answers: list[Ratification] = []
    charters: list[Charter] = []
    lower: list[tuple[Ref, Lower]] = []
    below: list[Record] = []
    for member in council.members:
        if isinstance(member, Commune):
            found = _answer(member, proposal, council)
            answers += [found[1]] if found is not None else []
            charters += [found[0]] if found is not None else []
            continue
        tier = _tier(member, proposal, how)
        below.append(tier)
        status = came_to(tier).status
        cited = Ref(Id(f"https://{member.name}.example/acts/outcome"), f"zOutcomeOf{member.name}")
        lower.append((cited, Lower(address(member.name), address(member.name), proposal.head.ref, status)))
        honest = {Status.ADOPTED: Stance.RATIFIED, Status.REJECTED: Stance.REJECTED}.get(status)
        stance = member.seals or honest
        if stance is not None:
            answers.append(_upward(member, proposal, council, stance, cited))
    return Record(
        proposal,
        own,
        tuple(sorted(address(member.name) for member in council.members)),
        ratifications=tuple(answers),
        charters=tuple(charters),
        lower=tuple(lower),
        council=address(council.name),
        below=tuple(below),
    )


def came_to(record: Record) -> Count:
    counted = recount(record, CLOSES)
    assert not isinstance(counted, Refusal), counted
    return counted


def _answer(member: Commune, proposal: Proposal, council: Council) -> tuple[Charter, Ratification] | None:
    if member.stance is None:
        return None
    own = charter(address(member.name), {"rules": {"ratification": MOST}})
    half = member.people // 2 + 1
    counts = Counts(2 * member.people, member.people, disagree=half)
    if member.stance is not Stance.REJECTED:
        counts = Counts(2 * member.people, member.people, half)
    answer = sealed(
        Ratification,
        build.ratification,
        address(member.name),
        hour(10),
        confederation=address(council.name),
        proposal=proposal.head.ref,
        stance=member.stance,
        rule=rule(MOST),
        counts=counts,
        charter=own.head.ref,
    )
    return own, answer


def _upward(member: Council, proposal: Proposal, council: Council, stance: Stance, cited: Ref) -> Ratification:
    return sealed(
        Ratification,
        build.ratification,
        address(member.name),
        hour(20),
        confederation=address(council.name),
        proposal=proposal.head.ref,
        stance=stance,
        outcome=cited,
    )


def nested(base: tuple[Commune, ...], sizes: tuple[int, ...], name: str = "top") -> Council:
    """`base` under as many tiers as `sizes`, each council of about so many members, from the bottom up."""
    tier: tuple[Commune | Council, ...] = base
    for depth, size in enumerate(sizes):
        groups = [tier[start : start + size] for start in range(0, len(tier), size)]
        tier = tuple(Council(f"{name}-{depth}-{number}", tuple(group)) for number, group in enumerate(groups))
    return Council(name, tier)
