"""How others find us, and what a delivery's answer means."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation import discovery
from app.federation.delivery import Verdict, judge, next_attempt
from app.federation.documents import READS_ACTS

URL = "https://a.example"


@pytest.mark.parametrize(
    ("resource", "actor"),
    [
        ("acct:assembly@a.example", f"{URL}/assembly"),
        ("assembly@A.Example", f"{URL}/assembly"),
        ("@assembly@a.example", f"{URL}/assembly"),
        ("acct:ana@a.example", f"{URL}/people/ana"),
        ("acct:a.example@a.example", f"{URL}/instance"),
        (f"{URL}/people/ana", f"{URL}/people/ana"),
        ("acct:ana@b.example", None),
        ("https://b.example/people/ana", None),
        ("https://a.example.evil/x", None),
        ("acct:ana", None),
        ("", None),
    ],
)
def test_a_handle_or_an_address_names_an_actor_of_ours(resource: str, actor: str | None) -> None:
    assert discovery.actor_asked_for(resource, URL) == actor


@pytest.mark.withstands("B35")
def test_the_subject_of_webfinger_has_the_host_of_the_actor() -> None:
    document = discovery.webfinger("assembly", f"{URL}/assembly")
    assert document["subject"] == "acct:assembly@a.example"
    (own,) = [link for link in document["links"] if link["rel"] == "self"]
    assert (own["href"], own["type"]) == (f"{URL}/assembly", "application/activity+json")


def test_host_meta_says_where_webfinger_is() -> None:
    root = ET.fromstring(discovery.host_meta(URL))  # noqa: S314 - our own document is read back
    assert root[0].attrib["template"] == f"{URL}/.well-known/webfinger?resource={{uri}}"


def test_nodeinfo_repeats_that_this_server_reads_acts() -> None:
    links = discovery.nodeinfo_links(URL)["links"]
    assert {link["href"] for link in links} == {f"{URL}/nodeinfo/2.1", f"{URL}/nodeinfo/2.0", f"{URL}/instance"}
    for version in ("2.0", "2.1"):
        document = discovery.nodeinfo(version, "0.1.0", 120, "Riverside")
        assert (document["version"], document["protocols"]) == (version, ["activitypub"])
        assert document["metadata"]["implements"] == [READS_ACTS]
    assert "repository" not in discovery.nodeinfo("2.0", "0.1.0", 120, "Riverside")["software"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_an_accepted_delivery_is_done(status: int) -> None:
    assert judge(status) is Verdict.DONE


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 415, 422])
def test_a_refused_delivery_is_not_tried_again(status: int) -> None:
    assert judge(status) is Verdict.REFUSED


@pytest.mark.parametrize("status", [301, 401, 408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert judge(status) is Verdict.AGAIN


@given(st.integers(0, 200), st.floats(0, 1))
def test_tries_are_spread_and_end_after_seven_days(tries: int, jitter: float) -> None:
    wait = next_attempt(tries, jitter)
    if wait is None:
        assert tries > 14
    else:
        assert timedelta(seconds=1) <= wait <= timedelta(hours=18)
    if tries < 14:
        assert wait is not None
    if tries > 40:
        assert wait is None
