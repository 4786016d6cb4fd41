"""Two mandates for the same term, as anybody reads them at home and at another assembly."""

from pathlib import Path

import pytest

from app.kernel.instant import in_words
from tests.operations.mandated import agreeing_on, confederated, granted, mandate_at
from tests.operations.neighbours import Place
from tests.pages.visits import browser, read


def flag(place: Place, other: str, people: str) -> str:
    """What a mandate says of the other one that was given for its term."""
    given = mandate_at(place, other).head.published
    return f"Hill gave another mandate for the same term, to {people}, {in_words(given)}. Only the later one counts."


@pytest.mark.withstands("F09")
@pytest.mark.parametrize(
    ("name", "pair", "others"), [("Hill", "Rojin, Tom", "Ida, Tom"), ("Riverside", "rojin, tom", "ida, tom")]
)
def test_each_of_two_mandates_for_one_term_says_that_there_is_another(
    tmp_path: Path, sqlite_template: Path, name: str, pair: str, others: str
) -> None:
    valley = confederated(tmp_path, sqlite_template)
    first = granted(valley, agreeing_on("the road"), term="Spring session")
    valley.clock.tick(days=1)
    again = granted(valley, agreeing_on("the bridge"), term="Spring session", delegates=("ida", "tom"))
    granted(valley, agreeing_on("the school"), term="Autumn session")
    anybody, place = browser(valley[name]), valley[name]
    of_first, of_again = flag(place, again, others), flag(place, first, pair)
    for path, said in (
        ("/mandates", [of_first, of_again]),
        ("/mandates/print", [of_first, of_again]),
        ("/mandates?show=past", [of_first]),
        ("/mandates?show=now", [of_again]),
    ):
        shown = read(anybody, path)
        assert [one in shown for one in (of_first, of_again)] == [one in said for one in (of_first, of_again)]
        assert shown.count("gave another mandate") == len(said)
    assert "A later mandate took its place." in read(anybody, "/mandates?show=past")
    for mandate, other, said_there in ((first, again, of_first), (again, first, of_again)):
        address = f"/mandates/{mandate.rpartition('/')[2]}?of={mandate}"
        assert said_there in read(anybody, address)
        [link] = [one for one in anybody.get(address).text.split('"') if other.rpartition("/")[2] in one]
        assert "Mandate" in read(anybody, link)
