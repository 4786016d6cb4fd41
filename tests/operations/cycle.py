"""The confederal cycle as a story that tests ask about: who joined, voted, was recalled, answered."""

from dataclasses import dataclass
from datetime import timedelta

from app.federation import integrity_proofs
from app.governance.mandate import Kind as Latitudes
from app.governance.ratification import Stance
from app.governance.tally import Count
from app.kernel.canonical import Document
from app.operations.confederation import counting, hosting, joining
from app.operations.confederation.counting import Board
from app.operations.mandates import delegating, mandating, recalling
from app.operations.mandates.delegating import Wish
from app.operations.matters import proposing
from app.operations.record.sealing import load, seal_signer
from app.store.agenda import Kind
from tests.operations.neighbours import Place, Valley, done

NAMES = ("Valley", "Riverside", "Hill", "Harbour")
PEOPLE = {
    "Riverside": ("Ana", "Bo", "Cem", "Dia", "Eva"),
    "Hill": ("Rojin", "Tom", "Leyla", "Gus", "Ida"),
    "Harbour": ("Jo", "Kim", "Lou", "Max", "Nur"),
}


@dataclass
class Played:
    """The cycle as it was played, with what the tests ask about."""

    valley: Valley
    proposal: str
    mandate: str
    warned: delegating.Preview
    asked: bool
    after: delegating.Sent

    def board(self, name: str) -> Board:
        place = self.valley[name]
        return done(place.do(counting.board, self.proposal))

    def count(self, name: str) -> Count:
        return done(self.board(name).count)


def join(valley: Valley) -> None:
    harbour = valley["Harbour"]
    valley.visit(harbour, valley["Valley"])
    item = done(harbour.do(joining.propose, harbour.people["jo"], valley["Valley"].assembly, "We share the water."))
    harbour.decide(item)
    valley.deliver()
    for name in ("Riverside", "Hill"):
        valley[name].decide(valley[name].item(Kind.ANSWER, "join"))
    valley.deliver()
    nothing_was_objected(valley)


def nothing_was_objected(valley: Valley) -> None:
    """The time to object is over, and the council does what waited for that."""
    valley.clock.tick(days=45)
    valley["Valley"].do(hosting.duties)
    valley.deliver()


def send(place: Place, name: str, wish: Wish) -> delegating.Sent:
    return done(place.do(delegating.send, place.people[name], wish))


def give_mandate(place: Place, council: str, subject: str, *delegates: str) -> str:
    position = mandating.Position(subject, Latitudes.FIXED, (Stance.RATIFIED,))
    until = place.clock.now() + timedelta(days=30)
    wish = mandating.Wish(council, delegates, (position,), until, "We argued about the price.")
    item = done(place.do(mandating.propose, next(iter(place.people.values())), wish))
    return place.decide(item).acts[-1].id


def play(valley: Valley) -> Played:
    council, river, hill, harbour = (valley[name] for name in NAMES)
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    proposal = hill.item(Kind.ANSWER, "Winter fuel").act
    mandate = give_mandate(hill, council.assembly, proposal, "rojin", "tom")
    other = give_mandate(harbour, council.assembly, "another matter", "jo")
    valley.deliver()
    send(hill, "rojin", Wish(proposal, Stance.RATIFIED, mandate))
    send(harbour, "jo", Wish(proposal, Stance.REJECTED, other))
    warned = done(hill.do(delegating.preview, hill.people["tom"], Wish(proposal, Stance.REJECTED, mandate)))
    send(hill, "tom", Wish(proposal, Stance.REJECTED, mandate))
    valley.deliver()
    asked = harbour.item(Kind.ANSWER, "Winter fuel").asked
    recall = done(hill.do(recalling.propose, hill.people["leyla"], mandate, (hill.person("tom"),), "Against us."))
    hill.decide(recall, agree=4)
    valley.deliver()
    after = send(hill, "tom", Wish(proposal, Stance.REJECTED, mandate))
    valley.deliver()
    for place in (river, harbour):
        place.decide(place.item(Kind.ANSWER, "Winter fuel"))
        valley.deliver()
    return Played(valley, proposal, mandate, warned, asked, after)


def forge(played: Played, council: Place, harbour: Place) -> Document:
    """A second Outcome made with the council's key that leaves Harbour's answer out."""
    newest = played.board("Valley").newest
    assert newest is not None
    document = load(newest.act)
    del document["proof"]
    stances = [row for row in document["gov:stances"] if row["assembly"] != harbour.assembly]
    stances.append({"assembly": harbour.assembly, "stance": "silent"})
    counts = document["gov:counts"] | {"present": 2, "agree": 2}
    played.valley.clock.tick(minutes=1)
    at = played.valley.clock.now()
    document |= {
        "id": document["id"] + "X",
        "published": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "gov:stances": sorted(stances, key=lambda row: row["assembly"]),
        "gov:counts": counts,
        "gov:tendency": document["gov:tendency"] | {"counts": counts},
        "gov:binds": [one for one in document["gov:binds"] if one != harbour.assembly],
    }
    signer = council.do(lambda c, i: seal_signer(c, i, council.assembly))
    return integrity_proofs.seal(document, signer, at)
