"""Commands that show how it stands with other servers: `queue` and `peers`."""

import json
from datetime import UTC, datetime

import typer

from app.cli import shell
from app.cli.shell import AsJson
from app.kernel.instant import format_instant
from app.operations.exchange import corresponding
from app.operations.exchange.corresponding import Correspondent
from app.store.hosts import Host
from app.wiring import read_settings

commands = typer.Typer()


@commands.command()
def queue(*, as_json: AsJson = False) -> None:
    """Print what waits for other servers, since when and why, and what was given up."""
    found = shell.look(shell.or_fail(read_settings()), lambda at, _: corresponding.queue(at))
    if as_json:
        shown = {
            "waiting": sum(host.waiting for host in found.hosts),
            "givenUp": sum(host.given_up for host in found.hosts),
            "hosts": [_queued(host) for host in found.hosts],
            "inbox": {
                "waiting": found.to_handle,
                "aside": [{"activity": one.activity_id, "because": one.because} for one in found.aside],
            },
        }
        shell.say(json.dumps(shown))
        return
    for host in found.hosts:
        since = f" since {_time(host.oldest)}" if host.waiting else ""
        gone = f", {host.given_up} given up" if host.given_up else ""
        shell.say(f"{host.host}: {host.waiting} waiting{since}{gone}{f' ({host.because})' if host.because else ''}")
    if not found.hosts:
        shell.say("Nothing waits for other servers, and nothing was given up.")
    shell.say(f"To handle here: {found.to_handle}. Put aside: {len(found.aside)}.")
    for one in found.aside:
        shell.say(f"  {one.activity_id}: {one.because}")


@commands.command()
def peers(*, as_json: AsJson = False) -> None:
    """Print the servers that we write to: when each was last heard, if it is away, how far its record is read."""
    found = shell.look(shell.or_fail(read_settings()), lambda at, instance: corresponding.peers(at, instance.now()))
    if as_json:
        shell.say(json.dumps([_peer(one) for one in found]))
        return
    if not found:
        shell.say("We write to no other server yet.")
    for one in found:
        heard = f"last heard {_time(one.host.heard_at)}" if one.host.heard_at else "not heard yet"
        signs = f", signs by {one.scheme}" if one.scheme else ""
        read = "".join(f", its record read to leaf {record.leaf}" for record in one.records)
        shell.say(f"{one.host.host}: {heard}, breaker {one.breaker}{signs}, {one.host.waiting} waiting{read}")


@commands.command()
def refetch(actor: str) -> None:
    """Ask for an actor's document and keys anew, and try at once what waits for its server."""
    settings = shell.or_fail(read_settings())
    shell.work(settings, lambda instance: corresponding.refetch(instance, actor))
    shell.say(f"{actor}: fetched anew; what waits for its server is tried at once.")


def _queued(host: Host) -> dict[str, object]:
    return {
        "host": host.host,
        "waiting": host.waiting,
        "oldest": _time(host.oldest),
        "failures": host.failures,
        "because": host.because,
        "givenUp": host.given_up,
    }


def _peer(one: Correspondent) -> dict[str, object]:
    return {
        "host": one.host.host,
        "heard": _time(one.host.heard_at),
        "tried": _time(one.host.tried_at),
        "breaker": one.breaker,
        "scheme": one.scheme,
        "waiting": one.host.waiting,
        "records": [
            {
                "assembly": record.assembly,
                "leaf": record.leaf,
                "read": _time(record.pulled_at),
                "because": record.because,
            }
            for record in one.records
        ],
    }


def _time(seconds: int) -> str | None:
    return format_instant(datetime.fromtimestamp(seconds, UTC)) if seconds else None
