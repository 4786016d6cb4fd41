"""A file that plays tricks is refused whole, and nothing of it reaches a disk (hostile H03 to H05)."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from app.verifier import verify_bundle
from tests.verifier.confederation import Doc, World, canonical, cycle, manifest, pack


def refused(data: bytes | Path) -> str:
    found = verify_bundle(data)
    assert found.exit_code == 2
    assert found.refused is not None
    return found.refused


@pytest.mark.withstands("H03")
@pytest.mark.parametrize(
    "name",
    [
        "../acts/x.json",
        "acts/../../x.json",
        "/acts/x.json",
        "acts\\x.json",
        "acts/.x.json",
        "acts/x.txt",
        "acts/a/x.json",
        "acts/x.json/",
        "other/x.json",
        "x.json",
        "acts/" + "a" * 129 + ".json",
        "C:acts/x.json",
        "acts/é.json",
        "acts/x.json\n",
    ],
)
def test_a_member_by_any_other_name_refuses_the_whole_file(name: str) -> None:
    assert "which no file of the record has" in refused(pack({**cycle().members(), name: b"{}"}))


@pytest.mark.withstands("H04")
def test_a_link_is_no_member(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("manifest.json", manifest({}))
        link = zipfile.ZipInfo("acts/x.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "no plain file" in refused(stream.getvalue())
    (tmp_path / "acts").mkdir()
    (tmp_path / "manifest.json").write_bytes(manifest({}))
    (tmp_path / "acts/x.json").symlink_to("/etc/passwd")
    assert "no plain file" in refused(tmp_path)


@pytest.mark.withstands("H05")
def test_a_bomb_is_not_unpacked() -> None:
    assert "200 times" in refused(pack({"acts/x.json": b"0" * 260_000}))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("manifest.json", manifest({}))
        archive.writestr("acts/x.json", b"0" * 300_000)
    assert "larger than it may be" in refused(stream.getvalue())


@pytest.mark.withstands("H05")
def test_a_size_that_the_directory_lies_about_is_found_out() -> None:
    raw = bytearray(pack({"acts/x.json": bytes(range(256)) * 8}))
    central = raw.rindex(b"PK\x01\x02")
    raw[central + 24 : central + 28] = (10).to_bytes(4, "little")
    refused(bytes(raw))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_twice_refuses_the_whole_file() -> None:
    stream = io.BytesIO(cycle().bundle())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("acts/outcome.json", b"{}")
    assert "twice" in refused(stream.getvalue())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", cycle().bundle()[:-40], b"\0" * 1000])
def test_what_is_no_file_of_the_record_is_said_to_be_none(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize(
    "listing",
    [
        b"{}",
        b"[]",
        b'{"type":"gov:Bundle","gov:version":2,"gov:files":{}}',
        b'{"type":"gov:Bundle","type":""}',
    ],
)
def test_a_manifest_of_another_form_refuses_the_whole_file(listing: bytes) -> None:
    assert "manifest" in refused(pack(cycle().members(), listing))


@pytest.mark.parametrize("place", range(0, 2000, 97))
def test_a_damaged_file_is_never_fine(place: int) -> None:
    raw = bytearray(SMALL)
    raw[place] ^= 1
    assert verify_bundle(bytes(raw)).exit_code in {1, 2}


def stored(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for path, raw in {"manifest.json": manifest(files), **files}.items():
            archive.writestr(path, raw)
    return stream.getvalue()


SMALL = stored(cycle().members())


@pytest.mark.withstands("B20")
@pytest.mark.withstands("B24")
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"gov:stance":', b'"gov:stance":"rejected","gov:stance":', "json.dup"),
        (b'"present":30', b'"present":30.0', "json.number"),
        (b'"present":30', b'"present":"30"', "act.form"),
        (b'"type":"gov:Ratification"', b'"type":["gov:Ratification"]', "act.type"),
        (b'"gov:stance":"ratified"', b'"gov:stance":"agree"', "act.form"),
        (b"https://harbour.example/acts/r", b"https://hill.example/acts/r", "act.origin"),
    ],
)
def test_an_entry_that_two_readers_could_read_differently_is_named(old: bytes, new: bytes, code: str) -> None:
    files = cycle().members()
    path = "acts/ratification-Harbour.json"
    files[path] = files[path].replace(old, new, 1)
    found = verify_bundle(pack(files))
    assert found.exit_code == 1
    assert [(one.code, one.file) for one in found.bad_signatures] == [(code, path)]


@pytest.mark.parametrize(
    ("name", "kind", "keys"),
    [
        ("charter-Harbour", "Charter", {"gov:settings": {"binds": {"policy": []}}}),
        ("charter-Harbour", "Charter", {"gov:settings": {"rules": {"policy": {"method": []}}}}),
        ("mandate-Hill", "Mandate", {"gov:default": {"kind": []}}),
        ("mandate-Hill", "Mandate", {"gov:items": [{"gov:subject": {"topic": []}, "gov:latitude": {}}]}),
        ("fuel", "Proposal", {"gov:rule": {"method": {}, "quorum": []}}),
        ("fuel", "Proposal", {"gov:forum": {"a": 1}}),
        ("fuel", "Proposal", {"gov:validUntil": "for ever"}),
        ("fuel", "Proposal", {"gov:options": [{"id": "option-1", "name": "Oak", "gov:proposal": "oak"}]}),
        ("outcome", "Outcome", {"gov:stances": [{"assembly": 1, "stance": []}]}),
        ("outcome", "Outcome", {"gov:rule": {"method": "two_stage", "quorum": "1/5", "first": 1, "then": []}}),
        ("receipt-fuel", "Receipt", {"gov:roll": [{}]}),
    ],
)
def test_whatever_its_author_signed_nothing_breaks(name: str, kind: str, keys: Doc) -> None:
    world: World = cycle()
    act = {key: value for key, value in world.acts[name].items() if key != "proof"}
    author = next(one for one in world.signers.values() if one.id == act["attributedTo"])
    world.acts[name] = author.prove({**act, **keys})
    assert act["type"] == f"gov:{kind}"
    assert verify_bundle(world.bundle()).exit_code in {1, 2}
    assert json.loads(canonical(verify_bundle(world.bundle()).as_json()))["exit"] in {1, 2}


def test_what_a_text_says_cannot_steer_the_terminal_it_is_printed_on() -> None:
    world = cycle()
    world.signers["Harbour"].name = "Har\x1b[2J\u202ebour\nAdopted"
    assert not any(char in line for line in verify_bundle(world.bundle()).lines() for char in "\x1b\u202e\n")
