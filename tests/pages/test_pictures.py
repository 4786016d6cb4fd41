"""A picture belongs to a proposal's text; what is served is a picture and never anything else."""

import asyncio
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from app.kernel.canonical import Document
from app.operations.exchange import publishing
from app.operations.record import erasing
from app.operations.record.sealing import load
from app.store import acts, media, voices
from app.store.database import Connection
from app.store.media import Kept
from app.store.voices import Voice
from app.wiring import Instance
from tests.pages.commune import URL, Commune, Member, commune, token, words


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[Commune]:
    with commune(tmp_path) as opened:
        yield opened


def drawn() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "JPEG", comment=b"taken by Amina")
    return file.getvalue()


def upload(member: Member, path: str, raw: bytes, description: str = "The quay", name: str = "a.jpg") -> int:
    answer = member.browser.post(
        f"{path}/picture",
        data={"csrf": token(member.browser.get(path).text), "description": description},
        files={"picture": (name, raw, "image/jpeg")},
        headers={"Origin": URL},
    )
    return answer.status_code


def address_of(member: Member, path: str) -> str:
    page = member.browser.get(path).text
    assert 'alt="The quay"' in page
    return "/media/" + page.partition("/media/")[2].partition('"')[0]


def act_of(member: Member) -> Document:
    found = member.browser.get("/acts?after=-1").json()["gov:items"]
    acts = [item["act"] for item in found if item["act"]["type"] == "gov:Proposal"]
    act: Document = acts[-1]
    return act


def test_a_proposal_with_a_picture_names_it_in_its_act_and_keeps_it_when_the_text_changes(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    assert upload(ada, path, drawn()) == 200
    media = address_of(ada, path)
    first = act_of(ada)
    ada.send(f"{path}/amend", path, title="Repair the quay", text="We repair the quay in autumn.")
    second = act_of(ada)
    assert first["attachment"] == second["attachment"]
    assert first["id"] != second["id"]
    [named] = second["attachment"]
    assert named["url"] == f"{URL}{media}"
    assert named["name"] == "The quay"
    assert b"Amina" not in ada.browser.get(media).content


@pytest.mark.withstands("B08")
def test_a_picture_goes_with_the_words_of_the_last_text_that_shows_it(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    upload(ada, path, drawn())
    media, first = address_of(ada, path), act_of(ada)
    ada.send(f"{path}/amend", path, title="Repair the quay", text="We repair the quay in autumn.")
    second = act_of(ada)
    statuses = []
    for act in (first, second):
        asyncio.run(harbour.instance.database.write(partial(forget, harbour=harbour, document=act)))
        statuses.append(ada.browser.get(media).status_code)
    assert statuses == [200, 404]
    assert "/media/" not in ada.browser.get(path).text


def forget(connection: Connection, harbour: Commune, document: Document) -> None:
    act = acts.by_id(connection, document["id"])
    assert act is not None
    erasing.forget_words(connection, harbour.instance, act)


@pytest.mark.withstands("B03")
def test_an_upload_is_never_served_as_a_page_or_a_document_of_ours(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    note = b'{"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "id": "https://x.example/1"}'
    for forged in (note, b"<html><script>alert(1)</script>", b"<svg/>"):
        assert upload(ada, path, forged) == 422
    assert upload(ada, path, drawn() + note, name="note.json") == 200
    media = address_of(ada, path)
    for accept in (
        "application/activity+json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "*/*",
    ):
        answer = ada.browser.get(media, headers={"Accept": accept})
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert b"x.example" not in answer.content


@pytest.mark.withstands("D14")
def test_a_form_with_many_parts_or_too_many_bytes_is_refused(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    csrf = token(ada.browser.get(path).text)
    parts = [("picture", (f"{number}.jpg", b"x", "image/jpeg")) for number in range(40)]
    for files in (parts, [("picture", ("a.jpg", b"\0" * 9_000_000, "image/jpeg"))]):
        answer = ada.browser.post(f"{path}/picture", data={"csrf": csrf}, files=files, headers={"Origin": URL})
        assert answer.status_code in {400, 413}
    broken = {"Origin": URL, "Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x", b"--x\r\nContent-Disposition: form-data\r\n\r\n", b"\xff" * 99):
        assert ada.browser.post(f"{path}/picture", content=body, headers=broken).status_code < 500


def test_a_nul_in_what_a_picture_shows_is_refused_as_in_any_form(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    assert upload(ada, path, drawn(), description="The\x00quay") == 400
    assert "/media/" not in ada.browser.get(path).text


def test_only_who_proposed_it_adds_a_picture_and_says_what_it_shows(harbour: Commune) -> None:
    ada, jo = harbour.member("Ada"), harbour.member("Jo")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    assert upload(jo, path, drawn()) == 422
    assert upload(ada, path, drawn(), description="") == 422
    assert "/media/" not in ada.browser.get(path).text


@pytest.mark.withstands("E16")
def test_a_picture_whose_file_is_gone_changes_nothing_else(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    upload(ada, path, drawn())
    media, before = address_of(ada, path), act_of(ada)
    for file in harbour.instance.media_dir.iterdir():
        file.unlink()
    assert ada.browser.get(media).status_code == 404
    assert ada.browser.get(path).status_code == 200
    assert act_of(ada) == before


@pytest.mark.withstands("E16")
def test_the_pictures_of_a_voice_are_shown_from_here_and_a_lost_file_changes_nothing_else(harbour: Commune) -> None:
    ada = harbour.member("Ada")
    path = ada.propose("Repair the quay", "We repair the quay in spring.")
    asyncio.run(harbour.instance.database.write(lambda connection: _say(connection, harbour.instance)))
    before = ada.browser.get(path).text
    assert ":cat: Look" in words(before)
    assert "/media/" not in before
    asyncio.run(harbour.instance.database.write(_keep))  # no file is there
    after = ada.browser.get(path).text
    assert '<p><img class="emoji" src="/media/m2" alt=":cat:"> Look</p>' in after
    assert '<img src="/media/m1" alt="The quay at noon" width="40" height="20" loading="lazy">' in after
    assert "https://social.example/more.pdf" in after
    assert "https://social.example/quoted" in after
    assert "https://social.example/quay.jpg" not in after
    assert ada.browser.get("/media/m1").status_code == 404


def _say(connection: Connection, instance: Instance) -> None:
    [act] = acts.of_type(connection, "gov:Proposal")
    files = [
        {"kind": "Document", "url": f"https://social.example/{name}", "mediaType": kind, "description": about}
        for name, kind, about in (("quay.jpg", "image/jpeg", "The quay at noon"), ("more.pdf", "application/pdf", ""))
    ]
    emoji = [{"name": "cat", "url": "https://social.example/cat.png"}]
    voices.hear(
        connection,
        Voice(
            "https://social.example/posts/1",
            "https://social.example/maya",
            "<p>:cat: Look</p>",
            1,
            "https://social.example/posts/1",
            publishing.dossier_of(connection, instance, load(act)),
            visibility=3,
            details={"files": files, "emoji": emoji, "links": ["https://social.example/quoted"]},
        ),
    )


def _keep(connection: Connection) -> None:
    for name, address, about in (("m1", "quay.jpg", "The quay at noon"), ("m2", "cat.png", ":cat:")):
        media.add(connection, Kept(name, "0" * 64, "image/jpeg", 40, 20, about, f"https://social.example/{address}", 1))
