"""The comparisons every attribute has.

``T`` is the type of the attribute's values. A ``Decimal`` is also compared with an ``int``, which is exact;
that takes overloads, because to a type checker an ``int`` is no ``Decimal``. (One overload with a type
variable of two values would do for pyright; mypy then lets every other type pass.)
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Generic, Literal, TypeAlias, TypeVar, overload

from dynakit.errors import StatementError
from dynakit.expressions.condition import (
    Between,
    Comparator,
    Compare,
    Condition,
    Exists,
    HasType,
    In,
)
from dynakit.expressions.operand import AttributePath, Operand, Value, check_in_the_clear

O = TypeVar("O")  # noqa: E741 - the entity an attribute belongs to
T = TypeVar("T")

AttributeType: TypeAlias = Literal["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]


class Compared(Generic[O, T]):
    """An attribute of entity ``O`` with values of type ``T``, as one side of a comparison."""

    __slots__ = ("ref",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, ref: AttributePath) -> None:
        self.ref = ref

    def __repr__(self) -> str:
        return f"{self.ref.entity.__name__}.{self.ref}"

    @overload  # type: ignore[override]
    def __eq__(self, other: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def __eq__(self: Compared[O, Decimal], other: int) -> Condition[O]: ...
    @overload
    def __eq__(self: Compared[O, Decimal | None], other: int) -> Condition[O]: ...
    def __eq__(self, other: object) -> Condition[O]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compare("=", other)

    @overload  # type: ignore[override]
    def __ne__(self, other: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def __ne__(self: Compared[O, Decimal], other: int) -> Condition[O]: ...
    @overload
    def __ne__(self: Compared[O, Decimal | None], other: int) -> Condition[O]: ...
    def __ne__(self, other: object) -> Condition[O]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compare("<>", other)

    @overload
    def __lt__(self, other: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def __lt__(self: Compared[O, Decimal], other: int) -> Condition[O]: ...
    @overload
    def __lt__(self: Compared[O, Decimal | None], other: int) -> Condition[O]: ...
    def __lt__(self, other: object) -> Condition[O]:
        return self._compare("<", other)

    @overload
    def __le__(self, other: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def __le__(self: Compared[O, Decimal], other: int) -> Condition[O]: ...
    @overload
    def __le__(self: Compared[O, Decimal | None], other: int) -> Condition[O]: ...
    def __le__(self, other: object) -> Condition[O]:
        return self._compare("<=", other)

    @overload
    def __gt__(self, other: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def __gt__(self: Compared[O, Decimal], other: int) -> Condition[O]: ...
    @overload
    def __gt__(self: Compared[O, Decimal | None], other: int) -> Condition[O]: ...
    def __gt__(self, other: object) -> Condition[O]:
        return self._compare(">", other)

    @overload
    def __ge__(self, other: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def __ge__(self: Compared[O, Decimal], other: int) -> Condition[O]: ...
    @overload
    def __ge__(self: Compared[O, Decimal | None], other: int) -> Condition[O]: ...
    def __ge__(self, other: object) -> Condition[O]:
        return self._compare(">=", other)

    @overload
    def between(self, low: T | Compared[O, T], high: T | Compared[O, T]) -> Condition[O]: ...
    @overload
    def between(self: Compared[O, Decimal], low: Decimal | int, high: Decimal | int) -> Condition[O]: ...
    @overload
    def between(
        self: Compared[O, Decimal | None], low: Decimal | int, high: Decimal | int
    ) -> Condition[O]: ...
    def between(self, low: object, high: object) -> Condition[O]:
        """Both ends included."""
        return Between(self.ref, self._compared(low), self._compared(high))

    @overload
    def in_(self, values: Iterable[T]) -> Condition[O]: ...
    @overload
    def in_(self: Compared[O, Decimal], values: Iterable[Decimal | int]) -> Condition[O]: ...
    @overload
    def in_(self: Compared[O, Decimal | None], values: Iterable[Decimal | int]) -> Condition[O]: ...
    def in_(self, values: Iterable[object]) -> Condition[O]:
        """Equal to one of at most 100 values."""
        if isinstance(values, str | bytes):
            raise StatementError(f"{self!r}.in_: got one text; expected values, as in_([…]).")
        return In(self.ref, tuple(self._compared(value) for value in values))

    def exists(self) -> Condition[O]:
        """The attribute is present (``None`` is stored as absent)."""
        return Exists(self.ref, present=True)

    def not_exists(self) -> Condition[O]:
        """The attribute is absent."""
        return Exists(self.ref, present=False)

    def has_type(self, type: AttributeType) -> Condition[O]:
        """What is stored has this DynamoDB type."""
        return HasType(self.ref, type)

    def _compare(self, operator: Comparator, other: object) -> Condition[O]:
        return Compare(self.ref, operator, self._compared(other))

    def _compared(self, value: object) -> Operand:
        for side in (self, value):
            if isinstance(side, Compared):
                check_in_the_clear(side.ref)
        return self._operand(value)

    def _operand(self, value: object, *, nothing: bool = False) -> Operand:
        if isinstance(value, Compared):
            return value.ref
        if value is None and not nothing:
            raise StatementError(
                f"{self!r}: cannot be compared with None, which is stored as absent. Use .exists() or "
                ".not_exists()."
            )
        return Value(self.ref, value)
