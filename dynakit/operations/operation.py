"""One write as DynamoDB takes it: alone, or as a member of a transaction.

``Put``, ``Update``, ``Delete`` and ``ConditionCheck`` have the same members in both places:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItem.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias

from dynakit.errors import DynakitError
from dynakit.expressions.compile import Placeholders, WireWriter, check_length, check_overlaps, join_clauses
from dynakit.expressions.condition import Condition
from dynakit.expressions.operand import Step
from dynakit.expressions.update import Clause, UpdateAction
from dynakit.operations.failed import Failed
from dynakit.operations.guard import Guard
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.family import type_of
from dynakit.schema.item import check_size
from dynakit.schema.lifecycle import is_deleted, is_expired, seconds
from dynakit.schema.registry import demanded_types
from dynakit.schema.resolver import EntityResolver
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

Kind: TypeAlias = Literal["Put", "Update", "Delete", "ConditionCheck"]
Presence: TypeAlias = Literal["present", "absent"]


@dataclass(frozen=True)
class Assignment:
    """A change of what is stored, as it is stored: a rendered key, the type, a map inside an attribute."""

    clause: Clause
    attribute: str
    value: AttributeValue | None = None
    within: tuple[Step, ...] = ()


class Companion(Protocol):
    """An operation on another item that goes with a write.

    One that is dispensable is left out where its condition is false.
    """

    dispensable: ClassVar[bool]

    @property
    def identity(self) -> str:
        """The item it is about, within one endpoint."""
        ...

    def member(self, environment: Environment) -> Payload:
        """The member of a transaction's request."""
        ...

    def refusal(self, statement: object, failed: Failed, found: Item | None) -> DynakitError:
        """The error of a statement whose transaction was cancelled because this one's condition failed."""
        ...


