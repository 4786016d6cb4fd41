"""What a confederation's own acts say: receipts, and who is a member (governance.md §1, fine-print 14)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from app.governance.act import Head, Ref, each_once, standing
from app.governance.assembly import MOST_MEMBERS
from app.governance.charter import Charter
from app.governance.proposal import Proposal
from app.governance.ratification import Ratification, Stance
from app.governance.rules import Status
from app.kernel.ids import Id
from app.kernel.instant import Instant
from app.kernel.refusal import Refusal

FORMING_BELOW: Final = 2
"""A confederation with fewer members on its roll is forming (fine-print 14)."""

UNCLEAR: Final = "outcome.members"
"""Why a result cannot be told: its roll names a member of whom nothing that is here shows how it joined."""

VOUCHERS: Final = 2
"""So many assemblies let another one in: they say that they know it as one, which no server can (hostile F17)."""

_JOINS: Final = frozenset({Stance.RATIFIED, Stance.RESERVED})


@dataclass(frozen=True, slots=True)
class Receipt:
    """A forum's word that it has an act, and under which index of its own ledger.

    For a Proposal `roll` is the frozen roll: sorted assembly ids (fine-print 14).
    """

    head: Head
    act: Ref
    leaf: int
    checkpoint: str | None = None
    roll: tuple[Id, ...] | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """A council's act on an adopted Outcome: `assembly` is a member from now on."""

    head: Head
    assembly: Id
    outcome: Ref
    keylog: str | None = None
    seats: int = 1


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An assembly's own act: it leaves `confederation`."""

    head: Head
    confederation: Id
    assembly: Id
    decision: Ref | None = None
    outcome: Ref | None = None


@dataclass(frozen=True, slots=True)
class Roll:
    """Who may answer: `unclear` if it names a member of whom nothing here shows how it joined.

    `frozen` unless no Receipt that fixes it is here, and it follows from what made members so far.
    """

    members: tuple[Id, ...]
    unclear: bool = False
    frozen: bool = True


def roll_at(
    charter: Charter,
    founders: Iterable[Ratification],
    admissions: Iterable[Admission],
    withdrawals: Iterable[Withdrawal],
    at: Instant,
) -> tuple[Id, ...]:
    """The sorted ids of the member assemblies at `at`, inclusive.

    A founding member of `charter` (the first one) is on the roll from its own Ratification of that
    digest; others from their Admission; until their Withdrawal. What is void (`is_void`,
    `admission_is_void`) must have been left out. With fewer than two the body is forming.
    Source: fine-print 14.
    """
    council = charter.head.author
    named = {member.assembly for member in charter.members}
    moves: list[tuple[Instant, bool, Id]] = [
        (act.head.published, True, act.head.author)
        for act in standing(act for act in founders if act.head.published <= at)
        if act.proposal == charter.head.ref and act.head.author in named and act.stance in _JOINS
    ]
    moves += [(act.head.published, True, act.assembly) for act in each_once(admissions) if act.head.author == council]
    moves += [
        (act.head.published, False, act.assembly)
        for act in each_once(withdrawals)
        if act.confederation == council and act.head.author == act.assembly
    ]
    roll: set[Id] = set()
    # At one instant joining goes before leaving: whoever does both at once has left.
    for when, joins, assembly in sorted(moves, key=lambda move: (move[0], not move[1])):
        if when <= at:
            (roll.add if joins else roll.discard)(assembly)
    return tuple(sorted(roll))


def seats_at(charter: Charter, admissions: Iterable[Admission], at: Instant) -> tuple[tuple[Id, int], ...]:
    """The seats of each assembly that `charter`, the first one, lists or that was admitted by `at`: the latest word.

    Source: fine-print 5; governance.md §2, `delegation`.
    """
    listed = tuple((member.assembly, member.seats) for member in charter.members)
    admitted = tuple((act.assembly, act.seats) for act in each_once(admissions) if act.head.published <= at)
    return tuple({**dict(listed), **dict(admitted)}.items())


def upward(charter: Charter, answers: Iterable[Ratification], at: Instant) -> tuple[Ratification, ...]:
    """What councils that `charter` lists answered to it by `at`, each on what its own members said."""
    named = {member.assembly for member in charter.members}
    mine = (act for act in answers if act.proposal == charter.head.ref and act.confederation == charter.head.author)
    agreed = (act for act in mine if act.head.author in named and act.stance in _JOINS)
    return tuple(act for act in agreed if act.outcome is not None and act.head.published <= at)


