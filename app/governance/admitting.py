"""From when somebody who was let in belongs: once nothing can be objected any more (hostile F16)."""

from dataclasses import replace

from app.governance.charter import settled_from
from app.governance.council import Admission
from app.governance.extension import closing_of
from app.governance.record import Record
from app.governance.rules import Status
from app.governance.tally import recount
from app.kernel.refusal import Refusal


def at_its_time(admission: Admission, record: Record) -> Admission | Refusal:
    """An Admission whose Outcome holds, as published when it puts its assembly on the roll; or `admission.outcome`.

    `record` is that of the Proposal of its Outcome. What was sealed before the time to object was over waits for
    that, and lets nobody in if by then the count has come to something else.
    """
    sealed, closes = admission.head.published, record.proposal.closes
    settled = settled_from(closing_of(record, closes).at, record.charter) if closes is not None else None
    if settled is None or sealed >= settled:
        return admission
    count = recount(record, settled)
    if not isinstance(count, Refusal) and count.status is Status.ADOPTED:
        return replace(admission, head=replace(admission.head, published=settled))
    return Refusal("admission.outcome", "what was said while there was time to object undid its outcome")
