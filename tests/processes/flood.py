"""Very many activities on one connection, as fast as a server answers them."""

import json
import re
import socket

from tests.processes.asking import follow, inbox
from tests.processes.servers import Server, Someone

_AT_ONCE = 200


def head(path: str, headers: dict[str, str]) -> bytes:
    """The head of a POST, as it travels."""
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def flood(server: Server, someone: Someone, count: int) -> list[int]:
    """Post one signed activity so often on one connection, until it is answered 429; the statuses."""
    body = json.dumps(follow(someone.id, server)).encode()
    signed = someone.signed(inbox(server), body) | {"Content-Length": str(len(body))}
    many, statuses = (head("/inbox", signed) + body) * _AT_ONCE, []
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        for _ in range(count // _AT_ONCE):
            connection.sendall(many)
            answer = b""
            while answer.count(b"\r\n\r\n") < _AT_ONCE:  # they have no body
                answer += connection.recv(1 << 20)
            statuses += [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", answer)]
            if 429 in statuses:
                break
    return statuses
