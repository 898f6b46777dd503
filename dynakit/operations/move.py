"""``Move``: give an item another primary key, as one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from dynakit.errors import DynakitError, StatementError
from dynakit.expressions.operand import Value
from dynakit.expressions.text import updates_text
from dynakit.expressions.update import Remove, Set, UpdateAction, parts_of
from dynakit.operations.change import as_stored
from dynakit.operations.failed import Failed
from dynakit.operations.fetching import known_item
from dynakit.operations.flow import Flow
from dynakit.operations.guard import Guard
from dynakit.operations.kept import kept_by_move, moment
from dynakit.operations.member import Write, token_for
from dynakit.operations.operation import Operation
from dynakit.operations.refusal import refusal
from dynakit.operations.sealing import sealed_operation
from dynakit.operations.sealing_after import discard
from dynakit.operations.target import Target, item_text, target_of
from dynakit.operations.together import carry_out_together
from dynakit.operations.uniqueness import new_values, rekeyed
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import decode_item, encode_item, primary_key_of, unknown_attributes
from dynakit.schema.query import Query
from dynakit.values import dataclass
from dynakit.wire import Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


@dataclass(frozen=True, init=False)
class Move(Write[E], Generic[E]):
    """Give an item another primary key, and change other attributes with it; gives the item as it then is.

    The new item is put and the old one deleted in one transaction, only if the old one is as it was loaded
    (the whole of it) and nothing stands under the new key. Where ``key`` is no loaded entity, the item is
    read first, and again while others write it in between.

    Raises :class:`NotFound`, :class:`ItemAlreadyExists` for an item under the new key,
    :class:`VersionConflict` when the item was written since it was loaded, :class:`StatementError` for
    changes that are no ``set`` or ``remove``, or leave the primary key as it is.
    """

    key: E | Query[E]
    actions: tuple[UpdateAction[E], ...]
    once: bool = True

    def __init__(self, key: E | Query[E], *actions: UpdateAction[E]) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "actions", parts_of(actions))

    def target(self) -> Target[E]:
        return target_of(self.key)

    def known(self) -> Item | None:
        return known_item(self.target(), self.key)

    def reads_first(self) -> bool:
        return True

    def carried(self, operation: Operation, environment: Environment, current: Item | None = None) -> Flow[E]:
        operation = yield from sealed_operation(operation, environment)
        yield from carry_out_together(self, operation, environment)
        old = self.known() or current
        yield from discard(operation.definition, self.target().key, old, None, environment)
        moved: E = decode_item(operation.definition, operation.stored_item)
        return moved

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        target = self.target()
        if current is None:
            raise StatementError(
                f"{self}: a move inside a transaction needs the item as it was loaded. Pass the "
                "loaded entity."
            )
        loaded: E = decode_item(target.definition, current)
        definition = definition_of(type(loaded))
        changed = loaded.model_copy(update=self._values(definition))
        entity = changed.model_copy(update=kept_by_move(definition, changed.__dict__, environment))
        key = primary_key_of(definition, entity.__dict__)
        if key == target.key:
            raise StatementError(f"{self}: the primary key stays the same. Use update.")
        operation = Operation(
            "Put",
            definition,
            key,
            item={**unknown_attributes(definition, current), **encode_item(definition, entity)},
            presence="absent",
            now=moment(definition, environment),
            companions=(_Gone(target, current, moment(definition, environment)),),
        )
        values = new_values(definition, operation.stored_item, ())
        return rekeyed(token_for(environment, operation), target.key, current, values, environment)

    def _values(self, definition: Definition[E]) -> dict[str, object]:
        values: dict[str, object] = {}
        for action in as_stored(definition, self.actions):
            if len(action.path.steps) > 1 or not isinstance(action, Set | Remove):
                raise StatementError(f"{self}: {action.path}: expected .set(…) or .remove() of an attribute.")
            name = action.path.name
            if isinstance(action, Remove):
                values[name] = definition.entity.__pydantic_fields__[name].get_default(
                    call_default_factory=True, validated_data={}
                )
            elif isinstance(action.value, Value):
                values[name] = action.value.value
            else:
                raise StatementError(f"{self}: {action.path}: expected a value, not another attribute.")
        return values

    def __str__(self) -> str:
        return f"move {item_text(self.key)}: {updates_text(self.actions)}"


@dataclass(frozen=True)
class _Gone:
    """The old item is deleted, if it is as it was loaded."""

    target: Target[Any]
    current: Item
    now: datetime | None

    dispensable: ClassVar[bool] = False

    @property
    def _operation(self) -> Operation:
        key = self.target.key
        guards = tuple(
            Guard(name, value, "current") for name, value in self.current.items() if name not in key
        )
        return Operation(
            "Delete", self.target.definition, key, presence="present", guards=guards, now=self.now
        )

    @property
    def identity(self) -> str:
        """The old item."""
        return self._operation.identity

    def member(self, environment: Environment) -> Payload:
        """Delete it."""
        return {"Delete": self._operation.payload(environment)}

    def refusal(self, statement: object, failed: Failed, found: Item | None) -> DynakitError:
        """It is gone, or was written."""
        return refusal(statement, self._operation, failed, found)
