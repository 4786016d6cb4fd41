"""A confederation of three communes and a council, signed by code of its own, and the file of its record."""

import base64
import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Doc: TypeAlias = dict[str, Any]

CONTEXT: Final = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/data-integrity/v2",
    {"gov": "https://w3id.org/roundabout/gov#"},
]
ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BEGIN: Final = datetime(2026, 3, 12, 18, 0, 0, tzinfo=UTC)
CONSENSUS: Final = {"method": "consensus", "blocks": 0, "standAsides": "1/4", "quorum": "1/5"}
TWO_THIRDS: Final = {"method": "qualified", "threshold": "2/3", "base": "cast", "quorum": "1/5"}
AT_HOME: Final = {"method": "two_stage", "first": CONSENSUS, "then": TWO_THIRDS, "wait": "PT0S", "quorum": "1/5"}
MOST_PRESENT: Final = {"method": "majority", "base": "present", "quorum": "1/5"}
TWO_THIRDS_OF_ALL: Final = {"method": "qualified", "threshold": "2/3", "base": "entitled", "quorum": "1/5"}
BETWEEN: Final = {"method": "two_stage", "first": CONSENSUS, "then": TWO_THIRDS_OF_ALL, "wait": "PT0S", "quorum": "1/5"}
COMMUNE_SETTINGS: Final = {
    "rules": {
        "policy": AT_HOME,
        "ratification": AT_HOME,
        "mandate": MOST_PRESENT,
        "recall": MOST_PRESENT,
        "procedure": MOST_PRESENT,
    },
    "scope": "coordination",
    "contest": "PT5S",
}
COUNCIL_SETTINGS: Final = {
    "rules": {"policy": BETWEEN, "admission": TWO_THIRDS_OF_ALL, "charter": TWO_THIRDS_OF_ALL},
    "scope": "coordination",
    "contest": "PT5S",
}
MOST_FOR: Final = {"entitled": 40, "present": 30, "agree": 27, "reserve": 3}


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def base58(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def digest_of(data: bytes) -> str:
    return "z" + base58(b"\x12\x20" + hashlib.sha256(data).digest())


def ascii_of(name: str) -> str:
    return unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()


def ref(act: Doc) -> Doc:
    return {"id": act["id"], "gov:digest": digest_of(canonical({k: v for k, v in act.items() if k != "proof"}))}


def instant(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Signer:
    """Whoever can sign: an assembly or a person."""

    id: str
    name: str
    seed: int

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"%d" % self.seed).digest())

    @property
    def raw_key(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def multikey(self) -> str:
        return "z" + base58(b"\xed\x01" + self.raw_key)

    def prove(self, document: Doc, method: str | None = None) -> Doc:
        options = {
            "@context": document["@context"],
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": method or f"{self.id}#ed25519-key",
            "proofPurpose": "assertionMethod",
            "created": document["published"],
        }
        message = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(document)).digest()
        return {**document, "proof": {**options, "proofValue": "z" + base58(self.private.sign(message))}}

    def actor(self) -> Doc:
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.id,
            "type": "Group" if self.id.endswith("/assembly") else "Person",
            "name": self.name,
            "assertionMethod": [
                {
                    "id": f"{self.id}#ed25519-key",
                    "type": "Multikey",
                    "controller": self.id,
                    "publicKeyMultibase": self.multikey,
                }
            ],
        }


def node(one: bytes, other: bytes) -> bytes:
    return hashlib.sha256(b"\1" + one + other).digest()


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:half]), root(leaves[half:]))


def path_to(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path_to(index, leaves[:half]), root(leaves[half:])]
    return [*path_to(index - half, leaves[half:]), root(leaves[:half])]


def checkpoint(owner: Signer, leaves: list[bytes], size: int | None = None) -> str:
    some = leaves[: size if size is not None else len(leaves)]
    text = f"{owner.id}\n{len(some)}\n{base64.b64encode(root(some)).decode()}\n"
    key_id = hashlib.sha256(owner.id.encode() + b"\n\x01" + owner.raw_key).digest()[:4]
    signature = base64.b64encode(key_id + owner.private.sign(text.encode())).decode()
    return f"{text}\n— {owner.id} {signature}\n"


