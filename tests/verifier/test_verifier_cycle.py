"""A stranger who trusts nobody counts the whole confederal cycle again (stories.md 3)."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from app.verifier import Kind, ProposalReport, Report, main, verify_bundle
from tests.verifier.confederation import (
    AT_HOME,
    BETWEEN,
    CONSENSUS,
    MOST_PRESENT,
    TWO_THIRDS,
    Doc,
    World,
    checkpoint,
    cosign,
    cycle,
    digest_of,
    fuel_rows,
    instant,
    item,
    pack,
    ref,
    row,
    second_result,
)

VERIFIER: Final = Path(__file__).parents[2] / "app/verifier.py"


def report(world: World, *without: str, proofs: bool = False, trust: str | None = None) -> Report:
    return verify_bundle(world.bundle(without=without, proofs=proofs), trust)


def fuel(found: Report) -> ProposalReport:
    return next(one for one in found.proposals if "fuel" in one.name)


def kinds(found: Report) -> list[Kind]:
    return [one.judgement.kind for one in fuel(found).outcomes]


def codes(found: Report) -> set[str]:
    return {reason.code for one in fuel(found).outcomes for reason in one.judgement.reasons}


def stances(found: Report) -> dict[str, str]:
    count = fuel(found).count
    assert count is not None
    return {one.row.assembly.split("/")[2].split(".")[0]: one.row.stance for one in count.stands}


def until_outcome(change: Callable[[World], object]) -> World:
    """The cycle, with `change` made before Valley's Outcome is sealed again, honestly as to its rows."""
    world = cycle()
    del world.acts["outcome"]
    world.ledgers["https://valley.example"].remove("outcome")
    change(world)
    return world


def test_the_honest_cycle_is_fine_with_and_without_the_ledgers() -> None:
    for proofs in (False, True):
        found = report(cycle(), proofs=proofs)
        assert (found.exit_code, len(found.assemblies), found.entries) == (0, 3, 37)
        assert found.lines()[0] == "3 assemblies, 37 entries, 0 bad signatures."
        assert "Common purchase of winter fuel: Adopted, same as Valley's result." in found.lines()


@pytest.mark.shows("B9")
def test_the_count_is_made_again_from_the_acts_alone_when_nobody_sealed_a_result() -> None:
    found = report(cycle(), "outcome")
    count = fuel(found).count
    assert found.exit_code == 0
    assert count is not None
    assert (count.status, count.counts.agree, count.tendency) == ("adopted", 3, "adopted")
    assert [one.split("/")[2] for one in count.binds] == ["harbour.example", "hill.example", "riverside.example"]


@pytest.mark.withstands("F18")
def test_a_second_result_that_leaves_an_entry_out_is_refuted_by_that_entry() -> None:
    world = second_result(cycle())
    for proofs in (False, True):
        found = report(world, proofs=proofs)
        assert found.exit_code == 1
        assert kinds(found) == [Kind.FINE, Kind.FAULT]
        text = "\n".join(found.lines())
        assert "Adopted, same as Valley's first result." in text
        second, left_out = (world.acts[name]["id"] for name in ("outcome-2", "ratification-Harbour"))
        assert f"Valley's second result ({second}) is refuted by entry {left_out}" in text


def test_without_the_second_result_it_is_fine_and_without_harbours_entry_there_is_not_enough_to_say() -> None:
    world = second_result(cycle())
    assert report(world, "outcome-2").exit_code == 0
    found = report(world, "outcome-2", "ratification-Harbour")
    assert found.exit_code == 2
    assert kinds(found) == [Kind.INCOMPLETE]
    assert found.lines()[-1] == "Not enough to say."
    assert world.acts["ratification-Harbour"]["id"] in "\n".join(found.lines())


def test_an_entry_of_which_only_a_receipt_is_left_makes_the_count_unclear() -> None:
    assert report(cycle(), "outcome", "ratification-Harbour").exit_code == 2


