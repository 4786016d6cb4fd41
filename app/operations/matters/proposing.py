"""Proposing: a text of our own, its later versions, and what is said about it (governance.md §4)."""

from dataclasses import dataclass, replace
from html import escape
from itertools import combinations
from typing import Any, Final

from app.federation import letters
from app.governance.assembly import MOST_MEMBERS
from app.governance.charter import Charter, in_force, rule_for
from app.governance.options import MOST_OPTIONS
from app.governance.proposal import Event, State, advance, touches_entrenched
from app.governance.rules import Method, Rule
from app.governance.starter import BETWEEN_ASSEMBLIES
from app.kernel.canonical import MAX_ACT_BYTES, Document
from app.kernel.ids import Id, parse_id, same_origin
from app.kernel.instant import Instant, format_instant
from app.kernel.refusal import Refusal
from app.operations.confederation import confederations
from app.operations.matters import authoring, linking
from app.operations.matters.languages import ONE, Languages, content_map
from app.operations.matters.opening import is_founded_commune, open_item
from app.operations.matters.versions import replace_text
from app.operations.record.reading import Reading
from app.operations.record.sealing import heading
from app.store import agenda
from app.store.accounts import SPEAKERS, Account
from app.store.agenda import Comment, Item, Kind
from app.store.database import Connection
from app.wiring import Instance

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 20_000
_ROOM: Final = MAX_ACT_BYTES - 6_000  # for all that an entry says beside its text
LONGEST_COMMENT: Final = 5_000
MOST_OPEN: Final = 20
"""So many proposals of one member may be undecided at a time (hostile D15)."""

OPEN_STATES: Final = (State.DRAFT, State.OPEN, State.FROZEN, State.DECIDING)
CALL: Final = "call"
CATEGORIES: Final = ("policy", "resource", "task", "procedure", "referendum", CALL)
"""What a member may propose here; mandates, recalls and admissions have forms of their own."""

LONGEST_OPTION: Final = 500
_RESERVED: Final = frozenset(
    {"mandate", "recall", "ratification", "charter", "admission", "withdrawal", "challenge", "exclusion"}
)
_OWN: Final = frozenset({Kind.PROPOSAL})
_WITHDRAWABLE: Final = _OWN | {Kind.CHARTER, Kind.AMENDMENT, Kind.EXTENSION, Kind.HASTE}


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal as a member writes it; `forum` is the confederation to bring it to, `answers_by` until when.

    `partners` are other assemblies to agree with directly, with no confederation (governance.md §1); `options`
    are the names of several texts or answers to choose from; `links` say how it stands to earlier acts, by kind and id;
    it holds until `holds_until` if it is adopted. `languages` has the same words in others.
    """

    title: str
    text: str
    category: str
    forum: str | None = None
    answers_by: Instant | None = None
    partners: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    holds_until: Instant | None = None
    languages: Languages = ONE


def charter_of(connection: Connection, instance: Instance, assembly: str, at: Instant) -> Charter | None:
    """The charter of an assembly in force at `at`, as far as it is here."""
    reading = Reading(connection, loopback=instance.loopback)
    return in_force(reading.charters_of(assembly), Id(assembly), at)


def propose(connection: Connection, instance: Instance, account: Account, draft: Draft) -> Item | Refusal:
    """Put a text of ours on the agenda, open for discussion.

    Refuses by `charter.missing`, `item.many` (20 of theirs are undecided), `item.title`, `item.text`,
    `item.category` (no rule for it in our charter, or in the forum's), `item.forum` (no confederation of ours, or one
    and partners too), `item.partners` (not addresses of other assemblies), `item.call` (a call to nobody),
    `item.options`, `item.alike`, `item.links`, `item.language` and `item.end` (past). What touches an entrenched
    decision is a matter of the charter, whatever it was proposed as (G11).
    """
    refusal = check_text(draft.title, draft.text)
    if refusal is not None:
        return refusal
    if not is_founded_commune(connection):
        return Refusal("charter.missing", "only a founded assembly of people decides")
    if agenda.open_of(connection, account.id, OPEN_STATES) >= MOST_OPEN:
        return Refusal("item.many", f"{account.name} has {MOST_OPEN} proposals that are not decided yet")
    now = heading(connection, instance).published
    charter = charter_of(connection, instance, instance.assembly, now)
    if charter is None:
        return Refusal("charter.missing", "there is no charter of ours")
    forum = charter_of(connection, instance, draft.forum, now) if draft.forum else None
    hard = any(touches_entrenched(one, draft.links) for one in (charter, forum) if one is not None)
    draft = replace(draft, category="charter") if hard else draft
    if draft.category not in (charter.rules if hard else categories(charter)):
        return Refusal("item.category", f"our charter has no rule for {draft.category!r}")
    details = _forum(connection, instance, draft, now)
    if isinstance(details, Refusal):
        return details
    keys = _keys(connection, draft, _deciding_rule(connection, instance, draft, charter, now), now)
    if isinstance(keys, Refusal):
        return keys
    details |= {"keys": keys} if keys else {}
    return open_item(
        connection,
        instance,
        Kind.PROPOSAL,
        category=draft.category,
        title=draft.title,
        source=draft.text,
        details=details,
        author=account,
    )


def categories(charter: Charter) -> tuple[str, ...]:
    """The kinds of matter that a member may propose under `charter`, those of its own making last."""
    own = sorted(charter.rules.keys() - set(CATEGORIES) - _RESERVED)
    return tuple(name for name in (*CATEGORIES, *own) if name in charter.rules)


def _deciding_rule(
    connection: Connection, instance: Instance, draft: Draft, charter: Charter, now: Instant
) -> Rule | None:
    """The rule by which the text is decided in the end: the forum's, or ours."""
    if draft.partners:
        return BETWEEN_ASSEMBLIES.get(draft.category)
    forum = charter_of(connection, instance, draft.forum, now) if draft.forum else charter
    return rule_for(forum, draft.category) if forum is not None else None


