"""The commands of `roundabout`, in groups, and how a failure is told.

A command that serves or keeps a role loads that role's module by name, so that serving imports
only what it serves with (architecture: no Alembic in a server).
"""

import sys

import typer

from app.cli import bodies, federation, journal, neighbours, outside, record, serving
from app.cli.shell import RefusedError
from app.store.database import StoreUnavailableError, UnsafeDatabaseError

commands = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Decide at home, count together."
)
for group in (bodies, serving, record, federation, neighbours, outside):
    commands.add_typer(group.commands)


def run() -> None:
    """Run the command that was typed; exit 1 on failure, 2 on bad usage."""
    journal.keep("INFO")  # what is not asked for is no part of what a script reads on standard output
    try:
        commands()
    except RefusedError as refused:
        sys.exit(f"roundabout: {refused}")
    except (StoreUnavailableError, UnsafeDatabaseError) as error:
        sys.exit(f"roundabout: ROUNDABOUT_DATABASE_URL: {error}")
    except OSError as error:  # a folder that is none, a full disk, a network that is away
        sys.exit(f"roundabout: {error.filename or 'the machine'}: {error.strerror or error}")
