"""Chairing: what an office of our own says, signed by both who hold it, or by one a day after the other was asked."""

from dataclasses import dataclass
from typing import Final

from app.governance import office
from app.governance.act import Ref
from app.governance.composition import acts_alone
from app.governance.mandate import Mandate
from app.governance.office import Signed
from app.governance.session import Report
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly import unconfirmed
from app.operations.confederation import confederations
from app.operations.exchange.publishing import seal_and_announce
from app.operations.mandates import recalling, registering, seating
from app.operations.mandates.delegating import person_id
from app.operations.mandates.registering import Entry
from app.operations.matters.opening import paragraphs
from app.operations.record.reading import Reading
from app.operations.record.sealing import give_keys, heading, load
from app.store import acts
from app.store.accounts import Account
from app.store.acts import Standing, StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

LONGEST: Final = 10_000
ROLE: Final = "co-chair"


@dataclass(frozen=True, slots=True)
class Word:
    """What an office said: who signed it so far, how it stands, and who holds the office and has not."""

    entry: Entry
    act: StoredAct
    report: Report
    signers: tuple[Id, ...]
    standing: Signed
    missing: tuple[Id, ...]


def say(
    connection: Connection, instance: Instance, account: Account, mandate_id: str, text: str
) -> StoredAct | Refusal:
    """Sign, as one of those who hold an office of ours, what it is to say; the others are asked to sign it too.

    Refuses by `office.mandate` (no office of ours that is in force), `office.who`, `office.held` (a recall of theirs is
    open: the other carries the office, §5), `office.text`, `recovery.unconfirmed` and `composition.required` (the
    pair does not meet what our rules require).
    """
    entry = _held(connection, instance, account, mandate_id)
    if isinstance(entry, Refusal):
        return entry
    if not 0 < len(text) <= LONGEST:
        return Refusal("office.text", f"what an office says has 1 to {LONGEST} characters, got {len(text)}")
    return _seal(connection, instance, account, entry.mandate, text, None)


def sign(connection: Connection, instance: Instance, account: Account, report_id: str) -> StoredAct | Refusal:
    """Confirm what another of the pair signed for the office.

    Refuses as `say` does, by `office.word` and `office.signed`.
    """
    found = _word(connection, instance, account, report_id)
    if isinstance(found, Refusal):
        return found
    person = person_id(instance, account)
    if person not in found.missing:
        return Refusal("office.signed", f"{account.name} has signed {report_id}")
    give_keys(connection, instance, person)
    head = heading(connection, instance, person)
    about = Ref(Id(found.act.id), found.act.digest)
    document = build.attestation(id=Id(head.id), author=person, published=head.published, act=about, role=ROLE)
    reached = confederations.named_by(connection, instance, load(found.act))
    return seal_and_announce(connection, instance, document, also=reached)


def say_alone(connection: Connection, instance: Instance, account: Account, report_id: str) -> StoredAct | Refusal:
    """Say alone what the other was asked to sign a day before; the record shows when that was (R5).

    Refuses as `sign` does, by `office.who` (asked by somebody else) and `office.alone`.
    """
    found = _word(connection, instance, account, report_id)
    if isinstance(found, Refusal):
        return found
    if found.act.author != person_id(instance, account):
        return Refusal("office.who", "who asked says it alone")
    if found.standing is not Signed.WAITING:
        return Refusal("office.signed", f"{report_id} speaks for the office already")
    early = acts_alone(found.report.head.published, heading(connection, instance).published)
    if early is not None:
        return early
    text = str(load(found.act)["source"]["content"])
    return _seal(connection, instance, account, found.entry.mandate, text, found.report)


def words(connection: Connection, instance: Instance, entry: Entry) -> tuple[Word, ...]:
    """What an office said, ours or another assembly's, oldest first; what was said anew is there once."""
    if not office.is_own(entry.mandate):
        return ()
    reading = Reading(connection, loopback=instance.loopback)
    kept = acts.naming(connection, entry.act.id, "gov:mandate")
    known = [
        (report, act)
        for act in kept
        if isinstance(report := reading.parsed(act), Report)
        and report.as_office
        and report.head.author in entry.mandate.delegates
    ]
    by_ref = {report.head.ref: report for report, _ in known}
    replaced = {report.head.supersedes for report, _ in known if report.head.supersedes in by_ref}
    return tuple(
        _as_word(connection, entry, report, act, by_ref.get(report.head.supersedes) if report.head.supersedes else None)
        for report, act in known
        if report.head.ref not in replaced
    )


def _as_word(connection: Connection, entry: Entry, report: Report, act: StoredAct, asked: Report | None) -> Word:
    gone = {
        person
        for recall in entry.recalls
        if recall.head.published <= report.head.published
        for person in recall.delegates or entry.mandate.delegates
    }
    holders = [person for person in entry.mandate.delegates if person not in gone]
    about = acts.naming(connection, act.id, "gov:act")
    confirmed = {one.author for one in about if one.type == "gov:Attestation" and one.standing is Standing.AUTHENTIC}
    signers = tuple(person for person in holders if person == report.head.author or person in confirmed)
    standing = office.signed(report, holders, signers, asked)
    return Word(entry, act, report, signers, standing, tuple(person for person in holders if person not in signers))


def _held(connection: Connection, instance: Instance, account: Account, mandate_id: str) -> Entry | Refusal:
    entry = registering.entry(connection, instance, mandate_id)
    fits = isinstance(entry, Entry) and entry.act.own and office.is_own(entry.mandate)
    if not isinstance(entry, Entry) or not fits or not entry.is_in_force(instance.now()):
        return Refusal("office.mandate", f"{mandate_id[:80]} is no office of ours that is in force")
    person = person_id(instance, account)
    if person not in entry.mandate.delegates or person in entry.recalled:
        return Refusal("office.who", f"{account.name} does not hold this office")
    if recalling.is_held(connection, mandate_id, person):
        return Refusal("office.held", f"the assembly decides whether {account.name} keeps this office")
    return unconfirmed.signs_nothing(instance, account) or seating.bar(connection, instance, entry.mandate) or entry


def _word(connection: Connection, instance: Instance, account: Account, report_id: str) -> Word | Refusal:
    """The word that a holder of its office signs or says alone."""
    plain = report_id if report_id.isascii() and report_id.isprintable() else ""
    act = acts.by_id(connection, plain)
    named: Document = (load(act).get("gov:mandate") or {}) if act is not None and act.type == "gov:Report" else {}
    entry = _held(connection, instance, account, str(named.get("id", "")))
    if isinstance(entry, Refusal):
        return entry
    found = next((one for one in words(connection, instance, entry) if one.act.id == plain), None)
    return found or Refusal("office.word", f"{plain[:80]} is nothing that an office says")


def _seal(
    connection: Connection, instance: Instance, account: Account, mandate: Mandate, text: str, asked: Report | None
) -> StoredAct:
    person = person_id(instance, account)
    give_keys(connection, instance, person)
    head = heading(connection, instance, person)
    document = build.report(
        id=Id(head.id),
        author=person,
        published=head.published,
        mandate=mandate.head.ref,
        as_office=True,
        supersedes=asked.head.ref if asked is not None else None,
        content=paragraphs(text),
        source=text,
    )
    return seal_and_announce(connection, instance, document)
