"""The head of an HTTP/1.1 reply: status line and fields, and how long the body is.

https://www.rfc-editor.org/rfc/rfc9112, strictly: what two readers could take for different messages is
refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LARGEST_HEAD = 2**15
"""Bytes of the head of a reply, those of interim replies before it included."""

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: [\t -~\x80-\xff]*)?")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_LENGTH = re.compile(r"[0-9]{1,15}")

_WORTH_LEARNING = 8
"""So many heads with the same fields are parsed before what they have in common is learned."""

_MOST_SHAPES = 4
_MOST_NAMES = 500
_names: dict[str, str] = {}
"""Names of fields as they came, checked, to the same in lower case."""

_unlearned: dict[tuple[str, ...], int] = {}
"""How many heads with fields of these names came, so far."""

_learned: list[_Shape] = []
"""Shapes that came often."""


class BadReply(ValueError):
    """Bytes that are no HTTP reply, or not the whole of one. The message holds none of them."""


class Head(NamedTuple):
    """``length`` of the body in bytes; ``None`` if it is chunked, or ends where the connection does."""

    status: int
    headers: dict[str, str]
    length: int | None
    chunked: bool
    reusable: bool
    """Whether the connection may be used again after the body."""


def parse_head(data: bytes) -> Head:
    """Parse a head without the empty line at its end. Raises ``BadReply``.

    The names of fields come in lower case, values as Latin-1 without white space around them; those of a
    name that came several times are joined by a comma.
    """
    text = data.decode("latin-1")
    for shape in _learned:
        usual = shape.pattern.fullmatch(text)
        if usual is not None:
            status, modern = 200, shape.modern
            headers = dict(zip(shape.names, usual.groups()))  # noqa: B905 - a name a group; checking is slow
            break
    else:
        status, modern, headers = _parsed(data)
    connection = headers.get("connection")
    reusable = modern
    if connection is not None:
        reusable = connection == "keep-alive" or _stays_open(connection, modern=modern)
    if "transfer-encoding" in headers:
        return _chunked(status, headers, modern=modern, reusable=reusable)
    length = headers.get("content-length")
    if status < 200 or status in (204, 304):
        return Head(status, headers, 0, False, reusable)
    if length is None:
        return Head(status, headers, None, False, False)
    size = int(length) if _LENGTH.fullmatch(length) else _repeated(length)
    return Head(status, headers, size, False, reusable)


class _Shape(NamedTuple):
    """What the heads of good replies of one server have in common: all but the values of the fields.

    Parsing by it takes half the time, and leaves nothing unchecked.
    """

    pattern: re.Pattern[str]
    """Groups are the values of the fields ``names``; what it matches is what parsing in full takes."""
    names: tuple[str, ...]
    modern: bool


def _parsed(data: bytes) -> tuple[int, bool, dict[str, str]]:
    """Status, whether it is HTTP/1.1, and fields of a head of no shape that is known."""
    first, _, rest = data.partition(b"\r\n")
    status_line = _STATUS.fullmatch(first)
    if status_line is None:
        raise BadReply("the status line is none of HTTP/1.1")
    status, modern = int(status_line[2]), status_line[1] == b"1"
    headers = _fields(rest.decode("latin-1")) if rest else {}
    if status == 200 and len(_learned) < _MOST_SHAPES:
        _learn(data.decode("latin-1"), tuple(headers), modern=modern)
    return status, modern, headers


def _learn(head: str, names: tuple[str, ...], *, modern: bool) -> None:
    """Count a head that was parsed; learn its shape when so many came, and each field is one line."""
    seen = _unlearned[names] = _unlearned.get(names, 0) + 1
    if seen == _WORTH_LEARNING and head.count("\r\n") == len(names):
        _learned.append(_Shape(re.compile(_pattern(head)), names, modern))
    if len(_unlearned) > _MOST_NAMES:
        _unlearned.clear()


def _pattern(head: str) -> str:
    """Its first line and the names of its fields as they are; values of ASCII without space around them."""
    first, *fields = head.split("\r\n")
    names = (re.escape(field.partition(":")[0]) for field in fields)
    return re.escape(first) + "".join(rf"\r\n{name}: ([!-~][ -~]*)(?<! )" for name in names)


def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    # All of ASCII that is printable needs no look at each value.
    plain = text.isascii() and text.replace("\r\n", "").isprintable()
    for line in text.split("\r\n"):
        given, colon, value = line.partition(":")
        name = _names.get(given) or _checked_name(given)
        value = value.strip(" \t")
        if not colon or not (plain or _VALUE.fullmatch(value)):
            raise BadReply("a header is none of HTTP/1.1")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _checked_name(given: str) -> str:
    if not _NAME.fullmatch(given):
        raise BadReply("the name of a header is none of HTTP/1.1")
    name = given.lower()
    if len(_names) < _MOST_NAMES:
        _names[given] = name
    return name


def _stays_open(connection: str, *, modern: bool) -> bool:
    options = {option.strip().lower() for option in connection.split(",")}
    return "close" not in options and (modern or "keep-alive" in options)


def _chunked(status: int, headers: dict[str, str], *, modern: bool, reusable: bool) -> Head:
    if not modern or "content-length" in headers or headers["transfer-encoding"].lower() != "chunked":
        raise BadReply("the transfer encoding is not chunked alone")
    if status < 200 or status == 204:
        raise BadReply("a reply without a body has a transfer encoding")
    return Head(status, headers, None, status != 304, reusable)


def _repeated(text: str) -> int:
    """A length that a sender gives several times, which must be the same."""
    first, *others = {length.strip() for length in text.split(",")}
    if others or not _LENGTH.fullmatch(first):
        raise BadReply("the length of the body is no number, or several")
    return int(first)