@pytest.mark.withstands("F19")
def test_a_changed_digit_names_the_entry_and_who_signed_it() -> None:
    for digit in (28, 26):  # more than took part: no count at all; fewer: another count

        def edit(act: Doc, digit: int = digit) -> None:
            act["gov:counts"]["agree"] = digit

        world = cycle()
        world.change("ratification-Harbour", edit)
        found = verify_bundle(world.bundle())
        assert found.exit_code == 1
        assert len(found.bad_signatures) == 1
        assert "https://harbour.example/acts/ratification-harbour" in found.lines()[1]
        assert "signed by Harbour" in found.lines()[1]


def test_a_file_changed_after_it_was_made_is_named_with_its_entry() -> None:
    files = cycle().members()
    listing = json.dumps(
        {"type": "gov:Bundle", "gov:version": 1, "gov:files": {name: digest_of(raw) for name, raw in files.items()}}
    ).encode()
    path = "acts/ratification-Harbour.json"
    changed = {**files, path: files[path].replace(b'"agree":27', b'"agree":26')}
    found = verify_bundle(pack(changed, listing))
    assert found.exit_code == 1
    assert any("was changed after the file was made" in line and "Harbour" in line for line in found.lines())
    assert verify_bundle(pack({**files, "acts/extra.json": files[path]}, listing)).exit_code == 1
    assert verify_bundle(pack({name: raw for name, raw in files.items() if name != path}, listing)).exit_code == 2


@pytest.mark.shows("B2")
@pytest.mark.shows("G4")
def test_a_vote_without_a_mandate_shows_the_tendency_only() -> None:
    found = report(cycle(), "outcome", "ratification-Harbour", "receipt-ratification-Harbour")
    count = fuel(found).count
    assert count is not None
    assert stances(found)["harbour"] == "indicative"
    assert (count.counts.agree, count.wider.agree) == (2, 3)


@pytest.mark.shows("B4")
@pytest.mark.withstands("F08")
def test_a_vote_after_the_recall_counts_for_nothing_even_without_naming_the_mandate() -> None:
    def change(world: World) -> None:
        world.vote("vote-tom-bare", "Tom", "Hill", "rejected", None)

    found = report(until_outcome(change), "vote-rojin", "receipt-vote-rojin")
    assert stances(found)["hill"] == "silent"
    reasons = {ref.id.rsplit("/", 1)[1]: flaw.code for ref, flaw in fuel(found).set_aside}
    assert reasons == {
        "vote-tom": "mandate.contradicts",
        "vote-tom-again": "mandate.recalled",
        "vote-tom-bare": "mandate.recalled",
    }


@pytest.mark.withstands("F08")
def test_a_result_that_counts_a_recalled_vote_is_at_fault_once_its_sealer_had_the_recall() -> None:
    def change(world: World) -> None:
        rows = fuel_rows(world)
        rows[1] = {**rows[1], "act": ref(world.acts["vote-tom-again"])}
        world.conclude("outcome", world.acts["fuel"], rows, BETWEEN)

    world = until_outcome(change)
    assert kinds(report(world)) == [Kind.FAULT]
    assert kinds(report(world, "receipt-recall")) == [Kind.STALE]
    assert report(world, "receipt-recall").exit_code == 0


def test_a_result_that_counts_a_vote_against_the_mandate_is_at_fault() -> None:
    def change(world: World) -> None:
        rows = fuel_rows(world)
        rows[1] = {**rows[1], "act": ref(world.acts["vote-tom"]), "stance": "rejected"}
        more: dict[str, Any] = {"gov:status": "unresolved", "gov:binds": [], "gov:tendency": None}
        world.conclude("outcome", world.acts["fuel"], rows, BETWEEN, **more)

    found = report(until_outcome(change))
    assert (kinds(found), codes(found)) == ([Kind.FAULT], {"outcome.counts_void:mandate.contradicts"})


@pytest.mark.shows("B13")
def test_a_mandate_whose_decision_is_not_in_the_file_is_not_enough_to_say() -> None:
    found = report(cycle(), "decision-mandate-Hill")
    assert (kinds(found), found.exit_code) == ([Kind.INCOMPLETE], 2)


