"""From conditions to a key condition: the partition key whole, the sort key from its left.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from dynakit.errors import StatementError
from dynakit.expressions.condition import And, BeginsWith, Between, Compare, Condition
from dynakit.expressions.operand import AttributePath, Operand, SizeOf, Value
from dynakit.expressions.text import condition_text
from dynakit.keys import condition as keyed
from dynakit.keys.bounds import sort_condition
from dynakit.keys.neighbour import next_above, next_below
from dynakit.keys.part import KeyPart, PlainPart, TemplatePart
from dynakit.keys.term import KeyOperator, KeyPlan, KeyTerm, key_order


@dataclass(frozen=True)
class KeyConditions:
    """Conditions sorted by what they are: equalities by attribute, and at most one range or prefix."""

    equal: Mapping[str, object]
    range: keyed.KeyRange | keyed.KeyPrefix | None


def sort_conditions(where: str, conditions: Iterable[Condition[Any]]) -> KeyConditions:
    """Sort key conditions by kind, merging a lower and an upper bound on the same attribute.

    Raises:
        StatementError: for whatever cannot be a key condition: ``|``, ``~``, functions, nested paths.
    """
    equal: dict[str, object] = {}
    found: keyed.KeyRange | keyed.KeyPrefix | None = None
    for condition in _members(conditions):
        name, term = _term(where, condition)
        if isinstance(term, Value):
            if name in equal:
                raise StatementError(
                    f"{where}: {name} is given twice; expected one value. Remove one of them."
                )
            equal[name] = term.value
        else:
            found = term if found is None else _merge(where, found, term)
    return KeyConditions(equal, found)


def plan(
    where: str, partition: tuple[KeyPart, ...], sort: tuple[KeyPart, ...], conditions: KeyConditions
) -> KeyPlan:
    """Compile a key condition for these key attributes.

    Raises:
        StatementError: when a partition key attribute is missing, the sort key has a gap, or a condition
            is on something that is no part of the key.
    """
    equal = conditions.equal
    _check_names(where, partition, sort, conditions)
    missing = [name for part in partition for name in part.names if name not in equal]
    if missing:
        raise StatementError(
            f"{where}: cannot tell the partition: it needs {', '.join(missing)}. "
            "Give the whole partition key by equality, as == or as a keyword."
        )
    terms = tuple(KeyTerm(part.attribute, "=", (part.render(equal),)) for part in partition)
    names = tuple(name for part in sort for name in part.names)
    depth = _depth(where, names, conditions)
    planned = KeyPlan(terms, (), depth, whole=depth == len(names))
    if len(sort) == 1 and isinstance(sort[0], TemplatePart):
        return _template_sort(planned, sort[0], conditions)
    return _plain_sort(planned, tuple(part for part in sort if isinstance(part, PlainPart)), conditions)


def _members(conditions: Iterable[Condition[Any]]) -> Iterable[Condition[Any]]:
    for condition in conditions:
        if isinstance(condition, And):
            yield from _members(condition.members)
        else:
            yield condition


def _term(where: str, condition: Condition[Any]) -> tuple[str, Value | keyed.KeyRange | keyed.KeyPrefix]:
    if isinstance(condition, Compare) and condition.operator != "<>":
        name, value = _name(where, condition, condition.left), _value(where, condition, condition.right)
        if condition.operator == "=":
            return name, value
        bound = keyed.Bound(value.value, inclusive="=" in condition.operator)
        lower = condition.operator.startswith(">")
        return name, keyed.KeyRange(name, bound if lower else None, None if lower else bound)
    if isinstance(condition, Between):
        name = _name(where, condition, condition.operand)
        low, high = (_value(where, condition, operand).value for operand in (condition.low, condition.high))
        return name, keyed.KeyRange(name, keyed.Bound(low, inclusive=True), keyed.Bound(high, inclusive=True))
    if isinstance(condition, BeginsWith):
        name = _name(where, condition, condition.path)
        return name, keyed.KeyPrefix(name, _value(where, condition, condition.prefix).value)
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
    return StatementError(
        f"{where}: `{condition_text(condition)}` cannot be a key condition; expected comparisons of key attributes "
        "with values, joined by &. Put it into .filter(…)."
    )


def _merge(
    where: str, first: keyed.KeyRange | keyed.KeyPrefix, second: keyed.KeyRange | keyed.KeyPrefix
) -> keyed.KeyRange:
    if first.name != second.name:
        raise StatementError(
            f"{where}: {first.name} and {second.name} are both ranges; a key condition has one, on the last "
            f"attribute given. Fix {first.name} by equality, or put one of them into .filter(…)."
        )
    if not _complement(first, second):
        raise StatementError(
            f"{where}: {first.name} has several ranges; expected one lower and one upper bound, or one prefix."
        )
    assert isinstance(first, keyed.KeyRange) and isinstance(second, keyed.KeyRange)
    return replace(first, low=first.low or second.low, high=first.high or second.high)


def _complement(first: keyed.KeyRange | keyed.KeyPrefix, second: keyed.KeyRange | keyed.KeyPrefix) -> bool:
    if not isinstance(first, keyed.KeyRange) or not isinstance(second, keyed.KeyRange):
        return False
    return not (first.low and second.low) and not (first.high and second.high)


def _check_names(
    where: str, partition: tuple[KeyPart, ...], sort: tuple[KeyPart, ...], conditions: KeyConditions
) -> None:
    allowed = [name for part in (*partition, *sort) for name in part.names]
    ranged = [] if conditions.range is None else [conditions.range.name]
    for name in (*conditions.equal, *ranged):
        if name not in allowed:
            raise StatementError(
                f"{where}: {name} is no part of this key, which is made of {', '.join(dict.fromkeys(allowed))}. "
                f"Put it into .filter(…)."
            )
    partition_names = {name for part in partition for name in part.names}
    for name in ranged:
        if name in partition_names:
            raise StatementError(
                f"{where}: {name} is in the partition key, which takes equality only, no range."
            )


def _depth(where: str, names: tuple[str, ...], conditions: KeyConditions) -> int:
    """How many sort key attributes are given by equality, from the left without a gap."""
    depth = 0
    while depth < len(names) and names[depth] in conditions.equal:
        depth += 1
    given = [name for name in names[depth:] if name in conditions.equal]
    ranged = conditions.range
    if ranged is not None and (depth == len(names) or names[depth] != ranged.name):
        given.append(ranged.name)
    if given:
        reason = (
            f"{names[depth]} is a range"
            if ranged and names[depth] == ranged.name
            else f"{names[depth]} is missing"
        )
        raise StatementError(
            f"{where}: {given[0]} cannot join the sort key ({', '.join(names)}), because {reason}. "
            f"Give {names[depth]} by equality, or put {given[0]} into .filter(…)."
        )
    return depth


def _template_sort(planned: KeyPlan, part: TemplatePart, conditions: KeyConditions) -> KeyPlan:
    condition = sort_condition(part.template, conditions.equal, conditions.range)
    term = _bound_term(part.attribute, condition)
    return replace(planned, sort=() if term is None else (term,), empty=isinstance(condition, keyed.Nothing))


def _bound_term(attribute: str, condition: keyed.SortCondition) -> KeyTerm | None:
    match condition:
        case keyed.Equal(text):
            return KeyTerm(attribute, "=", ({"S": text},))
        case keyed.BeginsWith(prefix):
            return KeyTerm(attribute, "begins_with", ({"S": prefix},))
        case keyed.Between(low, high):
            return KeyTerm(attribute, "BETWEEN", ({"S": low}, {"S": high}))
        case keyed.Compare(operator, text):
            return KeyTerm(attribute, operator, ({"S": text},))
        case _:
            return None


def _plain_sort(planned: KeyPlan, parts: tuple[PlainPart, ...], conditions: KeyConditions) -> KeyPlan:
    fixed = parts[: planned.depth]
    terms = [KeyTerm(part.attribute, "=", (part.render(conditions.equal),)) for part in fixed]
    if conditions.range is None:
        return replace(planned, sort=tuple(terms))
    ranged = _plain_range(parts[planned.depth], conditions.range)
    if ranged is None:
        return replace(planned, sort=tuple(terms), empty=True)
    return replace(planned, sort=(*terms, ranged))


def _plain_range(part: PlainPart, wanted: keyed.KeyRange | keyed.KeyPrefix) -> KeyTerm | None:
    if isinstance(wanted, keyed.KeyPrefix):
        return KeyTerm(part.attribute, "begins_with", (part.encode(wanted.prefix),))
    low, high = wanted.low, wanted.high
    if low is None or high is None:
        bound = low or high
        assert bound is not None
        sign: Literal["<", ">"] = ">" if low else "<"
        operator: KeyOperator = sign if not bound.inclusive else (">=" if low else "<=")
        return KeyTerm(part.attribute, operator, (part.encode(bound.value),))
    first, last = part.encode(low.value), part.encode(high.value)
    first_in = first if low.inclusive else next_above(first)
    last_in = last if high.inclusive else next_below(last)
    if first_in is None or last_in is None or key_order(first_in) > key_order(last_in):
        return None
    return KeyTerm(part.attribute, "BETWEEN", (first_in, last_in))
