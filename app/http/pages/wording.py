"""What the upper body is called on our pages: the word that the confederation chose (governance.md §2, `words`)."""

from app.governance.charter import in_force
from app.governance.provisions import Words
from app.kernel.ids import Id
from app.operations.confederation import confederations
from app.operations.record.reading import Reading
from app.store import acts
from app.store.database import Connection
from app.wiring import Instance


class Wording:
    """The word, looked up again when the record has grown; empty while it is the usual one."""

    def __init__(self) -> None:
        self._known = (-1, "")

    def upper(self, connection: Connection, instance: Instance) -> str:
        """The word of the one confederation that we belong to, else that of our own rules."""
        newest = acts.newest(connection, 1)
        place = newest[0].seq if newest else 0
        if self._known[0] != place:
            self._known = place, _upper(connection, instance)
        return self._known[1]


def _upper(connection: Connection, instance: Instance) -> str:
    ours = confederations.ours(connection, instance)
    reading, authors = Reading(connection, loopback=instance.loopback), (*ours, instance.assembly)
    for author in authors if len(ours) <= 1 else ():
        charter = in_force(reading.charters_of(author), Id(author), instance.now())
        if charter is not None and charter.words.upper != Words().upper:
            word = charter.words.upper
            return word[:1].upper() + word[1:]
    return ""
