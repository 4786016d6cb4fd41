"""The rules of a new confederation, as those read them who are asked to agree."""

from pathlib import Path

from app.store.agenda import Kind
from tests.operations.mandated import confederated
from tests.pages.visits import read, signed_in


def test_a_founding_charter_is_read_in_words(tmp_path: Path, sqlite_template: Path) -> None:
    valley = confederated(tmp_path, sqlite_template)
    hill = valley["Hill"]
    path = f"/proposals/{hill.item(Kind.ANSWER, 'Valley').id}"
    rojin = signed_in(hill, "rojin")
    for address in (path, f"{path}/print"):
        shown = read(rojin, address)
        assert "The rules that would hold" in shown
        assert "our rules Three quarters of all who may vote; at least a fifth of us take part." in shown
        assert '"rules"' not in shown
        assert "PT0S" not in shown
    assert "Brought by Valley." in read(rojin, "/proposals")
