"""What the verifier tells of a confederation that is being founded (fine-print 14)."""

from app.verifier import Report, verify_bundle
from tests.verifier.confederation import World, founded, ref, row
from tests.verifier.steps import in_tiers
from tests.verifier.test_agreement_of_rules import MOST


def told(world: World, *without: str) -> Report:
    return verify_bundle(world.bundle(without=without))


def test_it_tells_of_the_result_by_which_a_council_founded_another_and_who_belongs() -> None:
    report = told(in_tiers(MOST))
    [about] = [one for one in report.proposals if one.members is not None]
    assert [one.judgement.kind.value for one in about.outcomes] == ["fine"]
    assert "The founding of City: each assembly answers for itself. Members: North, Three." in report.lines()
    assert report.exit_code == 0


def test_without_an_answer_that_it_rests_on_nobody_is_accused() -> None:
    report = told(in_tiers(MOST), "joining-Two")
    [about] = [one for one in report.proposals if one.members is not None]
    assert [one.judgement.kind.value for one in about.outcomes] == ["incomplete"]
    assert report.exit_code == 2


def test_with_one_answer_a_confederation_is_still_forming_and_its_own_result_about_that_is_at_fault() -> None:
    world = founded()
    charter = world.acts["charter-Valley"]
    rows = [row(world, "Riverside", "founder-Riverside")]
    world.conclude("own", charter, rows, world.acts["founder-Riverside"]["gov:rule"])
    report = told(world, "founder-Hill")
    assert report.exit_code == 1
    lines = " ".join(report.lines())
    assert "The founding of Valley: each assembly answers for itself. Members: Riverside. It is still forming." in lines
    assert ref(charter)["id"] not in report.missing


def test_what_a_confederation_signed_before_it_was_formed_is_named_and_accuses_nobody() -> None:
    world = founded(joined=("Riverside",))
    world.seal("too-soon", "Valley", "Report", content="<p>We went on.</p>")
    world.seal("draft", "Valley", "Draft", name="Bread", content="<p>We bake.</p>")
    world.ratify("founder-Hill", "Hill", world.acts["charter-Valley"])
    world.seal("later", "Valley", "Report", content="<p>We went on.</p>")
    said = "while it was still forming: it does not count."
    assert [line.split()[3] for line in told(world).lines() if line.endswith(said)] == [world.acts["too-soon"]["id"]]
    assert told(world).faults == ()
    nothing_known = told(world, "founder-Hill", "founder-Riverside")
    assert [line for line in nothing_known.lines() if line.endswith(said)] == []
