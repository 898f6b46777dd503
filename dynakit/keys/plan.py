"""From conditions to a key condition: the partition key whole, the sort key from its left.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Sequence

from dynakit.errors import EncodeError, StatementError
from dynakit.keys import condition as keyed
from dynakit.keys.bounds import sort_condition
from dynakit.keys.given import KeyConditions, Test
from dynakit.keys.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from dynakit.keys.neighbour import next_above, next_below
from dynakit.keys.part import KeyPart, PlainPart, TemplatePart
from dynakit.keys.term import KeyOperator, KeyPlan, KeyTerm, key_bytes, key_order


def plan(
    where: str, partition: tuple[KeyPart, ...], sort: tuple[KeyPart, ...], conditions: KeyConditions
) -> KeyPlan:
    """Compile a key condition for these key attributes.

    Raises:
        StatementError: when a partition key attribute is missing, the sort key has a gap, a condition is on
            something that is no part of the key, or an operand is longer than a key can be.
        EncodeError: for a value that does not fit its attribute.
    """
    fixed, names = _names(partition), _names(sort)
    _check_names(where, fixed, names, conditions)
    depth = _depth(where, names, conditions)
    try:
        terms = tuple([KeyTerm(part.attribute, "=", (part.render(conditions.equal),)) for part in partition])
        of_sort_key = _sort_terms(where, depth, sort, conditions)
    except EncodeError as error:
        raise EncodeError(f"{where}: {error}", path=error.path, value=error.value) from error
    empty = of_sort_key is None or any(_size(where, term, MAX_PARTITION_KEY_BYTES) == 0 for term in terms)
    return KeyPlan(terms, tuple(of_sort_key or ()), depth, whole=depth == len(names), empty=empty)


def _names(parts: tuple[KeyPart, ...]) -> tuple[str, ...]:
    """The attributes in key attributes, from their left, each once."""
    return tuple(dict.fromkeys([name for part in parts for name in part.names]))


def _check_names(
    where: str, fixed: tuple[str, ...], names: tuple[str, ...], conditions: KeyConditions
) -> None:
    for name in conditions.names:
        if name not in fixed and name not in names:
            allowed = dict.fromkeys([*fixed, *names])
            raise StatementError(
                f"{where}: {name} is no part of this key, which is made of "
                f"{', '.join(allowed) or 'constants'}. Put it into .filter(…)."
            )
    if conditions.range is not None and conditions.range.name in fixed:
        raise StatementError(
            f"{where}: {conditions.range.name} is in the partition key, which takes equality only, no range."
        )
    missing = [name for name in fixed if name not in conditions.equal]
    if missing:
        raise StatementError(
            f"{where}: cannot tell the partition: it needs {', '.join(missing)}. "
            "Give the whole partition key by equality, as == or as a keyword."
        )


def _depth(where: str, names: tuple[str, ...], conditions: KeyConditions) -> int:
    """How many sort key attributes are given by equality, from the left without a gap."""
    depth = 0
    while depth < len(names) and names[depth] in conditions.equal:
        depth += 1
    behind = [name for name in names[depth + 1 :] if name in conditions.names]
    if behind:
        gap = names[depth]
        reason = "is a range" if gap in conditions.names else "is missing"
        raise StatementError(
            f"{where}: {behind[0]} cannot join the sort key ({', '.join(names)}), because {gap} {reason}. "
            f"Give {gap} by equality, or put {behind[0]} into .filter(…)."
        )
    return depth


def _sort_terms(
    where: str, depth: int, sort: tuple[KeyPart, ...], conditions: KeyConditions
) -> list[KeyTerm] | None:
    """The tests of the sort key's attributes; ``None`` when nothing can pass."""
    if len(sort) == 1 and isinstance(sort[0], TemplatePart):
        return _template_terms(sort[0], conditions)
    plain = [part for part in sort if isinstance(part, PlainPart)]
    return _plain_terms(where, plain, depth, conditions)


