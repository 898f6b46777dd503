"""From equalities and one range on a sort-key template to one exact sort-key condition.

A key condition takes one test of the sort key, and BETWEEN includes both ends:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html

Everything rests on this. Let x be a key up to and including the encoded value of the ranged placeholder.

- Followed by ``#``: the keys of this value begin with x + ``#``. ``#`` is below every character of encoded
  text, so they lie between x and x + ``$``; no key part ends with ``$``, so neither end is a key itself.
- Last: the one key of this value is x, and what begins with x + ``$`` or higher is greater. Raw text may go
  on with any character, so there the next key is x + U+0000.
- Of fixed width, before anything else: the keys of this value are those that begin with x.
"""

from __future__ import annotations

from collections.abc import Mapping

from dynakit.errors import StatementError, did_you_mean
from dynakit.keys.condition import (
    BeginsWith,
    Between,
    Bound,
    Compare,
    Equal,
    Everything,
    KeyPrefix,
    KeyRange,
    Nothing,
    Operator,
    SortCondition,
    contains,
)
from dynakit.keys.encoding import ESCAPE, SEPARATOR
from dynakit.keys.limits import MAX_SORT_KEY_BYTES, greatest_below, greatest_with_prefix, least_above_prefix
from dynakit.keys.template import BoundPlaceholder, BoundTemplate
from dynakit.values import dataclass

_BELOW = "the range ends below its beginning"


def sort_condition(
    template: BoundTemplate, equalities: Mapping[str, object], test: KeyRange | KeyPrefix | None = None
) -> SortCondition:
    """Give the condition that exactly those keys of this template pass whose values do.

    ``equalities`` gives the leading placeholders (other names are ignored), ``test`` is on the next one. Keys
    of other templates in the same partition may pass too, see :func:`~dynakit.keys.overlap.may_enter`.
    Raises StatementError for a test of another placeholder or after a gap, a range or prefix where keys do
    not sort or begin as the values do, and operands over 1,024 bytes; EncodeError for a value that does not
    fit.
    """
    count = _leading(template, equalities, test)
    leading = template.prefix(equalities, count)
    if count == len(template.placeholders):
        return _sendable(template, Equal(leading))
    return _sendable(template, _tested(template, count, leading, test))


def _leading(
    template: BoundTemplate, equalities: Mapping[str, object], test: KeyRange | KeyPrefix | None
) -> int:
    """Count the leading equalities, after checking that nothing is given behind a gap."""
    names = template.names
    if test and test.name not in names:
        raise _wrong(template, f"{test.name!r} is no part of it{did_you_mean(test.name, names)}")
    if test and test.name in equalities:
        raise _wrong(template, f"{test.name!r} has both an equality and a range; give one of them")
    count = 0
    while count < len(names) and names[count] in equalities:
        count += 1
    for name in names[count + 1 :]:
        if name in equalities or (test and test.name == name):
            raise _wrong(
                template, f"{name!r} is given, but not {names[count]!r} before it; expected an equality"
            )
    return count


def _tested(
    template: BoundTemplate, count: int, leading: str, test: KeyRange | KeyPrefix | None
) -> SortCondition:
    placeholder = template.placeholders[count]
    match test:
        case KeyPrefix(name, prefix):
            if not placeholder.segment.prefixable:
                raise _wrong(template, f"its keys do not begin as the values of {name!r} do; use a filter")
            return BeginsWith(leading + placeholder.encode_prefix(prefix))
        case KeyRange(name, low, high) if low or high:
            if not placeholder.segment.sortable:
                raise _wrong(template, f"its keys do not sort as the values of {name!r} do; use a filter")
            return _range(template, count, leading, test)
        case _:
            return BeginsWith(leading)


