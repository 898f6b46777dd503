"""An HTTP/1.1 reply from the bytes of a connection, without reading any: whoever has a socket feeds them.

https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from dynakit.transport.http_head import LARGEST_HEAD, BadReply, Head, parse_head

LARGEST_BODY = 2**27
"""Bytes of a body; DynamoDB's largest reply, a batch of 16 MB, stays far below even where JSON escapes it."""

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t -~\x80-\xff]*)?")
_BARE_FEED = re.compile(rb"(?<!\r)\n")


class HttpReply(NamedTuple):
    """A whole reply; ``headers`` have names in lower case, ``body`` is as it came but for its chunks."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reusable: bool
    """Whether another request may be sent on the connection."""


class ReplyReader:
    """Reads one reply to a POST; interim replies (1xx) before it are passed over.

    A reader is used once. Bytes that follow the reply make the connection not reusable.
    """

    __slots__ = ("_buffer", "_chunks", "_head", "_read", "_size", "_skipped")

    def __init__(self) -> None:
        self._buffer = b""
        self._head: Head | None = None
        self._read: list[bytes] = []
        self._size = 0
        self._skipped = 0
        self._chunks: _Chunks | None = None

    def feed(self, data: bytes) -> HttpReply | None:
        """Take the next bytes; the reply if it is whole with them. Raises ``BadReply``."""
        head = self._head
        if head is not None:
            return self._body(head, data)
        if self._buffer:
            data = self._buffer + data
        while True:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._wait(data)
                return None
            if self._skipped + end > LARGEST_HEAD:
                raise _head_too_large()
            head = parse_head(data[:end])
            start = end + 4
            if head.status >= 200:
                break
            data = self._after_interim(head, data[start:], start)
        length = head.length
        if length is not None and length <= len(data) - start:
            whole = start + length == len(data)
            return HttpReply(head.status, head.headers, data[start : start + length], head.reusable and whole)
        return self._begin(head, data[start:])

    def end(self) -> HttpReply:
        """The other side closed: the reply, if its body was to end so. Raises ``BadReply``."""
        head = self._head
        if head is None:
            raise BadReply(
                "the connection was closed " + ("in a header" if self._buffer else "without a reply")
            )
        if head.length is not None or head.chunked:
            raise BadReply(f"the connection was closed, the reply cut short at {self._size} bytes")
        return HttpReply(head.status, head.headers, b"".join(self._read), False)

    def _wait(self, data: bytes) -> None:
        if not b"HTTP/1."[: len(data)] == data[:7]:
            raise BadReply("what came is no reply of HTTP/1.1")
        if self._skipped + len(data) > LARGEST_HEAD:
            raise _head_too_large()
        if _BARE_FEED.search(data):
            raise BadReply("a header is none of HTTP/1.1")
        self._buffer = data

    def _after_interim(self, head: Head, rest: bytes, size: int) -> bytes:
        if head.status == 101:
            raise BadReply("another protocol was switched to unasked")
        self._skipped += size
        self._buffer = b""
        return rest

    def _begin(self, head: Head, data: bytes) -> HttpReply | None:
        if head.length is not None and head.length > LARGEST_BODY:
            raise _body_too_large()
        self._head, self._buffer = head, b""
        if head.chunked:
            self._chunks = _Chunks()
        return self._body(head, data)

    def _body(self, head: Head, data: bytes) -> HttpReply | None:
        if self._chunks is not None:
            return self._chunked(self._chunks, head, data)
        self._read.append(data)
        self._size += len(data)
        if head.length is None:
            if self._size > LARGEST_BODY:
                raise _body_too_large()
            return None
        if self._size < head.length:
            return None
        body = b"".join(self._read)
        whole = len(body) == head.length
        return HttpReply(head.status, head.headers, body[: head.length], head.reusable and whole)

    def _chunked(self, chunks: _Chunks, head: Head, data: bytes) -> HttpReply | None:
        rest = chunks.feed(data)
        self._size = chunks.size
        if rest is None:
            return None
        return HttpReply(head.status, head.headers, b"".join(chunks.pieces), head.reusable and not rest)


class _Chunks:
    """Takes chunks apart; extensions and trailers are passed over."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self._buffer = b""
        self._left = 0
        """Bytes of the chunk that are still to come."""
        self._step = self._line

    def feed(self, data: bytes) -> bytes | None:
        """What follows the last chunk and its trailers; ``None`` while they are not whole."""
        self._buffer += data
        while self._step():
            if self._step == self._done:
                return self._buffer
        return None

    def _take_line(self) -> bytes | None:
        line, feed, rest = self._buffer.partition(b"\r\n")
        if not feed:
            if len(line) > LARGEST_HEAD or _BARE_FEED.search(line):
                raise _bad_chunk()
            return None
        self._buffer = rest
        return line

    def _line(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        size = _CHUNK.fullmatch(line)
        if size is None:
            raise _bad_chunk()
        self._left = int(size[1], 16)
        if self.size + self._left > LARGEST_BODY:
            raise _body_too_large()
        self._step = self._data if self._left else self._trailer
        self._trailers = 0
        return True

    def _data(self) -> bool:
        piece = self._buffer[: self._left]
        self._buffer = self._buffer[self._left :]
        self.pieces.append(piece)
        self.size += len(piece)
        self._left -= len(piece)
        if self._left == 0:
            self._step = self._after_data
        return self._left == 0

    def _after_data(self) -> bool:
        if len(self._buffer) < 2:
            if self._buffer not in (b"", b"\r"):
                raise _bad_chunk()
            return False
        if self._buffer[:2] != b"\r\n":
            raise _bad_chunk()
        self._buffer = self._buffer[2:]
        self._step = self._line
        return True

    def _trailer(self) -> bool:
        line = self._take_line()
        if line is None:
            return False
        self._trailers += len(line)
        if self._trailers > LARGEST_HEAD:
            raise _head_too_large()
        if not line:
            self._step = self._done
        elif b":" not in line:
            raise _bad_chunk()
        return True

    def _done(self) -> bool:
        return False


def _bad_chunk() -> BadReply:
    return BadReply("a chunk of the body is none of HTTP/1.1")


def _head_too_large() -> BadReply:
    return BadReply(f"the head is larger than {LARGEST_HEAD} bytes")


def _body_too_large() -> BadReply:
    return BadReply(f"the body is larger than {LARGEST_BODY} bytes")
