"""What pydantic holds a value to besides its type: bounds, lengths, patterns, digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

_STRICTER: Mapping[str, Callable[[Any, Any], object]] = {
    "gt": max,
    "ge": max,
    "lt": min,
    "le": min,
    "multiple_of": lambda _, last: last,
    "min_length": max,
    "max_length": min,
    "pattern": lambda _, last: last,
    "max_digits": min,
    "decimal_places": min,
}
"""Each by its name, with which of two counts. https://docs.pydantic.dev/latest/concepts/fields/"""


def constraints_of(
    metadata: Iterable[object], within: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The constraints among the metadata of an annotation by name, with those ``within`` it.

    Validators are none.
    """
    found = dict(within or {})
    for name, value in _told(metadata):
        found[name] = _STRICTER[name](found[name], value) if name in found else value
    return found


def _told(metadata: Iterable[object]) -> Iterator[tuple[str, object]]:
    for each in metadata:
        if isinstance(each, FieldInfo):
            yield from _told(each.metadata)
        else:
            for name in _STRICTER:
                value: object = getattr(each, name, None)
                if value is not None:
                    yield name, value
