"""The checkout as the house rules see it: its folders, its pages, its modules."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
TEMPLATES: Final = ROOT / "app/http/pages/templates"


def pages() -> list[Path]:
    """Every page of documentation, those beside the code included, in a fixed order."""
    return sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def modules() -> list[Path]:
    """Every Python module of the product, in a fixed order."""
    return sorted((ROOT / "app").rglob("*.py"))


def shown(path: Path) -> str:
    """The path as a message names it: from the root of the checkout, with slashes."""
    return path.relative_to(ROOT).as_posix()


def exists(module: str) -> bool:
    """True if the module can be imported; its parents are."""
    return find_spec(module) is not None
