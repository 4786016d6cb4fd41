"""Acts as sentences, for everyone who does not read acts (protocol.md §1)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.kernel.canonical import Document

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Call:
    """That an act is about a call: who has signed it by then, by name, each since when in seconds since 1970."""

    signed: tuple[tuple[str, int], ...]


def sentence(act: Document, names: Mapping[str, str], _: Translate, call: Call | None = None) -> str:
    """What an act says, in one plain sentence; `names` has a name for each address that it mentions.

    `call` is there for what is about a call: never more is said of it than who has signed (G7).
    """
    words = _words(act, names, _) | ({"signed": _signed(call, _)} if call is not None else {})
    pattern = (_of_call(act, _) if call is not None else None) or _pattern(act["type"], _)
    if act["type"] == "gov:Decision" and "gov:extends" in act:
        pattern = _("{author} asks for more time to answer “{extended}”, until {closes}. {counts}")
    elif act["type"] == "gov:Decision" and not words["proposal"]:  # a founding decision is about no text
        pattern = _("{author} has decided on its founding: {status}. {counts}")
    return pattern.format_map(words).strip()


def _pattern(kind: str, _: Translate) -> str:
    patterns = {
        "gov:Charter": _("{author} has adopted its rules."),
        "gov:KeyEvent": _("{author} has new keys with which its server signs."),
        "gov:Proposal": _("{author} proposes: {title}."),
        "gov:Decision": _("{author} has decided on “{proposal}”: {status}. {counts}"),
        "gov:Ratification": _("{author} {stance} “{proposal}”{figures}."),
        "gov:Mandate": _("{author} has given a mandate to {delegates}."),
        "gov:Recall": _("{author} recalled {delegates}, {time}."),
        "gov:DelegateVote": _("{author}, delegate of {assembly}, {choice}: {proposal}."),
        "gov:Report": _("{author} has reported to the assembly."),
        "gov:Session": _("{author} has called a meeting: {title}."),
        "gov:Registration": _("{author} sends a delegation to “{session}”."),
        "gov:Draft": _("{author} has published a draft of a working group, which decides nothing: {title}."),
        "gov:Draw": _("{author} has drawn lots."),
        "gov:Receipt": _("{author} has put on record what another assembly sent."),
        "gov:Outcome": _("{author} has counted “{proposal}”: {status}."),
        "gov:Admission": _("{author} has admitted {assembly}."),
        "gov:Withdrawal": _("{author} has left {confederation}."),
        "gov:Attestation": _("{author} has confirmed an entry of the assembly as a co-signer."),
    }
    return patterns.get(kind) or _("{author} has made an entry in its record.")


def _of_call(act: Document, _: Translate) -> str | None:
    """The sentence of an act about a call, where it says something else than about any other proposal."""
    if act["type"] == "gov:Ratification":
        took_back = act.get("gov:stance") == "rejected" and "gov:supersedes" in act
        patterns = {
            "ratified": _("{author} has signed the call “{proposal}”{figures}. {signed}"),
            "reserved": _("{author} has signed the call “{proposal}” with reservations{figures}. {signed}"),
            "rejected": _("{author} has taken its signature under the call “{proposal}” back{figures}. {signed}")
            if took_back
            else _("{author} does not sign the call “{proposal}”{figures}. {signed}"),
        }
        return patterns.get(str(act.get("gov:stance")))
    return {
        "gov:Proposal": _("{author} calls: {title}. Each assembly signs for itself."),
        "gov:Outcome": _("{author} has counted the signatures under the call “{proposal}”. {signed}"),
    }.get(act["type"])


def _signed(call: Call, _: Translate) -> str:
    """The assemblies that have signed, each with its day."""
    days = ((name, f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}") for name, at in call.signed)
    by = ", ".join(_("{assembly} ({day})").format(assembly=name, day=day) for name, day in days)
    return _("Signed by {names}.").format(names=by) if by else _("Nobody has signed it.")


def _words(act: Document, names: Mapping[str, str], _: Translate) -> dict[str, str]:
    stances = {
        "ratified": _("agreed to"),
        "reserved": _("agreed with reservations to"),
        "rejected": _("did not agree to"),
        "abstained": _("abstained on"),
    }
    choices = {
        "ratified": _("agreed"),
        "reserved": _("agreed with reservations"),
        "rejected": _("disagreed"),
        "abstained": _("abstained"),
    }
    statuses = {
        "adopted": _("adopted"),
        "rejected": _("rejected"),
        "unresolved": _("not resolved yet"),
        "no_quorum": _("too few took part"),
        "open": _("open"),
    }
    mandate = act.get("gov:mandate")
    people = act.get("gov:delegates") or [name for name in names if "/people/" in name and isinstance(mandate, dict)]
    return {
        "author": names.get(act["attributedTo"], act["attributedTo"]),
        "title": str(act.get("name") or ""),
        "proposal": names.get(_id(act.get("gov:proposal")), ""),
        "extended": names.get(_id(act.get("gov:extends")), ""),
        "closes": f"{str(act.get('gov:closes'))[:10]} {str(act.get('gov:closes'))[11:16]} UTC",
        "assembly": names.get(str(act.get("gov:assembly")), ""),
        "session": names.get(_id(act.get("gov:session")), ""),
        "confederation": names.get(str(act.get("gov:confederation")), ""),
        "delegates": ", ".join(names.get(person, person) for person in people),
        "stance": stances.get(str(act.get("gov:stance")), ""),
        "choice": choices.get(str(act.get("gov:choice")), ""),
        "status": statuses.get(str(act.get("gov:status")), ""),
        "counts": _counts(act.get("gov:counts"), _),
        "figures": _figures(act.get("gov:counts"), _),
        "time": f"{str(act.get('published'))[11:16]} UTC",
    }


def _figures(counts: Any, _: Translate) -> str:  # noqa: ANN401 - any JSON
    """Who spoke for or against, as in ` (24 agree, 3 with reservations, 1 against)`; empty where no counts are told."""
    if not isinstance(counts, dict):
        return ""
    parts = (
        ("agree", _("{n} agree")),
        ("reserve", _("{n} with reservations")),
        ("standAside", _("{n} stand aside")),
        ("disagree", _("{n} against")),
        ("block", _("{n} block")),
    )
    said = ", ".join(text.format(n=counts[key]) for key, text in parts if counts.get(key))
    return f" ({said})" if said else ""


def _counts(counts: Any, _: Translate) -> str:  # noqa: ANN401 - any JSON
    if not isinstance(counts, dict) or not counts.get("present"):
        return ""
    parts = (
        ("agree", _("{n} agreed")),
        ("reserve", _("{n} agreed with reservations")),
        ("standAside", _("{n} stood aside")),
        ("disagree", _("{n} disagreed")),
        ("block", _("{n} blocked")),
        ("abstain", _("{n} abstained")),
    )
    said = ", ".join(text.format(n=counts[key]) for key, text in parts if counts.get(key))
    took_part = _("{present} of {entitled} took part").format(**counts)
    return f"{took_part}: {said}." if said else f"{took_part}."


def _id(ref: object) -> str:
    return str(ref["id"]) if isinstance(ref, dict) and "id" in ref else ""
