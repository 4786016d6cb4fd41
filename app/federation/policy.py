"""With whom a server talks: whom it refuses, whose posts it folds away or hides, and whom it never refuses.

What fellow assemblies seal is recorded and counted whatever the policy says: a block is no way to silence a
vote (hostile F35, H07).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

import idna

from app.kernel.refusal import Refusal

_DEFAULT_PORTS: Final = frozenset({"443", "80"})
_LONGEST: Final = 255
_LONGEST_PORT: Final = 5


class Level(StrEnum):
    """What holds for a domain and everything below it."""

    ALLOW = "allow"  # where only allowed domains are talked to
    LIMIT = "limit"  # what is said there is folded away until a member opens it
    SILENCE = "silence"  # what is said there is kept and not shown
    SUSPEND = "suspend"  # nothing is taken from there or sent there


_HIDDEN: Final = frozenset({Level.SILENCE, Level.SUSPEND})


@dataclass(frozen=True, slots=True)
class Policy:
    """The levels by domain as `normal_domain` writes it, whether only allowed ones are talked to, and our fellows."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    only_allowed: bool = False
    fellows: frozenset[str] = frozenset()

    def level(self, host: str) -> Level | None:
        """What holds for a host: the rule of the nearest domain above it that has one."""
        return next((self.levels[name] for name in _names(host) if name in self.levels), None)

    def hides(self, host: str) -> bool:
        """True if nothing that is said or done at a host is shown or told to others."""
        return self.level(host) in _HIDDEN

    def refuses(self, host: str) -> Refusal | None:
        """Why nothing is taken from a host or sent to it, `policy.suspended` or `policy.closed`; None if it is."""
        level = self.level(host)
        if host in self.fellows:
            return None
        if level is Level.SUSPEND:
            return Refusal("policy.suspended", f"{host} is suspended here")
        if self.only_allowed and level is None:
            return Refusal("policy.closed", f"{host} is not among the domains that are allowed here")
        return None


def normal_domain(text: str) -> str | Refusal:
    """A domain as every comparison sees it: lower case, A-labels, no default port, no final dot (hostile B27).

    `domain.form` for anything that is no domain. An address of numbers with a port stays as it is.
    """
    host, _, port = text.strip().lower().partition(":")
    host = host.removesuffix(".")
    if port and (not port.isascii() or not port.isdecimal() or len(port) > _LONGEST_PORT):
        return Refusal("domain.form", f"not a domain: {text[:80]!r}")
    port = str(int(port)) if port else ""
    if host.isascii() and all(part.isdecimal() for part in host.split(".")):
        name = host
    else:
        try:
            name = idna.encode(host, uts46=True).decode("ascii").lower().removesuffix(".")
        except (idna.IDNAError, UnicodeError):
            return Refusal("domain.form", f"not a domain: {text[:80]!r}")
    if not name or len(name) > _LONGEST:
        return Refusal("domain.form", f"not a domain: {text[:80]!r}")
    return f"{name}:{port}" if port and port not in _DEFAULT_PORTS else name


def _names(host: str) -> tuple[str, ...]:
    """The host itself, then without its port, then every domain above it.

    Of one that is longer than a name can be, the domains in its end: there may be many thousands of them.
    """
    longest = _LONGEST + _LONGEST_PORT + 1
    return _names_of(host) if len(host) <= longest else _names_of(host[-longest:].partition(".")[2])


@lru_cache(maxsize=4096)  # the same hosts again and again
def _names_of(host: str) -> tuple[str, ...]:
    name, _, port = host.rpartition(":")
    name = name if name and port.isdecimal() else host
    found = [host]
    while name:
        found.append(name)
        name = name.partition(".")[2]
    return tuple(found)
