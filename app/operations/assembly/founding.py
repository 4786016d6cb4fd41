"""From nothing to a gathering, and from a gathering to a body with rules (governance.md §1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.federation import keys, letters
from app.governance.act import Ref
from app.governance.assembly import MOST_MEMBERS, Body
from app.governance.charter import Clause, Member, Settings, parse_settings
from app.governance.publicity import WATCHED
from app.governance.rules import Counts, Result, Rule, Status, check_counts, decide
from app.governance.starter import STARTER_CONFEDERATION, STARTER_SETTINGS
from app.kernel.canonical import Document, digest_bytes
from app.kernel.ids import Id, parse_id
from app.kernel.refusal import Refusal
from app.operations.assembly import cosigning, membership
from app.operations.assembly.charters import unfit
from app.operations.assembly.decisions import seal_decision
from app.operations.exchange.publishing import announce, seal_and_announce
from app.operations.record.sealing import give_keys, heading, seal, seal_signer
from app.store import accounts
from app.store.acts import StoredAct
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance

_RULE_OF_THE_FOUNDING: Final = "charter"
_LEAST_MEMBERS: Final = 2
_LONGEST_CLAUSE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Founded:
    """What a founding sealed; `decision` is absent for a council, which decides nothing.

    `next_key` is the seed of the next seal key: it is kept on paper and never on the server (fine-print 29).
    """

    key_event: StoredAct
    charter: StoredAct
    decision: StoredAct | None
    next_key: bytes


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed on in the founding decision beside the rules.

    `caretakers` and `co_signers` are sign-in names of members, `belongs` says who belongs; empty where
    nothing was said: then the first two on the list stay caretakers, and our server signs alone.
    """

    name: str = ""
    belongs: str = ""
    caretakers: tuple[str, ...] = ()
    co_signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A founding decision that holds: the settings as written, and the count by the rule that they have for it."""

    settings: Document
    rule: Rule
    counts: Counts
    result: Result
    caretakers: tuple[accounts.Account, ...]
    co_signers: tuple[accounts.Account, ...]


def check_name(name: str) -> Refusal | None:
    """None for a name that an assembly may have: `name.form` for none or a long one, else as `check_letters`."""
    if not name.strip() or len(name) > membership.LONGEST_NAME:
        return Refusal("name.form", f"a name has 1 to {membership.LONGEST_NAME} characters")
    return check_letters(name)


def check_letters(name: str) -> Refusal | None:
    """`name.alphabets` for the name of an assembly that could pass for another's by letters that look alike (B25)."""
    if letters.mixes_alphabets(name):
        return Refusal("name.alphabets", f"letters of two alphabets that look alike: {name[:80]!r}")
    return None


def begin(connection: Connection, instance: Instance, kind: Body, name: str) -> Refusal | None:
    """Make a gathering: its name and its keys, no rules and no powers; `body.exists` where there is one.

    `name.alphabets` as `check_name` refuses.
    """
    refused = check_name(name)
    if refused is not None:
        return refused
    there = accounts.body(connection)
    if there is not None:
        return Refusal("body.exists", f"{there.name} is here already, at {there.url}")
    accounts.create_body(connection, kind.value, name, instance.url, int(instance.now().timestamp()))
    give_keys(connection, instance, instance.assembly)
    give_keys(connection, instance, instance.application)
    return None


def found_commune(
    connection: Connection, instance: Instance, rules: Document, *, present: int, agree: int, on: Agreed | None = None
) -> Founded | Refusal:
    """Seal the founding of a commune: its first KeyEvent, the Decision by hand count, the Charter.

    The people decided in the room, by the rule that these very rules have for the charter. Refuses by
    `body.*`, `founding.*`, `counts.*`, `name.form` and the codes of `parse_settings`; then nothing is changed.
    """
    on = on or Agreed()
    found = check_commune(connection, instance, rules, present=present, agree=agree, on=on)
    if isinstance(found, Refusal):
        return found
    raw = found.settings
    if on.name:
        accounts.rename_body(connection, on.name)
    if found.caretakers:
        accounts.set_caretakers(connection, [one.id for one in found.caretakers])
    if found.co_signers:
        raw = {**raw, "scrutineers": cosigning.setting(connection, instance, found.co_signers)}
    key_event, next_key = _key_event(connection, instance, Body.COMMUNE)
    announce(connection, instance, key_event)
    decision = seal_decision(connection, instance, found.rule, found.counts, found.result, "room")
    clauses = (Clause("1", on.belongs),) if on.belongs else ()
    charter = _charter(connection, instance, raw, decision=Ref(Id(decision.id), decision.digest), clauses=clauses)
    accounts.set_founded(connection, int(instance.now().timestamp()))
    return Founded(key_event, charter, decision, next_key)


