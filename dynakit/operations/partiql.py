"""PartiQL: one statement, with its values as parameters, its table by name, its rows as entities or dicts.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, Literal, LiteralString, TypeVar, cast, overload

from dynakit.errors import ConnectionFailed, ItemAlreadyExists, OutcomeUnknown, StatementError, values_shown
from dynakit.operations.flow import Flow
from dynakit.operations.partiql_text import Name, Text, kind_of, parameter, parsed
from dynakit.operations.retry import SAME, Refused, Reply, request
from dynakit.operations.sealing_open import opened
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
R = TypeVar("R")

_EXISTS = ("DuplicateItemException", "ConditionalCheckFailedException")
"""What an ``INSERT`` of what is there fails with; the second where it asks for the item found."""

_WHOLE = re.compile(r"\s*SELECT\s+\*\s+FROM\s+\{[^.{}]+\}", re.IGNORECASE)


@dataclass(frozen=True, init=False)
class Partiql(Generic[R]):
    """A statement such as ``Partiql('SELECT * FROM {Order} WHERE "PK" = ?', ["ORDER#1"], entity=Order)``.

    ``{Order}`` is the entity's table under its real name, ``{Order.by_status}`` the index of that pattern.
    With ``table=shop`` these are ``{shop}`` and ``{shop.GSI1}``, and rows are dicts. Values stand behind
    ``?``; there is no other way to put one in. They are stored as
    :func:`~dynakit.operations.partiql_text.typed` says, else as undeclared values are (text,
    numbers, binary, booleans, ``None``, lists, dicts, sets).

    Rows are what the statement selects: expired and softly deleted items, too, and a row of another entity
    raises :class:`UnknownEntity`. ``INSERT``, ``UPDATE`` and ``DELETE`` know nothing of rendered index keys,
    versions, unique constraints and write tokens, and so are refused unless ``bypass_upkeep=True``.

    Raises :class:`StatementError` for a statement of another kind, an unknown ``{name}``, and values that are
    not as many as the ``?``.
    """

    text: Text
    parameters: tuple[object, ...]
    entity: type[Entity] | None
    table: Table = field(repr=False)
    consistent: bool
    bypass_upkeep: bool

    @overload
    def __init__(
        self: Partiql[E],
        text: LiteralString,
        parameters: Iterable[object] = ...,
        *,
        entity: type[E],
        consistent: bool = ...,
        bypass_upkeep: bool = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Partiql[dict[str, object]],
        text: LiteralString,
        parameters: Iterable[object] = ...,
        *,
        table: Table,
        consistent: bool = ...,
        bypass_upkeep: bool = ...,
    ) -> None: ...
    def __init__(
        self,
        text: str,
        parameters: Iterable[object] = (),
        *,
        entity: type[Any] | None = None,
        table: Table | None = None,
        consistent: bool = False,
        bypass_upkeep: bool = False,
    ) -> None:
        if (entity is None) == (table is None):
            raise StatementError("partiql: expected an entity or a table, and not both. Give one of them.")
        definition = None if entity is None else definition_of(entity)
        named = table if definition is None else definition.stored_in
        assert named is not None
        object.__setattr__(self, "entity", entity)
        object.__setattr__(self, "table", named)
        object.__setattr__(self, "parameters", tuple(parameters))
        object.__setattr__(self, "consistent", consistent)
        object.__setattr__(self, "bypass_upkeep", bypass_upkeep)
        object.__setattr__(self, "text", parsed(text, named, definition))
        self._check()

    @property
    def kind(self) -> Literal["SELECT", "EXISTS", "INSERT", "UPDATE", "DELETE"]:
        """What it does: its first word."""
        return kind_of(self.text)

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.kind in {"SELECT", "EXISTS"}

    def members(self, environment: Environment) -> Payload:
        """The members of the request that are its own: the statement and its parameters.

        Raises :class:`EncodeError` for a value that cannot be stored.
        """
        values = [parameter(place, value) for place, value in enumerate(self.parameters, 1)]
        statement = self.text.written(environment.table_name(self.table))
        return {"Statement": statement, **({"Parameters": values} if values else {})}

    def compile(self, environment: Environment, after: str | None = None) -> Call:
        """The request exactly as it is sent, of the page behind the token ``after``."""
        payload = self.members(environment)
        payload |= {"ConsistentRead": True} if self.consistent else {}
        payload |= {} if self.reads else {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        payload |= {} if after is None else {"NextToken": after}
        return Call("ExecuteStatement", payload)

    def flow(self, environment: Environment) -> Flow[list[R]]:
        """Carry it out and give all rows; of a write those it returns (``RETURNING ALL NEW *``).

        A write whose reply was lost is not sent again. Raises :class:`ConditionFailed` for a condition that
        is false, :class:`ItemAlreadyExists` for an ``INSERT`` of what is there.
        """
        rows, after = yield from self.page(environment)
        while after is not None:
            more, after = yield from self.page(environment, after)
            rows += more
        return rows

    def page(self, environment: Environment, after: str | None = None) -> Flow[tuple[list[R], str | None]]:
        """One page of rows, and the token of the next; ``None`` at the end."""
        call = self.compile(environment, after)
        reply = yield from send(call, environment, self, reads=self.reads, inserts=self.kind == "INSERT")
        items: list[Item] = reply.payload.get("Items", [])
        if self.entity is not None:
            items = yield from opened(definition_of(self.entity), items, environment)
        token: str | None = reply.payload.get("NextToken")
        return [self.decode(item) for item in items], token

    def decode(self, item: Item) -> R:
        """Read one row. Raises :class:`DecodeError`."""
        if self.entity is None:
            from dynakit.codec.generic import ANY

            return cast("R", {name: ANY.decode(value, name) for name, value in item.items()})
        whole = _WHOLE.match(self.text.source) is not None
        return cast("R", decode_item(definition_of(self.entity), item, whole=whole))

    def _check(self) -> None:
        if self.text.parameters != len(self.parameters):
            raise StatementError(
                f"{self}: it has {self.text.parameters} `?` and {len(self.parameters)} parameters; expected "
                "as many of one as of the other.",
                statement=self,
            )
        if not self.reads and not self.bypass_upkeep:
            raise StatementError(
                f"{self}: PartiQL does not keep rendered index keys, versions and unique constraints in "
                "step. Use put, update or delete, or say bypass_upkeep=True.",
                statement=self,
            )

    def __str__(self) -> str:
        return f"partiql `{self.text.source if values_shown() else self._brief}`"

    @property
    def _brief(self) -> str:
        names = dict.fromkeys(str(piece) for piece in self.text.pieces if isinstance(piece, Name))
        return " ".join([self.kind, "…", *names])


def send(
    call: Call, environment: Environment, statement: object, *, reads: bool, inserts: bool = False
) -> Flow[Reply]:
    """Send statements that only read until they succeed, others not again after a lost reply."""
    try:
        return (
            yield from request(
                call,
                environment,
                resend=SAME if reads else None,
                interprets=_EXISTS if inserts else (),
                statement=statement,
            )
        )
    except Refused as refused:
        raise ItemAlreadyExists(
            f"{statement}: an item is already there; nothing was written.",
            item=refused.error.body.get("Item"),
            action=call.action,
            attempts=refused.attempts,
            request_id=refused.error.request_id,
            statement=statement,
        ) from refused.error
    except OutcomeUnknown as error:
        if not reads:
            raise
        raise ConnectionFailed(
            f"{statement}: no valid reply came in {error.attempts} attempts; rows were expected. "
            "Check the endpoint, the network and the proxies.",
            action=call.action,
            code=error.code,
            attempts=error.attempts,
            statement=statement,
        ) from error
