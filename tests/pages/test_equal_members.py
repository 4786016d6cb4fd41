"""One kind of member: no role is needed to take part, no device, and no date of birth."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from app.store import accounts, acts
from app.store.schema import metadata
from tests.pages.commune import URL, Commune, Member, commune, token
from tests.pages.test_amendments import suggest
from tests.pages.test_founding import AGREED


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


@pytest.mark.shows("B1")
def test_a_member_with_no_role_proposes_argues_amends_and_decides(harbour: Commune) -> None:
    tom, ida = harbour.member("Tom"), harbour.member("Ida")
    people = asyncio.run(harbour.instance.database.read(accounts.members))
    assert not any(one.caretaker for one in people if one.name in {"tom", "ida"})
    path = tom.propose("Winter fuel", "We buy wood.", "task")
    amendment = suggest(ida, path, "We buy pellets.")
    assert "Pellets are dry." in ida.send(f"{path}/comment", path, text="Pellets are dry.")
    tom.send(f"{amendment}/accept", amendment)
    ida.send(f"{path}/open", path, closes_in="1", unit="minutes")
    assert "Recorded." in tom.vote(path, "agree")
    assert "Recorded." in ida.vote(path, "disagree")


@pytest.mark.shows("B21")
def test_where_one_alone_has_a_device_the_assembly_is_founded_decides_and_sends(tmp_path: Path) -> None:
    with commune(tmp_path, founded=False) as gathering:
        jo = gathering.member("Jo")
        for name in ("Hassan", "Berta", "Gul", "Zeki"):
            jo.send("/gathering/people", "/members", name=name)
        agreed = {key: value for key, value in AGREED.items() if key != "co_signer"} | {"caretaker": ["jo", "berta"]}
        nobody_else_has_a_device(gathering)
        gathering.meeting(by="Jo", tellers=("hassan", "zeki"))
        for teller in ("hassan", "zeki"):
            page = jo.send("/gathering/found", "/gathering/found", 200, **agreed, teller=teller)
        assert "is founded" in page
        path = jo.propose("Winter fuel", "We buy together.", "policy")
        gathering.meeting(path, by="Jo", tellers=("hassan", "zeki"))
        asked(jo, path, "both_rounds")
        assert "Adopted." in counted(jo, path, both_rounds="1")
        page = token(jo.browser.get("/mandates/new").text)
        wish: dict[str, str | list[str]] = {"own_office": "Speaker", "delegates": ["gul", "berta"], "why": "Known."}
        wish |= {"csrf": page, "until": "2099-05-01T10:00", "beyond": "Nobody else goes."}
        answer = jo.browser.post("/mandates", data=wish, headers={"Origin": URL})
        assert answer.status_code == 200, answer.text
        gathering.meeting(answer.url.path, by="Jo", tellers=("hassan", "zeki"))
        asked(jo, answer.url.path, "urgent")
        assert "Adopted." in counted(jo, answer.url.path)
        assert asyncio.run(gathering.instance.database.read(lambda c: acts.of_type(c, "gov:Mandate")))
        decision = asyncio.run(gathering.instance.database.read(lambda c: acts.of_type(c, "gov:Decision")))[-1]
        assert json.loads(decision.raw)["gov:counts"]["agree"] == 14, "a raised hand weighs what a ballot weighs"


def nobody_else_has_a_device(gathering: Commune) -> None:
    table = metadata.tables["accounts"]
    left = update(table).where(table.c.name != "jo").values(password=None)
    asyncio.run(gathering.instance.database.write(lambda c: c.execute(left)))


def asked(scribe: Member, path: str, question: str) -> None:
    """What those present decide about how it is decided, as two tellers with no device counted it."""
    for teller in ("hassan", "zeki"):
        hands = {"present": "14", "agree": "14", "disagree": "0"}
        scribe.send(f"{path}/procedure", path, 200, question=question, teller=teller, **hands)


def counted(scribe: Member, path: str, **more: str) -> str:
    """Two tellers with no device count hands, and the scribe enters what each says; the words of the page."""
    scribe.send(f"{path}/open", path, 200, closes_in="7", unit="days", where="meeting", **more)
    for teller in ("hassan", "zeki"):
        scribe.send(f"{path}/count", path, agree="14", disagree="0", present="14", teller=teller)
    return scribe.closes(path)


@pytest.mark.shows("B20")
def test_no_table_has_a_place_for_a_date_of_birth() -> None:
    columns = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    words = ("birth", "born", "age_", "_age", "years")
    assert [name for name in sorted(columns) if any(word in name for word in words)] == []
    assert "accounts.standing" in columns, "a yes or no to the question whether somebody votes"
