"""``db.get_together(…)``: the types of what it gives, for both clients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from dynakit.operations.transact_get import Asked, TransactGet
    from dynakit.schema.entity import Entity
    from dynakit.schema.partial import Partial

A = TypeVar("A", bound="Entity | Partial[Any]")
B = TypeVar("B", bound="Entity | Partial[Any]")
C = TypeVar("C", bound="Entity | Partial[Any]")
D = TypeVar("D", bound="Entity | Partial[Any]")
E = TypeVar("E", bound="Entity | Partial[Any]")


class _Executes(Protocol):
    def execute(self, statement: TransactGet) -> tuple[Any, ...]: ...


class _Awaits(Protocol):
    async def execute(self, statement: TransactGet) -> tuple[Any, ...]: ...


class GetsTogether:
    """The verb of :class:`~dynakit.client.sync.Client`."""

    @overload
    def get_together(
        self: _Executes, keys: tuple[Asked[A]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None]: ...
    @overload
    def get_together(
        self: _Executes, keys: tuple[Asked[A], Asked[B]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None, B | None]: ...
    @overload
    def get_together(
        self: _Executes,
        keys: tuple[Asked[A], Asked[B], Asked[C]],
        *,
        expired: bool = ...,
        deleted: bool = ...,
    ) -> tuple[A | None, B | None, C | None]: ...
    @overload
    def get_together(
        self: _Executes,
        keys: tuple[Asked[A], Asked[B], Asked[C], Asked[D]],
        *,
        expired: bool = ...,
        deleted: bool = ...,
    ) -> tuple[A | None, B | None, C | None, D | None]: ...
    @overload
    def get_together(
        self: _Executes,
        keys: tuple[Asked[A], Asked[B], Asked[C], Asked[D], Asked[E]],
        *,
        expired: bool = ...,
        deleted: bool = ...,
    ) -> tuple[A | None, B | None, C | None, D | None, E | None]: ...
    @overload
    def get_together(
        self: _Executes, keys: Iterable[Asked[A]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None, ...]: ...
    def get_together(
        self: _Executes, keys: Iterable[Any], *, expired: bool = False, deleted: bool = False
    ) -> Any:
        """Up to 100 items as they were at one moment, in the order asked; ``None`` for one that is missing.

        Up to five keys in a tuple give a tuple with the type of each. Expired and softly deleted
        items count as missing unless asked for. Costs twice the read units of consistent gets.
        Raises :class:`~dynakit.errors.TransactionCancelled` when other transactions stay in the way.
        """
        from dynakit.operations.transact_get import TransactGet

        return self.execute(TransactGet(tuple(keys), expired, deleted))


class AwaitsTogether:
    """The verb of :class:`~dynakit.client.aio.AsyncClient`."""

    @overload
    async def get_together(
        self: _Awaits, keys: tuple[Asked[A]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None]: ...
    @overload
    async def get_together(
        self: _Awaits, keys: tuple[Asked[A], Asked[B]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None, B | None]: ...
    @overload
    async def get_together(
        self: _Awaits, keys: tuple[Asked[A], Asked[B], Asked[C]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None, B | None, C | None]: ...
    @overload
    async def get_together(
        self: _Awaits,
        keys: tuple[Asked[A], Asked[B], Asked[C], Asked[D]],
        *,
        expired: bool = ...,
        deleted: bool = ...,
    ) -> tuple[A | None, B | None, C | None, D | None]: ...
    @overload
    async def get_together(
        self: _Awaits,
        keys: tuple[Asked[A], Asked[B], Asked[C], Asked[D], Asked[E]],
        *,
        expired: bool = ...,
        deleted: bool = ...,
    ) -> tuple[A | None, B | None, C | None, D | None, E | None]: ...
    @overload
    async def get_together(
        self: _Awaits, keys: Iterable[Asked[A]], *, expired: bool = ..., deleted: bool = ...
    ) -> tuple[A | None, ...]: ...
    async def get_together(
        self: _Awaits, keys: Iterable[Any], *, expired: bool = False, deleted: bool = False
    ) -> Any:
        """Up to 100 items as they were at one moment; see :meth:`GetsTogether.get_together`."""
        from dynakit.operations.transact_get import TransactGet

        return await self.execute(TransactGet(tuple(keys), expired, deleted))
