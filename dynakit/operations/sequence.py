"""``Sequence``: numbers that are given out once, whoever asks.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.AtomicCounters
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from dynakit.errors import StatementError
from dynakit.operations.flow import Flow
from dynakit.operations.retry import request
from dynakit.schema.private import private_key
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Call, Item

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynakit.environment import Environment

R_co = TypeVar("R_co", covariant=True)

_NEXT = "next"
"""The attribute that holds the next number to be given out."""


@dataclass(frozen=True)
class Sequence:
    """Whole numbers from ``start`` upwards, by name, in an item of its own in the table.

    No number is given out twice, by any process. Numbers can be left out: those of a request whose reply was
    lost, and those that were taken and not used. One item takes at most 1,000 requests a second;
    :meth:`reserve` takes many numbers with one.

    Deleting the item begins the sequence anew. Raises :class:`StatementError` for a table whose keys are
    numbers or binary, and for a name that is empty or longer than a key can be.
    """

    table: Table
    name: str
    start: int = 1

    def __post_init__(self) -> None:
        self.key  # noqa: B018 - raises for a name or a table that cannot be

    @property
    def key(self) -> Item:
        """The primary key of its item."""
        return private_key(str(self), self.table, "sequence", self.name)

    def next(self) -> Taken[int]:
        """The statement that takes one number."""
        return Taken(self, 1, _first)

    def reserve(self, count: int) -> Taken[range]:
        """The statement that takes ``count`` numbers in a row. Raises :class:`StatementError` below 1."""
        if count < 1:
            raise StatementError(f"{self}: got {count} numbers to reserve; expected 1 or more.")
        return Taken(self, count, _all)

    def __str__(self) -> str:
        return f"sequence {self.name!r}"


@dataclass(frozen=True)
class Taken(Generic[R_co]):
    """Takes the next numbers of a sequence. Sent again when a reply is lost: that leaves numbers out."""

    sequence: Sequence
    count: int
    result: Callable[[range], R_co]

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent."""
        return Call(
            "UpdateItem",
            {
                "TableName": environment.table_name(self.sequence.table),
                "Key": self.sequence.key,
                "UpdateExpression": "SET #next = if_not_exists(#next, :start) + :count",
                "ExpressionAttributeNames": {"#next": _NEXT},
                "ExpressionAttributeValues": {
                    ":start": {"N": str(self.sequence.start)},
                    ":count": {"N": str(self.count)},
                },
                "ReturnValues": "UPDATED_NEW",
            },
        )

    def flow(self, environment: Environment) -> Flow[R_co]:
        """Carry it out."""
        reply = yield from request(self.compile(environment), environment, statement=self)
        behind = int(reply.payload["Attributes"][_NEXT]["N"])
        return self.result(range(behind - self.count, behind))

    def __str__(self) -> str:
        return f"take {self.count} of {self.sequence}"


def _first(taken: range) -> int:
    return taken[0]


def _all(taken: range) -> range:
    return taken
