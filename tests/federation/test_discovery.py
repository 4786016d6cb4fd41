"""How others find our actors, and what they learn about this server."""

from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from app.federation.discovery import actor_asked_for, actor_found, host_meta, nodeinfo, nodeinfo_links, webfinger
from app.federation.documents import READS_ACTS
from app.kernel.refusal import Refusal

URL: Final = "https://hill.example"
HANDLE: Final = "assembly@hill.example"
JRD: Final = webfinger("assembly", f"{URL}/assembly")


def code(result: object) -> str:
    assert isinstance(result, Refusal), result
    return result.code


@pytest.mark.parametrize(
    ("resource", "actor_id"),
    [
        ("acct:assembly@hill.example", f"{URL}/assembly"),
        ("acct:@assembly@hill.example", f"{URL}/assembly"),
        ("assembly@hill.example", f"{URL}/assembly"),
        ("acct:assembly@HILL.example", f"{URL}/assembly"),
        ("acct:instance@hill.example", f"{URL}/instance"),
        ("acct:hill.example@hill.example", f"{URL}/instance"),
        ("acct:rojin@hill.example", f"{URL}/people/rojin"),
        (f"{URL}/assembly", f"{URL}/assembly"),
        (f"{URL}/people/rojin", f"{URL}/people/rojin"),
    ],
)
def test_an_actor_is_found_by_its_handle_and_by_its_address(resource: str, actor_id: str) -> None:
    assert actor_asked_for(resource, URL) == actor_id


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "acct:",
        "acct:assembly",
        "acct:assembly@valley.example",
        "acct:assembly@hill.example.evil.example",
        "https://valley.example/assembly",
        "https://hill.example.evil.example/assembly",
        "https://hill.example@evil.example/assembly",
    ],
)
def test_what_is_of_another_server_is_not_ours_to_answer(resource: str) -> None:
    assert actor_asked_for(resource, URL) is None


def test_a_handle_leads_to_the_actor_and_the_answer_says_the_same_handle() -> None:
    found = webfinger("assembly", f"{URL}/assembly")
    assert found["subject"] == "acct:assembly@hill.example"
    assert actor_asked_for(found["subject"], URL) == f"{URL}/assembly"
    assert {link["rel"]: link["href"] for link in found["links"]}["self"] == f"{URL}/assembly"


@pytest.mark.withstands("B35")
def test_a_handle_and_the_actor_found_for_it_have_the_same_host() -> None:
    assert actor_found(JRD, HANDLE) == f"{URL}/assembly"
    assert actor_found(JRD | {"subject": "acct:Assembly@HILL.example"}, HANDLE) == f"{URL}/assembly"
    elsewhere = webfinger("assembly", "https://evil.example/assembly")
    assert code(actor_found(elsewhere, HANDLE)) == "webfinger.subject"
    assert code(actor_found(elsewhere | {"subject": f"acct:{HANDLE}"}, HANDLE)) == "webfinger.subject"
    assert code(actor_found(JRD | {"subject": "acct:assembly@evil.example"}, HANDLE)) == "webfinger.subject"
    assert code(actor_found(JRD, "ana@hill.example")) == "webfinger.subject"
    for href in ("http://hill.example/assembly", "https://hill.example@evil.example/", "https://[/", None):
        link = {"rel": "self", "type": "application/activity+json", "href": href}
        assert code(actor_found(JRD | {"links": [link]}, HANDLE)) == "id.form"


@pytest.mark.parametrize(
    "links",
    [
        None,
        {},
        [],
        [None],
        ["https://hill.example/assembly"],
        [{"rel": "self", "type": "text/html", "href": f"{URL}/assembly"}],
        [{"rel": "self", "href": f"{URL}/assembly"}],
        [{"rel": "http://webfinger.net/rel/profile-page", "type": "application/activity+json", "href": URL}],
    ],
)
def test_an_answer_that_names_no_actor_is_refused(links: Any) -> None:  # noqa: ANN401 - any JSON
    assert code(actor_found(JRD | {"links": links}, HANDLE)) == "webfinger.form"


def test_host_meta_says_where_webfinger_is() -> None:
    link = ET.fromstring(host_meta(URL)).find("{http://docs.oasis-open.org/ns/xri/xrd-1.0}Link")  # noqa: S314 - our own
    assert link is not None
    assert link.attrib == {"rel": "lrdd", "template": f"{URL}/.well-known/webfinger?resource={{uri}}"}


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_nodeinfo_says_that_this_server_reads_acts(version: str) -> None:
    links = {link["rel"]: link["href"] for link in nodeinfo_links(URL)["links"]}
    assert links[f"http://nodeinfo.diaspora.software/ns/schema/{version}"] == f"{URL}/nodeinfo/{version}"
    assert links["https://www.w3.org/ns/activitystreams#Application"] == f"{URL}/instance"
    document = nodeinfo(version, "0.1.0", 40, "Hill")
    assert document["version"] == version
    assert document["protocols"] == ["activitypub"]
    assert document["metadata"] == {"nodeName": "Hill", "implements": [READS_ACTS]}
    assert document["usage"]["users"]["total"] == 40
    # The schema of 2.0 allows no key beside these.
    assert set(document["software"]) == {"name", "version"} | ({"repository"} if version == "2.1" else set())
