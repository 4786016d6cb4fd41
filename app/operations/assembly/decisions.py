"""The Decision by which our assembly says what a count of its own came to (governance.md §3)."""

from app.governance.act import Ref
from app.governance.rules import Counts, Result, Rule
from app.kernel.ids import Id
from app.operations.assembly import membership
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record.sealing import heading
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance


def seal_decision(
    connection: Connection,
    instance: Instance,
    rule: Rule,
    counts: Counts,
    result: Result,
    mode: str,
    *,
    proposal: Ref | None = None,
    charter: Ref | None = None,
) -> StoredAct:
    """Seal and announce what `counts` came to by `rule`, about `proposal` and under `charter` where there are any."""
    head = heading(connection, instance)
    return seal_and_announce(
        connection,
        instance,
        build.decision(
            id=Id(head.id),
            author=Id(head.author),
            published=head.published,
            status=result.status,
            counts=counts,
            rule=rule,
            proposal=proposal,
            charter=charter,
            modes=(mode,),
            because=tuple(fact.code for fact in result.because),
            roll=membership.roll_size(connection, instance, head.id),
        ),
    )