def check_commune(
    connection: Connection, instance: Instance, rules: Document, *, present: int, agree: int, on: Agreed
) -> Decided | Refusal:
    """What `found_commune` would seal, or why it would refuse; nothing is changed."""
    settings = _settings(connection, instance, Body.COMMUNE, rules)
    if isinstance(settings, Refusal):
        return settings
    trusted = _trusted(connection, on)
    if isinstance(trusted, Refusal):
        return trusted
    raw, parsed = settings
    rule = parsed.rules.get(_RULE_OF_THE_FOUNDING)
    if rule is None:
        return Refusal("founding.rule", "these rules have none for the charter, by which the founding is decided")
    counts = Counts(entitled=accounts.count(connection), present=present, agree=agree)
    result = decide(rule, counts) if check_counts(counts) is None else None
    if result is None:
        return Refusal("counts.sum", f"{agree} agreed of {present} present of {counts.entitled} on the members' list")
    if result.status is not Status.ADOPTED:
        return Refusal(
            "founding.not_adopted", f"{agree} of {present} present, {counts.entitled} on the list, do not adopt"
        )
    return Decided(raw, rule, counts, result, *trusted)


def found_council(
    connection: Connection,
    instance: Instance,
    rules: Document,
    members: Iterable[Member],
    unity: tuple[Clause, ...] = (),
) -> Founded | Refusal:
    """Seal the founding of a council: its first KeyEvent and the Charter that lists its founding members.

    The Charter has the points of unity (S3). Both go to the listed assemblies; each is on the roll from its own
    Ratification of them (fine-print 14). Refuses as `found_commune` does, and by `assembly.full`.
    """
    settings = _settings(connection, instance, Body.COUNCIL, rules)
    if isinstance(settings, Refusal):
        return settings
    listed = tuple(members)
    named = {member.assembly for member in listed}
    if len(named) != len(listed) or len(listed) < _LEAST_MEMBERS or instance.assembly in named:
        return Refusal("founding.members", "a confederation is founded by two or more different assemblies")
    if len(listed) > MOST_MEMBERS:
        return Refusal("assembly.full", f"{len(listed)} members; above {MOST_MEMBERS} a tier between is needed")
    key_event, next_key = _key_event(connection, instance, Body.COUNCIL)
    announce(connection, instance, key_event, also=named)
    charter = _charter(connection, instance, settings[0], members=listed, clauses=unity)
    accounts.set_founded(connection, int(instance.now().timestamp()))
    return Founded(key_event, charter, None, next_key)


def read_members(listed: object, *, loopback: bool) -> tuple[Member, ...] | Refusal:
    """The founding members of a `[{assembly, gov:keylog, gov:seats}]` file; `founding.members` for another form."""
    if not isinstance(listed, list):
        return Refusal("founding.members", "the file holds a list of objects with assembly, gov:keylog and gov:seats")
    found: list[Member] = []
    for entry in listed:
        assembly = parse_id(entry.get("assembly") if isinstance(entry, dict) else None, loopback=loopback)
        if isinstance(assembly, Refusal):
            return Refusal("founding.members", f"not an assembly's address: {entry!r}")
        keylog, seats = entry.get("gov:keylog"), entry.get("gov:seats", 1)
        if not isinstance(keylog, str) or not keylog.startswith("z"):
            return Refusal("founding.members", f"{assembly}: gov:keylog is the fingerprint of its first key entry")
        if not isinstance(seats, int) or isinstance(seats, bool) or seats < 1:
            return Refusal("founding.members", f"{assembly}: gov:seats is a number from 1, not {seats!r}")
        found.append(Member(assembly, keylog, seats))
    return tuple(found)


