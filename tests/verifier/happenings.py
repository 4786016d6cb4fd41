"""What may happen in a confederation, drawn: in good faith, too late, twice, against a mandate, or forged."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final

from hypothesis import strategies as st

from app import verifier
from tests.verifier.confederation import (
    AT_HOME,
    BETWEEN,
    COMMUNE_SETTINGS,
    CONSENSUS,
    COUNCIL_SETTINGS,
    MOST_PRESENT,
    TWO_THIRDS,
    TWO_THIRDS_OF_ALL,
    Doc,
    World,
    admitted,
    canonical,
    deciding_by,
    founded,
    instant,
    ref,
)
from tests.verifier.steps import in_tiers
from tests.verifier.test_agreement import (
    COMMUNES,
    REFUSED,
    SPLIT,
    STANCES,
    draw_mandate,
    draw_ratification,
    draw_recall,
    draw_request,
    draw_vote,
    earlier,
    misread,
)
from tests.verifier.test_agreement_of_rules import RULES, before_the_count, draw_ballot, draw_caucus

Draw = Callable[[st.SearchStrategy[Any]], Any]
Happening = Callable[[Draw, World, str], Doc | None]
HALF: Final[Doc] = {"method": "majority", "base": "entitled", "quorum": "1/5"}
ABOVE: Final[tuple[Doc, ...]] = (HALF, {**HALF, "flat": True}, {"method": "consent", "quorum": "0/1"})
TIERS: Final = {"One": "North", "Two": "North", "Three": "City"}
SECOND: Final = {"Tom": "Hill", "Leyla": "Harbour"}
ADA: Final = "Ada"


@cache
def valley(place: int) -> World:
    """Three communes in Valley and a text before it, which is decided by one of many rules."""
    rule = (BETWEEN, *RULES)[place]
    world = admitted(founded(deciding_by(rule)))
    world.assembly("Elsewhere")
    world.charter("Elsewhere", COMMUNE_SETTINGS)
    world = before_the_count(world, rule)
    world.person(ADA, "Hill")
    return world.begins()


@cache
def tiers(place: int) -> World:
    """One and Two in North, North and Three in City, and a text before City."""
    world = in_tiers(ABOVE[place])
    for person, home in (("Uma", "One"), ("Vik", "Three")):
        world.person(person, home)
    return world.begins()


def of_type(world: World, kind: str) -> list[Doc]:
    return [act for act in world.acts.values() if act["type"] == f"gov:{kind}"]


# What happens among communes ----------------------------------------------------------------------


def draw_charter(draw: Draw, world: World, step: str) -> Doc:
    """New rules of Hill or Harbour: with co-signers, or by which mandates are given in two rounds."""
    author = draw(st.sampled_from(("Hill", "Harbour")))
    settings: Doc = copy.deepcopy(dict(COMMUNE_SETTINGS))
    if draw(st.booleans()):
        settings["rules"]["mandate"] = settings["rules"]["recall"] = AT_HOME
    if author == "Hill" and draw(st.booleans()):
        signer = world.signers[ADA]
        settings["scrutineers"] = {"k": 1, "of": [{"id": signer.id, "publicKeyMultibase": signer.multikey}]}
    keys = {"name": author, "gov:version": 2, "gov:clauses": [], "gov:settings": settings}
    return world.seal(step, author, "Charter", **{**keys, "gov:supersedes": ref(world.acts[f"charter-{author}"])})


def draw_attestation(draw: Draw, world: World, step: str) -> Doc:
    about = draw(st.sampled_from(tuple(world.acts.values())))
    return world.seal(step, draw(st.sampled_from((ADA, ADA, "Tom"))), "Attestation", **{"gov:act": ref(about)})


def draw_second_round(draw: Draw, world: World, step: str) -> Doc:
    """A mandate by the second of two rounds, whose first was held, or is only said to have been."""
    person, author = draw(st.sampled_from(tuple(SECOND.items())))
    more: Doc = {}
    if draw(st.booleans()):
        left_open = {"gov:status": draw(st.sampled_from(("unresolved", "rejected"))), "gov:counts": SPLIT}
        more = {"gov:unresolved": ref(world.decide(f"first-{step}", author, AT_HOME, None, **left_open))}
    known = [act for act in of_type(world, "Charter") if act["attributedTo"] == world.id(author)]
    more["gov:charter"] = ref(draw(st.sampled_from(known[-1:] + known)))
    decision = world.decide(f"then-{step}", author, TWO_THIRDS, None, **more)
    latitude = {"kind": "fixed", "choices": [draw(st.sampled_from(STANCES))]}
    items = [{"gov:subject": ref(world.acts["fuel"]), "gov:latitude": latitude}]
    return world.mandate(step, author, [person], items, **{"gov:decision": ref(decision)})


def draw_borrowed(draw: Draw, world: World, step: str) -> Doc:
    """Somebody rests on what Elsewhere sealed, a stranger: its rules, its first round, its mandate or its decision."""
    fuel, rule = world.acts["fuel"], TWO_THIRDS if draw(st.booleans()) else MOST_PRESENT
    decided = world.decide(f"there-{step}", "Elsewhere", AT_HOME, fuel, **{"gov:status": "unresolved"})
    items = [{"gov:subject": ref(fuel), "gov:latitude": {"kind": "fixed", "choices": [draw(st.sampled_from(STANCES))]}}]
    what = draw(st.sampled_from(("rules", "first round", "mandate", "decision", "recall")))
    person, author = draw(st.sampled_from(tuple(SECOND.items())))
    if what == "rules":
        return world.ratify(step, author, fuel, **{"gov:charter": ref(world.acts["charter-Elsewhere"])})
    if what == "first round":
        return world.ratify(step, author, fuel, **{"gov:rule": TWO_THIRDS, "gov:unresolved": ref(decided)})
    if what == "decision":
        granted = world.decide(f"grants-{step}", "Elsewhere", rule)
        world.mandate(f"mandate-{step}", author, [person], items, **{"gov:decision": ref(granted)})
        return world.vote(step, person, author, draw(st.sampled_from(STANCES)), world.acts[f"mandate-{step}"])
    theirs = world.mandate(f"mandate-{step}", "Elsewhere", [person], items)
    if what == "mandate":
        return world.vote(step, person, author, draw(st.sampled_from(STANCES)), theirs)
    recalled = ref(world.decide(f"ends-{step}", author, MOST_PRESENT))
    return world.seal(step, author, "Recall", **{"gov:mandate": ref(theirs), "gov:decision": recalled})


def draw_receipt(draw: Draw, world: World, step: str) -> Doc:
    """Another word of the forum on who may answer: whom it likes, or somebody whom nobody let in."""
    some = draw(st.sets(st.sampled_from((*COMMUNES, "Women")), min_size=1))
    keys = {"gov:act": ref(world.acts["fuel"]), "gov:leaf": 99, "gov:roll": sorted(map(world.id, some))}
    return world.seal(step, "Valley", "Receipt", **keys)


def draw_admission(draw: Draw, world: World, step: str) -> Doc:
    """Valley lets somebody in: by a result over whom it likes to count, or by any other; too soon, perhaps."""
    who = {"gov:assembly": world.id(draw(st.sampled_from(("Women", "Women", "Hill"))))}
    closes = {"gov:closes": instant(world.clock + timedelta(seconds=draw(st.sampled_from((4, 8, 3600)))))}
    asked = world.propose(f"asks-{step}", "They join", "admission", TWO_THIRDS_OF_ALL, **who, **closes)
    sealed = [_answered(draw, world, step, asked)] if draw(st.integers(0, 4)) else []
    cited = draw(st.sampled_from(sealed or of_type(world, "Outcome")))
    world.clock += timedelta(seconds=draw(st.sampled_from((0, 0, 9))))
    admitted = world.seal(step, "Valley", "Admission", **who, **{"gov:outcome": ref(cited), "gov:seats": 2})
    if f"{step}-Hill" in world.acts and draw(st.booleans()):
        undone = {"gov:supersedes": ref(world.acts[f"{step}-Hill"])}
        world.ratify(f"again-{step}", "Hill", asked, draw(st.sampled_from(("ratified", "rejected"))), **undone)
    return admitted


def draw_new_rules(draw: Draw, world: World, step: str) -> Doc:
    """Valley gives itself other rules: by a result over whom it likes to count."""
    rules = {"gov:clauses": [], "gov:settings": {**COUNCIL_SETTINGS, "contest": "PT9S"}}
    asked = world.propose(f"asks-{step}", "Other rules", "charter", TWO_THIRDS_OF_ALL, **rules)
    cited = _answered(draw, world, step, asked)
    keys = {"name": "Valley", "gov:version": 2, "gov:supersedes": ref(world.acts["charter-Valley"]), **rules}
    return world.seal(step, "Valley", "Charter", **{**keys, "gov:outcome": ref(cited)})


def _answered(draw: Draw, world: World, step: str, asked: Doc) -> Doc:
    """What came of a text over the members that Valley likes, of whom one may never have joined."""
    roll = draw(st.sets(st.sampled_from((*COMMUNES, *COMMUNES, "Women")), min_size=2))
    world.receive(f"asks-{step}", asked, **{"gov:roll": sorted(map(world.id, roll))})
    for name in sorted(roll - {"Women"}):
        world.ratify(f"{step}-{name}", name, asked, draw(st.sampled_from(("ratified", "ratified", "rejected"))))
    return conclude(draw, world, f"found-{step}", "Valley", asked)


def draw_withdrawal(draw: Draw, world: World, step: str) -> Doc:
    author = draw(st.sampled_from(COMMUNES))
    keys = {"gov:confederation": world.id("Valley"), "gov:assembly": world.id(draw(st.sampled_from((author, "Hill"))))}
    return world.seal(step, author, "Withdrawal", **keys)


def draw_overstep(draw: Draw, world: World, step: str) -> Doc:
    """The council says what no council may by itself (B8)."""
    if draw(st.booleans()):
        return world.ratify(step, "Valley", world.acts["fuel"])
    return world.decide(step, "Valley", BETWEEN, world.acts["fuel"])


AMONG_COMMUNES: Final[tuple[Happening, ...]] = (
    draw_ratification,
    draw_ballot,
    draw_ballot,
    draw_mandate,
    draw_mandate,
    draw_vote,
    draw_vote,
    draw_vote,
    draw_recall,
    draw_request,
    draw_caucus,
    draw_charter,
    draw_attestation,
    draw_second_round,
    draw_borrowed,
    draw_borrowed,
    draw_receipt,
    draw_admission,
    draw_admission,
    draw_new_rules,
    draw_withdrawal,
    draw_overstep,
)


# What happens in tiers ----------------------------------------------------------------------------


def draw_base_answer(draw: Draw, world: World, step: str) -> Doc:
    author = draw(st.sampled_from(tuple(TIERS)))
    stance = draw(st.sampled_from(STANCES))
    more = {"gov:counts": draw(st.sampled_from((REFUSED, SPLIT))), **earlier(draw, world)}
    council = draw(st.sampled_from((TIERS[author], TIERS[author], "City")))
    rule = draw(st.sampled_from((MOST_PRESENT, MOST_PRESENT, MOST_PRESENT, CONSENSUS)))
    return world.ratify(
        step, author, world.acts["fuel"], stance, **{"gov:confederation": world.id(council), "gov:rule": rule, **more}
    )


def draw_base_vote(draw: Draw, world: World, step: str) -> Doc:
    person, home = draw(st.sampled_from((("Uma", "One"), ("Vik", "Three"))))
    choices = draw(st.lists(st.sampled_from(STANCES), min_size=1, max_size=2, unique=True))
    items = [{"gov:subject": ref(world.acts["fuel"]), "gov:latitude": {"kind": "range", "choices": choices}}]
    council = {"gov:council": world.id(draw(st.sampled_from((TIERS[home], "City"))))}
    mandate = world.mandate(f"mandate-{step}", home, [person], items, **council)
    about = {"gov:confederation": world.id(TIERS[home])}
    return world.vote(step, person, home, draw(st.sampled_from(STANCES)), mandate, **about, **earlier(draw, world))


def draw_upward(draw: Draw, world: World, step: str) -> Doc:
    """What North says upward: as its members answered or otherwise, with its result, another's, or that on founding."""
    sealed = [conclude(draw, world, f"north-{step}", "North")] if draw(st.integers(0, 3)) else []
    cited = draw(st.sampled_from(sealed or of_type(world, "Outcome")))
    keys = {
        "gov:confederation": world.id("City"),
        "gov:proposal": ref(world.acts["fuel"]),
        "gov:stance": draw(st.sampled_from(STANCES)),
        "gov:outcome": ref(cited),
    }
    return world.seal(step, "North", "Ratification", **keys)


