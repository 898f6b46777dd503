"""``db.partiql(…)``: the rows of a PartiQL ``SELECT``, read as they are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar, overload

from dynakit.errors import StatementError

if TYPE_CHECKING:
    from dynakit.client.running import Awaits, Executes
    from dynakit.operations.partiql import Partiql
    from dynakit.schema.entity import Entity
    from dynakit.table import Table

E = TypeVar("E", bound="Entity")


class AsksInPartiql:
    """The verb of :class:`~dynakit.client.sync.Client`."""

    @overload
    def partiql(
        self: Executes,
        text: LiteralString,
        parameters: Iterable[object] = ...,
        *,
        entity: type[E],
        consistent: bool = ...,
    ) -> Iterator[E]: ...
    @overload
    def partiql(
        self: Executes,
        text: LiteralString,
        parameters: Iterable[object] = ...,
        *,
        table: Table,
        consistent: bool = ...,
    ) -> Iterator[dict[str, object]]: ...
    def partiql(
        self: Executes,
        text: LiteralString,
        parameters: Iterable[object] = (),
        *,
        entity: type[Any] | None = None,
        table: Table | None = None,
        consistent: bool = False,
    ) -> Iterator[Any]:
        """The rows of a ``SELECT``, read page by page as they are asked for.

        See :class:`~dynakit.operations.partiql.Partiql`, which also writes: execute it.
        """
        return _rows(self, _select(text, parameters, entity, table, consistent))


class AsksInPartiqlAwaited:
    """The verb of :class:`~dynakit.client.aio.AsyncClient`."""

    @overload
    def partiql(
        self: Awaits,
        text: LiteralString,
        parameters: Iterable[object] = ...,
        *,
        entity: type[E],
        consistent: bool = ...,
    ) -> AsyncIterator[E]: ...
    @overload
    def partiql(
        self: Awaits,
        text: LiteralString,
        parameters: Iterable[object] = ...,
        *,
        table: Table,
        consistent: bool = ...,
    ) -> AsyncIterator[dict[str, object]]: ...
    def partiql(
        self: Awaits,
        text: LiteralString,
        parameters: Iterable[object] = (),
        *,
        entity: type[Any] | None = None,
        table: Table | None = None,
        consistent: bool = False,
    ) -> AsyncIterator[Any]:
        """The rows of a ``SELECT``; see :meth:`AsksInPartiql.partiql`."""
        return _awaited_rows(self, _select(text, parameters, entity, table, consistent))


def _select(
    text: LiteralString,
    parameters: Iterable[object],
    entity: type[Any] | None,
    table: Table | None,
    consistent: bool,
) -> Partiql[Any]:
    from dynakit.operations.partiql import Partiql

    make: Any = Partiql
    statement: Partiql[Any] = make(
        text, parameters, entity=entity, table=table, consistent=consistent, bypass_upkeep=True
    )
    if statement.kind != "SELECT":
        raise StatementError(
            f"{statement}: rows are read as they are asked for, which is nothing for a write. "
            "Use db.execute(Partiql(…)).",
            statement=statement,
        )
    return statement


def _rows(client: Executes, statement: Partiql[Any]) -> Iterator[Any]:
    rows, after = client.run(statement.page(client.environment))
    yield from rows
    while after is not None:
        rows, after = client.run(statement.page(client.environment, after))
        yield from rows


async def _awaited_rows(client: Awaits, statement: Partiql[Any]) -> AsyncIterator[Any]:
    rows, after = await client.run(statement.page(client.environment))
    for row in rows:
        yield row
    while after is not None:
        rows, after = await client.run(statement.page(client.environment, after))
        for row in rows:
            yield row