@pytest.mark.shows("B13")
def test_a_mandate_that_was_not_adopted_binds_nobody() -> None:
    def change(world: World) -> None:
        counts = {"entitled": 40, "present": 30, "agree": 15, "disagree": 15}
        decision = world.decide("tie", "Harbour", MOST_PRESENT, **{"gov:status": "rejected", "gov:counts": counts})
        void = world.mandate(
            "void", "Harbour", ("Leyla",), [item(world.acts["fuel"], "ratified")], **{"gov:decision": ref(decision)}
        )
        world.vote("vote-void", "Leyla", "Harbour", "ratified", void)

    found = report(until_outcome(change), "ratification-Harbour", "receipt-ratification-Harbour")
    assert stances(found)["harbour"] == "indicative"


@pytest.mark.withstands("F10")
def test_an_entry_signed_in_the_name_of_another_names_who_signed() -> None:
    world = cycle()
    act = {key: value for key, value in world.acts["ratification-Harbour"].items() if key != "proof"}
    hill = world.signers["Hill"]
    world.acts["ratification-Harbour"] = hill.prove(act)
    found = report(world)
    assert [(one.code, one.who) for one in found.bad_signatures] == [("proof.controller", hill.id)]
    world.acts["ratification-Harbour"] = hill.prove(act, f"{world.id('Harbour')}#ed25519-key")
    assert [one.code for one in report(world).bad_signatures] == ["proof.invalid"]


@pytest.mark.withstands("F11")
def test_two_answers_of_one_assembly_are_contested_and_count_as_none() -> None:
    def change(world: World) -> None:
        world.ratify("ratification-other", "Harbour", world.acts["fuel"], "abstained")

    assert stances(report(until_outcome(change)))["harbour"] == "contested"


def test_an_answer_that_supersedes_the_first_takes_its_place() -> None:
    def change(world: World) -> None:
        first = ref(world.acts["ratification-Harbour"])
        world.ratify("ratification-new", "Harbour", world.acts["fuel"], "reserved", **{"gov:supersedes": first})

    assert stances(report(until_outcome(change)))["harbour"] == "reserved"


@pytest.mark.withstands("F40")
def test_an_answer_to_another_confederation_or_under_another_rule_counts_as_none() -> None:
    for more in ({"gov:confederation": "https://other.example/assembly"}, {"gov:rule": MOST_PRESENT}):

        def change(world: World, more: dict[str, Any] = more) -> None:
            world.acts.pop("ratification-Harbour")
            world.ratify("ratification-Harbour", "Harbour", world.acts["fuel"], "ratified", **more)

        found = report(until_outcome(change), "receipt-ratification-Harbour", "vote-leyla", "receipt-vote-leyla")
        assert stances(found)["harbour"] == "silent"


def test_a_stance_that_does_not_follow_from_its_own_counts_is_its_authors_fault() -> None:
    def change(world: World) -> None:
        counts = {"entitled": 40, "present": 30, "agree": 3, "disagree": 27}
        world.ratify("false", "Harbour", world.acts["fuel"], "ratified", **{"gov:counts": counts})

    found = report(until_outcome(change))
    assert (found.exit_code, found.faults[0].code, found.faults[0].who) == (
        1,
        "ratification.stance",
        "https://harbour.example/assembly",
    )


def test_a_second_round_at_home_names_the_first() -> None:
    split = {"entitled": 40, "present": 30, "agree": 25, "disagree": 5}
    for named, stance in ((True, "ratified"), (False, "indicative")):

        def change(world: World, *, named: bool = named) -> None:
            left_open = {"gov:status": "unresolved", "gov:counts": split}
            unresolved = world.decide("first-round", "Harbour", AT_HOME, world.acts["fuel"], **left_open)
            world.acts.pop("ratification-Harbour")
            more = {"gov:unresolved": ref(unresolved)} if named else {}
            world.ratify(
                "ratification-Harbour",
                "Harbour",
                world.acts["fuel"],
                "ratified",
                **{"gov:rule": TWO_THIRDS, "gov:counts": split, **more},
            )

        assert stances(report(until_outcome(change), "receipt-ratification-Harbour"))["harbour"] == stance


