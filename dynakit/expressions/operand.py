"""What stands on either side of an operator: an attribute, its size, or a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

from dynakit.errors import StatementError
from dynakit.values import dataclass

Step: TypeAlias = str | int
"""A Python attribute name, a map key, or a list index."""


@dataclass(frozen=True, slots=True)
class AttributePath:
    """An attribute of an entity, or something nested in it: ``("lines", 0, "price")``."""

    entity: type
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """The Python name of the attribute itself."""
        return str(self.steps[0])

    def __str__(self) -> str:
        first, *rest = self.steps
        return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


@dataclass(frozen=True, slots=True)
class SizeOf:
    """``size(path)``: characters of a text, bytes of a binary, elements of a set, list or map."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class Element:
    """A value compared with an element of a list or set, or a part of a text: the operand of ``contains``."""

    of: AttributePath
    value: object


@dataclass(frozen=True, slots=True)
class Value:
    """A Python value, stored as ``like`` is stored."""

    like: AttributePath | SizeOf
    value: object


def opaque_form(path: AttributePath) -> str | None:
    """What an attribute is stored as, if DynamoDB cannot look into it (``Encrypted``); asked of the class."""
    forms: Mapping[str, str] = getattr(path.entity, "__opaque__", {})
    return forms.get(path.name)


def check_in_the_clear(path: AttributePath) -> None:
    """Refuse an attribute whose stored form tells nothing of its value. Raises :class:`StatementError`."""
    form = opaque_form(path)
    if form is not None:
        raise StatementError(
            f"{path.entity.__name__}.{path}: it is {form}, so DynamoDB cannot look into it. "
            "Read it and look at the value, or use .set(…), .exists() and .not_exists()."
        )


Operand: TypeAlias = AttributePath | SizeOf | Value | Element


class Writer(Protocol):
    """Where an expression is written: to DynamoDB's language, or to text for people."""

    def operand(self, operand: Operand) -> str:
        """Write a path, a size or a value."""
        ...

    def ordered(self, operand: Operand) -> str:
        """Write an operand that is compared by order."""
        ...

    def literal(self, text: str) -> str:
        """Write a text value that is no attribute's, such as the operand of ``attribute_type``."""
        ...

    def number(self, number: int) -> str:
        """Write a whole number that is no attribute's, such as the zero an absent number starts from."""
        ...

    def empty_list(self) -> str:
        """Write the empty list an absent list starts from."""
        ...
