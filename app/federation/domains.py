"""Whose a host is: the registrable domain, which is what costs something to have (hostile D08).

Source: the Public Suffix List, as the library `publicsuffixlist` brings it along.
"""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=4096)
def domain_of(host: str) -> str:
    """The registrable domain of a host as it stands in an address: `b.example` for `a.b.example:8443`.

    A host without one (an address of numbers, a name of one label) is its own, with its port.
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if name.startswith("[") or name.rpartition(".")[2].isdecimal():
        return host
    return _suffixes().privatesuffix(name) or host


@cache
def _suffixes() -> PublicSuffixList:
    """The list, read when it is first asked: it takes longer than any other part of a start."""
    return PublicSuffixList()
