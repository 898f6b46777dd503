"""Key conditions as DynamoDB takes them: one test for each key attribute."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar

from dynakit.values import dataclass
from dynakit.wire import AttributeValue

KeyOperator: TypeAlias = Literal["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]

V = TypeVar("V", bytes, Decimal)


@dataclass(frozen=True)
class KeyTerm:
    """One condition on one key attribute: one value, or two for ``BETWEEN``."""

    attribute: str
    operator: KeyOperator
    values: tuple[AttributeValue, ...]

    def admits(self, value: AttributeValue) -> bool:
        """Whether a stored key attribute passes, as DynamoDB would tell.

        Raises ``ValueError`` or ``ArithmeticError`` for what is no key value.
        """
        if value.keys() != self.values[0].keys() or len(value) != 1:
            return False
        if self.operator == "begins_with":
            return key_bytes(value).startswith(key_bytes(self.values[0]))
        if "N" in value:
            return _admits(
                self.operator, Decimal(value["N"]), [Decimal(bound.get("N", "")) for bound in self.values]
            )
        return _admits(self.operator, key_bytes(value), [key_bytes(bound) for bound in self.values])


@dataclass(frozen=True)
class KeyPlan:
    """A key condition.

    ``depth`` counts the sort key's attributes that are fixed, ``whole`` says that all of the key is given by
    equality, ``empty`` that nothing can match, so that nothing is sent.
    """

    partition: tuple[KeyTerm, ...]
    sort: tuple[KeyTerm, ...]
    depth: int
    whole: bool
    empty: bool = False


def key_bytes(value: AttributeValue) -> bytes:
    """What text and binary keys are ordered by."""
    return value["S"].encode() if "S" in value else base64.b64decode(value.get("B", ""), validate=True)


def key_order(value: AttributeValue) -> tuple[Decimal, bytes]:
    """A sort key for key values of one type."""
    return (Decimal(value["N"]), b"") if "N" in value else (Decimal(0), key_bytes(value))


def _admits(operator: KeyOperator, value: V, bounds: list[V]) -> bool:
    match operator:
        case "=":
            return value == bounds[0]
        case "<":
            return value < bounds[0]
        case "<=":
            return value <= bounds[0]
        case ">":
            return value > bounds[0]
        case ">=":
            return value >= bounds[0]
        case _:
            return bounds[0] <= value <= bounds[1]
