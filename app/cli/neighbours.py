"""Commands about other servers: `block`, `allow`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import shell
from app.federation.policy import Level
from app.operations.exchange import blocking
from app.store import policies
from app.wiring import read_settings

commands = typer.Typer()

Reason = Annotated[str, typer.Option(help="why; every member sees it")]


@commands.command()
def block(
    domain: Annotated[str | None, typer.Argument(help="the domain; all below it are meant too")] = None,
    *,
    level: Annotated[Level, typer.Option(help="suspend, silence or limit")] = Level.SUSPEND,
    reason: Reason = "",
    lists: Annotated[bool, typer.Option("--list", help="print what is decided and what is only proposed")] = False,
    take: Annotated[Path | None, typer.Option("--import", metavar="FILE", help="a shared list, as drafts")] = None,
    give: Annotated[Path | None, typer.Option("--export", metavar="FILE", help="write what is decided here")] = None,
) -> None:
    """Refuse a server (suspend), hide its posts (silence) or fold them away (limit). Fellow assemblies still count."""
    settings = shell.or_fail(read_settings())
    if sum((domain is not None, lists, take is not None, give is not None)) != 1:
        raise typer.BadParameter("name a domain, or one of --list, --import and --export")
    if take is not None:
        text = shell.read_text(take, blocking.LARGEST_LIST)
        count, spared = shell.on(settings, lambda at, here: shell.or_fail(blocking.propose_list(at, here, text)))
        shell.say(f"{count} drafts. None holds until you decide it: roundabout block DOMAIN --reason ...")
        for name in spared:
            shell.say(f"Left out, since a fellow assembly lives there: {name}")
    elif give is not None:
        shell.write(give, shell.on(settings, lambda at, _: blocking.write_list(at)).encode())
    elif domain is not None:
        name, why = domain, reason
        done = shell.on(settings, lambda at, here: shell.or_fail(blocking.decide(at, here, name, level, why)))
        shell.say(f"{done.domain}: {done.level}. Every member sees that, and why.")
    else:
        decided = shell.on(settings, lambda at, _: policies.all_of(at))
        if not decided:
            shell.say("Nothing is decided about any server.")
        for kept in decided:
            shell.say(f"{kept.domain}: {kept.level}{' (draft)' if kept.draft else ''}: {kept.reason}")


@commands.command()
def allow(domain: str, reason: Reason = "") -> None:
    """Talk to a server: lift what holds for it, and let it in where only allowed servers are talked to."""
    settings = shell.or_fail(read_settings())
    done = shell.on(settings, lambda at, here: shell.or_fail(blocking.decide(at, here, domain, Level.ALLOW, reason)))
    shell.say(f"{done.domain} is allowed.")
