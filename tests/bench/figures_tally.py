"""Counting assemblies, over acts whose proofs have been checked: all of it, and what one new act costs."""

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Final, TypeVar

from app.cli.serving import collect_seldom
from app.governance.act import Head, Ref
from app.governance.assembly import MOST_MEMBERS
from app.governance.charter import Charter
from app.governance.mandate import DelegateVote, Item, Kind, Latitude, Mandate
from app.governance.ratification import Decision, Ratification, Stance
from app.governance.record import Record, until
from app.governance.rules import Counts, Status
from app.governance.tally import Count, homes_of, recount, recount_with, tally
from app.kernel.ids import Id
from tests.bench.measure import Figure
from tests.governance.valley import CHARTERS, CLOSES, HILL, VALLEY, hour, matter

T = TypeVar("T")
_MANY: Final = {10_000: 50.0, 100_000: 600.0}
_BY_MANDATE: Final = 10_000
_TIMES: Final = 5
_MILLISECONDS: Final = "CPU-ms"


def tallied() -> dict[str, Figure]:
    """CPU-milliseconds for a tally of 10,000 and of 100,000 assemblies by people, and the memory that all took.

    The aims are for the whole: every answer weighed, then counted. Where all stand already only the count is left.
    """
    collect_seldom()  # as every process of a server does
    _, largest = _timed(partial(recount, assemblies(MOST_MEMBERS), CLOSES))
    # What a new act costs a board, besides reading it: that counts anew, for no council has more members.
    found = {f"recount of {MOST_MEMBERS} assemblies": Figure(largest, _MILLISECONDS)}
    for number, most in _MANY.items():
        record = assemblies(number)
        before, whole = _timed(partial(recount, record, CLOSES))
        assert isinstance(before, Count)
        then = until(record, CLOSES)
        _, alone = _timed(partial(tally, then, before.rows, before.behind, homes_of(then, flat=False), CLOSES))
        _, one = _timed(partial(recount_with, before, record, record.roll[0], CLOSES))
        found[f"tally of {number:,} assemblies"] = Figure(whole, _MILLISECONDS, target=most)
        found[f"the same from where each stands, {number:,}"] = Figure(alone, _MILLISECONDS)
        found[f"recount after one new act, {number:,}"] = Figure(one, _MILLISECONDS)
    _, mandated = _timed(partial(recount, by_mandate(_BY_MANDATE), CLOSES))
    found[f"tally of {_BY_MANDATE:,} that stand by mandate"] = Figure(mandated, _MILLISECONDS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**found, "memory of all this": Figure(peak, "MiB", target=1024.0)}


def assemblies(number: int) -> Record:
    """The record of a referendum that so many assemblies answered, each under a charter of its own."""
    own, proposal = matter({"method": "majority", "weight": "people", "quorum": "1/5"})
    charter = CHARTERS[HILL]
    rule = charter.rules["mandate"]
    charters: list[Charter] = []
    answers: list[Ratification] = []
    for place in range(number):
        author = Id(f"https://a{place}.example/assembly")
        law = Ref(Id(f"https://a{place}.example/acts/charter"), f"zCharter{place}")
        charters.append(
            replace(charter, head=Head(law, "gov:Charter", author, hour(-100)), rules={"ratification": rule})
        )
        yes = 10 + place % 21
        counts = Counts(60, 30, yes, disagree=30 - yes)
        stance = Stance.RATIFIED if 2 * yes > 30 else Stance.REJECTED
        act = Ref(Id(f"https://a{place}.example/acts/answer"), f"zAnswer{place}")
        head = Head(act, "gov:Ratification", author, hour(10))
        answers.append(Ratification(head, proposal.head.ref, stance, VALLEY, counts, rule, law))
    return Record(
        proposal,
        own,
        tuple(act.head.author for act in answers),
        ratifications=tuple(answers),
        charters=tuple(charters),
    )


def by_mandate(number: int) -> Record:
    """The record of a matter on which so many assemblies stand by the vote of one delegate each."""
    own, proposal = matter({"method": "majority", "quorum": "1/5"})
    charter = CHARTERS[HILL]
    agree = Item(proposal.head.ref, Latitude(Kind.FIXED, (Stance.RATIFIED,)))
    charters, decisions, mandates, votes = [], [], [], []
    for place in range(number):
        site = f"https://a{place}.example"
        author, person = Id(f"{site}/assembly"), Id(f"{site}/people/delegate")
        law, grant, given, said = (Ref(Id(f"{site}/acts/{one}"), f"z{one}{place}") for one in range(4))
        rules = {"mandate": charter.rules["mandate"]}
        charters.append(replace(charter, head=Head(law, "gov:Charter", author, hour(-100)), rules=rules))
        head = Head(grant, "gov:Decision", author, hour(-10))
        decisions.append(Decision(head, Status.ADOPTED, Counts(60, 30, 25, disagree=5), rules["mandate"], charter=law))
        head = Head(given, "gov:Mandate", author, hour(-9))
        mandates.append(Mandate(head, (person,), (agree,), hour(-9), hour(90), grant, (VALLEY,)))
        head = Head(said, "gov:DelegateVote", person, hour(10))
        votes.append(DelegateVote(head, author, proposal.head.ref, Stance.RATIFIED, VALLEY, given))
    return Record(
        proposal,
        own,
        tuple(mandate.head.author for mandate in mandates),
        votes=tuple(votes),
        mandates=tuple(mandates),
        decisions=tuple(decisions),
        charters=tuple(charters),
    )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` finds, and the median of what it takes: a neighbour on the core makes any one run slower."""
    took: list[float] = []
    for _ in range(_TIMES):
        gc.collect()  # a server that has run a while has these acts among its old objects
        began = time.process_time()
        found = work()
        took.append((time.process_time() - began) * 1000)
    return found, median(took)
