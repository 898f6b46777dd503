"""``db.collect(…)`` and ``db.with_children(…)``: the types of what they give, for both clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

if TYPE_CHECKING:
    from dynakit.client.running import Awaits, Executes
    from dynakit.expressions.condition import Condition
    from dynakit.operations.collection import Collected
    from dynakit.schema.collection import Collection
    from dynakit.schema.entity import Entity
    from dynakit.schema.query import Query

T = TypeVar("T")
M = TypeVar("M", bound="Entity")
P = TypeVar("P", bound="Entity")
A = TypeVar("A", bound="Entity")
B = TypeVar("B", bound="Entity")
C = TypeVar("C", bound="Entity")


class GathersEntities:
    """The verbs of :class:`~dynakit.client.sync.Client`."""

    @overload
    def collect(self: Executes, entities: Collection[M], *, cursor: str | None = ...) -> Collected[M]: ...
    @overload
    def collect(
        self: Executes,
        entities: Sequence[type[Entity]],
        *conditions: Condition[Any],
        where: Sequence[Condition[Any]] = ...,
        index: str | None = ...,
        limit: int | None = ...,
        newest_first: bool = ...,
        consistent: bool = ...,
        foreign: Literal["skip", "refuse"] = ...,
        cursor: str | None = ...,
        **partition: object,
    ) -> Collected: ...
    def collect(
        self: Executes,
        entities: Collection[Any] | Sequence[type[Entity]],
        *conditions: Condition[Any],
        cursor: str | None = None,
        **options: Any,
    ) -> Collected[Any]:
        """Read several entities of one partition, of the table or of an index, told apart.

        Either a :class:`~dynakit.schema.collection.Collection`, which gives a union of its entities, or the
        entities with conditions on what their keys share, as ``Customer.customer_id == "c1"`` or the
        keyword ``customer_id="c1"``. ``where`` are filters, each on the entity whose attributes it names.
        """
        from dynakit.operations.collection import collect, collection_of

        collection = collection_of(entities, *conditions, **options)
        return self.run(collect(collection, self.environment, cursor))

    @overload
    def with_children(self: Executes, parent: Query[P], child: type[A], /) -> tuple[P, list[A]]: ...
    @overload
    def with_children(
        self: Executes, parent: Query[P], child: type[A], second: type[B], /
    ) -> tuple[P, list[A], list[B]]: ...
    @overload
    def with_children(
        self: Executes, parent: Query[P], child: type[A], second: type[B], third: type[C], /
    ) -> tuple[P, list[A], list[B], list[C]]: ...
    def with_children(self: Executes, parent: Query[Any], *children: type[Entity]) -> tuple[Any, ...]:
        """One item, and the items of other entities whose keys have the attributes of its key, in order.

        Knobs of the parent's query (order, consistency) hold for all. Raises
        :class:`~dynakit.errors.NotFound` when there is no parent.
        """
        from dynakit.operations.collection import with_children

        return self.run(with_children(parent, children, self.environment))


class AwaitsEntities:
    """The verbs of :class:`~dynakit.client.aio.AsyncClient`."""

    @overload
    async def collect(self: Awaits, entities: Collection[M], *, cursor: str | None = ...) -> Collected[M]: ...
    @overload
    async def collect(
        self: Awaits,
        entities: Sequence[type[Entity]],
        *conditions: Condition[Any],
        where: Sequence[Condition[Any]] = ...,
        index: str | None = ...,
        limit: int | None = ...,
        newest_first: bool = ...,
        consistent: bool = ...,
        foreign: Literal["skip", "refuse"] = ...,
        cursor: str | None = ...,
        **partition: object,
    ) -> Collected: ...
    async def collect(
        self: Awaits,
        entities: Collection[Any] | Sequence[type[Entity]],
        *conditions: Condition[Any],
        cursor: str | None = None,
        **options: Any,
    ) -> Collected[Any]:
        """Read several entities of one partition; see :meth:`GathersEntities.collect`."""
        from dynakit.operations.collection import collect, collection_of

        collection = collection_of(entities, *conditions, **options)
        return await self.run(collect(collection, self.environment, cursor))

    @overload
    async def with_children(self: Awaits, parent: Query[P], child: type[A], /) -> tuple[P, list[A]]: ...
    @overload
    async def with_children(
        self: Awaits, parent: Query[P], child: type[A], second: type[B], /
    ) -> tuple[P, list[A], list[B]]: ...
    @overload
    async def with_children(
        self: Awaits, parent: Query[P], child: type[A], second: type[B], third: type[C], /
    ) -> tuple[P, list[A], list[B], list[C]]: ...
    async def with_children(self: Awaits, parent: Query[Any], *children: type[Entity]) -> tuple[Any, ...]:
        """One item with its children; see :meth:`GathersEntities.with_children`."""
        from dynakit.operations.collection import with_children

        return await self.run(with_children(parent, children, self.environment))
