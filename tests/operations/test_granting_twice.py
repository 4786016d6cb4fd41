"""Two grants for one council and term: the later counts, and every instance knows of each that there is another."""

from pathlib import Path

import pytest

from app.governance.mandate import Verdict
from app.governance.ratification import Stance
from app.kernel.refusal import Refusal
from app.operations.confederation import counting
from app.operations.mandates import delegating
from app.operations.mandates.delegating import Wish
from tests.operations.mandated import agreeing_on, brought, confederated, granted, seen
from tests.operations.neighbours import Valley, done

EVERYBODY = ("Hill", "Riverside", "Valley")


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def verdict(valley: Valley, name: str, mandate: str) -> list[Verdict]:
    return [
        done(vote.worth).verdict for vote in seen(valley[name], mandate).done if not isinstance(vote.worth, Refusal)
    ]


@pytest.mark.withstands("F09")
def test_of_two_grants_for_one_term_the_later_counts_and_both_are_flagged_everywhere(valley: Valley) -> None:
    hill, fuel = valley["Hill"], brought(valley)
    first = granted(valley, agreeing_on(fuel), term="Spring session")
    again = granted(valley, agreeing_on(fuel), term="Spring session")
    for name in ("rojin", "tom"):
        sent = done(hill.do(delegating.send, hill.people[name], Wish(fuel, Stance.RATIFIED, first)))
        assert not sent.check.binds
    valley.deliver()
    for name in EVERYBODY:
        place = valley[name]
        old, new = seen(place, first), seen(place, again)
        assert (old.twice, new.twice) == ((new.mandate,), (old.mandate,))
        assert (old.replaced, new.replaced) == (new.mandate, None)
        assert (old.is_in_force(valley.clock.now()), new.is_in_force(valley.clock.now())) == (False, True)
        assert verdict(valley, name, first) == [Verdict.EXPIRED, Verdict.EXPIRED]
        rows = done(done(place.do(counting.board, fuel)).count).rows
        assert {row.stance.value for row in rows if row.assembly == hill.assembly} == {"silent"}
    done(hill.do(delegating.send, hill.people["rojin"], Wish(fuel, Stance.RATIFIED, again)))
    valley.deliver()
    assert {verdict(valley, name, again)[0] for name in EVERYBODY} == {Verdict.CONFORMS}


@pytest.mark.withstands("F09")
def test_another_term_and_a_mandate_given_in_anothers_place_are_not_flagged(valley: Valley) -> None:
    spring = granted(valley, agreeing_on("the road"), term="Spring session")
    instead = granted(valley, agreeing_on("the road"), term="Spring session", instead_of=spring)
    autumn = granted(valley, agreeing_on("the road"), term="Autumn session")
    without = [granted(valley, agreeing_on("the road")) for _ in range(2)]
    for mandate in (spring, instead, autumn, *without):
        assert [seen(valley[name], mandate).twice for name in EVERYBODY] == [(), (), ()]


@pytest.mark.withstands("F09")
def test_a_mandate_of_an_earlier_term_cannot_be_used_again(valley: Valley) -> None:
    hill = valley["Hill"]
    spring = granted(valley, agreeing_on("policy"), term="Spring session")
    valley.clock.tick(days=31)
    autumn = granted(valley, agreeing_on("another matter"), term="Autumn session")
    fuel = brought(valley)
    done(hill.do(delegating.send, hill.people["rojin"], Wish(fuel, Stance.RATIFIED, spring)))
    valley.deliver()
    for name in EVERYBODY:
        assert verdict(valley, name, spring) == [Verdict.EXPIRED]
        assert verdict(valley, name, autumn) == []