def _check_words(on: Agreed) -> Refusal | None:
    if len(on.name) > membership.LONGEST_NAME or not (on.name or "-").isprintable():
        return Refusal("name.form", f"a name has at most {membership.LONGEST_NAME} characters")
    if len(on.belongs) > _LONGEST_CLAUSE:
        return Refusal("founding.belongs", f"who belongs is said in at most {_LONGEST_CLAUSE} characters")
    return check_letters(on.name)


def _trusted(
    connection: Connection, on: Agreed
) -> tuple[tuple[accounts.Account, ...], tuple[accounts.Account, ...]] | Refusal:
    """The members who were entrusted with the server, and those who co-sign."""
    refused = _check_words(on)
    if refused is not None:
        return refused
    known = {member.name: member for member in accounts.members(connection)}
    chosen = (on.caretakers, on.co_signers)
    if any(name not in known for names in chosen for name in names) or any(len(set(one)) != len(one) for one in chosen):
        return Refusal("founding.people", "caretakers and co-signers are members, each named once")
    if on.caretakers and len(on.caretakers) < membership.CARETAKERS:
        return Refusal("founding.caretakers", f"at least {membership.CARETAKERS} caretakers look after a server")
    if on.co_signers and len(on.co_signers) < cosigning.FEWEST:
        return Refusal("founding.co_signers", f"at least {cosigning.FEWEST} co-signers, or none as yet")
    return tuple(known[name] for name in on.caretakers), tuple(known[name] for name in on.co_signers)


def _settings(
    connection: Connection, instance: Instance, kind: Body, rules: Document
) -> tuple[Document, Settings] | Refusal:
    """The settings to found with, as written and as read: `rules` laid over the starter rules."""
    body = accounts.body(connection)
    if body is None:
        return Refusal("body.missing", "there is no instance here: `roundabout init` makes one")
    if body.founded_at is not None:
        return Refusal("body.founded", f"{body.name} is founded; its rules are the assembly's to change")
    if body.kind != kind.value:
        return Refusal("body.kind", f"{body.name} is a {body.kind}, not a {kind}")
    starter = STARTER_CONFEDERATION if kind is Body.COUNCIL else STARTER_SETTINGS
    own = rules.get("rules", {})
    if not isinstance(own, dict):
        return Refusal("charter.settings", f"rules is an object, got {own!r}")
    profile = {"publicity": dict(WATCHED)} if instance.watched else {}
    raw = {**starter, **profile, **rules, "rules": {**starter["rules"], **own}}
    parsed = parse_settings(raw)
    if isinstance(parsed, Refusal):
        return parsed
    return unfit(parsed, between_assemblies=kind is Body.COUNCIL) or (raw, parsed)


def _key_event(connection: Connection, instance: Instance, kind: Body) -> tuple[StoredAct, bytes]:
    """The first KeyEvent, sealed, and the seed of the key that it commits to as the next (fine-print 27)."""
    next_key = keys.generate_seal()
    head = heading(connection, instance)
    document = build.key_event(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        version=1,
        keys=(seal_signer(connection, instance, instance.assembly).multikey(),),
        next_key_digests=(digest_bytes(keys.seal_signer("#next", next_key).multikey().encode()),),
        body=kind,
    )
    return seal(connection, instance, document, head.published), next_key


def _charter(
    connection: Connection,
    instance: Instance,
    settings: Document,
    *,
    decision: Ref | None = None,
    members: tuple[Member, ...] = (),
    clauses: tuple[Clause, ...] = (),
) -> StoredAct:
    body = accounts.body(connection)
    head = heading(connection, instance)
    document = build.charter(
        id=Id(head.id),
        author=Id(head.author),
        published=head.published,
        name=body.name if body is not None else instance.assembly,
        version=1,
        settings=settings,
        members=members,
        clauses=clauses,
        decision=decision,
    )
    return seal_and_announce(connection, instance, document)
