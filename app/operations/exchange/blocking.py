"""With whom this server talks: decided by a caretaker, logged for every member, the same for what comes and goes."""

import csv
import io
from typing import Final

from app.federation import documents
from app.federation.policy import Level, Policy, normal_domain
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.exchange import reviewing
from app.store import actors, caretaking, policies, reactions
from app.store.database import Connection
from app.store.policies import DomainPolicy
from app.wiring import Instance

LARGEST_LIST: Final = 8 * 1024 * 1024
_LONGEST_REASON: Final = 500
_MOST_ROWS: Final = 100_000
_HEADER: Final = ("#domain", "#severity", "#public_comment")
# Mastodon's words for its two levels, and ours.
_SEVERITIES: Final = {"suspend": Level.SUSPEND, "silence": Level.SILENCE, "limit": Level.LIMIT}


def policy_of(connection: Connection, instance: Instance) -> Policy:
    """The policy in force."""
    levels = {kept.domain: Level(kept.level) for kept in policies.all_of(connection) if not kept.draft}
    fellows = frozenset(documents.host_of(one) for one in confederations.fellows(connection, instance))
    return Policy(levels, instance.only_allowed, fellows)


async def policy(instance: Instance) -> Policy:
    """The policy in force, read again each second: what a caretaker decides holds at once in every process."""
    now, neighbourhood = instance.now(), instance.neighbourhood
    if neighbourhood.policy is None or neighbourhood.read_at != now:
        neighbourhood.read_at = now  # one reads; whoever asks meanwhile goes by what was read the second before
        neighbourhood.policy = await instance.database.read(lambda connection: policy_of(connection, instance))
    return neighbourhood.policy


def decide(
    connection: Connection, instance: Instance, domain: str, level: Level, reason: str
) -> DomainPolicy | Refusal:
    """Decide about a domain and all below it, and log it. Who is suspended follows none of us any more.

    What blocks somebody comes before the next meeting, which confirms it (`reviewing`).
    Refuses by `domain.form`, `domain.ours`, `domain.fellow` (a fellow's acts count all the same, and who
    wants to be without a fellow needs the assembly's decision) and `domain.reason`.
    """
    name = normal_domain(domain)
    if isinstance(name, Refusal):
        return name
    if not 0 < len(reason) <= _LONGEST_REASON:
        return Refusal("domain.reason", f"a reason of 1 to {_LONGEST_REASON} characters is shown to every member")
    if name == documents.host_of(instance.url):
        return Refusal("domain.ours", f"{name} is this server")
    if level is Level.SUSPEND and _protected(policy_of(connection, instance), name):
        return Refusal("domain.fellow", f"{name} belongs to a fellow assembly; `limit` or `silence` hide its posts")
    now = int(instance.now().timestamp())
    decided = DomainPolicy(name, level.value, reason, draft=False, decided_at=now)
    policies.put(connection, [decided])
    caretaking.note(connection, level.value, name, reason, now)
    if level is Level.SUSPEND:
        for follower in actors.all_followers(connection):
            if _is_below(name, documents.host_of(follower)):
                actors.forget_follower(connection, follower)
                reactions.follow_nobody(connection, follower)
    reviewing.put(connection, instance, decided)
    return decided


def propose_list(connection: Connection, instance: Instance, text: str) -> tuple[int, tuple[str, ...]] | Refusal:
    """Keep the rows of a shared list (Mastodon's CSV) as drafts: how many, and the fellows that it would have hit.

    Nobody else's list changes with whom we talk: each row holds only once a caretaker decides it, and no row
    touches a fellow or what was decided here (hostile H07). `list.form` for what is no such list.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(text.replace("\x00", ""), newline="")))
    except csv.Error as error:
        return Refusal("list.form", f"not a list of domains: {error}")
    if len(rows) > _MOST_ROWS or (rows and _HEADER[0] not in rows[0]):
        return Refusal("list.form", f"a list has a column {_HEADER[0]} and at most {_MOST_ROWS} rows")
    decided = {kept.domain for kept in policies.all_of(connection) if not kept.draft}
    now, current = int(instance.now().timestamp()), policy_of(connection, instance)
    drafts: dict[str, DomainPolicy] = {}
    spared: list[str] = []
    for row in rows:
        name, level = normal_domain(row[_HEADER[0]] or ""), _SEVERITIES.get((row.get(_HEADER[1]) or "suspend").strip())
        if isinstance(name, Refusal) or level is None or name in decided:
            continue
        if _protected(current, name) or name == documents.host_of(instance.url):
            spared.append(name)
            continue
        reason = (row.get(_HEADER[2]) or "")[:_LONGEST_REASON]
        drafts[name] = DomainPolicy(name, level.value, reason, draft=True, decided_at=now)
    policies.put(connection, drafts.values())
    return len(drafts), tuple(spared)


def write_list(connection: Connection) -> str:
    """What is decided here as a list that other servers read (Mastodon's CSV), without drafts and allowed domains."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_HEADER)
    for kept in policies.all_of(connection):
        if not kept.draft and kept.level != Level.ALLOW:
            writer.writerow((kept.domain, "silence" if kept.level == Level.LIMIT else kept.level, kept.reason))
    return file.getvalue()


def _protected(current: Policy, name: str) -> bool:
    """True if suspending this domain would meet a fellow."""
    return any(_is_below(name, host) for host in current.fellows)


def _is_below(name: str, host: str) -> bool:
    return Policy({name: Level.SUSPEND}).level(host) is not None
