"""``name=value`` arguments, read as values of an entity's attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import TypeAdapter, ValidationError

from dynakit.cli.usage import UsageError
from dynakit.errors import did_you_mean

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity


def values_of(entity: type[Entity], given: Iterable[str] | None) -> dict[str, object]:
    """The values of ``name=value`` arguments by the types of the attributes; lists and maps as JSON.

    Raises :class:`UsageError` for an unknown name, one given twice, and text that is no such value.
    """
    values: dict[str, object] = {}
    for name, text in map(pair, given or ()):
        if name in values:
            raise UsageError(
                f"{name}: it is given twice; expected one value of each attribute. Leave one out."
            )
        values[name] = _value(entity, name, text)
    return values


def pair(text: str) -> tuple[str, str]:
    """The name and value of ``name=value``. Raises :class:`UsageError`."""
    name, found, value = text.partition("=")
    if not found:
        raise UsageError(f"{text!r}: it has no '='; expected ATTRIBUTE=VALUE, such as user_id=u1.")
    return name, value


def _value(entity: type[Entity], name: str, text: str) -> object:
    field = entity.model_fields.get(name)
    if field is None:
        hint = did_you_mean(name, entity.model_fields) or f". It has: {', '.join(entity.model_fields)}."
        raise UsageError(f"{entity.__name__}: it has no attribute {name!r}{hint}")
    metadata: list[Any] = field.metadata
    annotation: Any = Annotated[field.annotation, *metadata]
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        try:
            return adapter.validate_json(text)
        except ValidationError:
            told = error.errors(include_input=False, include_url=False)[0]["msg"]
            raise UsageError(f"{entity.__name__}.{name}: its value does not fit: {told}.") from None