@pytest.mark.withstands("F02")
def test_an_answer_after_the_close_is_evidence_only_and_one_at_the_close_counts() -> None:
    for late, stance in ((0, "ratified"), (1, "indicative")):

        def change(world: World, late: int = late) -> None:
            world.acts.pop("ratification-Harbour")
            closes = world.acts["fuel"]["gov:closes"]
            while instant(world.clock) < closes:
                world.clock += timedelta(seconds=1)
            world.clock += timedelta(seconds=late)
            world.ratify("ratification-Harbour", "Harbour", world.acts["fuel"])

        assert stances(report(until_outcome(change), "receipt-ratification-Harbour"))["harbour"] == stance


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"gov:status": "rejected"}, "outcome.status"),
        ({"gov:counts": {"entitled": 3, "present": 3, "agree": 2}}, "outcome.counts"),
        ({"gov:binds": []}, "outcome.binds"),
        ({"gov:final": True}, "outcome.final"),
        ({"gov:rule": CONSENSUS}, "outcome.rule"),
        ({"gov:roll": ["https://hill.example/assembly"]}, "outcome.rows"),
        ({"gov:tendency": {"status": "rejected", "counts": {}}}, "outcome.tendency"),
        ({"gov:confederation": "https://other.example/assembly"}, "outcome.confederation"),
    ],
)
def test_a_result_that_does_not_follow_from_itself_is_at_fault(more: dict[str, Any], code: str) -> None:
    def change(world: World) -> None:
        world.conclude("outcome", world.acts["fuel"], fuel_rows(world), BETWEEN, **more)

    found = report(until_outcome(change))
    assert code in codes(found)
    assert found.exit_code == 1


def test_a_row_that_says_silent_without_a_receipt_is_only_not_up_to_date() -> None:
    def change(world: World) -> None:
        rows = fuel_rows(world)
        rows[0] = row(world, "Harbour", None, "silent")
        world.conclude("outcome", world.acts["fuel"], rows, BETWEEN)

    world = until_outcome(change)
    without = ("receipt-ratification-Harbour", "receipt-vote-leyla")
    found = report(world, *without)
    assert (kinds(found), found.exit_code) == ([Kind.STALE], 0)
    assert any("is not up to date" in line for line in found.lines())


def test_a_correction_that_names_the_result_before_it_is_no_second_result() -> None:
    world = cycle()
    more = {"gov:correctionOf": ref(world.acts["outcome"])}
    world.conclude("corrected", world.acts["fuel"], fuel_rows(world), BETWEEN, **more)
    assert (kinds(report(world)), report(world).exit_code) == ([Kind.FINE, Kind.FINE], 0)


def test_the_result_of_a_commune_that_counted_itself_stands_beside_the_councils() -> None:
    world = cycle()
    world.conclude("riverside-count", world.acts["fuel"], fuel_rows(world), BETWEEN, "Riverside")
    text = "\n".join(report(world).lines())
    assert "same as Valley's result and Riverside's result." in text


@pytest.mark.withstands("F05")
def test_a_roll_that_leaves_a_member_out_is_the_forums_fault() -> None:
    world = cycle()
    roll = sorted([world.id("Riverside"), world.id("Hill")])
    world.acts.pop("receipt-fuel")
    world.clock = datetime.fromisoformat(world.acts["fuel"]["gov:opens"])
    world.receive("fuel", world.acts["fuel"], **{"gov:roll": roll})
    found = report(world)
    assert "receipt.roll" in {one.code for one in found.faults}
    assert found.exit_code == 1


def test_an_admission_taken_out_of_the_file_accuses_nobody() -> None:
    for gone in ("admission", "joined", "joining-Hill", "founder-Hill", "charter-Hill"):
        found = report(cycle(), gone)
        assert (gone, found.exit_code) == (gone, 2)


def test_no_entry_taken_out_of_an_honest_file_ever_turns_into_a_fault() -> None:
    world = cycle()
    for gone in world.acts:
        found = report(world, gone)
        assert (gone, found.exit_code, found.faults) == (gone, found.exit_code & 2, ())