@dataclass(frozen=True, slots=True)
class _Edge:
    """One side of a range: the key up to and including the value, and what follows the value there."""

    text: str
    inclusive: bool
    placeholder: BoundPlaceholder
    last: bool

    @property
    def ended(self) -> bool:
        """Whether ``#`` follows."""
        return self.placeholder.tail.startswith(SEPARATOR)

    def low(self) -> str:
        """Give a text above all keys outside and not above any key inside."""
        if self.inclusive:
            return self.text + SEPARATOR if self.ended else self.text
        if not self.ended and not self.last:
            return least_above_prefix(self.text)
        return self.text + ("\0" if self.placeholder.segment.raw else ESCAPE)

    def high(self) -> str:
        """Give a text below all keys outside and not below any key inside."""
        if self.ended:
            return self.text + ESCAPE if self.inclusive else self.text
        if not self.inclusive:
            return greatest_below(self.text)
        return self.text if self.last else greatest_with_prefix(self.text)


def _range(template: BoundTemplate, count: int, leading: str, wanted: KeyRange) -> SortCondition:
    low, high = (_edge(template, count, leading, bound) for bound in (wanted.low, wanted.high))
    if low and high:
        return _between(low, high)
    if not leading:
        return _compare_low(low) if low else _compare_high(high) if high else Everything()
    first = low.low() if low else leading
    final = high.high() if high else _fence(leading)
    return Nothing(_BELOW) if first > final else Between(first, final)


def _edge(template: BoundTemplate, count: int, leading: str, bound: Bound | None) -> _Edge | None:
    if bound is None:
        return None
    placeholder = template.placeholders[count]
    last = not placeholder.tail and count + 1 == len(template.placeholders)
    return _Edge(leading + placeholder.encode(bound.value), bound.inclusive, placeholder, last)


def _between(low: _Edge, high: _Edge) -> SortCondition:
    first, final = low.low(), high.high()
    one_excluded = low.text == high.text and not (low.inclusive and high.inclusive)
    return Nothing(_BELOW) if first > final or one_excluded else Between(first, final)


def _compare_low(edge: _Edge) -> SortCondition:
    return Compare(">", edge.text) if edge.last and not edge.inclusive else Compare(">=", edge.low())


def _compare_high(edge: _Edge) -> SortCondition:
    return Compare("<=", edge.high()) if edge.inclusive else Compare("<", edge.text)


def _fence(leading: str) -> str:
    """Give a text above all keys that begin with ``leading``, at or below all others above them."""
    if leading.endswith(SEPARATOR):
        return leading.removesuffix(SEPARATOR) + ESCAPE
    return greatest_with_prefix(leading)


def _sendable(template: BoundTemplate, condition: SortCondition) -> SortCondition:
    """Resolve empty operands, which DynamoDB refuses and no key is, and refuse those that are too long."""
    for text in _operands(condition):
        size = len(text.encode())
        if size > MAX_SORT_KEY_BYTES:
            raise _wrong(template, f"the condition needs {size} bytes; a sort key holds {MAX_SORT_KEY_BYTES}")
    match condition:
        case BeginsWith("") | Compare(">" | ">=", ""):
            return Everything()
        case Equal("") | Compare("<" | "<=", "") | Between(_, ""):
            return Nothing("no sort key is empty")
        case Between("", high):
            return Compare("<=", high)
        case _:
            return condition


def _operands(condition: SortCondition) -> tuple[str, ...]:
    match condition:
        case Equal(text) | BeginsWith(text) | Compare(_, text):
            return (text,)
        case Between(low, high):
            return (low, high)
        case _:
            return ()


def _wrong(template: BoundTemplate, problem: str) -> StatementError:
    return StatementError(f"sort key {template.source!r}: {problem}")


__all__ = [
    "MAX_SORT_KEY_BYTES",
    "BeginsWith",
    "Between",
    "Bound",
    "Compare",
    "Equal",
    "Everything",
    "KeyPrefix",
    "KeyRange",
    "Nothing",
    "Operator",
    "SortCondition",
    "contains",
    "greatest_below",
    "greatest_with_prefix",
    "sort_condition",
]