def is_forming(roll: tuple[Id, ...]) -> bool:
    """True if so few are on the roll that the confederation does not exist yet."""
    return len(roll) < FORMING_BELOW


@dataclass(frozen=True, slots=True)
class Formation:
    """From when two founders of a confederation are known to have been on its roll; None if they are not.

    `unheard` are those that its first Charter lists and of whom nothing here says what they answered. Who hears of a
    confederation from outside lacks all of them, and must not hold that against it.
    """

    since: Instant | None
    unheard: frozenset[Id] = frozenset()

    def is_over(self, at: Instant) -> bool:
        """True if it was formed at `at`, as far as is known. Once formed it stays so, whoever leaves later."""
        return self.since is not None and at >= self.since

    def goes_on(self, at: Instant, roll: Collection[Id] | None) -> bool:
        """True if it is shown that it was forming at `at`, when it sealed something on a count over `roll`, or on none.

        It says so itself by such a roll; or every founder's answer is here, and says so. Else it cannot be told.
        """
        says_so = roll is not None and len(roll) < FORMING_BELOW
        return not self.is_over(at) and (says_so or not self.unheard)


def sealed_too_soon(known: Formation | None, sealed: Head, roll: Collection[Id] | None) -> bool:
    """True for what a confederation sealed on a count over `roll` while it was forming, as far as that is shown."""
    return known is not None and known.goes_on(sealed.published, roll)


def formation(charter: Charter, founders: Iterable[Ratification], withdrawals: Iterable[Withdrawal]) -> Formation:
    """How far a confederation with this first Charter is formed, by the answers to it that count (fine-print 14)."""
    joining, leaving = tuple(founders), tuple(withdrawals)
    moments = sorted({act.head.published for act in joining})
    since = next((at for at in moments if not is_forming(roll_at(charter, joining, (), leaving, at))), None)
    return Formation(since, frozenset(one.assembly for one in charter.members) - {act.head.author for act in joining})


def check_receipt_roll(receipt: Receipt, known: Collection[tuple[Id, ...]]) -> Refusal | None:
    """None if the frozen roll is one of those that the record has for it, else `receipt.roll` (fine-print 14)."""
    if receipt.roll is None or receipt.roll not in known:
        return Refusal("receipt.roll", f"{receipt.head.ref.id} freezes a roll that was never the record's")
    return None


def admission_is_void(
    admission: Admission, proposal: Proposal, whose: Id | None, status: Status, in_favour: int
) -> Refusal | None:
    """Why `admission` puts nobody on the roll; None if it does (`admission.outcome`, `admission.vouched`).

    `proposal` is the one that its Outcome is about, `whose` the confederation whose members it
    counts, `status` what it says: adopted, of category `admission`, about the same assembly
    (fine-print 14); `in_favour` so many assemblies agreed.
    """
    if status is not Status.ADOPTED:
        return Refusal("admission.outcome", f"its outcome is {status}, not adopted")
    if whose != admission.head.author:
        return Refusal("admission.outcome", f"its outcome is over the members of {whose}")
    if proposal.category != "admission" or proposal.assembly != admission.assembly:
        return Refusal("admission.outcome", f"its outcome is not about admitting {admission.assembly}")
    if proposal.confederation != admission.head.author:
        return Refusal("admission.outcome", f"its outcome is of {proposal.confederation}")
    return check_vouched(in_favour)


def check_vouched(in_favour: int) -> Refusal | None:
    """None if enough assemblies let another one in, whatever the rule by which it was adopted (`admission.vouched`)."""
    if in_favour >= VOUCHERS:
        return None
    return Refusal("admission.vouched", f"{in_favour} assembly vouches for it, and {VOUCHERS} have to")


def check_admission(roll: tuple[Id, ...], assembly: Id) -> Refusal | None:
    """None if `assembly` may still join: `assembly.full` at 150, `assembly.member` if it is one already."""
    if assembly in roll:
        return Refusal("assembly.member", f"{assembly} is a member already")
    if len(roll) >= MOST_MEMBERS:
        return Refusal("assembly.full", f"{MOST_MEMBERS} assemblies at most: form a tier of councils")
    return None
