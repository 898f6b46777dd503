"""Conditions sorted by what they say of a key: equalities, and at most one range or prefix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from dynakit.errors import StatementError
from dynakit.expressions.condition import And, BeginsWith, Between, Compare, Condition
from dynakit.expressions.operand import AttributePath, Operand, SizeOf, Value
from dynakit.keys.condition import Bound, KeyPrefix, KeyRange
from dynakit.values import dataclass

Test: TypeAlias = KeyRange | KeyPrefix


@dataclass(frozen=True)
class KeyConditions:
    """The values that attributes are given by equality, and the range or prefix of one more."""

    equal: Mapping[str, object]
    range: Test | None

    @property
    def names(self) -> tuple[str, ...]:
        """Every attribute that a condition is on."""
        return (*self.equal, *(() if self.range is None else (self.range.name,)))


def sort_conditions(where: str, conditions: Iterable[Condition[Any]]) -> KeyConditions:
    """Sort key conditions by kind, merging a lower and an upper bound on the same attribute.

    Raises:
        StatementError: for whatever cannot be a key condition: ``|``, ``~``, functions, nested paths.
    """
    equal: dict[str, object] = {}
    test: Test | None = None
    for condition in _members(conditions):
        name, given = _given(where, condition)
        if not isinstance(given, Value):
            test = given if test is None else _merged(where, test, given)
        elif name in equal:
            raise StatementError(f"{where}: {name} is given twice; expected one value. Remove one of them.")
        else:
            equal[name] = given.value
    if test is not None and test.name in equal:
        raise StatementError(
            f"{where}: {test.name} has both an equality and a range; expected one of them. Remove the other."
        )
    return KeyConditions(equal, test)


def _members(conditions: Iterable[Condition[Any]]) -> Iterator[Condition[Any]]:
    for condition in conditions:
        if isinstance(condition, And):
            yield from _members(condition.members)
        else:
            yield condition


def _given(where: str, condition: Condition[Any]) -> tuple[str, Value | Test]:
    match condition:
        case Compare(left, operator, right) if operator != "<>":
            name, value = _name(where, condition, left), _value(where, condition, right)
            if operator == "=":
                return name, value
            bound = Bound(value.value, inclusive="=" in operator)
            return name, KeyRange(name, low=bound) if ">" in operator else KeyRange(name, high=bound)
        case Between(operand, low, high):
            name = _name(where, condition, operand)
            ends = [Bound(_value(where, condition, end).value) for end in (low, high)]
            return name, KeyRange(name, *ends)
        case BeginsWith(path, prefix):
            name = _name(where, condition, path)
            return name, KeyPrefix(name, _value(where, condition, prefix).value)
        case _:
            raise _no_key_condition(where, condition)


def _name(where: str, condition: Condition[Any], operand: AttributePath | SizeOf) -> str:
    if isinstance(operand, SizeOf) or len(operand.steps) != 1:
        raise _no_key_condition(where, condition)
    return operand.name


def _value(where: str, condition: Condition[Any], operand: Operand) -> Value:
    if not isinstance(operand, Value):
        raise _no_key_condition(where, condition)
    return operand


def _no_key_condition(where: str, condition: Condition[Any]) -> StatementError:
    from dynakit.expressions.text import condition_text

    return StatementError(
        f"{where}: `{condition_text(condition)}` cannot be a key condition; expected comparisons of key "
        "attributes with values, joined by &. Put it into .filter(…)."
    )


def _merged(where: str, first: Test, second: Test) -> KeyRange:
    if first.name != second.name:
        raise StatementError(
            f"{where}: {first.name} and {second.name} are both ranges; a key condition has one, on the last "
            f"attribute given. Fix {first.name} by equality, or put one of them into .filter(…)."
        )
    match first, second:
        case (KeyRange(_, low, None), KeyRange(_, None, high)) | (
            KeyRange(_, None, high),
            KeyRange(_, low, None),
        ):
            return replace(first, low=low, high=high)
        case _:
            raise StatementError(
                f"{where}: {first.name} has several ranges; expected one lower and one upper bound, or one "
                "prefix. Put the others into .filter(…)."
            )
