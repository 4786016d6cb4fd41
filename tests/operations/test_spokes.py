"""A council of spokes: each assembly speaks once, by whom it sends; who speaks is changed and can be called back."""

from pathlib import Path

import pytest

from app.governance.ratification import Stance
from app.governance.tally import By
from app.kernel.refusal import Refusal
from app.operations.confederation import counting
from app.operations.mandates import delegating, mandating, recalling
from app.operations.mandates.delegating import Wish
from tests.operations.mandated import agreeing_on, brought, confederated, granted, seen, wished
from tests.operations.neighbours import Valley, done

EVERYWHERE = ("Valley", "Riverside", "Hill")


def settled(folder: Path, template: Path, seats: int) -> Valley:
    return confederated(folder, template, rules={"delegation": {"seats": seats, "composition": []}})


def speaks(valley: Valley, who: str, fuel: str, mandate: str, choice: Stance = Stance.RATIFIED) -> str:
    """The address of what somebody of Hill said in the council, delivered to all."""
    hill = valley["Hill"]
    sent = done(hill.do(delegating.send, hill.people[who], Wish(fuel, choice, mandate)))
    valley.deliver()
    return sent.act.id


def heard(valley: Valley, fuel: str) -> dict[str, tuple[str, By | None, tuple[str, ...], int]]:
    """How each instance has Hill, by whose word, by which acts, and how many assemblies took part."""
    found = {}
    for name in EVERYWHERE:
        counted = done(done(valley[name].do(counting.board, fuel)).count)
        row = next(row for row in counted.rows if row.assembly == valley["Hill"].assembly)
        found[name] = (row.stance.value, row.by, tuple(str(ref.id) for ref in row.acts), counted.counts.present)
    return found


@pytest.mark.shows("S1")
def test_two_who_are_sent_are_one_voice_and_the_other_may_sit_behind(tmp_path: Path, sqlite_template: Path) -> None:
    valley = settled(tmp_path, sqlite_template, 2)
    fuel = brought(valley)
    mandate = granted(valley, agreeing_on(fuel))
    alone = speaks(valley, "rojin", fuel, mandate)
    one_voice = dict.fromkeys(EVERYWHERE, ("ratified", By.MANDATE, (alone,), 1))
    assert heard(valley, fuel) == one_voice
    speaks(valley, "tom", fuel, mandate)  # and says the same
    assert heard(valley, fuel) == one_voice


@pytest.mark.shows("S1")
def test_where_each_assembly_has_one_seat_its_spoke_is_called_back_and_changes_with_time(
    tmp_path: Path, sqlite_template: Path
) -> None:
    valley = settled(tmp_path, sqlite_template, 1)
    hill, fuel = valley["Hill"], brought(valley)
    both = hill.do(mandating.propose, hill.people["leyla"], wished(valley, agreeing_on(fuel)))
    assert isinstance(both, Refusal)
    assert both.code == "mandate.seats"
    mandate = granted(valley, agreeing_on(fuel), delegates=("rojin",))
    against = speaks(valley, "rojin", fuel, mandate, Stance.REJECTED)
    assert set(heard(valley, fuel).values()) == {("silent", None, (), 0)}
    asked = hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("rojin"),), "Against us.")
    hill.decide(done(asked), agree=4)
    instead = granted(valley, agreeing_on(fuel), delegates=("tom",), instead_of=mandate)
    said = speaks(valley, "tom", fuel, instead)
    assert heard(valley, fuel) == dict.fromkeys(EVERYWHERE, ("ratified", By.MANDATE, (said,), 1))
    assert against not in said
    for name in EVERYWHERE:
        assert seen(valley[name], mandate).recalled == {hill.person("rojin")}
    for _ in range(2):  # Tom is sent again, and then somebody else has a turn
        valley.clock.tick(days=31)
        again = hill.do(
            mandating.propose, hill.people["leyla"], wished(valley, agreeing_on("policy"), delegates=("tom",))
        )
        if isinstance(again, Refusal):
            break
        hill.decide(again)
    assert isinstance(again, Refusal)
    assert again.code == "mandate.beyond"