@pytest.mark.shows("B8")
def test_policy_that_a_council_signs_is_named_and_left_aside() -> None:
    world = cycle()
    world.ratify("policy", "Riverside", world.acts["fuel"])
    act = {key: value for key, value in world.acts.pop("policy").items() if key != "proof"}
    valley = world.signers["Valley"]
    policy = {**act, "id": "https://valley.example/acts/policy", "attributedTo": valley.id}
    world.acts["policy"] = valley.prove(policy)
    assert [one.code for one in report(world).faults] == ["body.may_not_seal"]


@pytest.mark.withstands("B31")
def test_one_id_with_two_valid_contents_is_proof_of_two_versions() -> None:
    world = cycle()
    first = world.acts["ratification-Harbour"]
    world.acts["twin"] = world.signers["Harbour"].prove(
        {**{key: value for key, value in first.items() if key != "proof"}, "gov:stance": "abstained"}
    )
    found = report(world)
    assert [one.code for one in found.faults] == ["act.equivocation"]
    assert found.exit_code == 1


# Keys and ledgers -----------------------------------------------------------------------------


def first_key(world: World, name: str) -> str:
    found: str = ref(world.acts[f"key-{name}"])["gov:digest"]
    return found


def test_trust_begins_at_the_digest_given_and_its_absence_is_said() -> None:
    world = cycle()
    assert any("No --trust was given" in line for line in report(world).lines())
    trusted = report(world, trust=first_key(world, "Valley"))
    assert (trusted.exit_code, trusted.notes) == (0, ())
    assert report(world, trust=first_key(world, "Hill")).exit_code == 1
    assert report(world, trust=digest_of(b"another")).exit_code == 1


def test_a_key_log_that_the_confederation_did_not_name_carries_nothing() -> None:
    world = cycle()
    harbour = world.signers["Harbour"]
    event = {key: value for key, value in world.acts["key-Harbour"].items() if key != "proof"}
    world.acts["key-Harbour"] = harbour.prove({**event, "gov:nextKeyDigests": []})
    assert report(world, trust=first_key(world, "Valley")).exit_code == 1
    assert report(world).exit_code == 2


def rotated(world: World, *, committed: bool = True) -> World:
    new = world.next_key("Harbour")
    if not committed:
        new.seed += 1
    act = {
        "gov:version": 2,
        "gov:keys": [new.multikey],
        "gov:nextKeyDigests": [],
        "gov:previous": ref(world.acts["key-Harbour"]),
    }
    old = world.signers["Harbour"]
    world.signers["Harbour"] = new
    world.seal("key-Harbour-2", "Harbour", "KeyEvent", **act)
    if not committed:
        world.signers["Harbour"] = old
    return world


@pytest.mark.withstands("B19")
def test_a_retired_key_is_good_for_what_came_before_and_for_nothing_after() -> None:
    assert report(rotated(cycle())).exit_code == 0
    assert report(rotated(cycle()), proofs=True).exit_code == 0
    world = rotated(cycle())
    new = world.signers["Harbour"]
    world.signers["Harbour"] = cycle().signers["Harbour"]
    world.decide("stolen", "Harbour", MOST_PRESENT)
    world.signers["Harbour"] = new
    found = report(world)
    assert [one.act.id for one in found.bad_signatures if one.act] == ["https://harbour.example/acts/stolen"]
    assert "had been replaced" in found.bad_signatures[0].sentence


@pytest.mark.withstands("F24")
def test_a_key_to_which_the_last_entry_had_not_committed_is_no_successor() -> None:
    world = rotated(cycle(), committed=False)
    world.signers["Harbour"].seed += 1001
    world.decide("stolen", "Harbour", MOST_PRESENT)
    world.signers["Harbour"].seed -= 1001
    found = report(world)
    assert [one.act.id for one in found.bad_signatures if one.act] == ["https://harbour.example/acts/stolen"]


def test_the_key_of_an_assembly_missing_from_the_file_is_not_enough_to_say() -> None:
    world = cycle()
    files = world.members(without=["key-Harbour"])
    files.pop("actors/harbour.json")
    found = verify_bundle(pack(files))
    assert found.exit_code == 2
    assert any("No key of harbour.example is in the file" in line for line in found.lines())


