"""A close before all members have met, which takes two thirds of the forum (governance.md §2, `rhythm`)."""

from fractions import Fraction
from typing import Final

from app.governance.proposal import Proposal
from app.governance.rules import Status
from app.governance.tally import IN_FAVOUR, Count
from app.kernel.refusal import Refusal

CATEGORY: Final = "procedure"
_SHARE: Final = Fraction(2, 3)


def asks(proposal: Proposal) -> bool:
    """True for what asks a forum that another text may close early; it closes itself when its author says.

    Nothing is got by closing it soon: two thirds of all have to agree, and silence is no yes.
    """
    return proposal.category == CATEGORY and proposal.hastens is not None and proposal.answers_by is not None


def may_close_early(proposal: Proposal, asked: Proposal | None, count: Count | Refusal | None) -> Refusal | None:
    """Why the forum did not allow the close of `proposal`; None if it did.

    `asked` is what the Outcome is about that `proposal` names, `count` what that comes to now. Refuses by
    `haste.unknown` (not at hand), `haste.about` (of another forum or text), `haste.close` (earlier still) and
    `haste.share` (not adopted by two thirds of those who are asked).
    """
    if asked is None or not isinstance(count, Count):
        return Refusal("haste.unknown", "what it names as the forum's decision is not at hand")
    if not asks(asked) or asked.forum != proposal.forum or asked.hastens != proposal.head.supersedes:
        return Refusal("haste.about", f"{asked.head.ref.id} is about something else")
    if proposal.closes is None or asked.answers_by is None or proposal.closes < asked.answers_by:
        return Refusal("haste.close", f"closes at {proposal.closes}, and {asked.answers_by} was decided on")
    if not is_agreed(count):
        return Refusal("haste.share", f"{asked.head.ref.id} has not been adopted by two thirds")
    return None


def is_agreed(count: Count | Refusal) -> bool:
    """True if the forum adopted it, and two thirds of all who are asked are for it."""
    if isinstance(count, Refusal) or count.status is not Status.ADOPTED:
        return False
    return sum(row.stance in IN_FAVOUR for row in count.rows) >= _SHARE * len(count.rows)
