"""Names are looked up side by side: those that hang hold up no other."""

import asyncio
import socket
import struct

import pytest

from app.network.dialer import names

pytestmark = pytest.mark.anyio

ADDRESS = "93.184.216.34"
HANGING = 300


class NameServer(asyncio.DatagramProtocol):
    """Answers at once for what begins with `good`, and never for anything else."""

    def __init__(self) -> None:
        self.unanswered = 0
        self.many = asyncio.Event()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # what it is
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not data[13:].startswith(b"good"):
            self.unanswered += 1
            if self.unanswered >= HANGING:
                self.many.set()
            return
        end = data.index(b"\0", 12) + 5  # the name, then its type and class
        is_a = data[end - 4 : end - 2] == b"\0\1"
        head = data[:2] + struct.pack(">HHHHH", 0x8180, 1, int(is_a), 0, 0)
        found = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(ADDRESS) if is_a else b""
        self.transport.sendto(head + data[12:end] + found, addr)


async def test_a_name_is_found_while_hundreds_hang() -> None:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    resolver = names([f"127.0.0.1:{port}"])
    hanging = [asyncio.create_task(resolver.resolve(f"hang-{n}.example", 443)) for n in range(HANGING)]
    await server.many.wait()
    [found] = await resolver.resolve("good.example", 443, socket.AF_INET)
    assert found["host"] == ADDRESS
    assert not any(task.done() for task in hanging)
    ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert all(isinstance(one, OSError) for one in ended)
    await resolver.close()
    transport.close()
