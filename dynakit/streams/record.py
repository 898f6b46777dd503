"""One record of a stream, as Lambda hands it on or ``GetRecords`` gives it.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, cast, get_args

from dynakit.errors import DecodeError, shown
from dynakit.streams.change import ImageName
from dynakit.streams.image import read_image
from dynakit.table import StreamView
from dynakit.values import dataclass
from dynakit.wire import Item

EventName: TypeAlias = Literal["INSERT", "MODIFY", "REMOVE"]

Event: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""What holds records: Lambda's event or a reply of ``GetRecords`` (``{"Records": [...]}``), or a list."""

_TABLE = re.compile(r":table/([^/]+)")
_SOURCE = "aws:dynamodb"


@dataclass(frozen=True, kw_only=True)
class StreamRecord:
    """One record, checked. ``number`` is its place in what it came in, from 1."""

    number: int
    event_name: EventName
    keys: Item
    old: Item | None
    new: Item | None
    sequence_number: str
    view: StreamView
    source: str | None
    table: str | None
    shard: str | None
    event_id: str | None
    approximate_creation_time: datetime | None
    expired: bool
    gone: frozenset[ImageName] = frozenset()
    """The images that have an offloaded value whose object is gone."""


@dataclass(frozen=True)
class RawRecord:
    """One record, not looked at yet, and where it stands."""

    number: int
    content: object
    shard: str | None = None

    @property
    def source(self) -> str | None:
        """The ARN of the stream it came from; ``None`` for a record that does not tell."""
        return _text(self.content, "eventSourceARN")

    @property
    def sequence_number(self) -> str | None:
        """Its sequence number; ``None`` for a record that is too malformed to tell."""
        return _text(_member(self.content, "dynamodb"), "SequenceNumber")

    @property
    def approximate_creation_time(self) -> datetime | None:
        """When it was made. Raises :class:`DecodeError` for what is no time."""
        return _moment(f"record {self.number}", _member(self.content, "dynamodb"))


def raw_records(event: Event) -> Iterator[RawRecord]:
    """The records of an event. Raises :class:`DecodeError` for something that holds none."""
    shard = _text(event, "shardId")
    records = _member(event, "Records") if isinstance(event, Mapping) else event
    if isinstance(records, str | bytes) or not isinstance(records, Sequence):
        raise DecodeError(
            "stream event: it has no list of 'Records'; expected an event of DynamoDB Streams. "
            "Give the whole event, or a list of records."
        )
    for number, content in enumerate(cast("Sequence[object]", records), start=1):
        yield RawRecord(number, content, shard)


def read_record(raw: RawRecord, table: str | None = None) -> StreamRecord:
    """Read a record; ``table`` is the table's real name where the record does not tell it.

    Raises :class:`DecodeError` that names the record's number and what is wrong, never a value.
    """
    where = f"record {raw.number}"
    _check_source(where, raw.content)
    body = _member(raw.content, "dynamodb")
    source = raw.source
    event_name = _one_of(where, raw.content, "eventName", get_args(EventName))
    return StreamRecord(
        number=raw.number,
        event_name=cast("EventName", event_name),
        keys=read_image(f"{where}: Keys", _member(body, "Keys")),
        old=_image(where, body, "OldImage"),
        new=_image(where, body, "NewImage"),
        sequence_number=_sequence_number(where, raw),
        view=cast("StreamView", _one_of(where, body, "StreamViewType", get_args(StreamView))),
        source=source,
        table=_table(source) or table,
        shard=raw.shard,
        event_id=_text(raw.content, "eventID"),
        approximate_creation_time=raw.approximate_creation_time,
        expired=event_name == "REMOVE" and _is_expiry(_member(raw.content, "userIdentity")),
    )


def _check_source(where: str, content: object) -> None:
    if not isinstance(content, Mapping):
        raise DecodeError(f"{where}: got {type(content).__name__}; expected a map.")
    source = _text(cast("object", content), "eventSource") or _SOURCE
    if source != _SOURCE:
        raise DecodeError(
            f"{where}: its source is {source!r}; expected {_SOURCE!r}. Give it to another handler."
        )


def _image(where: str, body: object, name: str) -> Item | None:
    image = _member(body, name)
    # Some emulators write an empty map for an image that there is not.
    return read_image(f"{where}: {name}", image) if image else None


def _one_of(where: str, content: object, name: str, known: tuple[str, ...]) -> str:
    found = _text(content, name)
    if found not in known:
        told = "is missing" if found is None else f"is {shown(found)}"
        raise DecodeError(f"{where}: {name!r} {told}; expected one of {', '.join(known)}.")
    return found


def _sequence_number(where: str, raw: RawRecord) -> str:
    found = raw.sequence_number
    if found is None or not found.isdecimal():
        raise DecodeError(f"{where}: 'SequenceNumber' is missing or no number; expected decimal text.")
    return found


def _moment(where: str, body: object) -> datetime | None:
    """Seconds since 1970 as Lambda and the API write it, or boto3's ``datetime``."""
    name = "ApproximateCreationDateTime"
    given = _member(body, name)
    if given is None:
        return None
    try:
        if isinstance(given, datetime):
            return given.astimezone(UTC)
        return datetime.fromtimestamp(float(cast("float", given)), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        kind = type(given).__name__
        raise DecodeError(f"{where}: {name!r} ({kind}) is no time; expected seconds since 1970.") from None


def _is_expiry(identity: object) -> bool:
    """Lambda writes the members of the identity small, the API with capitals."""
    who = _text(identity, "principalId") or _text(identity, "PrincipalId")
    kind = _text(identity, "type") or _text(identity, "Type")
    return (kind, who) == ("Service", "dynamodb.amazonaws.com")


def _table(source: str | None) -> str | None:
    found = _TABLE.search(source or "")
    return found[1] if found else None


def _member(content: object, name: str) -> object:
    return cast("Mapping[str, object]", content).get(name) if isinstance(content, Mapping) else None


def _text(content: object, name: str) -> str | None:
    found = _member(content, name)
    return found if isinstance(found, str) else None