def draw_refounding(draw: Draw, world: World, step: str) -> Doc:
    """Another answer to City's founding Charter: of a base assembly, or of North with a result that may be a lie."""
    city = world.acts["charter-City"]
    if draw(st.booleans()):
        author = draw(st.sampled_from(tuple(TIERS)))
        more: Doc = {"gov:rule": MOST_PRESENT, "gov:confederation": world.id(TIERS[author])}
        return world.ratify(step, author, city, draw(st.sampled_from(("ratified", "rejected"))), **more)
    about = {"gov:correctionOf": ref(world.acts["joined"])} if draw(st.booleans()) else {}
    sealed = conclude(draw, world, f"joined-{step}", draw(st.sampled_from(("North", "City"))), city, **about)
    keys = {"gov:confederation": world.id("City"), "gov:proposal": ref(city), "gov:outcome": ref(sealed)}
    return world.seal(step, "North", "Ratification", **keys, **{"gov:stance": draw(st.sampled_from(STANCES))})


IN_TIERS: Final[tuple[Happening, ...]] = (
    draw_base_answer,
    draw_base_answer,
    draw_base_answer,
    draw_base_vote,
    draw_upward,
    draw_upward,
    draw_refounding,
)


# Results ------------------------------------------------------------------------------------------


def conclude(
    draw: Draw, world: World, name: str, council: str, about: Doc | None = None, author: str = "", /, **more: object
) -> Doc:
    """A result over the members of a council, as the verifier counts it now, of which something may be changed."""
    subject = about or world.acts["fuel"]
    rows, keys = _counted(world, council, subject)
    rule = keys.pop("gov:rule")
    trick = draw(st.sampled_from(("none", "none", "none", "status", "binds", "silence", "misread", "final", "counts")))
    if trick == "status":
        keys["gov:status"] = draw(st.sampled_from(("adopted", "rejected", "unresolved", "no_quorum", "open")))
    elif trick == "binds":
        keys["gov:binds"] = keys["gov:binds"][1:]
    elif trick == "silence" and rows:
        place = draw(st.integers(0, len(rows) - 1))
        rows[place] = {"assembly": rows[place]["assembly"], "stance": "silent"}
    elif trick == "misread" and rows and subject is world.acts["fuel"]:
        place = draw(st.integers(0, len(rows) - 1))
        rows[place] = draw(st.sampled_from([rows[place], *misread(world, rows[place])]))
    elif trick == "final":
        keys["gov:final"] = True
    elif trick == "counts":
        keys["gov:counts"] = {**keys["gov:counts"], "agree": 0}
    if "gov:order" in keys and draw(st.integers(0, 4)) == 0:
        keys["gov:order"] = keys["gov:order"][::-1]
    about_whom = {"gov:confederation": world.id(council)}
    return world.conclude(name, subject, rows, rule, author or council, **about_whom, **keys, **more)


