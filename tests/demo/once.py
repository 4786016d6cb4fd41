"""What must be in a record once, whatever was killed while it was written."""

from collections import Counter

from app.demo.stage import Server
from app.kernel.canonical import canonical


def doubled(server: Server) -> dict[str, int]:
    """What a server holds twice: an act, an assembly's answer to one proposal, a Receipt for one act, an Outcome."""
    found: Counter[str] = Counter()
    for act in server.record():
        found[act["id"]] += 1
        if act["type"] == "gov:Ratification":
            found[f"{act['attributedTo']} on {act['gov:proposal']['id']}"] += 1
        if act["type"] == "gov:Receipt":
            found[f"{act['attributedTo']} received {act['gov:act']['id']}"] += 1
        if act["type"] == "gov:Outcome":
            said = {key: act[key] for key in ("attributedTo", "gov:proposal", "gov:stances", "gov:final")}
            found[canonical(said).decode()] += 1
    return {what: times for what, times in found.items() if times > 1}
