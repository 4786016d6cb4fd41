"""The confederal cycle, step by step: what the people of the three communes do at their pages."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from app.demo import cast, dishonest
from app.demo.assembly import (
    BOARD,
    Hands,
    act_at,
    awaited,
    decide,
    did,
    everybody,
    everywhere,
    item_at,
    must_say,
    next_day,
    path_of,
    ref_of,
    says,
)
from app.demo.markup import Page
from app.demo.stage import Server, StageError
from app.kernel.canonical import Document

_VOID: Final = "After the recall: void."
_SHORTEST: Final = 20
_TIMES: Final = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One step as it is told: what happened, and the address where it can be seen."""

    step: int
    happened: str
    address: str


@dataclass(slots=True)
class Cycle:
    """The play. Each step tells what happened by `tell`; StageError at the first thing that did not hold.

    `answers_within` is how long the assemblies have to answer the proposal. By default several times what the first
    step took, so that a slow machine gets more, and the result becomes final while one looks on.
    """

    riverside: Server
    hill: Server
    harbour: Server
    council: Server
    others: Sequence[Server]
    tell: Callable[[Told], None]
    answers_within: timedelta | None = None
    proposal: str = ""
    began: float = field(default_factory=time.monotonic)

    @property
    def communes(self) -> tuple[Server, ...]:
        """Every commune."""
        return (self.riverside, self.hill, self.harbour, *self.others)

    def confederate(self) -> None:
        """Step 1: Valley's founding Charter is ratified by those it lists; Harbour asks to join and is admitted."""
        for founder in (self.riverside, self.hill, *self.others):
            decide(founder, item_at(founder, self.council.body.name), everybody(founder))
            ratified = act_at(founder, "its ratification", type="gov:Ratification", attributedTo=founder.assembly)
            act_at(self.council, "the same", id=ratified["id"])
        self.tell(Told(1, "Riverside and Hill ratified the founding charter: Valley exists", self.council.assembly))
        asking = self.harbour.member("Noor")
        page = did(
            asking.submit(
                asking.get("/confederation"),
                "/confederation/join",
                address=self.council.assembly,
                why="We buy fuel from the same yard and would rather buy it together.",
            )
        )
        decide(self.harbour, path_of(page), everybody(self.harbour))
        next_day()
        for member in (self.riverside, self.hill, *self.others):
            decide(member, item_at(member, "join Valley"), everybody(member))
        for server in self.communes:
            act_at(server, "Harbour's admission", type="gov:Admission", gov_assembly=self.harbour.assembly)
        self.tell(Told(1, "Harbour asked to join, and the members agreed", f"{self.harbour.url}/confederation"))

    def bring(self) -> None:
        """Step 2: Riverside proposes, discusses, amends once, decides to bring it; Valley freezes the roll."""
        author, reader = self.riverside.member("Amara"), self.riverside.member("Bruno")
        page = did(
            author.submit(
                author.get("/proposals/new"),
                "/proposals/new",
                title=cast.PROPOSAL,
                text=cast.FIRST_TEXT,
                category="policy",
                forum=self.council.assembly,
                answers_by=f"{datetime.now(UTC) + self._time_to_answer():%Y-%m-%dT%H:%M:%S}",
            )
        )
        item = path_of(page)
        did(reader.submit(reader.get(item), "/comment", text=cast.SPOKEN))
        did(author.submit(author.get(item), "/amend", title=cast.PROPOSAL, text=cast.SECOND_TEXT))
        online = dict.fromkeys(self.riverside.body.signing_in, "agree")
        decide(self.riverside, item, Hands({"present": 15, "agree": 14, "abstain": 1}, online))
        brought = act_at(
            self.riverside,
            "the proposal, brought",
            type="gov:Proposal",
            name=cast.PROPOSAL,
            gov_forum=self.council.assembly,
        )
        self.proposal = brought["id"]
        receipt = act_at(self.council, "its receipt", type="gov:Receipt", gov_act=ref_of(brought))
        act_at(self.riverside, "the same", id=receipt["id"])
        if len(receipt["gov:roll"]) != len(self.communes):
            raise StageError(f"the roll of {self.council.body.name} is {receipt['gov:roll']}")
        self.tell(Told(2, "Riverside brings “Common purchase of winter fuel” to Valley", f"{self.riverside.url}{item}"))

    def mandate(self) -> None:
        """Step 3: the proposal is everywhere; Hill mandates its delegates on it, Harbour on something else."""
        for server in self.communes:
            act_at(server, "the proposal", id=self.proposal)
        self._give_mandate(self.hill, ("rojin", "tom"), {"subject": self.proposal})
        self._give_mandate(self.harbour, ("noor", "luc"), {"topic": "repairs of the quay"})
        self.tell(
            Told(3, "Hill's delegates are mandated to agree, Harbour's have no mandate", f"{self.hill.url}/mandates")
        )

    def speak(self) -> None:
        """Step 4: delegates vote within, without and against their mandates; Tom is recalled and votes again."""
        self._vote(self.hill, "Rojîn", "ratified")
        for name in ("Noor", "Luc"):
            self._vote(self.harbour, name, "ratified")
        warned = self._vote(self.hill, "Tom", "rejected")
        tom = self.hill.member("Tom")
        did(tom.submit(warned, "/vote", {"anyway": "yes"}))
        against = act_at(self.hill, "Tom's vote", type="gov:DelegateVote", attributedTo=f"{self.hill.url}/people/tom")
        must_say(self.hill, "/mandates", f"Tom voted against on {cast.PROPOSAL}. Mandate: agree. Not counted.")
        self.tell(
            Told(4, "Hill's delegates vote: Rojîn within the mandate, Tom against it", f"{self.hill.url}/mandates")
        )
        next_day()
        leyla, tom_id = self.hill.member("Leyla"), f"{self.hill.url}/people/tom"
        page = leyla.get(self._mandate_page(self.hill))
        page = did(leyla.submit(page, "/recall", delegates=tom_id, why="He voted against what we decided."))
        decide(self.hill, path_of(page), Hands({"present": 23, "agree": 18, "disagree": 5}))
        for server in (*self.communes, self.council):
            act_at(server, "the recall", type="gov:Recall", attributedTo=self.hill.assembly)
        next_day()
        did(self._vote(self.hill, "Tom", "rejected", anyway=True))
        later = awaited("Tom's later vote", lambda: self._votes_of_tom(self.hill) - {against["id"]})
        everywhere(
            (*self.communes, self.council), "Tom's later vote", lambda server: later <= self._votes_of_tom(server)
        )
        everywhere((*self.communes, self.council), "that it is void", lambda server: says(server, "/mandates", _VOID))
        must_say(self.harbour, item_at(self.harbour, cast.PROPOSAL), "Asked of us")
        self.tell(Told(4, "Hill recalls Tom; what he sends afterwards is void", f"{self.hill.url}/mandates"))

    def ratify(self) -> None:
        """Step 5: Riverside and Harbour decide at home, by hands that two tellers count and by closed ballots."""
        self.riverside_decides()
        self.harbour_decides()
        self.receive()

    def riverside_decides(self) -> None:
        """Step 5, first: Riverside, and whoever plays beside the three."""
        next_day()
        online = dict.fromkeys(self.riverside.body.signing_in, "agree")
        decide(
            self.riverside, self._answering(self.riverside), Hands({"present": 14, "agree": 13, "reserve": 1}, online)
        )
        for village in self.others:
            decide(village, self._answering(village), everybody(village))

    def harbour_decides(self) -> None:
        """Step 5, then: Harbour, in the room and online, in two rounds held at once."""
        ballots = {
            "Noor": "agree",
            "Luc": "agree",
            "Mina": "reserve",
            "Ole": "agree",
            "Paula": "abstain",
            "Rosa": "agree",
        }
        room = {"present": 25, "agree": 21, "reserve": 2, "disagree": 1, "abstain": 1}
        decide(self.harbour, self._answering(self.harbour), Hands(room, ballots, ("Rosa",), rounds=True))

    def receive(self) -> None:
        """Step 5, last: the council has a Receipt for each answer."""
        for server in (self.riverside, self.harbour):
            answer = self._ratification(server)
            act_at(self.council, f"{server.body.name}'s receipt", type="gov:Receipt", gov_act=ref_of(answer))
        counts = self._ratification(self.harbour)["gov:counts"]
        figures = [counts[name] for name in ("entitled", "present", "agree", "reserve", "disagree", "abstain")]
        if figures != [38, 30, 24, 3, 1, 2]:
            raise StageError(f"Harbour's count is {counts}")
        self.tell(Told(5, "Riverside and Harbour decided in their own assemblies", f"{self.harbour.url}/decisions"))

    def count(self) -> Document:
        """Step 6: Valley seals the outcome, as final once the time to object is over, and everybody counts it again.

        The final Outcome; the first one if the time to answer is still long.
        """
        outcome = self._outcome(final=False)
        if self.answers_within is None:
            closes = datetime.fromisoformat(act_at(self.council, "the proposal", id=self.proposal)["gov:closes"])
            at = f"{closes:%H:%M:%S} UTC"
            self.tell(Told(6, f"Valley signed the result; it becomes final at {at}", f"{self.riverside.url}{BOARD}"))
            time.sleep(max((closes - datetime.now(UTC)).total_seconds(), 0))
            outcome = self._outcome(final=True)
        for server in self.communes:
            act_at(server, "Valley's outcome", id=outcome["id"])
        all_of_them = f"{len(self.communes)} of {len(self.communes)}."
        for server in (*self.communes, self.council):
            everywhere([server], "the same count", lambda one: says(one, BOARD, "same result"))
            must_say(
                server, BOARD, f"Binding: {all_of_them} Tendency then: {all_of_them} Binds ", "no answer yet: none."
            )
        self.tell(
            Told(6, "Valley signed the result; counted again everywhere: same result", f"{self.riverside.url}{BOARD}")
        )
        return outcome

    def deceive(self, outcome: Document) -> Document:
        """Step 7: a second result with Valley's key leaves Harbour out; every commune names the entry; the forgery."""
        forged = dishonest.forge_result(self.council, outcome, self.harbour.assembly, self.communes)
        for server in self.communes:
            act_at(server, "the second result", id=forged["id"])
        for server in self.communes:
            everywhere([server], "both versions", lambda one: says(one, BOARD, "Our count has not changed"))
            must_say(server, BOARD, "same result", "The entry of Harbour")
        self.tell(Told(7, "A second result leaves Harbour out; everyone sees both", f"{self.harbour.url}{BOARD}"))
        return forged

    def _give_mandate(self, server: Server, delegates: tuple[str, ...], subject: dict[str, str | list[str]]) -> None:
        clerk = server.member(server.body.signing_in[0])
        page = did(
            clerk.submit(
                clerk.get("/mandates/new"),
                "/mandates",
                None,
                council=self.council.assembly,
                delegates=list(delegates),
                **subject,
                latitude="fixed",
                choices="ratified",
                until=f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%M}",
                why="We talked it through: together it costs a fifth less.",
            )
        )
        decide(server, path_of(page), everybody(server))
        mandate = act_at(server, "the mandate", type="gov:Mandate", attributedTo=server.assembly)
        for other in (*self.communes, self.council):
            act_at(other, f"the mandate of {server.body.name}", id=mandate["id"])

    def _vote(self, server: Server, name: str, choice: str, *, anyway: bool = False) -> Page:
        delegate = server.member(name)
        about = {"proposal": self.proposal}
        page = did(delegate.submit(delegate.get(self._mandate_page(server)), "/vote", about, choice=choice))
        return did(delegate.submit(page, "/vote", {"anyway": "yes"})) if anyway else page

    def _mandate_page(self, server: Server) -> str:
        mandate = act_at(server, "the mandate", type="gov:Mandate", attributedTo=server.assembly)
        return f"/mandates/{quote(mandate['id'].rpartition('/')[2])}"

    def _votes_of_tom(self, server: Server) -> set[str]:
        tom = f"{self.hill.url}/people/tom"
        return {
            act["id"] for act in server.record() if act["type"] == "gov:DelegateVote" and act["attributedTo"] == tom
        }

    def _answering(self, server: Server) -> str:
        """The path of the item by which a commune answers the brought proposal."""
        return item_at(server, cast.PROPOSAL)

    def _ratification(self, server: Server) -> Document:
        return next(
            act
            for act in server.record()
            if act["type"] == "gov:Ratification"
            and act["attributedTo"] == server.assembly
            and act["gov:proposal"]["id"] == self.proposal
        )

    def _outcome(self, *, final: bool) -> Document:
        def look() -> Document | None:
            found = [act for act in self.council.record() if act["type"] == "gov:Outcome"]
            about = [act for act in found if act["gov:proposal"]["id"] == self.proposal]
            return next((act for act in about if act["gov:final"] or not final), None)

        return awaited("the final outcome" if final else "the outcome", look)

    def _time_to_answer(self) -> timedelta:
        return self.answers_within or timedelta(seconds=_SHORTEST + _TIMES * (time.monotonic() - self.began))
