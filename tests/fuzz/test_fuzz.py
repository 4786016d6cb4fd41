"""A short hunt in every run: what was found before, and what Hypothesis makes up; `make fuzz` goes on with atheris."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.federation import objects, posts, verification
from app.kernel.canonical import read_document
from tests.federation import shapes
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
_KEYS = sorted({key for shape in shapes.ALL for key in shape} | {"object", "actor", "first", "items", "bto", "proof"})
_ODD = ["https://[", "https://a\\@b.example/", "as:Public", "\ud7ff", "\u202e", "gov:Decision", "x" * 3_000, "<b>" * 99]

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.sampled_from(_ODD) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=20,
)
"""Whatever JSON may hold under the keys that we read."""

documents_of_others: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda shape, changes: shape | changes,
    st.sampled_from([*shapes.ALL, {"id": f"{shapes.ANN}#a/1", "type": "Create", "actor": shapes.ANN}]),
    st.dictionaries(st.sampled_from(_KEYS), json_values, max_size=6),
)
"""A true shape with some of its parts replaced."""

header_lines: st.SearchStrategy[str] = st.builds(
    "{}: {}".format,
    st.sampled_from(["signature", "signature-input", "digest", "content-digest", "date", "host", "Date", "x"]),
    st.text(st.characters(codec="latin-1", exclude_characters="\n"), max_size=60)
    | st.sampled_from(
        [
            'keyId="https://a.example/k",headers="(request-target) host date digest",signature="AAAA"',
            'sig1=("@method" "@target-uri" "content-digest");created=1795359845;keyid="https://a.example/k"',
            "sig1=:AAAA:",
            "SHA-256=AAAA",
            "sha-256=:AAAA:",
            "Sun, 22 Nov 2026 15:04:05 GMT",
            "hill.example",
        ]
    ),
)


@pytest.mark.parametrize(
    ("target", "path"),
    [(path.parent.name, path) for path in sorted(CORPUS.glob("*/*"))],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_what_was_found_once_is_withstood(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_hunt_begins_with_what_is_sound(target: str) -> None:
    for seed in seeds()[target]:
        TARGETS[target](seed)


@pytest.mark.parametrize("target", sorted(TARGETS))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_withstood(target: str, data: bytes) -> None:
    TARGETS[target](data)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(document=documents_of_others)
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    TARGETS["document"](json.dumps(document).encode("utf-8", "surrogatepass"))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(lines=st.lists(header_lines, max_size=8), body=st.binary(max_size=20))
def test_any_headers_are_a_signature_or_refused(lines: list[str], body: bytes) -> None:
    TARGETS["signature"]("\n".join(["POST /inbox", *lines, "", ""]).encode("latin-1") + body)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(address=st.from_regex(r"\Ahttps?://[ -~]{0,60}\Z") | st.text(max_size=80))
def test_any_address_has_one_host_or_is_refused(address: str) -> None:
    TARGETS["address"](address.encode("utf-8", "surrogatepass"))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(document=documents_of_others)
def test_reading_a_document_changes_nothing_of_it(document: dict[str, Any]) -> None:
    read = read_document(json.dumps(document).encode("utf-8", "surrogatepass"))
    if isinstance(read, dict):
        before = json.dumps(read)
        objects.read(posts.without_hidden(read))
        verification.check_activity(read, shapes.ANN, "https://hill.example")
        assert json.dumps(read) == before
