"""Which fields of a model pydantic itself checks so that nothing passes for another type.

There, generated code may hand over what it read as it is. It may not where the caller's own functions see
values before pydantic has checked them, or where the model's configuration lets one type pass for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

_Schema: TypeAlias = Mapping[str, Any]

_FOREIGN = frozenset(("function-before", "function-wrap", "function-plain", "call", "custom-error", "any"))
_LOOSE = ("strict", "coerce_numbers_to_str", "from_attributes", "revalidate_instances")
_OTHERS_WITH_EXTRAS = ("typed-dict", "dataclass", "dataclass-args", "arguments", "arguments-v3")
_ASIDE = frozenset(("metadata", "serialization", "config"))


def lenient_fields(model: type[BaseModel]) -> frozenset[str]:
    """The names of the fields whose values pydantic checks by their types alone.

    https://docs.pydantic.dev/latest/internals/architecture/ says what a core schema is.
    """
    schema: Any = model.__pydantic_core_schema__
    known: dict[str, _Schema] = {one["ref"]: one for one in schema.get("definitions", ())}
    while schema["type"] != "model-fields":
        if not _is_usual(schema):
            return frozenset()
        schema = known[schema["schema_ref"]] if schema["type"] == "definition-ref" else schema["schema"]
    fields: Mapping[str, _Schema] = schema["fields"]
    return frozenset(name for name, field in fields.items() if _is_lenient(field, known, set()))


def keeps_no_extras(model: type[BaseModel]) -> bool:
    """Whether nothing in a model keeps what is no field of it.

    Generated code hands over fields alone, so where all fields are lenient pydantic need not look for others,
    which it would for each model that forbids them.
    """
    lenient = lenient_fields(model).issuperset(model.__pydantic_fields__)
    return lenient and not _keeps_extras(model.__pydantic_core_schema__)


def _keeps_extras(part: object) -> bool:
    if isinstance(part, list | tuple):
        return any(map(_keeps_extras, cast("list[object]", part)))
    if not isinstance(part, dict):
        return False
    schema = cast("dict[str, object]", part)
    kept = "allow" in (schema.get("extra_behavior"), schema.get("extra_fields_behavior"))
    return kept or schema.get("type") in _OTHERS_WITH_EXTRAS or any(map(_keeps_extras, schema.values()))


def _is_usual(schema: _Schema) -> bool:
    """Whether a part of a schema neither calls the caller's functions first nor changes what types pass."""
    config = schema.get("config", {})
    return schema.get("type") not in _FOREIGN and not any(
        schema.get(one) or config.get(one) for one in _LOOSE
    )


def _is_lenient(part: object, known: Mapping[str, _Schema], seen: set[str]) -> bool:
    if isinstance(part, list | tuple):
        return all(_is_lenient(one, known, seen) for one in cast("list[object]", part))
    if not isinstance(part, dict):
        return True
    schema = cast("dict[str, object]", part)
    if not isinstance(schema.get("type"), str):
        return all(_is_lenient(one, known, seen) for one in schema.values())
    reference = schema.get("schema_ref")
    if isinstance(reference, str) and reference not in seen:
        seen.add(reference)
        return _is_lenient(known[reference], known, seen)
    return _is_usual(schema) and all(
        _is_lenient(one, known, seen) for name, one in schema.items() if name not in _ASIDE
    )
