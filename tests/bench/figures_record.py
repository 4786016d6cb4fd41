"""Acts verified offline, beside the signature check and two hashes that each needs at the least."""

import hashlib
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.verifier import verify_bundle
from tests.bench.measure import PER_CPU, Figure
from tests.verifier.confederation import cycle

_ROUNDS = 20


def verified() -> dict[str, Figure]:
    """Acts per CPU-second that the offline verifier checks and counts, in a file of the whole cycle."""
    bundle = cycle().bundle(proofs=True)
    began = time.process_time()
    entries = sum(verify_bundle(bundle).entries for _ in range(_ROUNDS))
    used = time.process_time() - began
    key = Ed25519PrivateKey.generate()
    public, message = key.public_key(), b"x" * 800
    signature = key.sign(message)
    began = time.process_time()
    for _ in range(entries):
        public.verify(signature, hashlib.sha256(message).digest() and message)
        hashlib.sha256(message).digest()
    return {"acts verified offline": Figure(entries / used, PER_CPU, entries / (time.process_time() - began))}