def cosign(note: str, witness: Signer, when: datetime) -> str:
    stamp = int(when.timestamp())
    text = note.partition("\n\n")[0] + "\n"
    key_id = hashlib.sha256(witness.id.encode() + b"\n\x04" + witness.raw_key).digest()[:4]
    signed = witness.private.sign(f"cosignature/v1\ntime {stamp}\n".encode() + text.encode())
    value = base64.b64encode(key_id + stamp.to_bytes(8, "big") + signed).decode()
    return f"{note}— {witness.id} {value}\n"


@dataclass(repr=False)
class World:
    """Everybody, the entries by a short name in the order in which they were sealed, and a clock.

    `begun` are the entries with which it began, the same in many records; `forged` those whose proof does not hold.
    """

    signers: dict[str, Signer] = field(default_factory=dict)
    acts: dict[str, Doc] = field(default_factory=dict)
    ledgers: dict[str, list[str]] = field(default_factory=dict)
    clock: datetime = BEGIN
    begun: tuple[str, ...] = ()
    forged: set[str] = field(default_factory=set)

    def fork(self) -> "World":
        """Another world that began like this one; no entry is ever changed in place, so they share them."""
        ledgers = {site: list(names) for site, names in self.ledgers.items()}
        return World(dict(self.signers), dict(self.acts), ledgers, self.clock, self.begun, set(self.forged))

    def begins(self) -> "World":
        """The same, of which all that is there was there from the beginning."""
        self.begun = tuple(self.acts)
        return self

    def __repr__(self) -> str:
        return f"World of {len(self.acts)} entries, at last {list(self.acts)[-1]}"

    def assembly(self, name: str, body: str = "commune") -> Signer:
        signer = Signer(f"https://{name.lower()}.example/assembly", name, 100 + len(self.signers))
        self.signers[name] = signer
        self.seal(
            f"key-{name}",
            name,
            "KeyEvent",
            **{
                "gov:version": 1,
                "gov:keys": [signer.multikey],
                "gov:nextKeyDigests": [digest_of(self.next_key(name).multikey.encode())],
                "gov:body": body,
            },
        )
        return signer

    def next_key(self, name: str) -> Signer:
        return Signer(self.signers[name].id, name, self.signers[name].seed + 1000)

    def person(self, name: str, home: str) -> Signer:
        home_id = self.signers[home].id
        at = home_id.removesuffix("/assembly")
        self.signers[name] = Signer(f"{at}/people/{ascii_of(name)}", name, 100 + len(self.signers))
        return self.signers[name]

    def seal(self, name: str, author: str, kind: str, /, **keys: object) -> Doc:
        """Sign and keep an entry; a second later the clock goes on."""
        signer = self.signers[author]
        site = "/".join(signer.id.split("/")[:3])
        document = {
            "@context": CONTEXT,
            "id": f"{site}/acts/{name.lower()}",
            "type": f"gov:{kind}",
            "attributedTo": signer.id,
            "published": instant(self.clock),
            **keys,
        }
        self.clock += timedelta(seconds=1)
        self.acts[name] = signer.prove(document)
        self.ledgers.setdefault(site, []).append(name)
        return self.acts[name]

    def change(self, name: str, edit: Callable[[Doc], None]) -> None:
        """Change an entry as nobody should, leaving its proof as it was."""
        self.acts[name] = json.loads(json.dumps(self.acts[name]))
        edit(self.acts[name])

    def id(self, name: str) -> str:
        return self.signers[name].id

    # The acts of the cycle ---------------------------------------------------------------------

    def charter(self, name: str, settings: Mapping[str, Any], /, **more: object) -> Doc:
        return self.seal(
            f"charter-{name}",
            name,
            "Charter",
            **{"name": name, "gov:version": 1, "gov:clauses": [], "gov:settings": settings, **more},
        )

    def decide(self, name: str, author: str, rule: object, proposal: Doc | None = None, /, **more: object) -> Doc:
        keys = {
            "gov:status": "adopted",
            "gov:counts": {"entitled": 40, "present": 30, "agree": 25, "disagree": 5},
            "gov:rule": rule,
            "gov:charter": ref(self.acts[f"charter-{author}"]),
        }
        if proposal is not None:
            keys["gov:proposal"] = ref(proposal)
        return self.seal(name, author, "Decision", **{**keys, **more})

    def ratify(self, name: str, author: str, proposal: Doc, stance: str = "ratified", /, **more: object) -> Doc:
        keys = {
            "gov:confederation": more.get("gov:confederation") or self.id("Valley"),
            "gov:proposal": ref(proposal),
            "gov:stance": stance,
            "gov:counts": MOST_FOR if stance != "rejected" else {"entitled": 40, "present": 30, "disagree": 30},
            "gov:rule": AT_HOME if stance != "rejected" else CONSENSUS,
            "gov:charter": ref(self.acts[f"charter-{author}"]),
        }
        return self.seal(name, author, "Ratification", **{**keys, **more})

    def receive(self, name: str, act: Doc, /, **more: object) -> Doc:
        leaf = len(self.ledgers["https://valley.example"])
        self.ledgers["https://valley.example"].append(f"received:{name}")
        keys = {"gov:act": ref(act), "gov:leaf": leaf}
        return self.seal(f"receipt-{name}", "Valley", "Receipt", **{**keys, **more})

    def propose(
        self, name: str, title: str, category: str, rule: object, author: str = "Riverside", /, **more: object
    ) -> Doc:
        keys = {
            "name": title,
            "content": "<p>…</p>",
            "gov:category": category,
            "gov:forum": more["gov:forum"] if "gov:forum" in more else self.id("Valley"),
            "gov:version": 1,
            "gov:rule": rule,
            "gov:opens": instant(self.clock),
            "gov:closes": instant(self.clock + timedelta(hours=1)),
            "gov:charter": ref(self.acts["charter-Valley"]) if "charter-Valley" in self.acts else None,
        }
        return self.seal(name, author, "Proposal", **{**keys, **more})

    def vote(self, name: str, person: str, home: str, choice: str, mandate: Doc | None, /, **more: object) -> Doc:
        keys = {
            "gov:confederation": more.get("gov:confederation") or self.id("Valley"),
            "gov:assembly": self.id(home),
            "gov:proposal": ref(self.acts["fuel"]),
            "gov:choice": choice,
        }
        if mandate is not None:
            keys["gov:mandate"] = ref(mandate)
        return self.seal(name, person, "DelegateVote", **{**keys, **more})

    def mandate(self, name: str, author: str, delegates: Iterable[str], items: list[Doc], /, **more: object) -> Doc:
        keys = {
            "content": "<p>What we argued.</p>",
            "gov:council": more.get("gov:council") or self.id("Valley"),
            "gov:delegates": [self.id(one) for one in delegates],
            "gov:items": items,
            "gov:validFrom": instant(BEGIN),
            "gov:validUntil": instant(BEGIN + timedelta(days=30)),
            "gov:term": "spring",
            "gov:decision": ref(self.decide(f"decision-{name}", author, MOST_PRESENT)),
        }
        return self.seal(name, author, "Mandate", **{**keys, **more})

    def conclude(
        self, name: str, proposal: Doc, rows: list[Doc], rule: object, author: str = "Valley", /, **more: object
    ) -> Doc:
        """An Outcome whose figures follow from `rows`, adopted, and binding those in favour unless `more` says else."""
        words = [row["stance"] for row in rows]
        wide = [str(row.get("choice", row["stance"])) for row in rows]
        favour = [row["assembly"] for row in rows if row["stance"] in {"ratified", "reserved"}]
        keys = {
            "gov:confederation": more.get("gov:confederation") or self.id("Valley"),
            "gov:proposal": ref(proposal),
            "gov:rule": rule,
            "gov:roll": [row["assembly"] for row in rows],
            "gov:stances": rows,
            "gov:binds": favour,
            "gov:counts": figures(words),
            "gov:tendency": {"status": "adopted", "counts": figures(wide)},
            "gov:status": "adopted",
            "gov:final": False,
        }
        return self.seal(name, author, "Outcome", **{**keys, **more})

    # The file ----------------------------------------------------------------------------------

    def leaf(self, name: str) -> bytes:
        raw = canonical(self.acts[name]) if name in self.acts else name.encode()
        return hashlib.sha256(b"\0" + raw).digest()

    def members(self, *, without: Iterable[str] = (), proofs: bool = False) -> dict[str, bytes]:
        """The members of the file, by path, without the entries named."""
        kept = {name: act for name, act in self.acts.items() if name not in set(without)}
        files: dict[str, bytes] = {}
        for name, act in kept.items():
            folder = "keylog" if act["type"] == "gov:KeyEvent" else "acts"
            files[f"{folder}/{name}.json"] = canonical(act)
        for name, signer in self.signers.items():
            files[f"actors/{ascii_of(name)}.json"] = canonical(signer.actor())
        if proofs:
            files |= self.proofs(kept)
        return files

    def proofs(self, kept: Iterable[str]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        wanted = set(kept)
        for site, names in self.ledgers.items():
            owner = next(one for one in self.signers.values() if one.id == f"{site}/assembly")
            leaves = [self.leaf(name) for name in names]
            note = checkpoint(owner, leaves)
            files[f"checkpoints/{owner.name.lower()}.txt"] = note.encode()
            for index, name in enumerate(names):
                if name in wanted and not name.startswith("key-"):
                    hashes = "".join(base64.b64encode(one).decode() + "\n" for one in path_to(index, leaves))
                    proof = f"c2sp.org/tlog-proof@v1\nindex {index}\n{hashes}\n{note}"
                    files[f"proofs/{name}.txt"] = proof.encode()
        return files

    def bundle(self, *, without: Iterable[str] = (), proofs: bool = False) -> bytes:
        return pack(self.members(without=without, proofs=proofs))


def figures(words: list[str]) -> Doc:
    have = {word: words.count(word) for word in ("ratified", "reserved", "rejected", "abstained")}
    return {
        "entitled": len(words),
        "present": sum(have.values()),
        "agree": have["ratified"],
        "reserve": have["reserved"],
        "standAside": 0,
        "disagree": have["rejected"],
        "block": 0,
        "abstain": have["abstained"],
    }


def manifest(files: Mapping[str, bytes]) -> bytes:
    listed = {path: digest_of(raw) for path, raw in files.items()}
    return canonical({"type": "gov:Bundle", "gov:version": 1, "gov:files": listed})


def pack(files: Mapping[str, bytes], listing: bytes | None = None) -> bytes:
    """A zip of `files` with their manifest, or with the one given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest(files) if listing is None else listing)
        for path, raw in files.items():
            archive.writestr(path, raw)
    return stream.getvalue()


def deciding_by(rule: Doc, **more: object) -> Doc:
    """Valley's settings where this is the rule for policy."""
    settings: Doc = dict(COUNCIL_SETTINGS)
    return {**settings, "rules": {**settings["rules"], "policy": rule}, **more}


def founded(
    settings: Mapping[str, Any] = COUNCIL_SETTINGS,
    joined: Iterable[str] = ("Riverside", "Hill"),
    world: World | None = None,
) -> World:
    """Three communes with their charters; Valley founded with these settings by those of two who `joined`.

    In a `world` of others, if one is given.
    """
    world = world or World()
    for name in ("Riverside", "Hill", "Harbour"):
        world.assembly(name)
    world.assembly("Valley", "council")
    for name in ("Riverside", "Hill", "Harbour"):
        world.charter(name, COMMUNE_SETTINGS)
        world.seal(
            f"founding-{name}",
            name,
            "Decision",
            **{
                "gov:status": "adopted",
                "gov:counts": {"entitled": 40, "present": 40, "agree": 40},
                "gov:rule": MOST_PRESENT,
                "gov:charter": ref(world.acts[f"charter-{name}"]),
            },
        )
    members = [
        {"assembly": world.id(name), "gov:keylog": ref(world.acts[f"key-{name}"])["gov:digest"], "gov:seats": 2}
        for name in ("Riverside", "Hill")
    ]
    world.charter("Valley", settings, **{"gov:members": members})
    for name in joined:
        world.ratify(f"founder-{name}", name, world.acts["charter-Valley"])
    return world


def row(world: World, name: str, act: str | None = None, stance: str = "ratified", /, **more: object) -> Doc:
    found: Doc = {"assembly": world.id(name), "stance": stance}
    if act is not None:
        found |= {"by": "ratification", "act": ref(world.acts[act])}
    return {**found, **more}


def admitted(world: World, who: str = "Harbour") -> World:
    """One more is let in by the two that are there."""
    proposal = world.propose(
        "joining", f"{who} joins", "admission", TWO_THIRDS_OF_ALL, **{"gov:assembly": world.id(who)}
    )
    world.receive("joining", proposal, **{"gov:roll": sorted([world.id("Riverside"), world.id("Hill")])})
    for name in ("Riverside", "Hill"):
        world.receive(f"joining-{name}", world.ratify(f"joining-{name}", name, proposal))
    rows = [row(world, name, f"joining-{name}") for name in ("Hill", "Riverside")]
    world.clock += timedelta(hours=1, seconds=5)  # nothing can be objected any more
    outcome = world.conclude("joined", proposal, rows, TWO_THIRDS_OF_ALL)
    keylog = ref(world.acts[f"key-{who}"])["gov:digest"]
    world.seal(
        "admission",
        "Valley",
        "Admission",
        **{"gov:assembly": world.id(who), "gov:outcome": ref(outcome), "gov:keylog": keylog, "gov:seats": 2},
    )
    return world


def item(proposal: Doc, choice: str) -> Doc:
    return {"gov:subject": ref(proposal), "gov:latitude": {"kind": "fixed", "choices": [choice]}}


def cycle() -> World:
    """The whole confederal cycle up to Valley's honest Outcome (`outcome`)."""
    world = admitted(founded())
    for person, home in (("Rojîn", "Hill"), ("Tom", "Hill"), ("Leyla", "Harbour")):
        world.person(person, home)
    fuel = world.propose("fuel", "Common purchase of winter fuel", "policy", BETWEEN)
    roll = sorted(world.id(name) for name in ("Riverside", "Hill", "Harbour"))
    world.receive("fuel", fuel, **{"gov:roll": roll})
    mandate = world.mandate("mandate-Hill", "Hill", ("Rojîn", "Tom"), [item(fuel, "ratified")])
    other = {"gov:subject": {"topic": "bread"}, "gov:latitude": {"kind": "fixed", "choices": ["ratified"]}}
    lesser = world.mandate("mandate-Harbour", "Harbour", ("Leyla",), [other])
    world.receive("vote-rojin", world.vote("vote-rojin", "Rojîn", "Hill", "ratified", mandate))
    world.receive("vote-leyla", world.vote("vote-leyla", "Leyla", "Harbour", "ratified", lesser))
    world.vote("vote-tom", "Tom", "Hill", "rejected", mandate)
    decision = world.decide("decision-recall", "Hill", MOST_PRESENT)
    recall = world.seal(
        "recall",
        "Hill",
        "Recall",
        **{"gov:mandate": ref(mandate), "gov:delegates": [world.id("Tom")], "gov:decision": ref(decision)},
    )
    world.receive("recall", recall)
    world.vote("vote-tom-again", "Tom", "Hill", "ratified", mandate)
    for name in ("Riverside", "Harbour"):
        world.receive(f"ratification-{name}", world.ratify(f"ratification-{name}", name, fuel))
    world.conclude("outcome", fuel, fuel_rows(world), BETWEEN)
    return world


def fuel_rows(world: World) -> list[Doc]:
    return [
        row(world, "Harbour", "ratification-Harbour"),
        {**row(world, "Hill", "vote-rojin"), "by": "mandate"},
        row(world, "Riverside", "ratification-Riverside"),
    ]


def second_result(world: World, **more: object) -> World:
    """Valley's second Outcome, which calls Harbour silent."""
    rows = fuel_rows(world)
    rows[0] = row(world, "Harbour", None, "silent")
    world.conclude("outcome-2", world.acts["fuel"], rows, BETWEEN, **more)
    return world