def _keys(connection: Connection, draft: Draft, rule: Rule | None, now: Instant) -> Document | Refusal:
    """What every text of it has in its act beside its words: options, links, an end, the same in other languages."""
    options, links = _options(draft, rule), linking.links_of(connection, draft.links)
    in_others, ends = content_map(draft.text, draft.languages, LONGEST_TEXT), draft.holds_until
    if isinstance(options, Refusal) or isinstance(links, Refusal) or isinstance(in_others, Refusal):
        return next(one for one in (options, links, in_others) if isinstance(one, Refusal))
    if ends is not None and ends <= now:
        return Refusal("item.end", f"{format_instant(ends)} is past")
    keys: Document = {"gov:options": options, "gov:links": links, **in_others}
    keys["gov:validUntil"] = format_instant(ends) if ends is not None else None
    return {key: value for key, value in keys.items() if value}


def _options(draft: Draft, rule: Rule | None) -> list[Document] | Refusal:
    """`gov:options` of a question; none where the rule puts nothing in an order."""
    choosing = rule.of_options if rule is not None else None
    named = tuple(dict.fromkeys(draft.options))
    if not named and not draft.forum and not draft.partners:
        return []  # a text of its own, to be put beside others under one question
    if choosing is None:
        return Refusal("item.options", f"{draft.category} is not decided by choosing among options") if named else []
    least = 1 if choosing.method is Method.RANKED else 2
    if not least <= len(named) <= MOST_OPTIONS or len(named) != len(draft.options):
        return Refusal("item.options", f"a question has from {least} to {MOST_OPTIONS} different options")
    if not all(0 < len(name) <= LONGEST_OPTION and name.isprintable() for name in named):
        return Refusal("item.options", f"an option has 1 to {LONGEST_OPTION} characters")
    if any(letters.could_pass(one, other) for one, other in combinations(named, 2)):
        return Refusal("item.alike", "two options differ only in letters that look alike")
    return [{"id": f"option-{number}", "name": name} for number, name in enumerate(named, 1)]


def _forum(connection: Connection, instance: Instance, draft: Draft, now: Instant) -> dict[str, Any] | Refusal:
    """Where a text of ours is brought once we adopt it, and until when answers are asked."""
    details: dict[str, Any] = {}
    if draft.category == CALL and not draft.forum and not draft.partners:
        return Refusal("item.call", "a call goes to a confederation or to a list of assemblies")
    if draft.forum and draft.partners:
        return Refusal("item.forum", "a text is brought to a confederation or to a list of assemblies, not to both")
    if draft.forum:
        forum = charter_of(connection, instance, draft.forum, now)
        if forum is None or draft.forum not in confederations.forums(connection, instance):
            return Refusal("item.forum", f"{draft.forum} is no confederation of ours")
        if draft.category not in forum.rules:
            return Refusal("item.category", f"the forum's charter has no rule for {draft.category!r}")
        details["forum"] = draft.forum
    if draft.partners:
        named = [parse_id(partner, loopback=instance.loopback) for partner in draft.partners]
        wrong = any(isinstance(one, Refusal) or same_origin(one, instance.url) for one in named)
        if wrong or len(named) >= MOST_MEMBERS or draft.category not in BETWEEN_ASSEMBLIES:
            return Refusal("item.partners", f"not the addresses of other assemblies: {', '.join(draft.partners)[:200]}")
        details["forum"] = sorted({instance.assembly, *draft.partners})
    if details and draft.answers_by is not None:
        details["answers_by"] = format_instant(draft.answers_by)
    return details


