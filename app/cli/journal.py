"""What a running server writes down, on standard error: how much is a setting, and what is secret is never in it."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class _Forgiving:
    """Standard error, for a log that nobody can write: that is no reason to answer nobody (hostile E04, E17)."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def keep(level: str) -> None:
    """Write down what is at least as grave as `level`, one line each, with times in UTC.

    A traceback says where a bug is and no more: the library's own would show the values there, which are people's
    passwords, ballots and the server's secret (hostile H09).
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Forgiving())),
    )
