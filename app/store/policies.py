"""What was decided about other servers' domains, and what was only proposed by a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.store.tables_federation import domain_policies


@dataclass(frozen=True, slots=True)
class DomainPolicy:
    """What holds for a domain, why, since when; a draft holds nothing yet."""

    domain: str
    level: str
    reason: str
    draft: bool
    decided_at: int


def put(connection: Connection, policies: Iterable[DomainPolicy]) -> None:
    """Keep these in place of what was kept for the same domains."""
    for policy in policies:
        values = {
            "level": policy.level,
            "reason": policy.reason,
            "draft": policy.draft,
            "decided_at": policy.decided_at,
        }
        mine = domain_policies.c.domain == policy.domain
        if connection.execute(update(domain_policies).where(mine).values(**values)).rowcount == 0:
            connection.execute(insert(domain_policies).values(domain=policy.domain, **values))


def remove(connection: Connection, domain: str) -> bool:
    """Forget what holds for a domain; False if nothing does."""
    return connection.execute(delete(domain_policies).where(domain_policies.c.domain == domain)).rowcount > 0


def all_of(connection: Connection) -> tuple[DomainPolicy, ...]:
    """Everything that is kept, by domain."""
    rows = connection.execute(select(domain_policies).order_by(domain_policies.c.domain))
    return tuple(DomainPolicy(row.domain, row.level, row.reason, bool(row.draft), row.decided_at) for row in rows)
