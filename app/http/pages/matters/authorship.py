"""Who wrote a text, on its page: its authors, who is asked to be one, and whom the record names."""

from dataclasses import dataclass
from gettext import gettext as _
from gettext import ngettext

from app.governance.proposal import State
from app.http.pages.votes.votings import person
from app.kernel.canonical import Document
from app.operations.matters import authoring
from app.operations.record.sealing import load
from app.store import accounts, acts
from app.store.accounts import Account
from app.store.agenda import Item, Kind
from app.store.database import Connection


@dataclass(frozen=True, slots=True)
class Authorship:
    """The authors of a text of ours by name, who is asked, whom this member may ask, and whether they are asked."""

    names: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    others: tuple[Account, ...] = ()
    am_asked: bool = False
    several: bool = False
    said: str = ""


def of(connection: Connection, item: Item, account: Account | None) -> Authorship:
    """What an item says of its authors: ours by name for members, and of any text what its act says."""
    act = acts.by_reference(connection, item.act, item.act_digest)
    said = in_words(load(act)) if act is not None and act.type == "gov:Proposal" else ""
    authors, asked = authoring.authors_of(item), authoring.asked(item)
    names = tuple(person(connection, number).name for number in authors)
    if account is None or item.kind is not Kind.PROPOSAL or item.state != State.OPEN:
        return Authorship(names, several=len(authors) > 1, said=said)
    free = tuple(one for one in accounts.members(connection) if one.id not in (*authors, *asked))
    return Authorship(
        names,
        tuple(person(connection, number).name for number in asked),
        free if authoring.is_author(item, account) else (),
        account.id in asked,
        len(authors) > 1,
        said,
    )


def in_words(document: Document) -> str:
    """Whom a Proposal names as its authors, and how many more there are; empty if it says nothing."""
    names, count = authoring.named_in(document)
    more = count - len(names)
    if not names:
        return ngettext("Written by {n} author.", "Written by {n} authors.", count).format(n=count) if count else ""
    listed = ", ".join(names)
    if not more:
        return _("Written by {names}.").format(names=listed)
    said = ngettext("Written by {names} and {n} more.", "Written by {names} and {n} more.", more)
    return said.format(names=listed, n=more)
