"""A server on this machine that answers as it is told, right or wrong."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

JSON: Final = "application/x-amz-json-1.0"
ITEM: Final = b'{"Attributes":{"id":{"S":"canary"}}}'


def reply(
    body: bytes = ITEM, status: str = "200 OK", kind: str = JSON, length: int | None = None, **headers: str
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}"]
    lines += [f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def error(code: str, status: str = "400 Bad Request") -> bytes:
    return reply(json.dumps({"__type": f"com.amazon#{code}", "message": "because"}).encode(), status)


UNFINISHED = reply(length=999)


Answer: TypeAlias = bytes | str | None
"""``b""`` closes, ``None`` resets the connection, ``"hang"`` keeps silent until the client gives up.

``close-now`` in an answer closes, ``reset-now`` resets after it.
"""


class FaultyServer:
    """Reads whole requests, and answers each with the next of ``answers``; the last one stays.

    With ``decide``, that says the answer to the headers and the body of a request.
    """

    def __init__(self, decide: Callable[[dict[str, str], bytes], Answer] | None = None) -> None:
        self.answers: list[Answer] = [reply()]
        self._decide = decide
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.connections = 0
        self.closed = threading.Semaphore(0)
        """Released for each connection that was closed."""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while self._serve_one(connection, stream.readline, stream.read):
                pass
        self.closed.release()

    def _next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _serve_one(
        self, connection: socket.socket, readline: Callable[[], bytes], read: Callable[[int], bytes]
    ) -> bool:
        headers = dict[str, str]()
        while (line := readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        if not headers:
            return False
        body = read(int(headers.get("content-length", 0)))
        self.requests.append((headers, body))
        answer = self._decide(headers, body) if self._decide else self._next()
        if answer == "hang":
            connection.settimeout(5)
            return bool(connection.recv(1))
        if isinstance(answer, bytes):
            connection.sendall(answer)
            if b"reset-now" not in answer:
                return bool(answer) and b"close-now" not in answer
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
