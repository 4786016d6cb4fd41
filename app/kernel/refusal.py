"""A no that is a value: its code for machines, its reason for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done; returned by rules that can say no, never raised.

    `code` is a dotted name of the catalogue (`sig.digest_mismatch`); `because` is one English
    sentence for the local log, with the value that was wrong. It never holds a secret.
    """

    code: str
    because: str
