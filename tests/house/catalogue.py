"""The catalogue of every English text that a person may read, taken from code and templates.

`python -m tests.house.catalogue` writes app/locale/roundabout.pot, from which translators start;
a test says when that is stale.
"""

import io
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from tests.house.checkout import ROOT

POT: Final = ROOT / "app/locale/roundabout.pot"
METHODS: Final = [("http/pages/templates/**", "jinja2"), ("**.py", "python")]
OPTIONS: Final = {"http/pages/templates/**": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.i18n"}}


def extract() -> Catalog:
    """The catalogue of the checkout: gettext calls in Python, gettext and trans blocks in templates."""
    catalogue = Catalog(
        project="Roundabout", version="", copyright_holder="the Roundabout contributors", charset="utf-8"
    )
    found = extract_from_dir(
        ROOT / "app", method_map=METHODS, options_map=OPTIONS, comment_tags=("Translators:",), strip_comment_tags=True
    )
    for file, _line, message, comments, context in sorted(found, key=lambda row: (row[0], row[1])):
        catalogue.add(message, locations=[(f"app/{file}", 0)], auto_comments=comments, context=context)
    return catalogue


def render(catalogue: Catalog) -> str:
    """The catalogue as a .pot file; the same texts give the same bytes, so neither dates nor line numbers."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, include_lineno=False, sort_output=True, width=110)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    dated = ("# Copyright (C)", "# FIRST AUTHOR", '"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
    return "".join(line for line in lines if not line.startswith(dated))


if __name__ == "__main__":
    POT.write_text(render(extract()), encoding="utf-8")