def _counted(world: World, council: str, about: Doc) -> tuple[list[Doc], Doc]:
    """The rows and what follows from them; nothing but a form where nothing can be counted."""
    record = verifier.Record([_read(canonical(world.acts[name])) for name in world.acts.keys() - world.forged], {})
    subject = verifier.subject_of(record, verifier.as_ref(ref(about)))
    forms: Doc = {"gov:counts": {}, "gov:status": "adopted", "gov:tendency": {"status": "adopted", "counts": {}}}
    nothing: tuple[list[Doc], Doc] = ([], {**forms, "gov:binds": [], "gov:rule": HALF})
    if subject is None:
        return nothing
    at = world.clock
    case = verifier.case_of(record, subject, world.id(council))
    count = verifier.recount(record, case, at)
    if isinstance(count, verifier.Flaw) or case.rule is None:
        return nothing
    rows = [_row(one.row) for one in count.stands]
    keys: Doc = {
        "gov:rule": case.rule,
        "gov:counts": count.counts.document(),
        "gov:status": count.status.value,
        "gov:tendency": {"status": count.tendency.value, "counts": count.wider.document()},
        "gov:binds": list(count.binds),
    }
    whole = verifier.around(record, case, case.rule, [one.row for one in count.stands], at)
    order = verifier.order_in(case.rule, count.counts, whole)
    keys |= {"gov:order": [list(group) for group in order]} if order else {}
    return rows, keys


