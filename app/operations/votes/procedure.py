"""Procedure: what an assembly decides about how it decides, each time with a Decision of its own (fine-print 9)."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from gettext import gettext as _
from typing import Any, Final

from app.governance.act import Ref
from app.governance.charter import Charter
from app.governance.deliberation import HURRIED_BY_THOSE_PRESENT, NEVER_URGENT
from app.governance.proposal import Link, State
from app.governance.rules import Counts, Rule, Status, check_counts, decide, parse_rule
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.operations.assembly.decisions import seal_decision
from app.operations.exchange.publishing import seal_and_announce
from app.operations.matters.opening import paragraphs
from app.operations.matters.proposing import charter_of
from app.operations.meetings import attending, facilitating, tellers
from app.operations.record.sealing import heading
from app.store import accounts, agenda, meetings
from app.store.accounts import Account
from app.store.agenda import Item
from app.store.database import Connection
from app.translation import build
from app.wiring import Instance


class Question(StrEnum):
    """What may be asked about how an item is decided."""

    BOTH_ROUNDS = "both_rounds"  # hold both rounds in this meeting: two thirds of those present
    GO_ON = "go_on"  # go on to the second round: by the assembly's rule for procedure
    URGENT = "urgent"  # decide before the time is over: two thirds of those present, or a tenth of the roll


_ASKABLE: Final = frozenset({Question.GO_ON, Question.URGENT})

_TELLERS: Final = 2
_TWO_THIRDS: Final = Fraction(2, 3)
_STATES: Final = {
    Question.BOTH_ROUNDS: frozenset({State.OPEN, State.FROZEN, State.NO_QUORUM}),
    Question.GO_ON: frozenset({State.UNRESOLVED}),
    Question.URGENT: frozenset({State.OPEN, State.FROZEN, State.NO_QUORUM}),
}


def ask(connection: Connection, account: Account, item_id: str, question: Question) -> Item | Refusal:
    """Put one's name to a question; names are shown, like raised hands.

    Refuses by `item.unknown`, `proposal.state` and `procedure.room` (only a meeting may decide it).
    """
    item = _item(connection, item_id, question)
    if isinstance(item, Refusal):
        return item
    if not may_be_asked(item, question):
        return Refusal("procedure.room", f"{question} is decided by those present")
    kept = _kept(item, question)
    asked = sorted({*kept.get("asked", ()), account.id})
    return _keep(connection, item, question, {**kept, "asked": asked})


def count(
    connection: Connection,
    instance: Instance,
    account: Account,
    item_id: str,
    question: Question,
    hands: Counts,
    *,
    named: str = "",
) -> Item | Refusal:
    """Keep what one of two tellers counted in a meeting; the Decision is sealed once both counted the same.

    `named` is a teller with no device, for whom `account` enters it, which nobody does for both. What was counted in
    another meeting is counted anew. Of `hands` only `present`, `agree` and `disagree` are read. Refuses by
    `item.unknown`, `proposal.state`, `vote.meeting` (none is open), `vote.agenda` (not on its agenda), `vote.stranger`
    (has no vote), `teller.unknown`, `teller.concerned`, `teller.entered`, `teller.facilitates`, `teller.named`,
    `counts.sum`, `counts.door`, `teller.two`, `charter.missing` and `item.category` (no rule for procedure).
    """
    item = _item(connection, item_id, question)
    if isinstance(item, Refusal):
        return item
    meeting = meetings.sitting(connection)
    if meeting is None:
        return Refusal("vote.meeting", "those present in a meeting decide, and none is open")
    teller = tellers.teller(connection, account, named)
    if isinstance(teller, Refusal):
        return teller
    members = accounts.count(connection)
    counts = Counts(members, hands.present, agree=hands.agree, disagree=hands.disagree)
    kept = _of_meeting(_kept(item, question), meeting.id)
    wrong = (
        _on_agenda(connection, item, meeting.id)
        or tellers.may_enter(connection, instance, item, meeting.id, account, teller)
        or _one_hand(connection, kept, account, teller)
        or facilitating.may_tell(connection, meeting.id, teller)
        or check_counts(counts)
        or attending.could_be_here(connection, meeting.id, counts.present)
    )
    if wrong is not None:
        return wrong
    entered = {**kept.get("counts", {}), str(teller.id): [counts.present, counts.agree, counts.disagree]}
    if len(entered) > _TELLERS:
        return Refusal("teller.two", f"{_TELLERS} tellers have entered figures")
    hands_of = {**kept.get("entered_by", {}), str(teller.id): account.id}
    found = {**kept, "counts": entered, "entered_by": hands_of, "meeting": meeting.id}
    if len(entered) == _TELLERS and len({tuple(figures) for figures in entered.values()}) == 1:
        rule = _rule(connection, instance, question)
        if isinstance(rule, Refusal):
            return rule
        found |= _decided(connection, instance, item, question, rule[0], rule[1], counts, "room")
    return _keep(connection, item, question, found)


def _of_meeting(kept: dict[str, Any], meeting_id: str) -> dict[str, Any]:
    """What is kept about a question, with the figures of this meeting alone."""
    if kept.get("meeting") == meeting_id:
        return kept
    return {name: value for name, value in kept.items() if name not in {"counts", "entered_by"}}


def _on_agenda(connection: Connection, item: Item, meeting_id: str) -> Refusal | None:
    if any(point.item == item.id for point in meetings.agenda_of(connection, meeting_id)):
        return None
    return Refusal("vote.agenda", f"{item.id} is not on the agenda of {meeting_id}")


def _one_hand(connection: Connection, kept: Mapping[str, Any], account: Account, teller: Account) -> Refusal | None:
    """None if who counted has a vote, and `account`, if others could, did not enter what the other teller counted."""
    if teller.standing is not accounts.Standing.VOTE:
        return Refusal("vote.stranger", f"{teller.name} has no vote")
    others = {hand for number, hand in kept.get("entered_by", {}).items() if number != str(teller.id)}
    if account.id not in others or not tellers.with_device(connection, account):
        return None
    return Refusal("teller.entered", f"{account.name} entered the other figures")


def settle_asked(connection: Connection, instance: Instance, item: Item, question: Question) -> Item | Refusal:
    """The item with the question decided: in the room before, or now by those who put their name to it.

    Their names are a count without hands against it, by the rule of the assembly for procedure; its
    quorum says how many that has to be. `procedure.undecided` if there are too few.
    """
    if granted(item, question) is not None:
        return item
    rule = _rule(connection, instance, question)
    if isinstance(rule, Refusal):
        return rule
    asked = len(asking(connection, item, question))
    counts = Counts(accounts.count(connection), asked, agree=asked)
    if check_counts(counts) is not None or decide(rule[0], counts).status is not Status.ADOPTED:
        return Refusal("procedure.undecided", f"{question} has not been decided, and {asked} ask for it")
    found = _decided(connection, instance, item, question, rule[0], rule[1], counts, "rollCall")
    return _keep(connection, item, question, {**_kept(item, question), **found})


def granted(item: Item, question: Question) -> Ref | None:
    """The Decision by which the assembly said yes to a question about the text in force."""
    return decided(item, question) if status(item, question) == Status.ADOPTED else None


def decided(item: Item, question: Question) -> Ref | None:
    """The Decision on a question about the text in force, whatever it came to."""
    found = _kept(item, question).get("decision")
    return Ref(Id(found["id"]), found["gov:digest"]) if found is not None else None


def asking(connection: Connection, item: Item, question: Question) -> tuple[int, ...]:
    """Those who put their name to a question about the text in force and are members now: who left asks no more."""
    now = {member.id for member in accounts.members(connection)}
    return tuple(one for one in _kept(item, question).get("asked", ()) if one in now)


def counted(item: Item, question: Question) -> Mapping[int, tuple[int, int, int]]:
    """What each teller entered on a question: present, for, against."""
    return {int(teller): tuple(figures) for teller, figures in _kept(item, question).get("counts", {}).items()}


def status(item: Item, question: Question) -> str:
    """What a question about the text in force came to; empty while it is open."""
    said: str = _kept(item, question).get("status", "")
    return said


def may_be_asked(item: Item, question: Question) -> bool:
    """True if members may put their name to the question without a meeting."""
    in_meeting = question is Question.URGENT and item.category in HURRIED_BY_THOSE_PRESENT
    return question in _ASKABLE and not in_meeting


def is_askable(item: Item, question: Question) -> bool:
    """True if the question may be put where the item stands now."""
    left_to_meeting = question is Question.GO_ON and "called_back" in item.details
    never = question is Question.URGENT and item.category in NEVER_URGENT
    return State(item.state) in _STATES[question] and not left_to_meeting and not never


def in_words(question: Question, title: str) -> str:
    """The question as the record has it."""
    words = {
        Question.BOTH_ROUNDS: _("Both rounds at once: {title}"),
        Question.GO_ON: _("On to the second round: {title}"),
        Question.URGENT: _("Decide now, it cannot wait: {title}"),
    }
    return words[question].format(title=title)


def _item(connection: Connection, item_id: str, question: Question) -> Item | Refusal:
    item = agenda.get(connection, item_id)
    if item is None:
        return Refusal("item.unknown", f"no item {item_id}")
    if not is_askable(item, question) or status(item, question):
        return Refusal("proposal.state", f"{question} is no question about an item that is {item.state}")
    return item


def _rule(connection: Connection, instance: Instance, question: Question) -> tuple[Rule, Charter] | Refusal:
    """Two thirds of those present, with the quorum that procedure has here; for haste, the share that `urgent` names.

    To go on, the rule for procedure itself.
    """
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None:
        return Refusal("charter.missing", "there is no charter of ours")
    own = charter.rules.get("procedure")
    if own is None:
        return Refusal("item.category", "our charter has no rule for procedure")
    if question is Question.GO_ON:
        return own, charter
    share = charter.urgent.present if question is Question.URGENT else _TWO_THIRDS
    written = {"threshold": _written(share), "base": "present", "quorum": _written(own.quorum)}
    rule = parse_rule({"method": "qualified", **written})
    return rule if isinstance(rule, Refusal) else (rule, charter)


def _written(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _decided(
    connection: Connection,
    instance: Instance,
    item: Item,
    question: Question,
    rule: Rule,
    charter: Charter,
    counts: Counts,
    mode: str,
) -> dict[str, Any]:
    """The question sealed as a Proposal about procedure that continues the item's text, and its Decision."""
    result = decide(rule, counts)
    words = in_words(question, item.title)
    head = heading(connection, instance)
    asked = seal_and_announce(
        connection,
        instance,
        build.proposal(
            id=Id(head.id),
            author=Id(head.author),
            published=head.published,
            name=words,
            category="procedure",
            forum=Id(instance.assembly),
            rule=rule,
            opens=head.published,
            content=paragraphs(words),
            links=(Link("continues", (Ref(Id(item.act), item.act_digest),)),),
        ),
    )
    about = Ref(Id(asked.id), asked.digest)
    decision = seal_decision(connection, instance, rule, counts, result, mode, proposal=about, charter=charter.head.ref)
    return {"status": result.status.value, "decision": {"id": decision.id, "gov:digest": decision.digest}}


def _kept(item: Item, question: Question) -> dict[str, Any]:
    """What is kept about a question; nothing if it was about an earlier text."""
    kept: dict[str, Any] = item.details.get("procedure", {}).get(question, {})
    return kept if kept.get("about") == item.act_digest else {}


def _keep(connection: Connection, item: Item, question: Question, kept: Mapping[str, Any]) -> Item:
    known = item.details.get("procedure", {})
    found = {**known, question.value: {**kept, "about": item.act_digest}}
    agenda.set_details(connection, item.id, {**item.details, "procedure": found})
    return agenda.get(connection, item.id) or item