def _template_terms(part: TemplatePart, conditions: KeyConditions) -> list[KeyTerm] | None:
    match sort_condition(part.template, conditions.equal, conditions.range):
        case keyed.Equal(text):
            return [KeyTerm(part.attribute, "=", ({"S": text},))]
        case keyed.BeginsWith(prefix):
            return [KeyTerm(part.attribute, "begins_with", ({"S": prefix},))]
        case keyed.Between(low, high):
            return [KeyTerm(part.attribute, "BETWEEN", ({"S": low}, {"S": high}))]
        case keyed.Compare(operator, text):
            return [KeyTerm(part.attribute, operator, ({"S": text},))]
        case keyed.Everything():
            return []
        case keyed.Nothing():
            return None


def _plain_terms(
    where: str, parts: Sequence[PlainPart], depth: int, conditions: KeyConditions
) -> list[KeyTerm] | None:
    """One test for each key attribute given; ``None`` when nothing can pass."""
    terms = [KeyTerm(part.attribute, "=", (part.render(conditions.equal),)) for part in parts[:depth]]
    if any(_size(where, term, MAX_SORT_KEY_BYTES) == 0 for term in terms):
        return None
    if conditions.range is None:
        return terms
    tested = _plain_test(where, parts[depth], conditions.range)
    if tested is None:
        return None
    for term in tested:
        _size(where, term, MAX_SORT_KEY_BYTES)
    return [*terms, *tested]


def _plain_test(where: str, part: PlainPart, test: Test) -> list[KeyTerm] | None:
    """The test of one key attribute, none where every value passes; ``None`` when no value can."""
    if isinstance(test, keyed.KeyPrefix):
        if part.type == "N":
            raise StatementError(f"{where}: {part.name} is a number, which has no prefix. Use a comparison.")
        prefix = part.encode(test.prefix)
        return [KeyTerm(part.attribute, "begins_with", (prefix,))] if key_bytes(prefix) else []
    if not part.sortable:
        raise StatementError(
            f"{where}: {part.name} is stored in a form that does not sort as its values do, so it takes no "
            "range. Give it by equality, or declare the form sortable."
        )
    # No key is empty, so empty ends say nothing below, and leave nothing above.
    low = None if test.low is None or _is_empty(part, test.low) else test.low
    if test.high is not None and _is_empty(part, test.high):
        return None
    if low is not None and test.high is not None:
        return _between(part, low, test.high)
    bound, sign = (test.high, "<") if low is None else (low, ">")
    return [] if bound is None else [_compared(part, sign, bound)]


def _is_empty(part: PlainPart, bound: keyed.Bound) -> bool:
    return part.type != "N" and not key_bytes(part.encode(bound.value))


def _compared(part: PlainPart, sign: str, bound: keyed.Bound) -> KeyTerm:
    operators: dict[str, tuple[KeyOperator, KeyOperator]] = {"<": ("<", "<="), ">": (">", ">=")}
    return KeyTerm(part.attribute, operators[sign][bound.inclusive], (part.encode(bound.value),))


def _between(part: PlainPart, low: keyed.Bound, high: keyed.Bound) -> list[KeyTerm] | None:
    lowest, highest = part.encode(low.value), part.encode(high.value)
    first = lowest if low.inclusive else next_above(lowest)
    last = highest if high.inclusive else next_below(highest)
    if first is None or last is None or key_order(first) > key_order(last):
        return None
    return [KeyTerm(part.attribute, "BETWEEN", (first, last))]


def _size(where: str, term: KeyTerm, limit: int) -> int:
    """Bytes of the shortest operand. Raises :class:`StatementError` for one that is longer than a key."""
    sizes = [1 if "N" in value else len(key_bytes(value)) for value in term.values]
    if max(sizes) > limit:
        raise StatementError(
            f"{where}: the condition on key attribute {term.attribute!r} has {max(sizes):,} bytes; "
            f"expected at most {limit:,}. Shorten the value."
        )
    return min(sizes)
