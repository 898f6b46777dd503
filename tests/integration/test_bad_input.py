"""Bad input: a clear error of the tree, in one line, and nothing is sent."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from dynakit import (
    Attr,
    ConnectionFailed,
    CursorError,
    DynakitError,
    EncodeError,
    Entity,
    Key,
    Repository,
    RetryPolicy,
    StatementError,
    Table,
    TableMissing,
    UnknownAttribute,
    attr,
    connect,
)
from tests.integration.backends import Opener

CANARY = "canary-7c1f"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
notes = Table("notes")


class Note(Entity, table=notes):
    primary = Key("NOTE#{author}#{written_at}")

    author: Attr[str]
    written_at: Attr[datetime]
    text: Attr[str] = attr(default="")
    price: Attr[Decimal] = attr(default=Decimal(0))
    weight: Attr[float] = attr(default=0.0)


def note(**values: object) -> Note:
    """A note with values that pydantic has not seen: as after an assignment."""
    made = Note(author=CANARY, written_at=NOON, text=CANARY)
    vars(made).update(values)
    return made


Use = Callable[[Repository[Note]], object]

CASES: dict[str, tuple[type[DynakitError], str, Use]] = {
    "a wrong type": (
        EncodeError,
        r"Note\.text: expected a string, got an int",
        lambda r: r.put(note(text=5)),
    ),
    "a wrong operand": (
        EncodeError,
        r"Note\.price: expected a number, got a str",
        lambda r: r.all(Note.primary(author="a", written_at=NOON).filter(Note.price == CANARY)),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ),
    "an unknown attribute": (
        UnknownAttribute,
        r"Note: it has no attribute 'texd'; did you mean 'text'\?",
        lambda _: Note.texd,  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownLambdaType]
    ),
    "a missing key attribute": (EncodeError, "written_at is missing", lambda r: r.put(note(written_at=None))),
    "half a key": (StatementError, "cannot tell the partition", lambda r: r.get(Note.primary(author=CANARY))),
    "an item over 400 KB": (
        EncodeError,
        "DynamoDB allows 409,600",
        lambda r: r.put(note(text=CANARY * 40_000)),
    ),
    "a key over its limit": (EncodeError, "expected 1 to 2,048", lambda r: r.put(note(author=CANARY * 200))),
    "not a number": (EncodeError, r"Note\.weight", lambda r: r.put(note(weight=float("nan")))),
    "infinity": (EncodeError, r"Note\.weight", lambda r: r.put(note(weight=float("inf")))),
    "too many digits": (EncodeError, r"Note\.price", lambda r: r.put(note(price=Decimal("1" * 39)))),
    "too large a number": (EncodeError, r"Note\.price", lambda r: r.put(note(price=Decimal("1E+126")))),
    "a naive datetime": (EncodeError, "naive", lambda r: r.put(note(written_at=NOON.replace(tzinfo=None)))),
    "a lone surrogate": (EncodeError, r"Note\.text", lambda r: r.put(note(text=CANARY + "\ud800"))),
    "a lone surrogate in a key": (EncodeError, "author", lambda r: r.put(note(author=CANARY + "\ud800"))),
    "a cursor of something else": (
        CursorError,
        "not of this statement",
        lambda r: r.page(Note.primary(author="a", written_at=NOON), cursor=CANARY),
    ),
    "one bad item in a batch": (
        EncodeError,
        "Note",
        lambda r: r.put_many([note(), note(author="b", text=5)]),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_in_one_line_and_nothing_is_sent(
    case: str, open_db: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    expected, said, use = CASES[case]
    db = open_db(notes)
    repository = db.repository(Note)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(expected, match=said) as raised:
        use(repository)
    assert CANARY not in f"{raised.value}{raised.value!r}"
    assert "\n" not in str(raised.value)
    assert CANARY not in caplog.text
    assert db.wire.calls == []


def test_a_constructor_names_what_is_wrong_without_the_value() -> None:
    with pytest.raises(ValidationError) as raised:
        Note(author=CANARY, written_at=NOON, texd=CANARY)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert "texd" in str(raised.value)
    assert CANARY not in str(raised.value)


def test_a_missing_table_is_named_with_what_to_do(open_db: Opener) -> None:
    db = open_db(notes, create=False)
    with pytest.raises(TableMissing, match=r"there is no such table .* Create it, or check the table name"):
        db.repository(Note).put(Note(author="a", written_at=NOON))


def test_an_unreachable_endpoint_is_named_with_what_to_do() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    db = connect(f"http://127.0.0.1:{port}", retry=RetryPolicy(attempts=2, base=0.001))
    with pytest.raises(ConnectionFailed, match=rf"http://127\.0\.0\.1:{port}.*Check the endpoint") as raised:
        Repository(db, Note).get(Note.primary(author="a", written_at=NOON))
    assert "\n" not in str(raised.value)
