"""A file of the record is one that the offline verifier opens."""

from app.kernel.refusal import Refusal
from app.operations.record.bundling import pack
from app.verifier import open_bundle


def packed(members: dict[str, bytes]) -> bytes:
    found = pack(members)
    assert isinstance(found, bytes)
    return found


def test_what_packs_suspiciously_well_is_stored_as_it_is() -> None:
    members = {"acts/1.json": b'{"content":"' + b"a" * 60_000 + b'"}', "acts/2.json": b"{}"}
    opened = open_bundle(packed(members))
    assert opened.members == members
    assert (opened.altered, opened.unlisted, opened.absent) == ((), (), ())


def test_the_same_record_gives_the_same_bytes() -> None:
    one, other = {"acts/1.json": b"{}", "acts/2.json": b"[]"}, {"acts/2.json": b"[]", "acts/1.json": b"{}"}
    assert packed(one) == packed(other)


def test_a_member_that_no_reader_takes_is_refused_when_it_is_written() -> None:
    refused = pack({"acts/1.json": b" " * (256 * 1024 + 1)})
    assert isinstance(refused, Refusal)
    assert refused.code == "bundle.size"
