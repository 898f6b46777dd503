"""``Order.tags.size()``: the size of an attribute, to be compared with a number."""

from __future__ import annotations

from typing import Generic, TypeVar

from dynakit.errors import StatementError, shown
from dynakit.expressions.condition import Between, Comparator, Compare, Condition
from dynakit.expressions.operand import AttributePath, SizeOf, Value

O = TypeVar("O")  # noqa: E741 - the entity a path belongs to


class Size(Generic[O]):
    """``size(path)``, to be compared with a number of characters, bytes or elements."""

    __slots__ = ("ref",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, path: AttributePath) -> None:
        self.ref = SizeOf(path)

    def __eq__(self, other: int) -> Condition[O]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compare("=", other)

    def __ne__(self, other: int) -> Condition[O]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compare("<>", other)

    def __lt__(self, other: int) -> Condition[O]:
        return self._compare("<", other)

    def __le__(self, other: int) -> Condition[O]:
        return self._compare("<=", other)

    def __gt__(self, other: int) -> Condition[O]:
        return self._compare(">", other)

    def __ge__(self, other: int) -> Condition[O]:
        return self._compare(">=", other)

    def between(self, low: int, high: int) -> Condition[O]:
        """Both ends included."""
        return Between(self.ref, self._operand(low), self._operand(high))

    def _compare(self, operator: Comparator, other: int) -> Condition[O]:
        return Compare(self.ref, operator, self._operand(other))

    def _operand(self, value: int) -> Value:
        if isinstance(value, bool) or not isinstance(value, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise StatementError(f"size({self.ref.path}): expected a whole number, got {shown(value)}.")
        return Value(self.ref, value)
