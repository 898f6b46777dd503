"""One write as DynamoDB takes it: alone, or as a member of a transaction.

``Put``, ``Update``, ``Delete`` and ``ConditionCheck`` have the same members in both places:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItem.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dynakit.expressions.compile import Placeholders, WireWriter, check_length, check_overlaps, join_clauses
from dynakit.expressions.condition import Condition
from dynakit.expressions.update import Clause, UpdateAction
from dynakit.schema.definition import Definition
from dynakit.schema.item import check_size
from dynakit.schema.resolver import EntityResolver
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

Kind: TypeAlias = Literal["Put", "Update", "Delete", "ConditionCheck"]
Presence: TypeAlias = Literal["present", "absent"]


@dataclass(frozen=True)
class Assignment:
    """A change of a stored attribute that is none of the entity's: a rendered key, the type."""

    clause: Clause
    attribute: str
    value: AttributeValue | None = None


@dataclass(frozen=True)
class Operation:
    """What one write does to one item, before it is put into words.

    ``presence`` is what must be true of the item itself, ``where`` what the user demands, ``token`` the
    write token it carries. ``item`` is what a put stores; ``actions`` and ``assignments`` are an update's.
    """

    kind: Kind
    definition: Definition[Any]
    key: Item
    item: Item | None = None
    presence: Presence | None = None
    where: Condition[Any] | None = None
    actions: Sequence[UpdateAction[Any]] = ()
    assignments: Sequence[Assignment] = ()
    token: str | None = None

    @property
    def conditional(self) -> bool:
        """Whether it can be refused for its condition."""
        return self.presence is not None or self.where is not None

    @property
    def identity(self) -> str:
        """The item it is about, within one endpoint."""
        return f"{self.definition.stored_in.name} {sorted(self.key.items())}"

    def payload(self, environment: Environment, *, unless_applied: bool = False) -> Payload:
        """The members of the request; ``unless_applied`` adds that the item must not carry this token."""
        placeholders = Placeholders()
        payload: Payload = {"TableName": environment.table_name(self.definition.stored_in)}
        payload |= {"Item": self._stored_item()} if self.kind == "Put" else {"Key": self.key}
        if self.kind == "Update":
            payload["UpdateExpression"] = check_length("update", self._update_expression(placeholders))
        condition = self._condition(placeholders, unless_applied)
        if condition:
            payload["ConditionExpression"] = check_length("condition", condition)
            payload["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        placeholders.add_to(payload)
        return payload

    def call(
        self, environment: Environment, *, unless_applied: bool = False, returns: str | None = None
    ) -> Call:
        """The request that carries it out alone."""
        payload = self.payload(environment, unless_applied=unless_applied)
        if returns is not None:
            payload["ReturnValues"] = returns
        return Call(f"{self.kind}Item", payload)

    @property
    def _token_attribute(self) -> str | None:
        return self.definition.stored_in.token_attribute if self.token else None

    def _stored_item(self) -> Item:
        attribute, item = self._token_attribute, self.item or {}
        if attribute is None or self.token is None:
            return item
        return check_size(self.definition, {**item, attribute: {"S": self.token}})

    def _condition(self, placeholders: Placeholders, unless_applied: bool) -> str:
        written: list[str] = []
        if self.presence is not None:
            word = "exists" if self.presence == "present" else "not_exists"
            written.append(f"attribute_{word}({placeholders.name(self.definition.stored_in.partition.name)})")
        if self.where is not None:
            written.append(self.where.write(self._writer(placeholders)))
        if unless_applied and self._token_attribute is not None:
            name = placeholders.name(self._token_attribute)
            written.append(
                f"attribute_not_exists({name}) OR {name} <> {placeholders.value({'S': str(self.token)})}"
            )
        return written[0] if len(written) == 1 else " AND ".join(f"({text})" for text in written)

    def _update_expression(self, placeholders: Placeholders) -> str:
        check_overlaps(self.actions)
        writer = self._writer(placeholders)
        members: list[tuple[Clause, str]] = [(action.clause, action.write(writer)) for action in self.actions]
        for assignment in self.assignments:
            name = placeholders.name(assignment.attribute)
            value = None if assignment.value is None else placeholders.value(assignment.value)
            members.append((assignment.clause, name if value is None else f"{name} = {value}"))
        if self._token_attribute is not None:
            name = placeholders.name(self._token_attribute)
            members.append(("SET", f"{name} = {placeholders.value({'S': str(self.token)})}"))
        return join_clauses(members)

    def _writer(self, placeholders: Placeholders) -> WireWriter:
        return WireWriter(EntityResolver(self.definition), placeholders)
