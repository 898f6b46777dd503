"""``with db.transaction() as tx``: operations collected inside the block and sent together at its end."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from dynakit.expressions.condition import Condition
from dynakit.expressions.update import UpdateAction
from dynakit.operations.delete import Delete, Restore
from dynakit.operations.member import Member
from dynakit.operations.move import Move
from dynakit.operations.save import SaveChanges
from dynakit.operations.transaction import TransactWrite
from dynakit.operations.update import Update, Upsert
from dynakit.operations.write import Check, Create, Put, Replace
from dynakit.schema.query import Query

if TYPE_CHECKING:
    from dynakit.client.aio import AsyncClient
    from dynakit.client.sync import Client
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


class Operations:
    """Collects the operations of one transaction.

    Nothing is sent until its block ends without an error, and nothing at all where no operation was added.
    """

    def __init__(self, *, retry_conflicts: bool = False) -> None:
        self._members: list[Member] = []
        self._retry_conflicts = retry_conflicts

    @property
    def statement(self) -> TransactWrite:
        """The transaction as a value, as far as it is collected."""
        return TransactWrite(tuple(self._members), self._retry_conflicts)

    def add(self, *members: Member) -> None:
        """Add statements."""
        self._members += members

    def create(self, item: Entity) -> None:
        """Store an entity where no item is."""
        self.add(Create(item))

    def put(self, item: E, *, where: Condition[E] | None = None) -> None:
        """Store an entity, overwriting what is there."""
        self.add(Put(item, where))

    def replace(self, item: E, *, where: Condition[E] | None = None) -> None:
        """Overwrite an item that exists."""
        self.add(Replace(item, where))

    def update(
        self,
        key: E | Query[E],
        *actions: UpdateAction[E],
        where: Condition[E] | None = None,
        current: E | None = None,
    ) -> None:
        """Change attributes of an item that exists."""
        self.add(Update(key, *actions, where=where, current=current))

    def save_changes(self, item: Entity) -> None:
        """Write what differs from what was loaded; nothing is added where nothing does."""
        statement = SaveChanges(item)
        if statement.differs:
            self.add(statement)

    def move(self, key: E, *actions: UpdateAction[E]) -> None:
        """Give a loaded item another primary key."""
        self.add(Move(key, *actions))

    def upsert(self, key: E | Query[E], *actions: UpdateAction[E], where: Condition[E] | None = None) -> None:
        """Change attributes of an item, making it where there is none."""
        self.add(Upsert(key, *actions, where=where))

    def delete(
        self,
        key: E | Query[E],
        *,
        where: Condition[E] | None = None,
        missing_ok: bool = False,
        permanently: bool = False,
    ) -> None:
        """Delete an item; softly, where the entity has ``deleted()``, unless ``permanently``."""
        self.add(Delete(key, where, missing_ok, permanently))

    def restore(self, key: E | Query[E]) -> None:
        """Undo a soft deletion."""
        self.add(Restore(key))

    def check(self, key: E | Query[E], where: Condition[E]) -> None:
        """Demand a condition of an item that is not written."""
        self.add(Check(key, where))


class Transaction(Operations):
    """The block of a :class:`~dynakit.client.sync.Client`."""

    def __init__(self, client: Client, *, retry_conflicts: bool = False) -> None:
        super().__init__(retry_conflicts=retry_conflicts)
        self._client = client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None and self._members:
            self._client.execute(self.statement)


class AsyncTransaction(Operations):
    """The block of an :class:`~dynakit.client.aio.AsyncClient`."""

    def __init__(self, client: AsyncClient, *, retry_conflicts: bool = False) -> None:
        super().__init__(retry_conflicts=retry_conflicts)
        self._client = client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None and self._members:
            await self._client.execute(self.statement)