@lru_cache(maxsize=4096)
def _read(raw: bytes) -> verifier.Act:
    return verifier.read_act(raw, "").act


def _row(row: verifier.Row) -> Doc:
    acts = [{"id": one.id, "gov:digest": one.digest} for one in row.acts]
    found: Doc = {"assembly": row.assembly, "stance": str(row.stance)}
    found |= {"by": row.by} if row.by is not None else {}
    found |= {"choice": row.choice} if row.choice is not None else {}
    return {**found, **({"act": acts if len(acts) > 1 else acts[0]} if acts else {})}


# Tampering ----------------------------------------------------------------------------------------


def tamper(draw: Draw, world: World, name: str) -> None:
    """Now and then an act is changed after signing, signed by somebody else, or signed in two versions."""
    act = world.acts[name]
    bare = {key: value for key, value in act.items() if key != "proof"}
    author = next(one for one in world.signers.values() if one.id == act["attributedTo"])
    other = draw(st.sampled_from(sorted(world.signers.values(), key=lambda one: one.id)))
    trick = draw(st.sampled_from((*["none"] * 9, "words", "figures", "forged", "borrowed", "twice")))
    if trick == "words":
        world.change(name, lambda kept: kept.update(content="<p>Other words.</p>"))
    elif trick == "figures" and "gov:counts" in act:
        world.change(name, lambda kept: kept["gov:counts"].update(entitled=999))
    elif trick == "forged":
        world.acts[name] = other.prove(bare, f"{author.id}#ed25519-key")
    elif trick == "borrowed":
        world.acts[name] = other.prove(bare)
    elif trick == "twice":
        world.acts[f"{name}-again"] = author.prove({**bare, "content": "<p>Other words.</p>"})
    if trick in {"words", "figures", "forged", "borrowed"} and world.acts[name] != act and other is not author:
        world.forged.add(name)


