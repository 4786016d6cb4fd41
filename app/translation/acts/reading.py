"""Reading the keys of an act strictly: one typed question per key, the first bad answer refuses."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from app.governance.act import Ref
from app.governance.charter import Clause
from app.governance.rules import Counts, Rule, parse_counts, parse_rule
from app.kernel.canonical import Document
from app.kernel.ids import Id, parse_id
from app.kernel.instant import parse_instant
from app.kernel.refusal import Refusal

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_LONGEST_DIGEST: Final = 64


class FormError(ValueError):
    """Carries a refusal out of nested questions to `parse`; never leaves this layer."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.because)
        self.refusal = refusal


class Fields:
    """The keys of one JSON object; `null` reads as absent (fine-print 32), unknown keys pass.

    Each method raises FormError: `act.form` naming the key, or the code of the kernel or rule
    reader that refused the value. Those that end in `_or_none` allow a key to be absent.
    """

    __slots__ = ("_at", "_document", "loopback")

    def __init__(self, document: Mapping[str, object], *, loopback: bool, at: str = "") -> None:
        self._document = document
        self._at = at
        self.loopback = loopback

    def wrong(self, key: str, because: str) -> FormError:
        """The error that says what is wrong with `key`."""
        return FormError(Refusal("act.form", f"{self._at}{key} {because}"))

    def has(self, key: str) -> bool:
        """True if the key is there with a value."""
        return self._document.get(key) is not None

    def raw(self, key: str) -> object:
        """The value as it stands; absent is an error."""
        value = self._document.get(key)
        if value is None:
            raise self.wrong(key, "is missing")
        return value

    def text(self, key: str) -> str:
        """A string."""
        value = self.raw(key)
        if not isinstance(value, str):
            raise self.wrong(key, "is not a string")
        return value

    def text_or_none(self, key: str) -> str | None:
        """A string, if there."""
        return self.text(key) if self.has(key) else None

    def number(self, key: str) -> int:
        """A whole number from 0."""
        value = self.raw(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, "is not a whole number from 0")
        return value

    def flag(self, key: str) -> bool:
        """True or false; absent is false."""
        value = self._document.get(key, False)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(key, "is not true or false")
        return bool(value)

    def instant(self, key: str) -> datetime:
        """An instant."""
        return self._taken(key, parse_instant(self.raw(key)))

    def instant_or_none(self, key: str) -> datetime | None:
        """An instant, if there."""
        return self.instant(key) if self.has(key) else None

    def id(self, key: str) -> Id:
        """An id (fine-print 33)."""
        return self._taken(key, parse_id(self.raw(key), loopback=self.loopback))

    def id_or_none(self, key: str) -> Id | None:
        """An id, if there."""
        return self.id(key) if self.has(key) else None

    def ids(self, key: str) -> tuple[Id, ...]:
        """A list of ids."""
        self.raw(key)
        return tuple(self._taken(key, parse_id(item, loopback=self.loopback)) for item in self._list(key))

    def id_or_ids(self, key: str) -> tuple[tuple[Id, ...], bool]:
        """One id, or a list of them, and whether it was a list; absent is none."""
        if isinstance(self._document.get(key), list):
            return self.ids(key), True
        return ((self.id(key),) if self.has(key) else ()), False

    def word(self, key: str, words: type[E]) -> E:
        """One of the words of an enumeration."""
        value = self.text(key)
        if value not in set(words):
            raise self.wrong(key, f"has no such word: {value!r}")
        return words(value)

    def words(self, key: str, words: type[E]) -> tuple[E, ...]:
        """A list of words of an enumeration, each once; absent is empty."""
        values = self.texts(key)
        if len(set(values)) != len(values) or not set(values) <= set(words):
            raise self.wrong(key, f"has words twice or unknown: {values!r}")
        return tuple(words(value) for value in values)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; absent is empty."""
        items = self._list(key)
        texts = tuple(item for item in items if isinstance(item, str))
        if len(texts) != len(items):
            raise self.wrong(key, "is not a list of strings")
        return texts

    def text_lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of strings; absent is empty."""
        groups = self._list(key)
        texts = tuple(
            tuple(item for item in group if isinstance(item, str)) for group in groups if isinstance(group, list)
        )
        if [len(group) for group in texts] != [len(group) if isinstance(group, list) else -1 for group in groups]:
            raise self.wrong(key, "is not a list of lists of strings")
        return texts

    def raw_or_none(self, key: str) -> object:
        """A value of any form, if there."""
        return self.raw(key) if self.has(key) else None

    def fields(self, key: str) -> "Fields":
        """The keys of an object."""
        return self._within(key, self.raw(key))

    def fields_list(self, key: str) -> tuple["Fields", ...]:
        """A list of objects; absent is empty."""
        return tuple(self._within(f"{key}[{index}]", item) for index, item in enumerate(self._list(key)))

    def document(self, key: str) -> Document:
        """An object as it stands."""
        value = self.raw(key)
        if not isinstance(value, dict):
            raise self.wrong(key, "is not an object")
        return value

    def text_map(self, key: str) -> tuple[tuple[str, str], ...]:
        """An object of strings as pairs in code-point order; absent is empty."""
        if not self.has(key):
            return ()
        inner = self.fields(key)
        return tuple((name, inner.text(name)) for name in sorted(self.document(key)) if inner.has(name))

    def ref(self, key: str) -> Ref:
        """A reference `{id, gov:digest}` (protocol.md §2)."""
        return self.fields(key).as_ref()

    def ref_or_none(self, key: str) -> Ref | None:
        """A reference, if there."""
        return self.ref(key) if self.has(key) else None

    def refs(self, key: str) -> tuple[Ref, ...]:
        """A list of references; absent is empty."""
        return tuple(item.as_ref() for item in self.fields_list(key))

    def as_ref(self) -> Ref:
        """This object as a reference."""
        digest = self.text("gov:digest")
        if not digest.startswith("z") or len(digest) > _LONGEST_DIGEST:
            raise self.wrong("gov:digest", "is not a digest string")
        return Ref(self.id("id"), digest)

    def rule(self, key: str) -> Rule:
        """A decision rule that this version counts."""
        return self._taken(key, parse_rule(self.raw(key)))

    def rule_or_none(self, key: str) -> Rule | None:
        """A decision rule, if there."""
        return self.rule(key) if self.has(key) else None

    def counts(self, key: str) -> Counts:
        """The eight figures."""
        return self._taken(key, parse_counts(self.raw(key)))

    def counts_or_none(self, key: str) -> Counts | None:
        """The eight figures, if there."""
        return self.counts(key) if self.has(key) else None

    def clauses(self) -> tuple[Clause, ...]:
        """The `gov:clauses`, each number once."""
        clauses = tuple(
            Clause(item.text("number"), item.text("content"), item.flag("gov:entrenched"))
            for item in self.fields_list("gov:clauses")
        )
        if len({clause.number for clause in clauses}) != len(clauses):
            raise self.wrong("gov:clauses", "has a number twice")
        return clauses

    def _list(self, key: str) -> list[object]:
        value = self._document.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(key, "is not a list")
        return value

    def _within(self, key: str, value: object) -> "Fields":
        if not isinstance(value, Mapping):
            raise self.wrong(key, "is not an object")
        return Fields(value, loopback=self.loopback, at=f"{self._at}{key}.")

    def _taken(self, key: str, value: T | Refusal) -> T:
        if isinstance(value, Refusal):
            raise FormError(Refusal(value.code, f"{self._at}{key}: {value.because}"))
        return value
