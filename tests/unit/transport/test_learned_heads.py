"""A head whose shape is learned is read as one that is parsed in full."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.transport import http_head
from dynakit.transport.http_head import BadReply, Head, parse_head

FIELDS = {
    "Server": "Server",
    "Content-Type": "application/x-amz-json-1.0",
    "Content-Length": "12",
    "Connection": "keep-alive",
    "x-amzn-RequestId": "5F2RKO9MUD2A",
}
VALUES = st.one_of(
    st.sampled_from(
        ["", " ", "x ", " x", "a: b", "\t", "é", "\x7f", "x\ny", "close", "12", "12, 12", "12, 13"]
    ),
    st.text(st.characters(codec="latin-1"), max_size=5),
)
SEPARATORS = st.sampled_from([": ", ":", ":  ", " : ", ":\t"])


def written(fields: dict[str, str], first: str = "HTTP/1.1 200 OK", separator: str = ": ") -> bytes:
    lines = [first, *(f"{name}{separator}{value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode("latin-1")


def read(head: bytes) -> Head | str:
    """What a head says; or what is wrong with it."""
    try:
        return parse_head(head)
    except BadReply as error:
        return str(error)


@pytest.fixture(scope="module", autouse=True)
def learned() -> Iterator[None]:
    """The shape of the fields above, and nothing else."""
    before = list(http_head._learned)  # pyright: ignore[reportPrivateUsage]
    http_head._learned.clear()  # pyright: ignore[reportPrivateUsage]
    for _ in range(20):
        parse_head(written(FIELDS))
    assert len(http_head._learned) == 1  # pyright: ignore[reportPrivateUsage]
    yield
    http_head._learned[:] = before  # pyright: ignore[reportPrivateUsage]


def in_full(head: bytes) -> Head | str:
    kept = list(http_head._learned)  # pyright: ignore[reportPrivateUsage]
    http_head._learned.clear()  # pyright: ignore[reportPrivateUsage]
    try:
        return read(head)
    finally:
        http_head._learned[:] = kept  # pyright: ignore[reportPrivateUsage]


@given(st.dictionaries(st.sampled_from(list(FIELDS)), VALUES), SEPARATORS)
def test_other_values_are_read_as_without_a_learned_shape(values: dict[str, str], separator: str) -> None:
    head = written({**FIELDS, **values}, separator=separator)
    assert read(head) == in_full(head)


@given(st.data())
def test_a_damaged_head_is_read_as_without_a_learned_shape(data: st.DataObject) -> None:
    head = written(FIELDS)
    at = data.draw(st.integers(0, len(head)))
    damaged = head[:at] + data.draw(st.binary(max_size=2)) + head[at + data.draw(st.integers(0, 2)) :]
    assert read(damaged) == in_full(damaged)


@pytest.mark.parametrize(
    "head",
    [
        written(FIELDS, "HTTP/1.0 200 OK"),
        written(FIELDS, "HTTP/1.1 400 Bad Request"),
        written(FIELDS, "HTTP/1.1 200 OK "),
        written(FIELDS) + b"\r\n",
        written(FIELDS) + b"\r\nServer: again",
        written({"Server": "Server"}),
        b"HTTP/1.1 200 OK",
    ],
)
def test_other_heads_are_read_as_without_a_learned_shape(head: bytes) -> None:
    assert read(head) == in_full(head)


def test_a_field_that_comes_twice_is_no_shape() -> None:
    twice = written(FIELDS) + b"\r\nServer: again"
    for _ in range(20):
        assert parse_head(twice).headers["server"] == "Server, again"


def test_no_more_than_a_few_shapes_are_kept() -> None:
    for number in range(100):
        for _ in range(20):
            parse_head(written({f"X-{number}": "x"}))
    assert len(http_head._learned) <= 4  # pyright: ignore[reportPrivateUsage]
