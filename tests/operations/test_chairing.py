"""An office of our own is held by a pair: what it says both sign, or one a day after the other was asked (R5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.governance.mandate import Office
from app.governance.office import Signed
from app.kernel.canonical import Document
from app.kernel.instant import format_instant
from app.kernel.refusal import Refusal
from app.operations.assembly import chairing
from app.operations.assembly.chairing import Word
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import mandating, recalling, registering, reporting, seating
from app.operations.record.sealing import heading, load
from app.store.acts import StoredAct
from app.store.database import Connection
from app.wiring import Instance
from tests.operations.mandated import at_the_door, confederated, decided
from tests.operations.neighbours import Place, Valley, done
from tests.pages.visits import read, signed_in


@pytest.fixture
def valley(tmp_path: Path, sqlite_template: Path) -> Valley:
    return confederated(tmp_path, sqlite_template)


def wished(hill: Place, *people: str) -> mandating.Wish:
    office = Office("Secretary", hill.assembly)
    ends = hill.clock.now() + timedelta(days=300)
    return mandating.Wish("", people or ("rojin", "tom"), (), ends, "They keep the papers.", office=office)


def given(valley: Valley, *people: str, barred: bool = False) -> str:
    hill = valley["Hill"]
    item = done(hill.do(mandating.propose, hill.people["leyla"], wished(hill, *people)))
    if barred:
        for keeper in ("gus", "leyla"):
            at_the_door(hill, item, keeper)
            done(hill.do(seating.enter, hill.people[keeper], item.id, {}, {}))
    act = decided(hill, item).acts[-1]
    valley.deliver()
    return act.id


def words(place: Place, mandate: str) -> tuple[Word, ...]:
    return place.do(chairing.words, done(place.do(registering.entry, mandate)))


def says(hill: Place, who: str, mandate: str, text: str = "We meet on Monday.") -> StoredAct | Refusal:
    return hill.do(chairing.say, hill.people[who], mandate, text)


def code(value: object) -> str:
    assert isinstance(value, Refusal), value
    return value.code


@pytest.mark.shows("R5")
def test_what_an_office_says_needs_both_signatures_and_every_instance_reads_whose(valley: Valley) -> None:
    hill, river = valley["Hill"], valley["Riverside"]
    mandate = given(valley)
    said = done(says(hill, "rojin", mandate))
    valley.deliver()
    for place in (hill, river):
        [word] = words(place, mandate)
        assert (word.standing, word.signers) == (Signed.WAITING, (hill.person("rojin"),))
    done(hill.do(chairing.sign, hill.people["tom"], said.id))
    valley.deliver()
    for place in (hill, river):
        [word] = words(place, mandate)
        assert (word.standing, word.missing) == (Signed.TOGETHER, ())
        assert set(word.signers) == {hill.person("rojin"), hill.person("tom")}
    assert code(hill.do(chairing.sign, hill.people["tom"], said.id)) == "office.signed"


@pytest.mark.shows("R5")
def test_one_acts_alone_only_a_day_after_the_other_was_asked_and_the_record_says_so(valley: Valley) -> None:
    hill, river = valley["Hill"], valley["Riverside"]
    mandate = given(valley)
    said = done(says(hill, "rojin", mandate))
    valley.clock.tick(hours=23)
    assert code(hill.do(chairing.say_alone, hill.people["rojin"], said.id)) == "office.alone"
    assert code(hill.do(chairing.say_alone, hill.people["tom"], said.id)) == "office.who"
    valley.clock.tick(hours=1)
    alone = load(done(hill.do(chairing.say_alone, hill.people["rojin"], said.id)))
    assert alone["gov:supersedes"]["id"] == said.id, "it names when the other was asked"
    valley.deliver()
    for place in (hill, river):
        [word] = words(place, mandate)
        assert (word.standing, word.missing) == (Signed.ALONE, (hill.person("tom"),))


def test_other_words_than_the_other_was_asked_about_are_not_said_alone(valley: Valley) -> None:
    hill, river = valley["Hill"], valley["Riverside"]
    mandate = given(valley)
    said = done(says(hill, "rojin", mandate))
    valley.clock.tick(hours=25)
    forged = forge(hill, load(said) | {"content": "<p>We meet never.</p>"}, said)
    valley.deliver()
    standing = {word.act.id: word.standing for word in words(river, mandate)}
    assert standing == {forged.id: Signed.WAITING}


def forge(hill: Place, document: Document, asked: StoredAct) -> StoredAct:
    """What a holder with another program could seal."""

    def seal(connection: Connection, instance: Instance) -> StoredAct:
        head = heading(connection, instance, document["attributedTo"])
        changed = {key: value for key, value in document.items() if key != "proof"}
        changed |= {"id": head.id, "gov:supersedes": {"id": asked.id, "gov:digest": asked.digest}}
        return seal_and_announce(connection, instance, changed | {"published": format_instant(head.published)})

    return hill.do(seal)


def test_nobody_speaks_for_an_office_but_who_holds_it_now(valley: Valley) -> None:
    hill, river = valley["Hill"], valley["Riverside"]
    mandate = given(valley)
    assert code(says(hill, "leyla", mandate)) == "office.who"
    assert code(says(hill, "rojin", mandate, "")) == "office.text"
    assert code(river.do(chairing.say, river.people["ana"], mandate, "We.")) == "office.mandate"
    said = done(says(hill, "rojin", mandate))
    hill.decide(done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "Ill.")), agree=4)
    assert code(hill.do(chairing.sign, hill.people["tom"], said.id)) == "office.who"
    assert {word.standing for word in words(hill, mandate)} == {Signed.WAITING}
    done(says(hill, "rojin", mandate, "Tom is ill."))
    assert words(hill, mandate)[-1].standing is Signed.ALONE, "nobody else holds it"
    valley.clock.tick(days=301)
    assert code(says(hill, "rojin", mandate)) == "office.mandate"


@pytest.mark.shows("R5")
def test_where_our_rules_require_it_a_pair_without_a_woman_does_not_speak(
    tmp_path: Path, sqlite_template: Path
) -> None:
    required = {"chairs": {"Secretary": [{"constraint": "co_chairs(2, at_least one woman)", "level": "required"}]}}
    valley = confederated(tmp_path, sqlite_template, rules=required)
    hill = valley["Hill"]
    two_men = given(valley, barred=True)
    assert code(says(hill, "rojin", two_men)) == "composition.required"
    item = done(hill.do(mandating.propose, hill.people["leyla"], replace(wished(hill), instead_of=two_men)))
    for keeper in ("gus", "leyla"):
        declared = {hill.person("rojin"): ("woman",)}
        at_the_door(hill, item, keeper)
        done(hill.do(seating.enter, hill.people[keeper], item.id, declared, {}))
    pair = decided(hill, item).acts[-1]
    assert load(pair)["gov:composition"] == [{"constraint": "required", "met": True}]
    done(says(hill, "rojin", pair.id))


def test_an_office_reports_at_its_end_and_not_for_each_word(valley: Valley) -> None:
    hill = valley["Hill"]
    mandate = given(valley)
    done(says(hill, "rojin", mandate))
    entry = done(hill.do(registering.entry, mandate))
    assert hill.read(lambda c: reporting.given(c, entry)) == ()
    valley.clock.tick(days=301)
    due: Callable[..., object] = reporting.standing
    assert hill.do(due, entry, hill.person("rojin")) is reporting.Standing.DUE


@pytest.mark.shows("B5")
def test_while_a_recall_is_open_who_it_is_about_signs_nothing_and_the_other_carries_the_office(valley: Valley) -> None:
    hill, mandate = valley["Hill"], given(valley)
    asked = done(says(hill, "rojin", mandate, "We meet on Sunday."))
    waiting = done(says(hill, "tom", mandate))
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("rojin"),), "Never there."))
    assert code(says(hill, "rojin", mandate)) == "office.held"
    assert code(hill.do(chairing.sign, hill.people["rojin"], waiting.id)) == "office.held"
    valley.clock.tick(hours=25)
    assert code(hill.do(chairing.say_alone, hill.people["rojin"], asked.id)) == "office.held"
    page, path = signed_in(hill, "Rojin"), f"/mandates/{mandate.rpartition('/')[2]}"
    assert "until it is decided you sign nothing for this office" in read(page, path)
    assert "What the office says" not in read(page, path)
    done(hill.do(chairing.say_alone, hill.people["tom"], waiting.id))
    assert {word.standing for word in words(hill, mandate)} == {Signed.ALONE, Signed.WAITING}
    hill.decide(recall, agree=0, disagree=4)
    done(says(hill, "rojin", mandate, "I am here again."))
