"""Expressions to DynamoDB's language: every name and value behind a placeholder, nothing unused.

Placeholders are numbered in the order of first use and equal ones are shared, so the same statement
always gives the same bytes. Expressions know no entity: names and values come from a :class:`Resolver`.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath, Operand, SizeOf, Step, Value

if TYPE_CHECKING:
    from dynakit.expressions.update import Clause, UpdateAction
    from dynakit.wire import AttributeValue, Payload

E_contra = TypeVar("E_contra", contravariant=True)

MAX_EXPRESSION_BYTES = 4096
"""Length of one expression: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html"""

CLAUSES: tuple[Clause, ...] = ("SET", "REMOVE", "ADD", "DELETE")


class Resolver(Protocol):
    """What an entity knows of its attributes."""

    def stored(self, path: AttributePath) -> tuple[Step, ...]:
        """The path with stored names in place of Python names."""
        ...

    def encode(self, path: AttributePath, value: object) -> AttributeValue | None:
        """The value as this attribute stores it; ``None`` where that means absent."""
        ...

    def check_sortable(self, path: AttributePath) -> None:
        """Refuse a path whose stored form does not sort as its values do."""
        ...

    def encode_element(self, path: AttributePath, value: object) -> AttributeValue:
        """The value as one element of this list, set or text."""
        ...


class Placeholders:
    """The names and values of one request, each under a placeholder of its own."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, tuple[str, AttributeValue]] = {}

    def name(self, stored: str) -> str:
        """The placeholder of an attribute name."""
        known = self._names.get(stored)
        if known is None:
            known = self._names[stored] = f"#n{len(self._names)}"
        return known

    def value(self, value: AttributeValue) -> str:
        """The placeholder of a value; equal ones have the same."""
        kind, content = next(iter(value.items()))
        identity = f"{kind}:{content}" if isinstance(content, str) else json.dumps(value, sort_keys=True)
        known = self._values.get(identity)
        if known is None:
            known = self._values[identity] = (f":v{len(self._values)}", value)
        return known[0]

    def path(self, steps: Sequence[Step]) -> str:
        """A document path, each name behind a placeholder: ``#n0[3].#n1``."""
        if len(steps) == 1 and isinstance(steps[0], str):
            return self.name(steps[0])
        parts = [f"[{step}]" if isinstance(step, int) else f".{self.name(step)}" for step in steps]
        return "".join(parts).removeprefix(".")

    def add_to(self, payload: Payload) -> None:
        """Put the names and values used into a request."""
        if self._names:
            payload["ExpressionAttributeNames"] = {
                placeholder: name for name, placeholder in self._names.items()
            }
        if self._values:
            payload["ExpressionAttributeValues"] = dict(self._values.values())


class WireWriter:
    """Writes expressions in DynamoDB's language (a :class:`~dynakit.expressions.operand.Writer`)."""

    def __init__(self, resolver: Resolver, placeholders: Placeholders) -> None:
        self._resolver = resolver
        self._placeholders = placeholders

    def operand(self, operand: Operand) -> str:
        if isinstance(operand, AttributePath):
            return self._placeholders.path(self._resolver.stored(operand))
        if isinstance(operand, Value):
            return self._placeholders.value(self._encoded(operand))
        if isinstance(operand, SizeOf):
            return f"size({self.operand(operand.path)})"
        return self._placeholders.value(self._resolver.encode_element(operand.of, operand.value))

    def _encoded(self, operand: Value) -> AttributeValue:
        if isinstance(operand.like, SizeOf):
            return {"N": str(operand.value)}
        encoded = self._resolver.encode(operand.like, operand.value)
        if encoded is None:
            raise StatementError(
                f"{operand.like}: an empty set or None is stored as absent and cannot be an operand. "
                "Use .exists() or .not_exists(), or .remove()."
            )
        return encoded

    def ordered(self, operand: Operand) -> str:
        if isinstance(operand, AttributePath):
            self._resolver.check_sortable(operand)
        return self.operand(operand)

    def literal(self, text: str) -> str:
        return self._placeholders.value({"S": text})

    def number(self, number: int) -> str:
        return self._placeholders.value({"N": str(number)})

    def empty_list(self) -> str:
        return self._placeholders.value({"L": []})


def join_clauses(members: Iterable[tuple[Clause, str]]) -> str:
    """Group written updates by clause: ``SET a = :v, b = :w REMOVE c``."""
    grouped: dict[Clause, list[str]] = {}
    for clause, text in members:
        grouped.setdefault(clause, []).append(text)
    return " ".join([f"{clause} {', '.join(grouped[clause])}" for clause in CLAUSES if clause in grouped])


def check_length(kind: str, expression: str) -> str:
    """Return the expression. Raises :class:`StatementError` above 4 KB, which DynamoDB refuses."""
    if len(expression) > MAX_EXPRESSION_BYTES:
        raise StatementError(
            f"{kind}: the expression has {len(expression)} bytes; DynamoDB allows {MAX_EXPRESSION_BYTES}. "
            "Use fewer conditions, or several statements."
        )
    return expression


def check_overlaps(updates: Iterable[UpdateAction[E_contra]]) -> None:
    """Refuse an update of the same path twice, or of a path and something nested in it."""
    seen: list[AttributePath] = []
    for update in updates:
        for other in seen:
            shared = min(len(other.steps), len(update.path.steps))
            if other.steps[:shared] == update.path.steps[:shared]:
                raise StatementError(
                    f"update: {other} and {update.path} overlap; one statement changes each path once. "
                    "Join them in one change."
                )
        seen.append(update.path)