def amend(
    connection: Connection,
    instance: Instance,
    account: Account,
    item_id: str,
    title: str,
    text: str,
    languages: Languages | None = None,
) -> Item | Refusal:
    """Replace the text by a new version with a digest of its own; nothing said or voted before carries over (F06).

    Accepted by who proposed it, as long as it is open. `languages` has the same words in others; None leaves those of
    words that do not change. Refuses as `may_amend` does, by `item.title`, `item.text` and `item.language`.
    """
    item = may_amend(connection, account, item_id)
    if isinstance(item, Refusal):
        return item
    refusal = check_text(title, text)
    if refusal is not None:
        return refusal
    in_others = content_map(text, languages, LONGEST_TEXT) if languages is not None else None
    if isinstance(in_others, Refusal):
        return in_others
    return replace_text(connection, instance, item, title, text, in_others)


def may_amend(connection: Connection, account: Account, item_id: str) -> Item | Refusal:
    """The item, if this member may change its text now; else `item.unknown`, `proposal.author` or `proposal.state`."""
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if item.kind not in _OWN or not authoring.is_author(item, account):
        return Refusal("proposal.author", "an amendment is accepted by who proposed the text")
    if item.state != State.OPEN:
        return Refusal("proposal.state", f"the text of {item.id} is {item.state}")
    return item


def comment(connection: Connection, instance: Instance, account: Account, item_id: str, text: str) -> Refusal | None:
    """Say something about an item; it stays here.

    Refuses by `item.unknown`, `comment.text`, and `member.only` for who looks on; who is excluded speaks on the appeal.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    is_heard = item.kind is Kind.ENTRY and item.details.get("account") == account.id
    if account.standing not in SPEAKERS and not is_heard:
        return Refusal("member.only", f"{account.name} does not speak on {item.id}")
    if not 0 < len(text) <= LONGEST_COMMENT:
        return Refusal("comment.text", f"a comment has 1 to {LONGEST_COMMENT} characters, got {len(text)}")
    agenda.comment(connection, item_id, Comment(account.id, text, int(instance.now().timestamp())))
    return None


def thaw(connection: Connection, question: Item) -> None:
    """Give proposals back to their authors when the question that they stand under ends undecided.

    Nobody fixes the texts of others for longer than a question about them is before the assembly.
    """
    for item_id in question.details.get("alternatives", ()):
        item = agenda.get(connection, item_id)
        state = advance(State(item.state), Event.THAWED) if item is not None else None
        if item is not None and item.details.get("question") == question.id and isinstance(state, State):
            agenda.set_state(connection, item.id, state.value)


def withdraw(connection: Connection, instance: Instance, account: Account, item_id: str) -> Refusal | None:
    """Take a text of one's own back before it is voted on; of several authors who does so leaves, and it stays.

    Refuses by `item.unknown`, `proposal.author`, `proposal.state`.
    """
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if item.kind not in _WITHDRAWABLE or not authoring.is_author(item, account):
        return Refusal("proposal.author", "a text is withdrawn by who proposed it")
    state = advance(State(item.state), Event.WITHDRAWN)
    if isinstance(state, Refusal):
        return state
    if authoring.leave(connection, instance, account, item) is not None:
        return None
    agenda.set_state(connection, item.id, state.value)
    thaw(connection, item)
    return None


def check_text(title: str, text: str) -> Refusal | None:
    """None for a title and a text that a proposal may have, else `item.title`, `item.text` or `act.size`.

    The entry has a text twice, as written and as HTML, and is refused by every peer if it is too long.
    """
    if not 0 < len(title) <= LONGEST_TITLE or not title.isprintable():
        return Refusal("item.title", f"a title has 1 to {LONGEST_TITLE} characters, got {len(title)}")
    if not 0 < len(text) <= LONGEST_TEXT:
        return Refusal("item.text", f"a text has 1 to {LONGEST_TEXT} characters, got {len(text)}")
    size = len(text.encode()) + len(escape(text).encode())
    return Refusal("act.size", f"{size} bytes of text") if size > _ROOM else None
