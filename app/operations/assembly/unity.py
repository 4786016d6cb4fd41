"""The points of unity with which a confederation is founded, as a file says them (governance.md §2, S3)."""

from app.governance.charter import Clause
from app.kernel.refusal import Refusal
from app.operations.assembly.charters import LONGEST_CLAUSE, LONGEST_NUMBER


def read_unity(listed: object) -> tuple[Clause, ...] | Refusal:
    """The points of unity of a `[{number, content}]` file; `founding.unity` for another form, or a number twice."""
    entries = listed if isinstance(listed, list) else [None]
    found: dict[str, Clause] = {}
    for entry in entries:
        number, content = (entry.get(key) for key in ("number", "content")) if isinstance(entry, dict) else (None, None)
        if not (isinstance(number, str) and isinstance(content, str) and 0 < len(number) <= LONGEST_NUMBER):
            return Refusal("founding.unity", "the file holds a list of objects with number and content, both words")
        if not 0 < len(content) <= LONGEST_CLAUSE or not number.isprintable():
            return Refusal("founding.unity", f"a point of unity has 1 to {LONGEST_CLAUSE} characters")
        found[number] = Clause(number, content)
    if len(found) < len(entries):
        return Refusal("founding.unity", "each point of unity has a number of its own")
    return tuple(found.values())