@pytest.mark.withstands("F12")
def test_two_ledgers_of_one_size_are_a_proof() -> None:
    world = cycle()
    valley = world.signers["Valley"]
    leaves = [b"a" * 32, b"b" * 32]
    files = world.members(proofs=True)
    for name, some in (("one", leaves), ("two", leaves[::-1])):
        files[f"checkpoints/{name}.txt"] = checkpoint(valley, some).encode()
    found = verify_bundle(pack(files))
    assert [(one.code, one.who) for one in found.faults] == [("ledger.split", valley.id)]


def test_a_proof_of_another_place_in_the_ledger_is_refused() -> None:
    files = cycle().members(proofs=True)
    path = "proofs/ratification-Harbour.txt"
    files[path] = files["proofs/charter-Harbour.txt"]
    found = verify_bundle(pack(files))
    assert [one.code for one in found.bad_signatures] == ["ledger.proof"]


@pytest.mark.withstands("F15")
def test_an_answer_dated_back_counts_from_the_witnesss_time_and_its_owner_is_named() -> None:
    world = cycle()
    files = world.members(proofs=True)
    harbour, names = world.signers["Harbour"], world.ledgers["https://harbour.example"]
    leaves = [world.leaf(name) for name in names]
    before = checkpoint(harbour, leaves, names.index("ratification-Harbour"))
    for hours, code in ((0, set()), (2, {"act.backdated"})):
        seen = cosign(before, world.signers["Hill"], world.clock + timedelta(hours=hours))
        found = verify_bundle(pack({**files, "checkpoints/seen.txt": seen.encode()}))
        assert {one.code for one in found.faults} == code


@pytest.mark.withstands("F26")
def test_an_answer_without_the_co_signers_that_its_charter_asks_for_is_not_enough_to_say() -> None:
    for confirmed, stance in ((2, "ratified"), (1, "indicative")):

        def change(world: World, confirmed: int = confirmed) -> None:
            people = [world.person(name, "Harbour") for name in ("Jo", "Baran")]
            named = [{"id": one.id, "publicKeyMultibase": one.multikey} for one in people]
            settings = {**world.acts["charter-Harbour"]["gov:settings"], "scrutineers": {"k": 2, "of": named}}
            amended = {"gov:version": 2, "gov:supersedes": ref(world.acts["charter-Harbour"])}
            world.acts.pop("ratification-Harbour")
            world.seal("charter-2", "Harbour", "Charter", **{"name": "Harbour", "gov:settings": settings, **amended})
            act = world.ratify("ratification-Harbour", "Harbour", world.acts["fuel"])
            for name in ("Jo", "Baran")[:confirmed]:
                world.seal(f"confirmed-{name}", name, "Attestation", **{"gov:act": ref(act), "gov:role": "co-signer"})

        world = until_outcome(change)
        found = report(world, "receipt-ratification-Harbour")
        assert stances(found)["harbour"] == stance
        assert found.exit_code == (0 if confirmed == 2 else 2)


# The command ----------------------------------------------------------------------------------


def test_the_one_file_runs_alone_and_says_what_it_found(tmp_path: Path) -> None:
    file = tmp_path / "valley.gov.zip"
    file.write_bytes(second_result(cycle()).bundle())
    ran = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(file)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.returncode == 1
    assert "Valley's second result" in ran.stdout


def test_a_folder_is_read_like_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "valley.gov.zip"
    file.write_bytes(cycle().bundle(proofs=True))
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "folder")  # our own file
    assert main([str(file)]) == 0
    whole = capsys.readouterr().out
    assert main([str(tmp_path / "folder")]) == 0
    assert capsys.readouterr().out == whole
    assert main([str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exit"] == 0


def test_bad_usage_is_64(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 64
    assert main([str(tmp_path / "absent.gov.zip")]) == 64
    assert main([str(tmp_path), "--trust", "abc"]) == 64
    assert capsys.readouterr().out == ""
