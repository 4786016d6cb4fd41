"""Addresses, instants, durations: one spelling each, and nothing that two readers could take for two things."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.ids import is_loopback, new_ulid, origin, parse_id, same_origin, without_fragment
from app.kernel.instant import format_instant, parse_duration, parse_instant
from app.kernel.refusal import Refusal


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/assembly",
        "https://a.example/acts/01JDA5ZC3W6V8E0R6T2Y4QK9MB#x",
        "https://xn--bcher-kva.example/a?b=c",
        "https://a.example:8443/a",
        "https://127.0.0.1/a",
        "https://[::1]:8000/a",
        "http://" + "a" * 56 + ".onion/assembly",
    ],
)
def test_a_plain_https_address_is_an_id_unchanged(address: str) -> None:
    assert parse_id(address) == address


@pytest.mark.withstands("B28")
@pytest.mark.parametrize(
    "address",
    [
        "https://a\\@b/",
        "https://user@a.example/",
        "https://user:pass@a.example/",
        "https://a.example@b.example/",
        "https://a.example/\n",
        "https://a.example/\r\nX: y",
        "https://a.example/\x00",
        "https://a.example /",
        "https://a.example/\u00e9",
        "https://b\u00fccher.example/",
        "https://a.example:99999/",
        "https://a.example:/x\\y",
        "https://[::1/",
        "https://a..example/",
        "https:///path",
        "https://A.example/",
        "HTTPS://a.example/",
        "https:a.example/",
    ],
)
def test_an_address_that_two_readers_take_for_two_hosts_is_refused(address: str) -> None:
    assert code(parse_id(address)) == "id.form"


@pytest.mark.withstands("B30")
@pytest.mark.parametrize(
    "value",
    [None, "", 1, ["https://a.example/"], {"id": "https://a.example/"}, "https://a.example/" + "x" * 2_048,
     "http://a.example/", "urn:uuid:1", "acct:a@b.example", "data:text/plain,x", "file:///etc/passwd", "javascript:1"],
)  # fmt: skip
def test_no_id_an_endless_one_or_one_that_is_not_https_is_refused(value: object) -> None:
    assert code(parse_id(value)) == "id.form"


def test_an_id_has_2048_characters_at_most() -> None:
    longest = "https://a.example/" + "x" * (2_048 - 18)
    assert parse_id(longest) == longest
    assert code(parse_id(longest + "x")) == "id.form"


@pytest.mark.withstands("B30")
def test_a_host_has_253_characters_at_most() -> None:
    longest = "https://" + "a." * 126 + "a"
    assert parse_id(f"{longest}/assembly") == f"{longest}/assembly"
    refused = parse_id(f"{longest}a/assembly")
    assert code(refused) == "id.form"
    assert isinstance(refused, Refusal)
    assert refused.because.startswith("a host has at most 253 characters")


def test_plain_http_passes_in_loopback_mode_and_only_there() -> None:
    assert parse_id("http://127.0.0.1:8001/assembly", loopback=True) == "http://127.0.0.1:8001/assembly"
    assert parse_id("http://localhost:8001/assembly", loopback=True) == "http://localhost:8001/assembly"
    assert code(parse_id("http://127.0.0.1:8001/assembly")) == "id.form"
    assert code(parse_id("http://a.example/assembly", loopback=True)) == "id.form"
    assert code(parse_id("http://127.0.0.1.a.example/assembly", loopback=True)) == "id.form"
    assert not is_loopback("10.0.0.1")


@given(st.text())
def test_no_text_breaks_the_reader_of_ids(text: str) -> None:
    for value in (text, f"https://{text}/", f"https://a.example/{text}"):
        found = parse_id(value)
        assert found == value or isinstance(found, Refusal)


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://a.example/x#y") == "https://a.example"
    assert same_origin("https://a.example/x", "https://a.example/y")
    for other in ("https://a.example:8443/x", "http://a.example/x", "https://b.a.example/x"):
        assert not same_origin("https://a.example/x", other)
    assert without_fragment("https://a.example/assembly#main-key") == "https://a.example/assembly"


@pytest.mark.withstands("D11")
def test_what_is_too_long_for_an_address_has_no_origin_and_is_not_remembered() -> None:
    assert origin("https://" + "a" * 2040) == "https://" + "a" * 2040
    assert origin("https://" + "a" * 2041) == ""


def test_names_sort_by_the_time_at_which_they_were_made() -> None:
    now = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
    earlier, later = new_ulid(now, b"\xff" * 10), new_ulid(now + timedelta(seconds=1), b"\x00" * 10)
    assert (len(earlier), earlier < later) == (26, True)
    with pytest.raises(ValueError, match="10 bytes"):
        new_ulid(now, b"")


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T15:04:05+00:00", "2026-11-22T15:04:05.5Z", "2026-11-22 15:04:05Z", "2026-11-22T15:04Z",
     "٢026-11-22T15:04:05Z", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T15:04:60Z",
     "2026-11-22t15:04:05z", "0000-01-01T00:00:00Z", 1, None],
)  # fmt: skip
def test_an_instant_has_one_spelling(text: object) -> None:
    assert code(parse_instant(text)) == "instant.form"


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_its_spelling(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant.replace(microsecond=0)


def test_an_instant_without_a_time_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_instant(datetime(2026, 11, 22))  # noqa: DTZ001 - that is what is tested


def test_durations_are_days_hours_minutes_and_seconds() -> None:
    assert parse_duration("P7D") == timedelta(days=7)
    assert parse_duration("PT24H") == timedelta(hours=24)
    assert parse_duration("P1DT2H3M4S") == timedelta(days=1, hours=2, minutes=3, seconds=4)
    assert parse_duration("PT0S") == timedelta()
    for wrong in ("P", "PT", "7D", "P1W", "P1M", "P-1D", "P1.5D", "P٧D", "P7DT", "", None, 7):
        assert code(parse_duration(wrong)) == "duration.form"
