"""Letters that look alike and are not the same, by which one name could pass for another (hostile B25, F36)."""

import unicodedata
from typing import Final

_ALPHABETS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_DRAWN_ALIKE: Final = str.maketrans(
    "I1|0ЅІЈАВЕЗКМНОРСТУХЬабгеорсухѕіјѡѴѵҮүһҽӀӏӠԁԌԛԜԝ"
    "ꙄꙇͿΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγινορσυϜϳϺᴦՍՏՕագզհոռսցքօᎠᎡᎢᎥᎩᎪ"
    "ᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏮᏳᏴꭵꮁꮃꮓꮩꮪꮯ",
    "lllOSlJABE3KMHOPCTYXba6reopcyxsijwVvYyheli3dGqWw"
    "2iJABEZHlKMNOPTYXayivopouFjMrUSOwqqhnnugfoDRTiYA"
    "JEWMHYGhZ4bRWSVSLCPKd6GBirwzvsc",
)
"""Letters and figures to those of the Latin alphabet that they are drawn like (UTS 39, confusables.txt)."""


def mixes_alphabets(name: str) -> bool:
    """True if a name takes letters of alphabets that look alike, as `pаypal` with a Cyrillic а (hostile B25)."""
    return len(alphabets(name)) > 1


def alphabets(name: str) -> tuple[str, ...]:
    """The alphabets with letters that look alike of which a name has letters, sorted."""
    return tuple(sorted({found for sign in name if (found := alphabet(sign)) is not None}))


def alphabet(sign: str) -> str | None:
    """Of alphabets with letters that look alike the one that a letter is of; None for any other sign."""
    found = unicodedata.name(sign, "").partition(" ")[0] if sign.isalpha() else ""
    return found if found in _ALPHABETS else None


def looks(name: str) -> str:
    """A name as it looks: two with the same are not told apart by reading them."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split()).translate(_DRAWN_ALIKE)


def could_pass(one: str, other: str) -> bool:
    """True if two names differ, and look the same (hostile F36)."""
    return one != other and looks(one) == looks(other)
