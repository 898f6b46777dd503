"""Whether constraints allow whatever others allowed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from dynakit.lock.form import Limit

Limits: TypeAlias = Mapping[str, Limit]
"""Constraints by name, as pydantic calls them."""

_Bound: TypeAlias = tuple[Decimal, bool]
"""How far a bound reaches inwards, and whether the value itself is out."""

_MOST = ("max_length", "max_digits", "decimal_places", "whole_digits")


def allows_all_of(now: Limits, was: Limits) -> bool:
    """Whether every value that the earlier ones allowed is allowed; a doubt counts as no."""
    numbers, earlier = _numbers(now), _numbers(was)
    return (
        all(limit == was.get(name) for name, limit in now.items() if name not in numbers)
        and _reaches(_bound(numbers, "ge", "gt", 1), _bound(earlier, "ge", "gt", 1))
        and _reaches(_bound(numbers, "le", "lt", -1), _bound(earlier, "le", "lt", -1))
        and numbers.get("min_length", 0) <= earlier.get("min_length", 0)
        and all(_most(name, numbers, earlier) for name in _MOST)
        and _divides(numbers.get("multiple_of"), earlier.get("multiple_of"))
    )


def _numbers(limits: Limits) -> dict[str, Decimal]:
    """Those that are numbers, with the digits that others leave before the point."""
    found = {name: number for name, limit in limits.items() if (number := _number(name, limit)) is not None}
    if "max_digits" in found:
        found["whole_digits"] = found["max_digits"] - found.get("decimal_places", 0)
    return found


def _number(name: str, limit: Limit) -> Decimal | None:
    try:
        return None if name == "pattern" else Decimal(str(limit))
    except InvalidOperation:
        return None


def _bound(limits: Mapping[str, Decimal], closed: str, opened: str, sign: int) -> _Bound | None:
    found = [(sign * limits[name], name == opened) for name in (closed, opened) if name in limits]
    return max(found, default=None)


def _most(name: str, now: Mapping[str, Decimal], was: Mapping[str, Decimal]) -> bool:
    return name not in now or (name in was and was[name] <= now[name])


def _reaches(now: _Bound | None, was: _Bound | None) -> bool:
    return now is None or (was is not None and now <= was)


def _divides(now: Decimal | None, was: Decimal | None) -> bool:
    return now is None or (was is not None and was % now == 0)
