"""Reasons: a block has one, and a disagreement where the charter says so (governance.md §3, `reasons`)."""

from collections.abc import Collection

from app.governance.act import Ref
from app.governance.ballot import Choice
from app.governance.charter import Charter
from app.kernel.ids import Id
from app.operations.record.reading import Reading
from app.store.database import Connection
from app.store.votes import Vote
from app.wiring import Instance


def needing(connection: Connection, instance: Instance, vote: Vote) -> frozenset[Choice]:
    """The choices that have a reason in a vote, by the charter that it keeps."""
    reading = Reading(connection, loopback=instance.loopback)
    charter = reading.at(Charter, Ref(Id(vote.charter), vote.charter_digest))
    both = charter is not None and charter.reasons == Choice.DISAGREE
    return frozenset({Choice.BLOCK, Choice.DISAGREE}) if both else frozenset({Choice.BLOCK})


def is_missing(
    connection: Connection, instance: Instance, vote: Vote, chosen: Collection[Choice | str], reason: str
) -> bool:
    """True if something of what was chosen has a reason in this vote, and none is given."""
    return not reason and any(choice in needing(connection, instance, vote) for choice in chosen)
