"""Co-signing: members whom the assembly named confirm what it sealed, before it counts (fine-print 29)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.governance.act import Ref
from app.governance.charter import Charter, Scrutineers, in_force
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import confirmations, unconfirmed
from app.operations.confederation import confederations
from app.operations.exchange.publishing import seal_and_announce
from app.operations.record.reading import Reading
from app.operations.record.sealing import give_keys, heading, load, seal_signer
from app.store import accounts, acts
from app.store.accounts import Account
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

CONFIRMED: Final = ("gov:Decision", "gov:Ratification", "gov:Mandate", "gov:Recall")
"""What counts only once enough co-signers have confirmed it."""

NEEDED: Final = 2
FEWEST: Final = 3
"""Two of three, named at the founding, unless the rules say otherwise (governance.md §2)."""

_MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How far an act is confirmed: `needed` of `of`, by whom so far; `needed` is 0 where our server signs alone."""

    act: StoredAct
    needed: int = 0
    of: tuple[Id, ...] = ()
    by: tuple[Id, ...] = ()

    @property
    def counts(self) -> bool:
        """True if nothing is missing."""
        return len(self.by) >= self.needed


def setting(connection: Connection, instance: Instance, people: Iterable[Account]) -> Document:
    """`scrutineers` of a charter that names these members; their keys are made here and lie on this server as yet."""
    listed = []
    for account in people:
        person = f"{instance.url}/people/{account.name}"
        give_keys(connection, instance, person)
        listed.append({"id": person, "publicKeyMultibase": seal_signer(connection, instance, person).multikey()})
    return {"k": NEEDED, "of": listed}


def chosen(
    connection: Connection, instance: Instance, charter: Charter, names: Iterable[str], needed: int
) -> Document | Refusal | None:
    """`scrutineers` of a charter that names these members by sign-in name; None if it names nobody.

    Who was named before keeps the key that `charter` names, which may lie elsewhere. Refuses by `member.unknown` and
    `cosigning.needed` (more than there are, or none).
    """
    people = [accounts.named(connection, name) for name in dict.fromkeys(names)]
    if any(one is None or one.left_at is not None for one in people):
        return Refusal("member.unknown", "somebody named is no member")
    if not people:
        return None
    if not 1 <= needed <= len(people):
        return Refusal("cosigning.needed", f"{needed} of {len(people)} co-signers")
    before = {one.id: one.key for one in charter.scrutineers.of} if charter.scrutineers is not None else {}
    made = setting(connection, instance, [one for one in people if one is not None])
    kept = [one | {"publicKeyMultibase": before.get(one["id"], one["publicKeyMultibase"])} for one in made["of"]]
    return {"k": needed, "of": kept}


def is_stuck(connection: Connection, instance: Instance, act: StoredAct) -> bool:
    """True if an act of ours waits for co-signers and the assembly has named others since: it never counts any more.

    Whom the charter of its day asked is for ever who confirms it (fine-print 29); so the assembly decides anew.
    """
    found = confirmation(connection, instance, act)
    reading = Reading(connection, loopback=instance.loopback)
    now = in_force(_charters(reading, instance), Id(instance.assembly), instance.now())
    named = {one.id for one in now.scrutineers.of} if now is not None and now.scrutineers is not None else set()
    left = [one for one in found.of if one in named or one in found.by]
    return not found.counts and len(left) < found.needed


def confirmation(connection: Connection, instance: Instance, act: StoredAct) -> Confirmation:
    """How far one of our acts is confirmed, by the charter in force when it was published."""
    return next(iter(_confirmations(connection, instance, [act])))


def counting(connection: Connection, instance: Instance, kept: Iterable[StoredAct]) -> tuple[StoredAct, ...]:
    """Those of our acts that count: nobody has to confirm them, or enough co-signers did."""
    return tuple(one.act for one in _confirmations(connection, instance, kept) if one.counts)


def waiting(connection: Connection, instance: Instance) -> tuple[Confirmation, ...]:
    """Our newest acts that do not count yet for want of co-signers, newest first."""
    kept = acts.of_type(connection, *CONFIRMED, author=instance.assembly)[-_MOST_SHOWN:]
    return tuple(one for one in _confirmations(connection, instance, reversed(kept)) if not one.counts)


def is_named(connection: Connection, instance: Instance, account: Account) -> bool:
    """True if a charter of ours names this member as a co-signer."""
    reading = Reading(connection, loopback=instance.loopback)
    person = f"{instance.url}/people/{account.name}"
    asked = (charter.scrutineers for charter in _charters(reading, instance))
    return any(person == one.id for some in asked if some is not None for one in some.of)


def attest(connection: Connection, instance: Instance, account: Account, act_id: str) -> StoredAct | Refusal:
    """Seal a co-signer's confirmation of one of our acts with their own key, for whomever the act reached.

    Refuses by `recovery.unconfirmed`, `attest.act` (none of ours that is confirmed), `attest.person` (not named for it
    by the charter then in force), `attest.key` (the key that the charter names does not lie here) and `attest.twice`.
    """
    unsure = unconfirmed.signs_nothing(instance, account)
    if unsure is not None:
        return unsure
    act = acts.by_id(connection, act_id)
    if act is None or not act.own or act.type not in CONFIRMED:
        return Refusal("attest.act", f"{act_id[:200]!r} is no entry of ours that co-signers confirm")
    reading = Reading(connection, loopback=instance.loopback)
    person = Id(f"{instance.url}/people/{account.name}")
    asked = _asked(reading, instance, act, _charters(reading, instance))
    key = next((one.key for one in asked.of if one.id == person), None) if asked is not None else None
    if key is None:
        return Refusal("attest.person", f"the charter names {account.name} as no co-signer of {act.id}")
    give_keys(connection, instance, person)
    if seal_signer(connection, instance, person).multikey() != key:
        return Refusal("attest.key", f"the key by which {account.name} confirms is not on this server")
    if person in confirmation(connection, instance, act).by:
        return Refusal("attest.twice", f"{account.name} has confirmed {act.id}")
    head = heading(connection, instance, person)
    document = build.attestation(
        id=Id(head.id), author=person, published=head.published, act=Ref(Id(act.id), act.digest), role="co-signer"
    )
    reached = confederations.named_by(connection, instance, load(act))
    return seal_and_announce(connection, instance, document, also=reached)


def _confirmations(connection: Connection, instance: Instance, kept: Iterable[StoredAct]) -> tuple[Confirmation, ...]:
    reading = Reading(connection, loopback=instance.loopback)
    charters = _charters(reading, instance)
    made = confirmations.made(connection, charters, reading.parsed)
    found = []
    for act in kept:
        asked = _asked(reading, instance, act, charters)
        ref = Ref(Id(act.id), act.digest)
        by = tuple(sorted({one.head.author for one in made if one.act == ref}))
        of = tuple(person.id for person in asked.of) if asked is not None else ()
        found.append(Confirmation(act, asked.k if asked is not None else 0, of, by))
    return tuple(found)


def _charters(reading: Reading, instance: Instance) -> tuple[Charter, ...]:
    return reading.all_of(Charter, acts.of_type(reading.connection, "gov:Charter", author=instance.assembly))


def _asked(reading: Reading, instance: Instance, act: StoredAct, charters: tuple[Charter, ...]) -> Scrutineers | None:
    """The co-signers whom the charter asks that was in force when an act of ours was published."""
    about = reading.parsed(act)
    charter = in_force(charters, Id(instance.assembly), about.head.published) if about is not None else None
    return charter.scrutineers if charter is not None else None
