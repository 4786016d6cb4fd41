"""Commands that make a body and keep its list: `init`, `found`, `member`."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer

from app.cli import shell
from app.cli.shell import AsJson
from app.governance.assembly import Body
from app.governance.starter import STARTER_UNITY
from app.kernel.canonical import Document
from app.kernel.ids import is_loopback
from app.operations.assembly import founding, membership, recovery
from app.operations.assembly.unity import read_unity
from app.store import accounts
from app.store.database import Connection
from app.wiring import Instance, make_secret, read_settings

commands = typer.Typer()
member = typer.Typer(no_args_is_help=True, help="The members' list: free in a gathering, by decision afterwards.")
commands.add_typer(member, name="member")

Decision = Annotated[str | None, typer.Option("--decision", metavar="ACT", help="the decision that orders it")]
_OURS_ALONE: Final = 0o700


@commands.command()
def init(
    kind: Annotated[Body, typer.Option(help="commune or council: whether its members are people or assemblies")],
    name: Annotated[str, typer.Option(help="the name on pages")],
    url: Annotated[str, typer.Option(help="the public base URL")],
    data: Annotated[Path | None, typer.Option(help="where keys, media and SQLite are kept")] = None,
    profile: Annotated[str, typer.Option(help="open or watched")] = "open",
) -> None:
    """Make an instance: keys and database, as a gathering. Refuses to overwrite one."""
    if kind not in {Body.COMMUNE, Body.COUNCIL}:
        raise typer.BadParameter(f"an instance is a commune or a council, not a {kind}", param_hint="--kind")
    refused = founding.check_name(name)
    if refused is not None:
        shell.fail(f"--name {name!r}: {refused.because}")
    here = url.startswith("http://") and is_loopback(urlsplit(url).hostname or "")
    chosen = {"url": url, "profile": profile} | ({"data_dir": data} if data is not None else {})
    settings = shell.or_fail(read_settings(**chosen, **({"loopback": True} if here else {})))
    if settings.secret.exists():
        shell.fail(f"there is an instance in {settings.data_dir}: {settings.secret} exists")
    settings.data_dir.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
    shell.or_fail(import_module("app.store.migration").migrate(settings.database))
    make_secret(settings.secret)
    shell.on(settings, lambda connection, instance: shell.or_fail(founding.begin(connection, instance, kind, name)))
    shell.say(f"{name} is a gathering now. To serve it, set:")
    shown = {"URL": settings.url, "DATA_DIR": str(settings.data_dir), "PROFILE": profile}
    for variable, value in (shown | ({"LOOPBACK": "1"} if here else {})).items():
        shell.say(f"  ROUNDABOUT_{variable}={value}")


@commands.command()
def found(
    rules: Annotated[str, typer.Option(metavar="starter|FILE", help="the starter rules, or a file of settings")],
    present: Annotated[int | None, typer.Option(min=1, help="how many took part")] = None,
    agree: Annotated[int | None, typer.Option(min=0, help="how many agreed")] = None,
    council: Annotated[Path | None, typer.Option(metavar="FILE", help="the founding members of a council")] = None,
    unity: Annotated[str, typer.Option(metavar="starter|FILE", help="a council's points of unity")] = "starter",
    *,
    caretaker: Annotated[
        list[str] | None, typer.Option(help="who keeps the server, by sign-in name; twice or more")
    ] = None,
    co_signer: Annotated[
        list[str] | None, typer.Option(help="who confirms what is signed; three times or more")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record a gathering's founding decision, made by a hand count in the room."""
    settings = shell.or_fail(read_settings())
    own: Document = {} if rules == "starter" else shell.read_json(Path(rules), dict)
    if council is not None:
        members = shell.or_fail(founding.read_members(shell.read_json(council, list), loopback=settings.loopback))
        said = [{"number": number, "content": content} for number, content in STARTER_UNITY]
        points = shell.or_fail(read_unity(said if unity == "starter" else shell.read_json(Path(unity), list)))
        done = shell.on(settings, lambda at, on: shell.or_fail(founding.found_council(at, on, own, members, points)))
    elif present is None or agree is None:
        raise typer.BadParameter("a commune is founded with --present and --agree, a council with --council")
    else:
        agreed = founding.Agreed(caretakers=tuple(caretaker or ()), co_signers=tuple(co_signer or ()))
        done = shell.on(
            settings,
            lambda at, instance: shell.or_fail(
                founding.found_commune(at, instance, own, present=present, agree=agree, on=agreed)
            ),
        )
    if as_json:
        acts = {"keylog": done.key_event, "charter": done.charter, "decision": done.decision}
        shown = {name: {"id": act.id, "gov:digest": act.digest} for name, act in acts.items() if act is not None}
        shell.say(json.dumps(shown | {"nextKey": done.next_key.hex()}))
        return
    shell.say(f"Founded. The rules: {done.charter.id}")
    shell.say(f"Fingerprint of the first key entry, for those who confederate with you: {done.key_event.digest}")
    shell.say(f"Write the next key on paper; it is kept nowhere else: {done.next_key.hex()}")


@member.command()
def add(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="one person, or several")],
    *,
    password_stdin: Annotated[bool, typer.Option(help="read a password for each name, one on each line")] = False,
    decision: Decision = None,
) -> None:
    """Enter people on the list. Nobody needs an account to be a full member."""
    passwords: list[str | None] = [None] * len(names)
    if password_stdin:
        lines = sys.stdin.read().splitlines()
        if len(lines) != len(names):
            shell.fail(f"{len(names)} names and {len(lines)} passwords: one on each line of standard input is needed")
        passwords = [shell.or_fail(membership.hash_password(line)) for line in lines]

    def enter(connection: Connection, instance: Instance) -> list[accounts.Account]:
        return [
            shell.or_fail(membership.add(connection, instance, name, password, decision=decision))
            for name, password in zip(names, passwords, strict=True)
        ]

    for added in shell.on(shell.or_fail(read_settings()), enter):
        shell.say(f"{added.shown}: signs in as {added.name}" if added.password else f"{added.shown}: on the list")


@member.command("list")
def list_members(*, as_json: AsJson = False) -> None:
    """Print who is on the list."""
    people = shell.on(shell.or_fail(read_settings()), lambda connection, _: accounts.members(connection))
    if as_json:
        shell.say(json.dumps([{"name": one.name, "shown": one.shown, "caretaker": one.caretaker} for one in people]))
        return
    for one in people:
        shell.say(f"{one.shown} ({one.name}){', caretaker' if one.caretaker else ''}")


@member.command()
def reset(name: str, because: Annotated[str, typer.Option(help="why; every member reads it")]) -> None:
    """Give a member a new password. All members see it, and what it votes online waits until the member confirms."""
    settings = shell.or_fail(read_settings())
    done = shell.on(settings, lambda at, here: shell.or_fail(recovery.reset(at, here, name, because)))
    shell.say(f"{done.account.shown} signs in as {done.account.name} with: {done.password}")
    shell.say("Tell it to nobody else; they change it on their own page, and confirm there that it is them.")


@member.command()
def remove(name: str, decision: Decision = None) -> None:
    """Take a person off the list."""
    settings = shell.or_fail(read_settings())
    gone = shell.on(settings, lambda at, here: shell.or_fail(membership.remove(at, here, name, decision=decision)))
    shell.say(f"{gone.shown} is off the list")
