"""Rotation: how long and how often in a row our people hold an office, counted here over our own mandates (B11)."""

from collections.abc import Iterable
from gettext import gettext as _
from gettext import ngettext

from app.governance.mandate import Mandate
from app.governance.rotation import DELEGATE, Excess, Overrun, Term, limit_for
from app.governance.rotation import overruns as measured
from app.governance.terms import terms_of
from app.kernel.ids import Id
from app.operations.assembly import naming
from app.operations.matters.proposing import charter_of
from app.operations.record.reading import Reading
from app.store import acts
from app.store.database import Connection
from app.wiring import Instance

__all__ = ["DELEGATE", "Term", "in_words", "overruns"]


def overruns(connection: Connection, instance: Instance, proposed: Term, name: str = "") -> tuple[Overrun, ...]:
    """What `proposed` would exceed by our charter's `terms`; `name` is that of the session or term it is for.

    A mandate that another took the place of is one term with it. Those that run at the same time are
    too, unless each says for which term it is: a pair that is sent on two matters at once serves once.
    """
    charter = charter_of(connection, instance, instance.assembly, instance.now())
    if charter is None:
        return ()
    kept = acts.of_type(connection, "gov:Mandate", author=instance.assembly)
    mandates = Reading(connection, loopback=instance.loopback).all_of(Mandate, kept)
    replaced = {mandate.head.supersedes for mandate in mandates}
    past = [
        mandate
        for mandate in mandates
        if mandate.head.ref not in replaced and (mandate.valid_until <= proposed.starts or _another(mandate, name))
    ]
    terms = terms_of(_one_each(past), Id(instance.assembly))
    return measured(limit_for(charter.terms, proposed.kind), terms, proposed)


def in_words(connection: Connection, instance: Instance, found: Iterable[Overrun]) -> tuple[str, ...]:
    """Each overrun as a sentence."""
    return tuple(_sentence(connection, instance, overrun) for overrun in found)


def _one_each(mandates: Iterable[Mandate]) -> tuple[Mandate, ...]:
    """One mandate for each time that the same people served: those at the same time on other matters are left out."""
    found: list[Mandate] = []
    for mandate in sorted(mandates, key=lambda one: (one.valid_from, one.valid_until)):
        beside = (one for one in found if set(one.delegates) == set(mandate.delegates))
        if not any(mandate.valid_from < one.valid_until and not _another(one, mandate.term or "") for one in beside):
            found.append(mandate)
    return tuple(found)


def _another(mandate: Mandate, name: str) -> bool:
    return bool(name) and mandate.term is not None and mandate.term != name


def _sentence(connection: Connection, instance: Instance, overrun: Overrun) -> str:
    people = ", ".join(sorted(naming.person_name(connection, instance, person) for person in overrun.people))
    if overrun.excess is Excess.LONGEST:
        return _("{people}: this is longer than our rules foresee.").format(people=people)
    if overrun.excess is Excess.COOL_DOWN:
        said = _("{people}: our rules foresee a longer time off after the last term.")
        return said.format(people=people)
    said = ngettext(
        "{people} did this {n} time running; our rules foresee somebody else.",
        "{people} did this {n} times running; our rules foresee somebody else.",
        overrun.terms,
    )
    return said.format(people=people, n=overrun.terms)
