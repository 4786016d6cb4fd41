"""The connections of one process: so many in all, so many of one address; who asks nothing makes room (hostile D01)."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Protocol

MOST: Final = 8_192
MOST_OF_ONE: Final = 512
_ANYWHERE: Final = ""


class Guest(Protocol):
    """A connection as the crowd sees it."""

    def is_served(self) -> bool:
        """True while a whole request of it is being answered: it is not sent away for another."""
        ...

    def send_away(self) -> None:
        """Close it at once."""
        ...


class Crowd:
    """Who is connected. Where there are as many as there may be, the one that came first and is not served leaves.

    So nobody keeps others out by connecting: whoever comes is let in and has time to ask. One address is one IPv4
    address, or a network of 64 bits, which is what one household has of IPv6. `doors` are the addresses and networks
    from which many come, a reverse proxy's: only all together are counted there.
    """

    def __init__(self, most: int = MOST, most_of_one: int = MOST_OF_ONE, doors: Iterable[str] = ()) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._doors: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(door.strip()) for door in doors)
        self._here: dict[Guest, str] = {}
        self._of: dict[str, dict[Guest, None]] = {}

    def admit(self, guest: Guest, address: str | None) -> bool:
        """Let a connection from `address` in, None for one of no address; False if all there are being served."""
        place = self._place_of(address)
        mine = self._of.get(place, {})
        if place != _ANYWHERE and len(mine) >= self._most_of_one and not self._make_room(mine):
            return False
        if len(self._here) >= self._most and not self._make_room(self._here):
            return False
        self._here[guest] = place
        self._of.setdefault(place, {})[guest] = None
        return True

    def leave(self, guest: Guest) -> None:
        """A connection has ended; twice is once."""
        place = self._here.pop(guest, None)
        if place is not None:
            self._of[place].pop(guest)
            if not self._of[place]:
                del self._of[place]

    def __len__(self) -> int:
        """How many are here."""
        return len(self._here)

    def _make_room(self, among: Iterable[Guest]) -> bool:
        idle = next((guest for guest in among if not guest.is_served()), None)
        if idle is None:
            return False
        self.leave(idle)
        idle.send_away()
        return True

    def _place_of(self, address: str | None) -> str:
        try:
            found = ip_address(address or "")
        except ValueError:
            return _ANYWHERE  # a socket of this machine
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if any(found in door for door in self._doors):
            return _ANYWHERE
        return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
