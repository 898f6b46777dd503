"""Statements that store one item, or demand something of it: put, create, replace, check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from dynakit.expressions.condition import Condition
from dynakit.expressions.text import where_text
from dynakit.operations.fetching import known_item
from dynakit.operations.kept import Kept, kept_by_create, kept_by_put, moment
from dynakit.operations.member import Member, Write, guarded, new_token, token_for
from dynakit.operations.operation import Operation, Presence
from dynakit.operations.retry import SAME, Resend
from dynakit.operations.target import Target, item_text, target_of
from dynakit.operations.uniqueness import must_be_known, new_values, refuse_unique, upheld
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.origin import remember
from dynakit.schema.query import Query
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


class Store(Write[E], Generic[E]):
    """A write of a whole entity, which afterwards is as it is stored."""

    item: E

    def target(self) -> Target[E]:
        return target_of(self.item)

    def settle(self, operation: Operation) -> None:
        vars(self.item).update(operation.settled)
        remember(self.item, operation.stored_item)

    def result(self, stored: Item | None) -> E:
        return self.item


@dataclass(frozen=True)
class Put(Store[E], Generic[E]):
    """Store an entity, overwriting what is there: the last writer wins.

    With ``where=`` only if that is true of the item stored (of no attributes, where there is none). An entity
    with a version is stored only over the version it was read in, else :class:`VersionConflict` is raised.
    Without ``where=`` also over one that is softly deleted, which shows it again; with it no hidden item is
    written over.
    Sent again when a reply is lost, unless ``resend=False``.
    """

    item: E
    where: Condition[E] | None = None
    resend: bool = True
    once: bool = False

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        definition = definition_of(type(self.item))
        refuse_unique(self, definition)
        kept = kept_by_put(definition, self.item, environment)
        overwrites = self.where is None
        operation = _put(definition, self.item, kept, environment, where=self.where, overwrites=overwrites)
        return token_for(environment, operation) if operation.conditional else operation

    def resent(self, operation: Operation, environment: Environment) -> Resend:
        return guarded(self, operation, environment) if self.resend else None

    def __str__(self) -> str:
        return f"put {item_text(self.item)}{where_text(self.where)}"


@dataclass(frozen=True)
class Create(Store[E], Generic[E]):
    """Store an entity where no item is, or one that has expired.

    Raises :class:`ItemAlreadyExists` with the item found, also for one that is softly deleted.
    """

    item: E
    once: bool = False

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        definition = definition_of(type(self.item))
        kept = kept_by_create(definition, self.item, environment)
        token = new_token(definition, environment)
        operation = _put(definition, self.item, kept, environment, presence="absent", token=token)
        if not definition.constraints:
            return operation
        return upheld(operation, environment, old=None, new=_values(operation))

    def resent(self, operation: Operation, environment: Environment) -> Resend:
        return SAME

    def __str__(self) -> str:
        return f"create {item_text(self.item)}"


@dataclass(frozen=True)
class Replace(Store[E], Generic[E]):
    """Overwrite an item that exists. Raises :class:`NotFound`, or :class:`ConditionFailed` for ``where=``.

    :class:`VersionConflict` when the entity has a version and the item was written since it was read.
    """

    item: E
    where: Condition[E] | None = None
    once: bool = False

    def known(self) -> Item | None:
        return known_item(self.target(), self.item) if self.reads_first() else None

    def reads_first(self) -> bool:
        return bool(definition_of(type(self.item)).constraints)

    def operation_on(self, current: Item | None, environment: Environment) -> Operation:
        definition = definition_of(type(self.item))
        kept = kept_by_put(definition, self.item, environment)
        token = new_token(definition, environment)
        operation = _put(
            definition, self.item, kept, environment, where=self.where, presence="present", token=token
        )
        if not definition.constraints:
            return operation
        return upheld(operation, environment, old=must_be_known(self, current), new=_values(operation))

    def __str__(self) -> str:
        return f"replace {item_text(self.item)}{where_text(self.where)}"


@dataclass(frozen=True)
class Check(Member, Generic[E]):
    """A condition on an item that a transaction demands and does not write. It is false of hidden items."""

    key: E | Query[E]
    where: Condition[E]

    def operation(self, environment: Environment) -> Operation:
        target = target_of(self.key)
        now = moment(target.definition, environment)
        return Operation("ConditionCheck", target.definition, target.key, where=self.where, now=now)

    def __str__(self) -> str:
        return f"check {item_text(self.key)}{where_text(self.where)}"


def _put(
    definition: Definition[E],
    item: E,
    kept: Kept,
    environment: Environment,
    *,
    where: Condition[E] | None = None,
    presence: Presence | None = None,
    token: str | None = None,
    overwrites: bool = False,
) -> Operation:
    """``overwrites`` says that it does not matter whether an item that is there is hidden."""
    encoded = encode_item(definition, item, kept.values)
    return Operation(
        "Put",
        definition,
        {name: encoded[name] for name in definition.stored_in.key_names},
        item=encoded,
        presence=presence,
        guards=kept.guards,
        where=where,
        now=None if overwrites else moment(definition, environment),
        deleted=None if overwrites else False,
        token=token,
        settled=kept.values,
    )


def _values(operation: Operation) -> dict[str, object]:
    """The values that constraints are about, in the item to store."""
    return new_values(operation.definition, operation.item or {}, ())
