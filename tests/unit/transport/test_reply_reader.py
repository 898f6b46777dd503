"""Replies of HTTP/1.1 from bytes in any pieces, and bytes that are none."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynakit.transport import http_reply
from dynakit.transport.http_head import LARGEST_HEAD, BadReply
from dynakit.transport.http_reply import HttpReply, ReplyReader

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def read(*pieces: bytes) -> HttpReply:
    """The reply of some pieces, and of the end of the connection after them."""
    reader = ReplyReader()
    for at, piece in enumerate(pieces):
        reply = reader.feed(piece)
        if reply is not None:
            assert at == len(pieces) - 1 or not any(pieces[at + 1 :])
            return reply
    return reader.end()


def feed(*pieces: bytes) -> None:
    """Feed some pieces that are no whole reply."""
    reader = ReplyReader()
    for piece in pieces:
        assert reader.feed(piece) is None


WHOLE = [
    (OK + b"Content-Length: 2\r\n\r\n{}", 200, b"{}", True),
    (OK + b"Content-Length: 0\r\n\r\n", 200, b"", True),
    (OK + b"content-length:2\r\nCONNECTION: Close\r\n\r\n{}", 200, b"{}", False),
    (OK + b"Content-Length: 2\r\nConnection: x, close\r\n\r\n{}", 200, b"{}", False),
    (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True),
    (OK + b"Content-Length: 2, 2\r\n\r\n{}", 200, b"{}", True),
    (b"HTTP/1.1 400\r\nContent-Length: 1\r\n\r\nx", 400, b"x", True),
    (b"HTTP/1.1 503 \xc3\xa9\r\nContent-Length: 1\r\n\r\nx", 503, b"x", True),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
    (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}", 200, b"{}", True),
    (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n{}", 200, b"{}", True),
    (b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" * 3 + OK + b"Content-Length: 2\r\n\r\n{}", 200, b"{}", True),
    (OK + b"\r\n{}", 200, b"{}", False),
    (OK + b"\r\n", 200, b"", False),
    (b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\nabc", 200, b"abc", False),
    (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", 200, b"{}", True),
    (CHUNKED + b"1\r\n{\r\nA ;x=y;z\r\n012345678}\r\n00\r\n\r\n", 200, b"{012345678}", True),
    (CHUNKED + b"2\r\n\r\n\r\n0;a=b\r\nx-trailer: 1\r\ny: 2\r\n\r\n", 200, b"\r\n", True),
    (OK + b"Transfer-Encoding: Chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", 200, b"", False),
]


@pytest.mark.parametrize(("data", "status", "body", "reusable"), WHOLE)
def test_a_reply_is_read(data: bytes, status: int, body: bytes, reusable: bool) -> None:
    reply = read(data)
    assert (reply.status, reply.body, reply.reusable) == (status, body, reusable)


@given(st.sampled_from([data for data, *_ in WHOLE]), st.lists(st.integers(0, 120), max_size=12))
@settings(max_examples=300)
def test_a_reply_is_the_same_in_any_pieces(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert read(*(data[start:stop] for start, stop in pairwise(places))) == read(data)


@pytest.mark.parametrize("data", [data for data, *_ in WHOLE])
def test_a_reply_is_the_same_byte_by_byte(data: bytes) -> None:
    assert read(*(data[at : at + 1] for at in range(len(data)))) == read(data)


@pytest.mark.parametrize("data", [data for data, *_, reusable in WHOLE if reusable])
def test_bytes_beyond_the_reply_make_the_connection_not_reusable(data: bytes) -> None:
    assert read(data + b"H") == read(data)._replace(reusable=False)


@given(st.binary(max_size=300_000))
@settings(max_examples=20)
def test_a_body_of_any_bytes_comes_whole(body: bytes) -> None:
    data = OK + b"Content-Length: %d\r\n\r\n" % len(body) + body
    assert read(data[:50], data[50:99], data[99:]).body == body


def test_headers_are_found_by_their_names_in_lower_case() -> None:
    data = OK + b"X-One:  a: b \t\r\nset: 1\r\nx-ONE: \xe9\r\nEmpty:\r\nContent-Length: 0\r\n\r\n"
    assert read(data).headers == {"x-one": "a: b, é", "set": "1", "empty": "", "content-length": "0"}


@pytest.mark.parametrize(
    "data",
    [
        b"garbage\r\n\r\n",
        b"\r\n" + OK,
        b"\x15\x03\x01\x00\x02\x02",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1  200 OK\r\n\r\n",
        b"HTTP/1.1 200OK\r\n\r\n",
        b"HTTP/1.1 200 O\x00K\r\n\r\n",
        b"HTTP/1.1 200 O\nK\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"http/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        OK + b"no colon\r\n\r\n",
        OK + b": no name\r\n\r\n",
        OK + b"Name : x\r\n\r\n",
        OK + b" Name: folded\r\n\r\n",
        OK + b"N\xe9: x\r\n\r\n",
        OK + b"Name: a\rb\r\n\r\n",
        OK + b"Name: a\nb\r\n\r\n",
        OK + b"Name: a\x00b\r\n\r\n",
        OK + b"Name: \x7f\r\n\r\n",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: +1\r\n\r\nx",
        OK + b"Content-Length: 0x1\r\n\r\nx",
        OK + b"Content-Length: \r\n\r\n",
        OK + b"Content-Length: \xb2\r\n\r\n{}",
        OK + b"Content-Length: 1_0\r\n\r\n",
        OK + b"Content-Length: 9999999999999999999\r\n\r\n",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        OK + b"Transfer-Encoding: identity\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n",
        CHUNKED + b"\r\n",
        CHUNKED + b"x\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"1_0\r\n",
        CHUNKED + b"1\nx\r\n0\r\n\r\n",
        CHUNKED + b"1\r\nxx\r\n0\r\n\r\n",
        CHUNKED + b"1\r\nx\n0\r\n\r\n",
        CHUNKED + b"1;\x00\r\nx\r\n",
        CHUNKED + b"fffffffff\r\n",
        CHUNKED + b"ffffffff\r\n",
        CHUNKED + b"0\r\ntrailer\r\n\r\n",
        OK + b"X: " + b"x" * LARGEST_HEAD,
        OK + b"X: " + b"x" * LARGEST_HEAD + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 2000,
        CHUNKED + b"1;" + b"x" * LARGEST_HEAD + b"xx",
        CHUNKED + b"0\r\n" + b"x: y\r\n" * 10_000,
    ],
)
def test_what_is_no_reply_is_refused_before_the_connection_ends(data: bytes) -> None:
    for size in (len(data), 7):
        with pytest.raises(BadReply):
            feed(*(data[start : start + size] for start in range(0, len(data), size)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTT",
        OK,
        OK + b"Content-Length: 2\r\n\r\n",
        OK + b"Content-Length: 2\r\n\r\n{",
        CHUNKED,
        CHUNKED + b"2\r\n{}",
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
    ],
)
def test_a_reply_that_ends_before_its_end_is_refused(data: bytes) -> None:
    with pytest.raises(BadReply):
        read(data)


def test_a_body_beyond_the_bound_is_refused_without_being_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_reply, "LARGEST_BODY", 10)
    for head, piece in (
        (OK + b"Content-Length: 11\r\n\r\n", b""),
        (OK + b"\r\n", b"12345678901"),
        (CHUNKED + b"9\r\n123456789\r\n", b"2\r\n"),
    ):
        with pytest.raises(BadReply, match="larger than 10 bytes"):
            read(head, piece)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_other_bytes_raise_nothing_else(noise: bytes) -> None:
    for data in (noise, OK + noise, CHUNKED + noise, OK + b"Content-Length: " + noise + b"\r\n\r\n"):
        with suppress(BadReply):
            read(data)
