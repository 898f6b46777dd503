"""What one key attribute of an entity holds: a rendered template, or an attribute itself.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeAlias

from dynakit.keys.template import BoundTemplate
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, ScalarType


@dataclass(frozen=True)
class TemplatePart:
    """A key attribute of type ``S`` that holds a rendered template."""

    attribute: str
    template: BoundTemplate

    @property
    def source(self) -> str:
        """The template as declared."""
        return self.template.source

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The attributes in the key, from its left."""
        return tuple(placeholder.name for placeholder in self.template.placeholders)

    def render(self, values: Mapping[str, object]) -> AttributeValue:
        """The key attribute's value; every name must be among the values."""
        return {"S": self.template.render(values)}

    def read(self, value: AttributeValue) -> dict[str, object] | None:
        """The values a stored key was made of; ``None`` when it is no key of this template."""
        text = value.get("S")
        return None if text is None else self.template.match(text)


@dataclass(frozen=True)
class PlainPart:
    """A key attribute that is an attribute of the entity itself, typed and not encoded."""

    attribute: str
    name: str
    type: ScalarType
    encode: Callable[[object], AttributeValue]
    decode: Callable[[AttributeValue], object]
    sortable: bool = True

    @property
    def source(self) -> str:
        """The template as it would be declared."""
        return f"{{{self.name}}}"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The one attribute."""
        return (self.name,)

    def render(self, values: Mapping[str, object]) -> AttributeValue:
        """The attribute's value as it is stored."""
        return self.encode(values[self.name])

    def read(self, value: AttributeValue) -> dict[str, object] | None:
        """The attribute's value; ``None`` when what is stored has another type."""
        return {self.name: self.decode(value)} if self.type in value else None


KeyPart: TypeAlias = TemplatePart | PlainPart
