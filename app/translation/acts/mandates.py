"""`gov:Mandate`, `gov:Recall` and `gov:DelegateVote` on the wire."""

from collections.abc import Iterable
from typing import Final, Unpack

from app.governance.act import Head, Ref
from app.governance.mandate import (
    Constraint,
    DelegateVote,
    Item,
    Kind,
    Latitude,
    Mandate,
    Office,
    Recall,
    Topic,
)
from app.governance.ratification import Stance
from app.kernel.canonical import Document
from app.kernel.ids import Id
from app.kernel.instant import Instant, format_instant
from app.translation.acts import writing
from app.translation.acts.reading import Fields

_CHOICES: Final = {Kind.FIXED: (1, 1), Kind.RANGE: (1, 4), Kind.AMENDABLE: (1, 1), Kind.INDICATIVE: (0, 4)}
"""How many choices each kind of latitude names, at least and at most."""


def read_mandate(head: Head, keys: Fields) -> Mandate:
    """The Mandate of `keys`; it names the Decision that granted it (B13)."""
    council, _ = keys.id_or_ids("gov:council")
    return Mandate(
        head,
        keys.ids("gov:delegates"),
        tuple(_item(item) for item in keys.fields_list("gov:items")),
        keys.instant("gov:validFrom"),
        keys.instant("gov:validUntil"),
        keys.ref("gov:decision"),
        council,
        _office(keys),
        _latitude(keys.fields("gov:default")) if keys.has("gov:default") else None,
        keys.text_or_none("gov:term"),
        tuple(Constraint(item.text("constraint"), item.flag("met")) for item in keys.fields_list("gov:composition")),
    )


def read_recall(head: Head, keys: Fields) -> Recall:
    """The Recall of `keys`; without `gov:delegates` it recalls all (fine-print 25)."""
    delegates = keys.ids("gov:delegates") if keys.has("gov:delegates") else None
    return Recall(head, keys.ref("gov:mandate"), keys.ref("gov:decision"), delegates)


def read_vote(head: Head, keys: Fields) -> DelegateVote:
    """The DelegateVote of `keys`; it says for which assembly (fine-print 26)."""
    return DelegateVote(
        head,
        keys.id("gov:assembly"),
        keys.ref("gov:proposal"),
        keys.word("gov:choice", Stance),
        keys.id_or_none("gov:confederation"),
        keys.ref_or_none("gov:mandate"),
        keys.flag("gov:indicative"),
        keys.text_or_none("gov:estimate"),
    )


def _office(keys: Fields) -> Office | None:
    if not keys.has("gov:office"):
        return None
    office = keys.fields("gov:office")
    return Office(office.text("name"), office.text("institution"))


def _item(keys: Fields) -> Item:
    subject = keys.fields("gov:subject")
    about = Topic(subject.text("topic")) if subject.has("topic") else subject.as_ref()
    return Item(about, _latitude(keys.fields("gov:latitude")))


def _latitude(keys: Fields) -> Latitude:
    kind, choices = keys.word("kind", Kind), keys.words("choices", Stance)
    least, most = _CHOICES[kind]
    if not least <= len(choices) <= most:
        raise keys.wrong("choices", f"has {len(choices)} words, which {kind} does not take")
    return Latitude(kind, choices, keys.texts("clauses"))


def mandate(
    *,
    delegates: Iterable[Id],
    items: Iterable[Item],
    valid_from: Instant,
    valid_until: Instant,
    decision: Ref,
    council: Id | Iterable[Id] = (),
    office: Office | None = None,
    default: Latitude | None = None,
    term: str | None = None,
    composition: Iterable[Constraint] = (),
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Mandate`; `content` says why, `council` is one id or the list of the forum."""
    keys: Document = {
        "gov:council": council if isinstance(council, str) else writing.listed(council),
        "gov:office": {"name": office.name, "institution": office.institution} if office is not None else None,
        "gov:delegates": list(delegates),
        "gov:items": [
            {"gov:subject": _write_subject(item.subject), "gov:latitude": _write_latitude(item.latitude)}
            for item in items
        ],
        "gov:default": _write_latitude(default) if default is not None else None,
        "gov:validFrom": format_instant(valid_from),
        "gov:validUntil": format_instant(valid_until),
        "gov:term": term,
        "gov:composition": writing.listed({"constraint": one.name, "met": one.met} for one in composition),
        "gov:decision": writing.ref(decision),
    }
    return writing.act("gov:Mandate", common, keys)


def recall(
    *,
    mandate: Ref,
    decision: Ref,
    delegates: Iterable[Id] | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:Recall` of some delegates, or of all if `delegates` is None."""
    keys: Document = {
        "gov:mandate": writing.ref(mandate),
        "gov:delegates": None if delegates is None else list(delegates),
        "gov:decision": writing.ref(decision),
    }
    return writing.act("gov:Recall", common, keys)


def delegate_vote(
    *,
    assembly: Id,
    proposal: Ref,
    choice: Stance,
    confederation: Id | None = None,
    mandate: Ref | None = None,
    indicative: bool = False,
    estimate: str | None = None,
    **common: Unpack[writing.Common],
) -> Document:
    """An unsigned `gov:DelegateVote`; its author is the delegate."""
    keys: Document = {
        "gov:confederation": confederation,
        "gov:assembly": assembly,
        "gov:proposal": writing.ref(proposal),
        "gov:choice": choice.value,
        "gov:mandate": writing.ref_or_none(mandate),
        "gov:indicative": indicative or None,
        "gov:estimate": estimate,
    }
    return writing.act("gov:DelegateVote", common, keys)


def _write_subject(subject: Ref | Topic) -> Document:
    return {"topic": subject.name} if isinstance(subject, Topic) else writing.ref(subject)


def _write_latitude(latitude: Latitude) -> Document:
    return writing.present(
        {
            "kind": latitude.kind.value,
            "choices": writing.listed(choice.value for choice in latitude.choices),
            "clauses": writing.listed(latitude.clauses),
        }
    )
