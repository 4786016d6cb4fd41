"""The pictures that voices from outside show: fetched by a job, checked, written anew, and tried again in vain only."""

import io
import os
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from app.operations.exchange import gleaning, illustrating
from app.store import media, voices
from app.store.database import Connection
from app.store.media import Kept
from app.store.voices import Voice
from app.wiring import Instance
from tests.network.servers import Server, answer, serving
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock
from tests.processes.dripping import Dripping

pytestmark = pytest.mark.anyio


def drawn() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "JPEG", comment=b"taken by Ann")
    return file.getvalue()


def serve(target: str) -> bytes:
    if target.endswith(".jpg"):
        return answer(drawn(), Content_Type="image/jpeg")
    return answer(b"<svg/>", Content_Type="image/png") if target.endswith(".png") else answer(b"", "503 Later")


def voice(server: Server, files: list[str], visibility: int = 3) -> Voice:
    hung = [{"kind": "Image", "url": f"{server.url}/{name}", "description": f"About {name}"} for name in files]
    emoji = [{"name": "cat", "url": f"{server.url}/cat.jpg"}]
    return Voice(
        id=f"{server.url}/notes/1",
        author=f"{server.url}/ann",
        content=":cat:",
        published_at=0,
        answers="x",
        dossier="x",
        visibility=visibility,
        details={"files": hung, "emoji": emoji},
    )


async def wanted(instance: Instance, said: Voice) -> None:
    await instance.database.write(lambda connection: gleaning.want(connection, instance, said))


async def found(instance: Instance, server: Server, *names: str) -> dict[str, Kept]:
    def look(connection: Connection) -> dict[str, Kept]:
        kept = media.found_among(connection, [f"{server.url}/{name}" for name in names])
        return {address.rpartition("/")[2]: picture for address, picture in kept.items()}

    return await instance.database.read(look)


async def test_what_a_voice_shows_is_fetched_once_and_written_anew(tmp_path: Path, sqlite_template: Path) -> None:
    names = [f"{number}.jpg" for number in range(6)]
    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, Clock()) as instance:
        for _ in range(2):
            await wanted(instance, voice(server, names))
        while await gleaning.fetch_wanted(instance):
            pass
        kept = await found(instance, server, *names, "cat.jpg")
        assert sorted(kept) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "cat.jpg"]
        assert (kept["0.jpg"].description, kept["cat.jpg"].description) == ("About 0.jpg", ":cat:")
        assert len(server.targets) == 5
        shown = await illustrating.picture(instance, kept["0.jpg"].id)
        assert shown is not None
        assert b"taken by Ann" not in shown[1]


@pytest.mark.withstands("D13")
async def test_what_is_no_picture_is_given_up_and_what_fails_is_tried_five_times(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock = Clock()
    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, clock) as instance:
        await wanted(instance, voice(server, ["bad.png", "away"]))
        for _ in range(8):
            while await gleaning.fetch_wanted(instance):
                pass
            clock.tick(days=1)
        assert server.targets.count("/bad.png") == 1
        assert server.targets.count("/away") == 5
        assert sorted(await found(instance, server, "bad.png", "away", "cat.jpg")) == ["cat.jpg"]


@pytest.mark.withstands("D02")
@pytest.mark.withstands("D20")
async def test_a_picture_that_breaks_something_or_whose_server_drips_holds_up_no_other(
    tmp_path: Path, sqlite_template: Path
) -> None:
    def break_at_the_first(connection: Connection) -> None:
        breaks = "NEW.found_at LIKE '%/0.jpg' BEGIN SELECT RAISE(ABORT, 'nobody foresaw this'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER poison BEFORE INSERT ON media WHEN {breaks}")

    clock = Clock()
    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, clock, seconds=1) as instance:
        await instance.database.write(break_at_the_first)
        with closing(Dripping()) as slow:
            dripping = voice(Server(slow.url), ["1", "2", "3", "4"])
            await wanted(instance, dripping)
            clock.tick()
            await wanted(instance, voice(server, ["0.jpg", "1.jpg"]))
            while await gleaning.fetch_wanted(instance):
                pass
            assert slow.asked == 1  # for the rest it is not asked now
        assert sorted(await found(instance, server, "0.jpg", "1.jpg", "cat.jpg")) == ["1.jpg", "cat.jpg"]
        clock.tick(hours=1)
        assert len(await instance.database.read(lambda c: media.wanted(c, int(clock.now().timestamp()), 99))) == 5


async def test_what_is_not_for_everybody_has_its_pictures_left_where_they_are(
    tmp_path: Path, sqlite_template: Path
) -> None:
    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, Clock()) as instance:
        await wanted(instance, voice(server, ["0.jpg"], visibility=1))
        assert await gleaning.fetch_wanted(instance) == 0
        assert server.targets == []


@pytest.mark.withstands("B08")
async def test_a_picture_goes_with_the_last_voice_that_shows_it_and_its_file_after_it(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock = Clock()
    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, clock) as instance:
        first = voice(server, ["0.jpg", "1.jpg"])
        other = replace(first, id=f"{server.url}/notes/2", author=f"{server.url}/ben", details=hung(server, "1.jpg"))
        for said in (first, other):
            await instance.database.write(partial(voices.hear, voice=said))
            await wanted(instance, said)
        while await gleaning.fetch_wanted(instance):
            pass
        await instance.database.write(lambda connection: voices.bury(connection, first.id, first.author, 1))
        assert sorted(await found(instance, server, "0.jpg", "1.jpg", "cat.jpg")) == ["1.jpg"]
        await instance.database.write(lambda connection: voices.forget_actor(connection, other.author))
        assert not await found(instance, server, "1.jpg")
        [file] = instance.media_dir.iterdir()  # all of them are drawn alike
        os.utime(file, (0, 0))
        await illustrating.forget_files(instance)
        assert not list(instance.media_dir.iterdir())


async def test_a_voice_that_shows_other_pictures_now_leaves_none_behind(tmp_path: Path, sqlite_template: Path) -> None:
    async with serving(serve) as server, instance_here(tmp_path, sqlite_template, Clock()) as instance:
        for names in (["0.jpg", "1.jpg"], ["1.jpg"]):
            await wanted(instance, voice(server, names))
            while await gleaning.fetch_wanted(instance):
                pass
        assert sorted(await found(instance, server, "0.jpg", "1.jpg", "cat.jpg")) == ["1.jpg", "cat.jpg"]
        assert server.targets.count("/1.jpg") == 1


def hung(server: Server, name: str) -> dict[str, object]:
    return {"files": [{"kind": "Image", "url": f"{server.url}/{name}", "description": "again"}]}
