"""A server that begins to answer, a byte now and then, and never ends."""

import socket
import threading
from contextlib import suppress


class Dripping:
    """Drips whatever it is asked; `asked` counts the requests, `left` those whose sender would not wait any longer."""

    def __init__(self) -> None:
        self.asked = self.left = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._drip, args=(self._listening.accept()[0],), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 100000\r\n\r\n{"
        with connection, suppress(OSError):
            connection.recv(65_536)
            self.asked += 1
            connection.sendall(head)
            while not self._closed.wait(0.2):
                connection.sendall(b" ")
        self.left += 1
