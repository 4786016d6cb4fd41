"""Taking a text out of the record: what was counted stays countable, the words go (hostile B08)."""

from dataclasses import dataclass

from app.governance.act import Head, Ref


@dataclass(frozen=True, slots=True)
class Redaction:
    """An assembly's own act: the text of `act`, one of its own, is gone; why stands in the head's content."""

    head: Head
    act: Ref
