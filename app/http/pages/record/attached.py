"""What an act of somebody else has attached: named and linked, and neither fetched nor shown by our server."""

from app.federation.tags import Attachment, parse_attachments
from app.kernel.ids import same_origin
from app.operations.record.sealing import load
from app.store import acts
from app.store.acts import StoredAct
from app.store.agenda import Text
from app.store.database import Connection
from app.wiring import Instance


def to_act(instance: Instance, act: StoredAct) -> tuple[Attachment, ...]:
    """The files that an act names and that lie on other servers; our own are pictures, and shown."""
    found = parse_attachments(load(act), loopback=instance.loopback)
    return tuple(one for one in found if not same_origin(one.url, instance.url))


def to_text(connection: Connection, instance: Instance, text: Text) -> tuple[Attachment, ...]:
    """The files of the act that a text of the agenda is."""
    act = acts.by_reference(connection, text.act, text.act_digest)
    return to_act(instance, act) if act is not None else ()
