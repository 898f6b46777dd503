"""``SaveChanges``: an update of just what differs between an entity and the item it was loaded from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath, Value
from dynakit.expressions.update import Remove, Set, UpdateAction
from dynakit.operations.flow import Flow
from dynakit.operations.guard import same_value
from dynakit.operations.member import Write
from dynakit.operations.operation import Operation
from dynakit.operations.sealing_after import sealed_values
from dynakit.operations.target import item_text
from dynakit.operations.update import Update
from dynakit.schema.definition import Attribute, Definition, definition_of
from dynakit.schema.item import decode_item, encode_item, primary_key_of
from dynakit.schema.origin import origin_of, remember
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True)
class SaveChanges(Write[E], Generic[E]):
    """Write the attributes of a loaded entity that differ from what was loaded; nothing where none does.

    The entity is afterwards as the item is stored, and is given back. Raises :class:`VersionConflict` when it
    has a version and the item was written since, or when the rest of an index key that changes was;
    :class:`NotFound` where the item is gone, :class:`StatementError` for an entity that was not loaded whole,
    or whose primary key was changed.
    """

    returns: ClassVar[Literal["ALL_NEW"] | None] = "ALL_NEW"

    item: E
    once: bool = False

    def operation(self, environment: Environment) -> Operation:
        actions = self._actions()
        if not actions:
            raise StatementError(f"{self}: nothing differs from what was loaded; leave it out.")
        update = Update(self.item, *actions, current=self.item)
        return update.operation(environment)

    @property
    def differs(self) -> bool:
        """Whether anything differs from what was loaded."""
        return bool(self._actions())

    def flow(self, environment: Environment) -> Flow[E]:
        if not self.differs:
            return self.item
        return (yield from self.carried(self.operation(environment), environment))

    def settle(self, operation: Operation) -> None:
        vars(self.item).update(operation.settled)
        stored = encode_item(operation.definition, self.item)
        attribute = operation.definition.stored_in.token_attribute
        if attribute is not None and operation.token is not None:
            stored[attribute] = {"S": operation.token}
        before = origin_of(self.item)
        stored |= sealed_values(operation, {} if before is None else before.item)
        remember(self.item, stored)

    def result(self, stored: Item | None) -> E:
        definition: Definition[E] = definition_of(type(self.item))
        vars(self.item).update(vars(decode_item(definition, stored or {})))
        return self.item

    def _actions(self) -> list[UpdateAction[E]]:
        definition: Definition[E] = definition_of(type(self.item))
        origin = origin_of(self.item)
        if origin is None or not origin.whole:
            raise StatementError(
                f"{self}: it was not loaded whole from the table, so what differs cannot be told. Use "
                "create, or get it first."
            )
        if not primary_key_of(definition, self.item.__dict__).items() <= origin.item.items():
            raise StatementError(f"{self}: its primary key was changed. Use move.")
        return list(_differences(definition, self.item, decode_item(definition, origin.item)))

    def __str__(self) -> str:
        return f"save changes of {item_text(self.item)}"


def _differences(definition: Definition[E], now: E, loaded: E) -> Iterator[UpdateAction[E]]:
    own = {*(one.name for one in definition.lifecycle.own), *definition.calculations}
    for attribute in definition.attributes.values():
        value = now.__dict__[attribute.name]
        if attribute.name in own or _same(attribute, value, loaded.__dict__[attribute.name]):
            continue
        path = AttributePath(definition.entity, (attribute.name,))
        action: UpdateAction[Any] = (
            Remove(path) if attribute.encode(value) is None else Set(path, Value(path, value))
        )
        yield action


def _same(attribute: Attribute, one: object, other: object) -> bool:
    stored, before = attribute.encode(one), attribute.encode(other)
    return stored is before if stored is None or before is None else same_value(stored, before)