@st.composite
def happenings(draw: Draw) -> World:
    """A confederation in which anything happened, and what somebody sealed as its result."""
    if draw(st.integers(0, 2)):
        world, steps, forum = valley(draw(st.integers(0, len(RULES)))).fork(), AMONG_COMMUNES, "Valley"
    else:
        world, steps, forum = tiers(draw(st.integers(0, len(ABOVE) - 1))).fork(), IN_TIERS, "City"
    for number in range(draw(st.integers(0, 8))):
        now = world.clock
        world.clock -= timedelta(hours=draw(st.sampled_from((*[0] * 8, 1, 40))))  # dated back
        act = draw(st.sampled_from(steps))(draw, world, f"step-{number}")
        world.clock = max(now, world.clock)
        if act is None or f"step-{number}" not in world.acts:
            continue
        if forum == "Valley" and draw(st.booleans()):
            world.receive(f"step-{number}", act)
        tamper(draw, world, f"step-{number}")
        if draw(st.integers(0, 5)) == 0:  # what is sealed next comes when answers close, or after that
            closes = datetime.fromisoformat(world.acts["fuel"]["gov:closes"])
            world.clock = max(world.clock, closes + timedelta(seconds=draw(st.integers(0, 2))))
    for number in range(draw(st.integers(1, 2))):
        first = {"gov:correctionOf": ref(world.acts["outcome-0"])} if number and draw(st.booleans()) else {}
        sealer = draw(st.sampled_from((forum, forum, "Riverside" if forum == "Valley" else "One")))
        conclude(draw, world, f"outcome-{number}", forum, None, sealer, **first)
    return world
