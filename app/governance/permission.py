"""Who may seal what (governance.md §1, fine-print 14, 25): a council has no opinions."""

from typing import Final

from app.governance.act import Ref
from app.governance.assembly import Body
from app.kernel.refusal import Refusal

_DRAWS: Final = frozenset({"gov:DrawPool", "gov:DrawReveal", "gov:Draw"})
_KEYS: Final = frozenset({"gov:KeyEvent", "gov:Redaction"})
_COMMUNE: Final = (
    _DRAWS
    | _KEYS
    | {
        "gov:Charter",
        "gov:Proposal",
        "gov:Decision",
        "gov:Ratification",
        "gov:Mandate",
        "gov:Recall",
        "gov:Withdrawal",
        "gov:Report",
        "gov:Task",
        "gov:Draft",
        "gov:Registration",
        "gov:Outcome",
        "gov:ResourceOffer",
        "gov:ResourceNeed",
        # As host of a session; whether it hosts is a decision, and no type can tell.
        "gov:Session",
        "gov:Receipt",
    }
)
_COUNCIL: Final = (
    _DRAWS
    | _KEYS
    | {"gov:Session", "gov:Receipt", "gov:Outcome", "gov:Admission", "gov:Draft", "gov:Task", "gov:Report"}
)
_COUNCIL_ON_OUTCOME: Final = frozenset(
    {"gov:Ratification", "gov:Charter", "gov:Mandate", "gov:Recall", "gov:Withdrawal", "gov:Admission"}
)
_FORMING: Final = frozenset({"gov:KeyEvent", "gov:Session", "gov:Receipt", "gov:Draft"})
"""Beside its first Charter."""

_COMMITTEE: Final = frozenset({"gov:Proposal", "gov:Report", "gov:Draft", "gov:KeyEvent"})
_PERSON: Final = frozenset({"gov:DelegateVote", "gov:Attestation", "gov:Report"})
_MAY: Final = {
    Body.COMMUNE: _COMMUNE,
    Body.COUNCIL: _COUNCIL | _COUNCIL_ON_OUTCOME,
    Body.COMMITTEE: _COMMITTEE,
    Body.CAUCUS: _COMMITTEE | {"gov:Ratification"},
}


def may_seal(
    body: Body | None,
    act_type: str,
    *,
    outcome: Ref | None = None,
    first_charter: bool = False,
    forming: bool = False,
) -> Refusal | None:
    """None if `body` (None: a person) may seal an act of `act_type`, else `body.may_not_seal` (B8) or `body.forming`.

    `outcome` is the act's `gov:outcome`, without which a council seals no Ratification, Charter,
    Mandate, Recall, Withdrawal or Admission; its first Charter needs none. `forming` is a
    confederation with fewer than two on its roll.
    """
    who = "a person" if body is None else f"a {body}"
    if act_type not in (_PERSON if body is None else _MAY[body]):
        return Refusal("body.may_not_seal", f"{who} seals no {act_type}")
    if body is not Body.COUNCIL:
        return None
    first = act_type == "gov:Charter" and first_charter
    if forming and not first and act_type not in _FORMING:
        return Refusal("body.forming", f"a confederation that is still forming seals no {act_type}")
    if act_type in _COUNCIL_ON_OUTCOME and outcome is None and not first:
        return Refusal("body.may_not_seal", f"{who} seals {act_type} only on an outcome of its members")
    return None
