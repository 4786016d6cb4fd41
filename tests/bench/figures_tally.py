"""Counting assemblies, over acts whose proofs have been checked: all of it, and what one new act costs."""

import resource
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from app.governance.act import Head, Ref
from app.governance.charter import Charter
from app.governance.ratification import Ratification, Stance
from app.governance.record import Record, until
from app.governance.rules import Counts
from app.governance.tally import Count, homes_of, recount, recount_with, tally
from app.kernel.ids import Id
from tests.bench.measure import Figure
from tests.governance.valley import CHARTERS, CLOSES, HILL, VALLEY, hour, matter

T = TypeVar("T")
_MANY: Final = {10_000: 50.0, 100_000: 600.0}
_MILLISECONDS: Final = "CPU-ms"


def tallied() -> dict[str, Figure]:
    """CPU-milliseconds for a tally of 10,000 and of 100,000 assemblies by people, and the memory that all took."""
    found: dict[str, Figure] = {}
    for number, most in _MANY.items():
        record = assemblies(number)
        before, whole = _timed(partial(recount, record, CLOSES))
        assert isinstance(before, Count)
        then = until(record, CLOSES)
        _, alone = _timed(partial(tally, then, before.stands, homes_of(then, flat=False), CLOSES))
        _, one = _timed(partial(recount_with, before, record, record.roll[0], CLOSES))
        found[f"tally of {number:,} assemblies"] = Figure(alone, _MILLISECONDS, target=most)
        found[f"every answer of {number:,} weighed and tallied"] = Figure(whole, _MILLISECONDS)
        found[f"recount after one new act, {number:,}"] = Figure(one, _MILLISECONDS)
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


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    found = work()
    return found, (time.process_time() - began) * 1000
