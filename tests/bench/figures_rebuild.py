"""The record of a hundred instances folded into its tables again, beside reading it and one hash of each act."""

import hashlib
import time
from pathlib import Path

from app.operations.record import rebuilding
from app.store import acts
from tests.bench.measure import PER_CPU, Figure
from tests.bench.recording_many import recorded
from tests.operations.neighbours import done


def rebuilt(folder: Path) -> dict[str, Figure]:
    """Acts per CPU-second that `rebuild` folds when nothing but acts and leaves is there, and when nothing differs."""
    place, number = recorded(folder)
    began = time.process_time()
    found = done(place.do(rebuilding.rebuild))
    anew = time.process_time() - began
    if found.faults or found.differed["acts"] != number:
        raise AssertionError(f"not what was recorded was rebuilt: {found.differed}, {found.faults[:3]}")
    began = time.process_time()
    again = done(place.do(rebuilding.rebuild))
    sound = time.process_time() - began
    if again.differed:
        raise AssertionError(f"what was rebuilt differs: {again.said[:3]}")
    began = time.process_time()
    place.read(lambda connection: sum(len(hashlib.sha256(act.raw).digest()) for act in acts.every(connection, 1024)))
    least = found.acts / (time.process_time() - began)
    return {
        "acts rebuilt from the record": Figure(found.acts / anew, PER_CPU, least, 5_000),
        "acts found as they must be": Figure(again.acts / sound, PER_CPU, least),
    }
