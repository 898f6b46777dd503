"""What a write demands of attributes as they are stored, so that nobody's change is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from dynakit.codec.number import canonical
from dynakit.expressions.compile import Placeholders
from dynakit.expressions.operand import Step
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item


@dataclass(frozen=True)
class Guard:
    """A stored attribute must have this value, or be absent (``None``).

    ``why`` is ``version`` where the item must be as it was read, and ``current`` where its value is part of
    what this write renders. ``expiry`` are the attribute of expiry and the moment by which items have
    expired, where those count as absent.
    """

    attribute: str
    value: AttributeValue | None
    why: Literal["version", "current"]
    within: tuple[Step, ...] = ()
    expiry: tuple[str, AttributeValue] | None = None

    def holds(self, item: Item) -> bool:
        """Whether it is true of a stored item."""
        if self._expired(item):
            return self.value is None
        stored = at_path(item.get(self.attribute), self.within)
        if stored is None or self.value is None:
            return stored is self.value
        return same_value(stored, self.value)

    def write(self, placeholders: Placeholders) -> str:
        """The condition."""
        name = placeholders.path((self.attribute, *self.within))
        if self.value is None:
            return f"attribute_not_exists({name}){self._or_expired(placeholders)}"
        return f"{name} = {placeholders.value(self.value)}"

    def _expired(self, item: Item) -> bool:
        if self.expiry is None:
            return False
        stored, now = item.get(self.expiry[0], {}), self.expiry[1]
        return "N" in stored and "N" in now and float(stored["N"]) <= float(now["N"])

    def _or_expired(self, placeholders: Placeholders) -> str:
        if self.expiry is None:
            return ""
        name, now = self.expiry
        return f" OR {placeholders.name(name)} <= {placeholders.value(now)}"


def at_path(value: AttributeValue | None, steps: Sequence[Step]) -> AttributeValue | None:
    """What stands at a path inside an attribute value."""
    for step in steps:
        if value is None:
            return None
        if isinstance(step, str):
            value = value.get("M", {}).get(step)
        else:
            elements = value.get("L", [])
            value = elements[step] if step < len(elements) else None
    return value


def same_value(one: AttributeValue, other: AttributeValue) -> bool:
    """Whether two attribute values are equal to DynamoDB, however numbers and sets are written."""
    return _comparable(one) == _comparable(other)


def _comparable(value: Any) -> object:
    match value:
        case {"N": number}:
            return {"N": canonical(number)}
        case {"NS": numbers}:
            return {"NS": {canonical(number) for number in numbers}}
        case {"SS": elements} | {"BS": elements}:
            return {**value, next(iter(value)): set(elements)}
        case {"L": elements}:
            return [_comparable(element) for element in elements]
        case {"M": members}:
            return {"M": {name: _comparable(member) for name, member in members.items()}}
        case _:
            return value