@dataclass(frozen=True)
class Operation:
    """What one write does to one item, before it is put into words.

    ``presence`` is what must be true of the item itself, ``guards`` of attributes as they are stored,
    ``where`` what the user demands, ``token`` the write token it carries. An item that expired before
    ``now`` counts as absent, as does one that is softly deleted: ``deleted`` demands that it is so, or, with
    ``None``, does not ask. ``item`` is what a put stores; ``actions`` and ``assignments`` are an update's.
    ``settled`` are attributes that the entity has once this is done; ``companions`` are applied together
    with it, or nothing is.
    """

    kind: Kind
    definition: Definition[Any]
    key: Item
    item: Item | None = None
    presence: Presence | None = None
    guards: Sequence[Guard] = ()
    where: Condition[Any] | None = None
    now: datetime | None = None
    deleted: bool | None = False
    actions: Sequence[UpdateAction[Any]] = ()
    assignments: Sequence[Assignment] = ()
    token: str | None = None
    settled: Mapping[str, object] = field(default_factory=dict[str, object])
    companions: Sequence[Companion] = ()

    @property
    def conditional(self) -> bool:
        """Whether it can be refused for its condition."""
        demands = (self.presence, self.where, self.now, self._deletion)
        return bool(self.guards) or demands != (None, None, None, None)

    @property
    def _deletion(self) -> Attribute | None:
        """The attribute that tells whether an item is softly deleted, where that is asked."""
        return None if self.deleted is None else self.definition.lifecycle.deleted

    def hides(self, item: Item) -> bool:
        """Whether a stored item counts as absent for it: another entity's, or one that is hidden."""
        strange = bool(self._types) and type_of(self.definition, item) not in {None, *self._types}
        return strange or self.finds_hidden(item)

    def finds_hidden(self, item: Item) -> bool:
        """Whether a stored item has expired or is softly deleted, and is not asked for."""
        lifecycle = self.definition.lifecycle
        expired = self.now is not None and is_expired(lifecycle, item, self.now)
        return expired or self.deleted not in (None, is_deleted(lifecycle, item))

    def broken(self, item: Item | None) -> frozenset[str]:
        """Why the guards do not hold of a stored item."""
        return frozenset(guard.why for guard in self.guards if not guard.holds(item or {}))

    @property
    def identity(self) -> str:
        """The item it is about, within one endpoint."""
        return f"{self.definition.stored_in.name} {sorted(self.key.items())}"

    def payload(self, environment: Environment, *, unless_applied: bool = False) -> Payload:
        """The members of the request; ``unless_applied`` adds that the item must not carry this token."""
        payload: Payload = {"TableName": environment.table_name(self.definition.stored_in)}
        if self.kind == "Put" and not (unless_applied or self.conditional):
            payload["Item"] = self.stored_item
            return payload
        placeholders = Placeholders()
        payload |= {"Item": self.stored_item} if self.kind == "Put" else {"Key": self.key}
        if self.kind == "Update":
            payload["UpdateExpression"] = check_length("update", self._update_expression(placeholders))
        condition = self._condition(placeholders, unless_applied)
        if condition:
            payload["ConditionExpression"] = check_length("condition", condition)
            payload["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        placeholders.add_to(payload)
        return payload

    def call(
        self,
        environment: Environment,
        *,
        unless_applied: bool = False,
        returns: str | None = None,
        statement: object = None,
    ) -> Call:
        """The request that carries it out alone, for a statement."""
        payload = self.payload(environment, unless_applied=unless_applied)
        if returns is not None:
            payload["ReturnValues"] = returns
        return Call(f"{self.kind}Item", payload, statement=statement)

    @property
    def _token_attribute(self) -> str | None:
        return self.definition.stored_in.token_attribute if self.token else None

    @cached_property
    def stored_item(self) -> Item:
        """What a put stores, with its token. Raises :class:`EncodeError` above 400 KB."""
        attribute, item = self._token_attribute, self.item or {}
        if attribute is None or self.token is None:
            return item
        return check_size(self.definition, {**item, attribute: {"S": self.token}})

    def _condition(self, placeholders: Placeholders, unless_applied: bool) -> str:
        written = [*self._demands(placeholders)]
        written += [guard.write(placeholders) for guard in self.guards]
        if self.where is not None:
            written.append(self.where.write(self._writer(placeholders)))
        if unless_applied and self._token_attribute is not None:
            name = placeholders.name(self._token_attribute)
            written.append(
                f"attribute_not_exists({name}) OR {name} <> {placeholders.value({'S': str(self.token)})}"
            )
        return written[0] if len(written) == 1 else " AND ".join(f"({text})" for text in written)

    @property
    def _types(self) -> tuple[str, ...]:
        """The type names one of which the item must have, where it can be a relative's."""
        makes_items = self.kind == "Update" and self.presence is None
        return () if self.kind == "Put" else demanded_types(self.definition, alone=makes_items)

    def _of_own_type(self, placeholders: Placeholders) -> str:
        name = placeholders.name(str(self.definition.stored_in.type_attribute))
        values = ", ".join(placeholders.value({"S": one}) for one in self._types)
        return f"attribute_not_exists({name}) OR {name} IN ({values})"

    def _demands(self, placeholders: Placeholders) -> Iterator[str]:
        """That the item is there and this entity's, or not, and that it is not hidden."""
        if self._types:
            yield self._of_own_type(placeholders)
        key = placeholders.name(self.definition.stored_in.partition.name) if self.presence else ""
        expires = None if self.now is None else self.definition.lifecycle.expires
        name = "" if expires is None else placeholders.name(expires.stored)
        now = "" if self.now is None or not name else placeholders.value(seconds(self.now))
        if self.presence == "absent":
            yield f"attribute_not_exists({key}){f' OR {name} <= {now}' if name else ''}"
            return
        if self.presence == "present":
            yield f"attribute_exists({key})"
        if name:
            yield f"attribute_not_exists({name}) OR {name} > {now}"
        if self._deletion is not None:
            word = "exists" if self.deleted else "not_exists"
            yield f"attribute_{word}({placeholders.name(self._deletion.stored)})"

    def _update_expression(self, placeholders: Placeholders) -> str:
        check_overlaps(self.actions)
        writer = self._writer(placeholders)
        members: list[tuple[Clause, str]] = [(action.clause, action.write(writer)) for action in self.actions]
        for assignment in self.assignments:
            name = placeholders.path((assignment.attribute, *assignment.within))
            value = None if assignment.value is None else placeholders.value(assignment.value)
            members.append((assignment.clause, name if value is None else f"{name} = {value}"))
        if self._token_attribute is not None:
            name = placeholders.name(self._token_attribute)
            members.append(("SET", f"{name} = {placeholders.value({'S': str(self.token)})}"))
        return join_clauses(members)

    def _writer(self, placeholders: Placeholders) -> WireWriter:
        return WireWriter(EntityResolver(self.definition), placeholders)
