"""Joining a confederation: our own decision first, then its members' (fine-print 14)."""

from gettext import gettext as _
from typing import Final

from app.governance.act import Ref
from app.governance.charter import Charter, in_force, rule_for
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import naming
from app.operations.confederation import confederations, looking_up
from app.operations.exchange.publishing import seal_and_announce, send
from app.operations.matters.bringing import closing_time
from app.operations.matters.opening import is_founded_commune, open_item, paragraphs
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading, load
from app.store import acts, agenda
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.agenda import Item, Kind
from app.store.database import Connection
from app.translation import build
from app.translation.acts import writing
from app.wiring import Instance

_PAGE: Final = 500
_ROOM: Final = 10_000  # of points that are longer together the text has the fingerprint alone


async def look_up(instance: Instance, address: str) -> Id | Refusal:
    """The confederation at `address`, with its record fetched and checked; `join.charter` if it has no charter.

    What is fetched is kept as received acts: nothing of ours changes by it (B17).
    """
    confederation = await looking_up.look_up(instance, address)
    if isinstance(confederation, Refusal):
        return confederation
    return await instance.database.read(lambda connection: _known(connection, instance, confederation))


def propose(
    connection: Connection, instance: Instance, account: Account, confederation: str, why: str
) -> Item | Refusal:
    """Open the item by which our assembly decides whether to ask to join.

    Refuses by `join.member` (we belong to it), `join.charter` (its charter is not here) and `join.why`.
    """
    if not is_founded_commune(connection):
        return Refusal("body.missing", "only a founded assembly of people asks to join")
    if confederation in confederations.ours(connection, instance):
        return Refusal("join.member", f"we belong to {confederation}")
    charter = _charter(connection, instance, confederation)
    if charter is None:
        return Refusal("join.charter", f"the charter of {confederation} is not here")
    if not why:
        return Refusal("join.why", "a request to join says why")
    name = naming.assembly_name(connection, instance, confederation)
    adopted = writing.ref(charter.head.ref)
    return open_item(
        connection,
        instance,
        Kind.JOIN,
        category="admission",
        title=_("We ask to join %(confederation)s") % {"confederation": name},
        source="\n\n".join((why, *_unity(charter))),
        details={"confederation": confederation, "charter": adopted, "why": why},
        author=account,
        keys={"gov:assembly": instance.assembly, "gov:confederation": confederation, "gov:adopts": adopted},
    )


def ask(connection: Connection, instance: Instance, item: Item, decision: StoredAct) -> StoredAct:
    """Bring the admission to the confederation and send `Join`, as an adopted Decision orders; the Proposal.

    It closes no earlier than every member can meet. TypeError if the confederation's charter went
    missing: it was here when this was proposed.
    """
    confederation = Id(item.details["confederation"])
    charter = _charter(connection, instance, confederation)
    if charter is None:
        raise TypeError(f"the charter of {confederation} was here and is not")
    head = heading(connection, instance)
    document = build.proposal(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        supersedes=Ref(Id(item.act), item.act_digest),
        name=item.title,
        category="admission",
        forum=confederation,
        rule=rule_for(charter, "admission"),
        opens=head.published,
        closes=closing_time(connection, instance, charter, head.published),
        charter=charter.head.ref,
        assembly=Id(instance.assembly),
        decision=Ref(Id(decision.id), decision.digest),
        content=paragraphs(item.details["why"]),
        source=item.details["why"],
    )
    brought = seal_and_announce(connection, instance, document)
    send(connection, instance, "Join", instance.assembly, confederation, (confederation,), result=load(decision))
    agenda.set_details(connection, item.id, {**item.details, "brought": brought.id})
    return brought


def _unity(charter: Charter) -> tuple[str, ...]:
    """What of the confederation's own we adopt by joining, in words that are voted on (S3)."""
    points = tuple(f"{clause.number}: {clause.content}" for clause in charter.clauses)
    told = points if sum(map(len, points)) <= _ROOM else ()
    known_by = _("With that we adopt its points of unity (%(fingerprint)s).") % {"fingerprint": charter.head.ref.digest}
    return (known_by, *told) if points else ()


def _charter(connection: Connection, instance: Instance, confederation: str) -> Charter | None:
    """The confederation's charter in force, if it is here and it is one of assemblies."""
    reading = Reading(connection, loopback=instance.loopback)
    charters = reading.all_of(Charter, acts.of_type(connection, "gov:Charter", author=confederation))
    listed = any(charter.members for charter in charters)
    return in_force(charters, Id(confederation), instance.now()) if listed else None


def _known(connection: Connection, instance: Instance, confederation: Id) -> Id | Refusal:
    if _charter(connection, instance, confederation) is None:
        return Refusal("join.charter", f"{confederation} has no charter that lists assemblies")
    return confederation
