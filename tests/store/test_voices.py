"""A voice is heard once: what came first stays, what was taken back stays away, and fewer readers hold."""

from dataclasses import replace

import pytest

from app.store import voices
from app.store.database import Database
from app.store.voices import Voice

MEI = "https://other.example/users/mei"
SAID = Voice("https://other.example/notes/1", MEI, "<p>Well said.</p>", 1, "https://hill.example/notices/1", "dossier")


@pytest.mark.anyio
async def test_a_voice_is_heard_once_and_the_first_stays(database: Database) -> None:
    again = replace(SAID, content="<p>Not what I said.</p>")
    stranger = replace(SAID, author="https://else.example/users/x", visibility=0)
    heard = await database.write(lambda c: [voices.hear(c, one) for one in (SAID, again, stranger)])
    assert heard == [True, False, False]
    assert await database.read(lambda c: voices.get(c, SAID.id)) == SAID
    assert await database.read(lambda c: voices.dossier_of(c, SAID.id)) == "dossier"
    assert await database.read(lambda c: voices.dossier_of(c, "https://other.example/notes/2")) is None


@pytest.mark.anyio
async def test_a_copy_for_fewer_readers_takes_the_words_away(database: Database) -> None:
    await database.write(lambda c: voices.hear(c, SAID))
    assert not await database.write(lambda c: voices.hear(c, replace(SAID, visibility=1)))
    found = await database.read(lambda c: voices.get(c, SAID.id))
    assert found is not None
    assert (found.visibility, found.content) == (1, "")


@pytest.mark.anyio
@pytest.mark.withstands("E09")
async def test_what_was_taken_back_before_it_came_stays_away(database: Database) -> None:
    await database.write(lambda c: voices.bury(c, SAID.id, MEI, 1))
    assert not await database.write(lambda c: voices.hear(c, SAID))
    assert await database.read(lambda c: voices.get(c, SAID.id)) is None
    other = replace(SAID, author="https://other.example/users/lu")
    assert await database.write(lambda c: voices.hear(c, other))  # the stone is Mei's, and keeps nobody else away
