"""``StreamReader``: which entities' changes are read from a stream, and what becomes of other records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, overload

from dynakit.errors import StatementError
from dynakit.operations.flow import Flow
from dynakit.schema.definition import definition_of
from dynakit.streams.change import Change
from dynakit.streams.decode import Left, decode_change, foreign_error
from dynakit.streams.handle import BatchResponse, handle, handle_async
from dynakit.streams.opening import opened_record
from dynakit.streams.record import Event, RawRecord, StreamRecord, raw_records, read_record
from dynakit.table import Table
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
A = TypeVar("A", bound="Entity")
B = TypeVar("B", bound="Entity")
C = TypeVar("C", bound="Entity")
D = TypeVar("D", bound="Entity")
F = TypeVar("F", bound="Entity")

Foreign: TypeAlias = Literal["skip", "refuse"]


@dataclass(frozen=True)
class Changes(Generic[E]):
    """The changes of an event, in its order; ``foreign`` counts the records of other entities."""

    items: list[Change[E]]
    foreign: int

    def __iter__(self) -> Iterator[Change[E]]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, init=False)
class StreamReader(Generic[E]):
    """Reads the changes of these entities, all of one table, from its stream.

    A change is of the entity that its type attribute and key say, or its key alone where the stream has no
    images; of several entities that share a key pattern, then of the first. Records of other entities are
    skipped and counted, or refused with :class:`~dynakit.errors.UnknownEntity`. dynakit's own items, and
    writes that changed nothing but the write token, are left out.

    Raises :class:`~dynakit.errors.StatementError` for no entity, and for entities of several tables.
    """

    entities: tuple[type[E], ...]
    foreign: Foreign

    @overload
    def __init__(self: StreamReader[A], one: type[A], /, *, foreign: Foreign = ...) -> None: ...
    @overload
    def __init__(
        self: StreamReader[A | B], one: type[A], two: type[B], /, *, foreign: Foreign = ...
    ) -> None: ...
    @overload
    def __init__(
        self: StreamReader[A | B | C],
        one: type[A],
        two: type[B],
        three: type[C],
        /,
        *,
        foreign: Foreign = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: StreamReader[A | B | C | D],
        one: type[A],
        two: type[B],
        three: type[C],
        four: type[D],
        /,
        *,
        foreign: Foreign = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: StreamReader[A | B | C | D | F],
        one: type[A],
        two: type[B],
        three: type[C],
        four: type[D],
        five: type[F],
        /,
        *,
        foreign: Foreign = ...,
    ) -> None: ...
    @overload
    def __init__(self: StreamReader[A], /, *entities: type[A], foreign: Foreign = ...) -> None: ...
    def __init__(self: StreamReader[Any], /, *entities: type[Any], foreign: Foreign = "skip") -> None:
        object.__setattr__(self, "entities", entities)
        object.__setattr__(self, "foreign", foreign)
        tables = {definition_of(entity).stored_in for entity in entities}
        if len(tables) != 1:
            raise StatementError(
                f"{self}: got entities of {len(tables)} tables; expected at least one, of one."
            )

    @property
    def table(self) -> Table:
        """The table whose stream is read."""
        return definition_of(self.entities[0]).stored_in

    def change(self, raw: RawRecord, table: str | None = None) -> Change[E] | Left:
        """The change of one record, or why it is none; ``table`` is the real name where it does not tell.

        Raises :class:`~dynakit.errors.DecodeError` that names the record's number, never a value.
        """
        return self._told(read_record(raw, table))

    def opened_change(
        self, raw: RawRecord, environment: Environment, table: str | None = None
    ) -> Flow[Change[E] | Left]:
        """The change of one record, what is encrypted or offloaded opened first.

        Raises as :meth:`change` and :func:`~dynakit.streams.opening.opened_record`.
        """
        record = yield from opened_record(read_record(raw, table), self.entities, environment)
        return self._told(record)

    def changes(self, event: Event) -> Changes[E]:
        """The changes in Lambda's event, a reply of ``GetRecords``, or a list of records.

        What is encrypted or offloaded is not opened here, and so refused: see
        :meth:`dynakit.Client.changes`.

        Raises :class:`~dynakit.errors.DecodeError` that names the record's number, never a value.
        """
        return _changes(self.change(raw) for raw in raw_records(event))

    def opened_changes(self, event: Event, environment: Environment) -> Flow[Changes[E]]:
        """The changes in an event, opened; see :meth:`dynakit.Client.changes`."""
        read: list[Change[E] | Left] = []
        for raw in raw_records(event):
            change = yield from self.opened_change(raw, environment)
            read.append(change)
        return _changes(read)

    def _told(self, record: StreamRecord) -> Change[E] | Left:
        change = decode_change(record, self.entities)
        if change is Left.foreign and self.foreign == "refuse":
            raise foreign_error(record, self.entities)
        return change

    def handle(self, event: Event, handler: Callable[[Change[E]], None]) -> BatchResponse:
        """Give each change of Lambda's event to ``handler``, in order; say at which record it failed.

        Returns the reply that Lambda wants of a function whose event source mapping has the response type
        ``ReportBatchItemFailures``. Only then does Lambda read it: without that setting a failure would be
        taken for success, so let errors out of :meth:`changes` there. After the first failure the rest of
        the shard is left alone: Lambda sends it again from the record named, and order matters. What failed
        is logged on the logger ``dynakit``, without values.

        Raises :class:`~dynakit.errors.DecodeError` for an event without records, or a record so malformed
        that it cannot be named; Lambda then sends the whole event again.
        https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
        """
        return handle(raw_records(event), self.change, handler)

    async def handle_async(
        self, event: Event, handler: Callable[[Change[E]], Awaitable[None]]
    ) -> BatchResponse:
        """The same as :meth:`handle`, awaiting ``handler`` for one change after the other."""

        async def read(raw: RawRecord) -> Change[E] | Left:
            return self.change(raw)

        return await handle_async(raw_records(event), read, handler)

    def __str__(self) -> str:
        return f"stream of {', '.join(entity.__name__ for entity in self.entities)}"


def _changes(read: Iterable[Change[E] | Left]) -> Changes[E]:
    found = list(read)
    return Changes([one for one in found if not isinstance(one, Left)], found.count(Left.foreign))
