"""What somebody sends in the name of others: it moves no council, and uses up nobody's share but the sender's."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select

from app.federation import documents, http_signatures, integrity_proofs, keys
from app.federation.budget import Budget
from app.federation.signatures import SignedRequest
from app.governance.assembly import Body
from app.kernel.canonical import Document, digest
from app.kernel.ids import Id
from app.kernel.refusal import Refusal
from app.ledger.keylog import next_key_digest
from app.operations.exchange import receive
from app.operations.exchange.handling.outcome import Waiting
from app.operations.exchange.process import judge
from app.operations.matters import proposing
from app.operations.record import keylogs, recording
from app.store import actors, acts
from app.store.actors import StoredActor
from app.store.acts import Standing
from app.store.agenda import Kind
from app.store.tables_federation import nonces
from app.translation import build
from app.translation.gov_context import CONTEXT
from app.wiring import Budgets, Instance
from tests.network.servers import Server, answer, serving
from tests.operations.cycle import PEOPLE
from tests.operations.hill import founded
from tests.operations.loopback import instance_here
from tests.operations.neighbours import Clock, Place, done, found_council, settle_down
from tests.processes.servers import Someone

MALLORY = "https://evil.example/users/mallory"
VICTIM = "https://victim.example/assembly"


@pytest.mark.withstands("F03")
@pytest.mark.parametrize("kind", ["gov:DelegateVote", "gov:Ratification"])
def test_what_a_stranger_says_for_a_member_gets_no_receipt_and_is_passed_on_to_nobody(
    tmp_path: Path, sqlite_template: Path, kind: str
) -> None:
    valley = settle_down(tmp_path, sqlite_template, PEOPLE)
    found_council(valley, ("Riverside", "Hill"))
    council, river, hill = valley["Valley"], valley["Riverside"], valley["Hill"]
    draft = proposing.Draft("Winter fuel", "We buy together.", "policy", council.assembly)
    river.decide(done(river.do(proposing.propose, river.people["ana"], draft)))
    valley.deliver()
    about = hill.item(Kind.ANSWER, "Winter fuel").act
    proposal = council.read(lambda c: acts.by_id(c, about))
    assert proposal is not None
    said = {
        "@context": list(CONTEXT),
        "type": kind,
        "published": "2026-11-25T12:00:00Z",
        "gov:confederation": council.assembly,
        "gov:assembly": hill.assembly,
        "gov:proposal": {"id": proposal.id, "gov:digest": proposal.digest},
        "gov:choice": "rejected",
        "gov:stance": "rejected",
    }
    delegate, seal = f"{hill.instance.url}/people/rojin", keys.seal_signer(f"{MALLORY}#k", b"\x05" * 32)
    for person in (MALLORY, delegate) if kind == "gov:DelegateVote" else ():
        council.do(lambda c, _, person=person: actors.put(c, known(person, seal, "Person")))
    receipts = len(council.read(lambda c: acts.of_type(c, "gov:Receipt")))
    brought(council, said | {"id": f"{MALLORY}/acts/1", "attributedTo": MALLORY})
    assert len(council.read(lambda c: acts.of_type(c, "gov:Receipt"))) == receipts
    if kind == "gov:DelegateVote":
        [kept] = council.read(lambda c: acts.naming(c, proposal.id, "gov:proposal"))[-1:]
        assert (kept.standing, str(kept.because).partition(":")[0]) == (Standing.EVIDENCE, "vote.stranger")
        brought(council, said | {"id": f"{hill.instance.url}/acts/9", "attributedTo": delegate})
        assert len(council.read(lambda c: acts.of_type(c, "gov:Receipt"))) == receipts + 1


def brought(place: Place, document: Document) -> None:
    activity = {"id": f"{document['id']}/brought", "type": "Create", "actor": document["attributedTo"]}
    place.do(recording.record, document, activity | {"object": document}, None)


@pytest.mark.withstands("F35")
@pytest.mark.withstands("D19")
def test_acts_that_somebody_forges_or_repeats_leave_their_author_its_share(
    tmp_path: Path, sqlite_template: Path
) -> None:
    hill = founded(tmp_path, sqlite_template)
    seal = keys.seal_signer(f"{VICTIM}#ed25519-key", b"\x05" * 32)
    other = keys.seal_signer(f"{VICTIM}#ed25519-key", b"\x07" * 32)
    hill.do(lambda c, _: actors.put(c, known(VICTIM, seal)))
    instance = replace(hill.instance, budgets=Budgets(acts=Budget(4, timedelta(minutes=1))))
    first = report(1, seal)

    def comes(actor: str, act: Document) -> str:
        carried = {"id": f"{actor}/a", "type": "Announce", "actor": actor, "to": [], "object": act}
        outcome = asyncio.run(judge(instance, orjson.dumps(carried), actor))
        if callable(outcome):
            hill.do(lambda c, _: outcome(c))
        return outcome.code if isinstance(outcome, Refusal) else "recorded"

    assert comes(VICTIM, first) == "recorded"
    forged = [comes(MALLORY, report(number, other)) for number in range(10, 13)]
    repeated = comes(MALLORY, first)
    assert ([*forged, repeated], comes(MALLORY, first)) == (["recorded"] * 4, "budget.acts")
    assert [comes(VICTIM, report(number, seal)) for number in range(2, 6)] == ["recorded"] * 3 + ["budget.acts"]
    kept = hill.read(lambda c: acts.of_type(c, "gov:Report", author=VICTIM))
    assert [act.standing for act in kept] == [Standing.AUTHENTIC, *[Standing.EVIDENCE] * 3, *[Standing.AUTHENTIC] * 3]


def known(actor: str, seal: keys.SealSigner, kind: str = "Group") -> StoredActor:
    pem = keys.rsa_signer(f"{actor}#main-key", keys.generate_rsa()).public_pem()
    document = documents.render_actor(
        actor_id=actor,
        kind=kind,
        username="a",
        name="A",
        public_pem=pem,
        multikey=seal.multikey(),
        published=Clock().now(),
    )
    return StoredActor(actor, orjson.dumps(document), f"{actor}/inbox", None, reads_acts=True, fetched_at=2**40)


def report(number: int, seal: keys.SealSigner, author: str = VICTIM) -> Document:
    place = author.rpartition("/")[0]
    bare = {
        "@context": list(CONTEXT),
        "id": f"{place}/acts/{number}",
        "type": "gov:Report",
        "attributedTo": author,
        "published": "2026-11-02T18:00:00Z",
        "content": f"<p>Report {number}</p>",
        "gov:session": {"id": f"{place}/acts/session", "gov:digest": "zQmSession"},
    }
    return integrity_proofs.seal(bare, seal, Clock().now())


@pytest.fixture
async def missing() -> AsyncIterator[Server]:
    async with serving(lambda _: answer(b"", "404 Not Found")) as server:
        yield server


@pytest.mark.anyio
@pytest.mark.withstands("A28")
async def test_a_key_that_proofs_name_in_vain_is_asked_for_once_in_ten_minutes(
    tmp_path: Path, sqlite_template: Path, missing: Server
) -> None:
    clock = Clock()
    async with instance_here(tmp_path, sqlite_template, clock) as instance:
        for minutes in (0, 0, 9, 2):
            clock.tick(minutes=minutes)
            assert await forge(instance, missing, "ann") == "evidence"
        assert missing.targets == ["/ann"] * 2


@pytest.mark.anyio
@pytest.mark.withstands("D08")
async def test_who_names_many_keys_of_others_uses_up_its_own_share_and_not_theirs(
    tmp_path: Path, sqlite_template: Path, missing: Server
) -> None:
    clock = Clock()
    async with instance_here(tmp_path, sqlite_template, clock) as plain:
        instance = replace(plain, budgets=Budgets(proof_keys=Budget(3, timedelta(minutes=1))))
        codes = [await forge(instance, missing, f"u{number}") for number in range(5)]
        assert codes == ["evidence"] * 3 + ["net.budget"] * 2
        assert len(missing.targets) == 3
        assert await forge(instance, missing, "u9", "https://other.example/users/x") == "evidence"


async def forge(instance: Instance, server: Server, name: str, by: str = MALLORY) -> str:
    """What becomes of an act that `by` sends in the name of somebody at a server: kept as evidence, or put off."""
    author = f"{server.url}/{name}"
    act = report(1, keys.seal_signer(f"{author}#ed25519-key", b"\x07" * 32), author)
    carried = {"id": f"{by}/a", "type": "Announce", "actor": by, "to": [], "object": act}
    outcome = await judge(instance, orjson.dumps(carried), by)
    return outcome.code if isinstance(outcome, Refusal) else "evidence"


@pytest.mark.anyio
@pytest.mark.withstands("D10")
async def test_a_domain_has_so_many_nonces_of_questions_kept_and_no_more(tmp_path: Path, sqlite_template: Path) -> None:
    clock, held = Clock(), {"document": b""}
    async with (
        serving(lambda _: answer(held["document"], Content_Type=documents.ACTIVITY_JSON)) as server,
        instance_here(tmp_path, sqlite_template, clock) as plain,
    ):
        instance = replace(plain, budgets=Budgets(nonces=Budget(3, timedelta(minutes=1))))
        alice = Someone(f"{server.url}/alice")
        held["document"] = json.dumps(alice.document("Person")).encode()
        asked = [await receive.who_reads(instance, question(alice, instance, clock, number)) for number in range(5)]
        codes = [one.code if isinstance(one, Refusal) else str(one.actor) for one in asked]
        assert codes == [alice.id] * 3 + ["budget.spent"] * 2
        kept = await instance.database.read(lambda c: c.scalar(select(func.count()).select_from(nonces)))
        assert kept == 3


@pytest.mark.anyio
@pytest.mark.withstands("D10")
async def test_a_key_and_a_domain_have_so_many_posts_a_minute_and_others_are_heard(
    tmp_path: Path, sqlite_template: Path
) -> None:
    clock, spent = Clock(), "budget.spent"
    async with instance_here(tmp_path, sqlite_template, clock) as plain:
        a_minute = timedelta(minutes=1)
        instance = replace(plain, budgets=Budgets(posts=Budget(5, a_minute), posts_by_key=Budget(2, a_minute)))
        ann, bo, cy = (Someone(f"https://{name}.crowd.example/u") for name in ("ann", "bo", "cy"))
        far = Someone("https://far.example/u")
        for one in (ann, bo, cy, far):
            raw = orjson.dumps(one.document("Person"))
            actor = StoredActor(one.id, raw, f"{one.id}/inbox", None, reads_acts=False, fetched_at=2**40)
            await instance.database.write(partial(actors.put, actor=actor))
        said = [await post(one, instance, clock, number) for one in (ann, bo, cy) for number in range(3)]
        assert said == ["kept", "kept", spent, "kept", "kept", spent, "kept", spent, spent]
        assert await post(far, instance, clock, 0) == "kept"
        clock.tick(minutes=1)
        assert await post(ann, instance, clock, 9) == "kept"
        clock.tick(minutes=1)
        assert await post(ann, instance, clock, 10, size=20_000) == "kept", "which counts twice"
        assert await post(ann, instance, clock, 11) == spent
        assert [await post(one, instance, clock, 12) for one in (bo, bo, cy, cy)] == ["kept", "kept", "kept", spent]


async def post(who: Someone, instance: Instance, clock: Clock, number: int, *, size: int = 0) -> str:
    """What an inbox says to an activity of somebody."""
    url = f"{instance.url}/inbox"
    bare = {"id": f"{who.id}/{number}", "type": "Like", "actor": who.id, "object": "https://x.example/"}
    body = orjson.dumps(bare | {"content": "x" * size})
    headers = http_signatures.sign("POST", url, clock.now(), body, who.http)
    request = SignedRequest("POST", "/inbox", tuple((name.lower(), value) for name, value in headers.items()), body)
    refused = await receive.receive(instance, request)
    return "kept" if refused is None else refused.code


def question(who: Someone, instance: Instance, clock: Clock, number: int) -> SignedRequest:
    """A GET that is signed as RFC 9421 says, with a nonce."""
    url = f"{instance.url}/acts?after=1"
    parameters = f';created={int(clock.now().timestamp())};keyid="{who.http.key_id}";nonce="{number}"'
    covered = f'("@method" "@target-uri"){parameters}'
    base = f'"@method": GET\n"@target-uri": {url}\n"@signature-params": {covered}'
    signature = base64.b64encode(who.http.sign(base.encode())).decode()
    headers = (("host", url.split("/")[2]), ("signature-input", f"s={covered}"), ("signature", f"s=:{signature}:"))
    return SignedRequest("GET", "/acts?after=1", headers, b"")


def found_in(held: Mapping[str, Document], target: str) -> bytes:
    """What a server answers that serves these documents and no others."""
    if target not in held:
        return answer(b"", "404 Not Found")
    return answer(json.dumps(held[target]).encode(), Content_Type=documents.ACTIVITY_JSON)


@pytest.mark.anyio
@pytest.mark.withstands("A28")
@pytest.mark.withstands("E18")
@pytest.mark.parametrize("lies_there", ["nothing", "another act", "a key entry that does not stand"])
async def test_a_key_log_that_is_named_in_vain_is_asked_for_once_in_a_minute(
    tmp_path: Path, sqlite_template: Path, lies_there: str
) -> None:
    clock, held = Clock(), dict[str, Document]()

    async with serving(partial(found_in, held)) as server, instance_here(tmp_path, sqlite_template, clock) as instance:
        author = Someone(f"{server.url}/assembly")
        entry = report(9, author.seal, author.id) | {"id": f"{server.url}/acts/key"}
        if lies_there == "a key entry that does not stand":
            entry |= {"type": "gov:KeyEvent", "gov:version": 2, "gov:keys": [author.seal.multikey()]}
            entry |= {"gov:nextKeyDigests": ["zQmNext"], "gov:body": "commune"}
        sealed = integrity_proofs.seal({k: v for k, v in entry.items() if k != "proof"}, author.seal, clock.now())
        if lies_there != "nothing":
            held["/acts/key"] = sealed
        named = {"id": f"{server.url}/acts/key", "gov:digest": digest(sealed)}
        held["/assembly"] = author.document("Group") | {"gov:keylog": named}

        async def comes(number: int) -> str:
            act = report(number, author.seal, author.id)
            carried = {"id": f"{MALLORY}/{number}", "type": "Announce", "actor": MALLORY, "to": [], "object": act}
            outcome = await judge(instance, orjson.dumps(carried), MALLORY)
            if isinstance(outcome, Refusal):
                return outcome.code
            assert not isinstance(outcome, Waiting)
            await instance.database.write(outcome)
            kept = await instance.database.read(lambda c: acts.by_id(c, act["id"]))
            return str(kept.because).partition(":")[0] if kept is not None else "gone"

        codes = [await comes(number) for number in range(5)]
        clock.tick(seconds=59)
        codes.append(await comes(5))
        assert len(set(codes)) == 1, codes
        assert codes[0] == ("obj.missing" if lies_there == "nothing" else "key.unlogged")
        assert server.targets.count("/acts/key") == 1
        clock.tick(seconds=1)
        await comes(6)
        assert server.targets.count("/acts/key") == 2


@pytest.mark.anyio
@pytest.mark.withstands("E18")
async def test_a_key_log_that_was_away_is_had_a_minute_later(tmp_path: Path, sqlite_template: Path) -> None:
    clock, held = Clock(), dict[str, Document]()

    async with serving(partial(found_in, held)) as server, instance_here(tmp_path, sqlite_template, clock) as instance:
        author = Someone(f"{server.url}/assembly")
        entry = build.key_event(
            id=Id(f"{server.url}/acts/key"),
            author=Id(author.id),
            published=clock.now(),
            version=1,
            keys=(author.seal.multikey(),),
            next_key_digests=(next_key_digest("zNext"),),
            body=Body.COMMUNE,
        )
        sealed = integrity_proofs.seal(entry, author.seal, clock.now())
        held["/assembly"] = author.document("Group") | {
            "gov:keylog": {"id": sealed["id"], "gov:digest": digest(sealed)}
        }
        act = report(1, author.seal, author.id)
        missing = await recording.check(instance, act)
        assert missing is not None
        assert missing.code == "obj.missing"
        held["/acts/key"] = sealed
        clock.tick(minutes=1)
        assert await recording.check(instance, act) is None
        assert await instance.database.read(lambda c: len(keylogs.entries(c, author.id))) == 1
