"""Commands about the world outside: whom the assembly follows, what stands at the head of its page, what it asks."""

from datetime import timedelta
from importlib import import_module
from typing import Annotated

import typer

from app.cli import shell
from app.wiring import read_settings

commands = typer.Typer()
outside = typer.Typer(no_args_is_help=True, help="Whom the assembly follows, what it pins, asks and complains of.")
commands.add_typer(outside, name="outside")

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="an address, or a handle such as @name@host")]
Post = Annotated[str, typer.Argument(metavar="POST", help="the address of a post of ours")]


@outside.command()
def follow(address: Address) -> None:
    """Follow an actor or a community on another server."""
    following, settings = import_module("app.operations.exchange.following"), shell.or_fail(read_settings())
    actor: str = shell.asking(settings, lambda instance: following.find(instance, address))
    shell.on(settings, lambda at, instance: shell.unless(following.follow(at, instance, actor)))
    shell.say(f"Asked to follow {actor}")


@outside.command()
def unfollow(address: Address) -> None:
    """Follow an actor no longer."""
    following, settings = import_module("app.operations.exchange.following"), shell.or_fail(read_settings())
    actor: str = shell.asking(settings, lambda instance: following.find(instance, address))
    shell.on(settings, lambda at, instance: shell.unless(following.unfollow(at, instance, actor)))
    shell.say(f"Follows {actor} no longer")


@outside.command()
def pin(post: Post) -> None:
    """Put a post at the head of the assembly's page elsewhere."""
    posting = import_module("app.operations.exchange.posting")
    shell.on(shell.or_fail(read_settings()), lambda at, instance: shell.unless(posting.pin(at, instance, post)))
    shell.say(f"Pinned: {post}")


@outside.command()
def unpin(post: Post) -> None:
    """Take a post down from there."""
    posting = import_module("app.operations.exchange.posting")
    shell.on(shell.or_fail(read_settings()), lambda at, instance: shell.unless(posting.unpin(at, instance, post)))
    shell.say(f"Taken down: {post}")


@outside.command()
def ask(
    act: Annotated[str, typer.Argument(metavar="ACT", help="the entry of ours that it is about")],
    question: Annotated[str, typer.Option(help="what everybody outside is asked")],
    option: Annotated[list[str], typer.Option(help="an answer to choose; two to four of them")],
    hours: Annotated[int, typer.Option(min=1, max=744, help="how long it is open")] = 72,
) -> None:
    """Ask everybody outside for an opinion. It is shown beside the matter, and is no vote."""
    consulting = import_module("app.operations.matters.consulting")
    post = shell.on(
        shell.or_fail(read_settings()),
        lambda at, instance: shell.or_fail(
            consulting.ask(at, instance, act, question, tuple(option), instance.now() + timedelta(hours=hours))
        ),
    )
    shell.say(f"Asked: {post}")


@outside.command()
def complain(
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="the address of whom it is about")],
    because: Annotated[str, typer.Option(help="what happened; their server reads it")],
    post: Annotated[list[str] | None, typer.Option(help="a post of theirs; may be given again")] = None,
) -> None:
    """Tell another server's moderators of somebody there, in the name of our server and of no person."""
    complaining = import_module("app.operations.exchange.complaining")
    shell.on(
        shell.or_fail(read_settings()),
        lambda at, instance: shell.or_fail(complaining.complain(at, instance, actor, post or [], because)),
    )
    shell.say(f"Their server will be told of {actor}")
