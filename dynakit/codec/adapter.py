"""Pydantic, held at arm's length: it validates what was read, and its texts are not passed on.

Its messages may hold input (a custom validator's text, an unknown tag), so only the kind of a fault is
told, and the place where that is a field name or an index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pydantic
from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError, SchemaError

from dynakit.codec.fault import SOME_KEY, article, refused, under, unreadable
from dynakit.errors import DecodeError, DefinitionError

BY_NAME = tuple(int(part) for part in pydantic.VERSION.split(".")[:2]) >= (2, 11)
"""Whether pydantic validates by field name on demand; before 2.11 a field is given under its alias."""

BY_EXTRA = tuple(int(part) for part in pydantic.VERSION.split(".")[:2]) >= (2, 12)
"""Whether pydantic can be told not to look for what is no field of a model."""

_TOLD_FAULTS = 5


class Adapter:
    """Validates and serialises values of one annotation; faults become this package's."""

    def __init__(self, annotation: object, name: str, fields: Mapping[str, str] | None = None) -> None:
        """Ask pydantic for the annotation.

        Raises:
            DefinitionError: pydantic does not know the type.
        """
        from pydantic import TypeAdapter

        self.name = name
        self.fields = fields or {}
        self.expected = article(name)
        try:
            self.adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", annotation))
        except (PydanticUserError, PydanticUndefinedAnnotation, SchemaError, TypeError) as error:
            raise DefinitionError(
                f"{name} has no stored form, and pydantic knows none. "
                "Use a type pydantic can validate, or declare the attribute with stored_as=…"
            ) from error

    def validate(self, value: object) -> object:
        """Make a value of the annotation; DecodeError when pydantic refuses."""
        try:
            if BY_NAME:
                return self.adapter.validate_python(value, by_name=True, by_alias=False)
            return self.adapter.validate_python(value)
        except ValidationError as error:
            raise not_valid(error, self.expected, self.fields, value) from None

    def plain(self, value: object) -> object:
        """Turn a value into what JSON can hold; EncodeError for one of another type."""
        try:
            return self.adapter.dump_python(value, mode="json", by_alias=not BY_NAME, warnings="error")
        except (PydanticSerializationError, ValueError, TypeError):
            raise refused(f"is not {self.expected} that pydantic can serialise", value) from None

    def json(self, value: object) -> str:
        """Write JSON text; EncodeError for a value of another type."""
        try:
            return self.adapter.dump_json(value, by_alias=not BY_NAME, warnings="error").decode()
        except (PydanticSerializationError, ValueError, TypeError):
            raise refused(f"is not {self.expected} that pydantic can write as JSON", value) from None

    def parsed(self, text: str) -> object:
        """Read JSON text; DecodeError when it is none or does not fit."""
        try:
            if BY_NAME:
                return self.adapter.validate_json(text, by_name=True, by_alias=False)
            return self.adapter.validate_json(text)
        except ValidationError as error:
            raise not_valid(error, self.expected, self.fields, text) from None

    def check_same(self, value: object, read_back: Callable[[], object]) -> None:
        """Hold that what is written reads back as the value: pydantic masks secrets, drops what it may.

        Values of a class without ``__eq__`` are compared by what they serialise to.

        Raises:
            EncodeError: it reads back as something else, or not at all.
        """
        try:
            back = read_back()
        except DecodeError:
            raise refused(f"is written as something that is no valid {self.name}", value) from None
        if back == value:
            return
        compares_identity = type(value).__eq__ is object.__eq__ and type(back) is type(value)
        if not compares_identity or self.plain(back) != self.plain(value):
            raise refused(
                "would be read back as another value; its type needs a stored form of its own", value
            )

    def string_or_number(self) -> str | None:
        """Tell whether all values serialise to a ``string`` or a ``number``, by their JSON schema."""
        try:
            kind: object = self.adapter.json_schema(mode="serialization").get("type")
        except (PydanticUserError, ValueError, TypeError):
            return None
        return {"string": "string", "number": "number", "integer": "number"}.get(str(kind))


def type_name(annotation: object) -> str:
    """Name an annotation for a message."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def model_builder(model: type[BaseModel], names: Mapping[str, str]) -> Callable[[object], object]:
    """Make instances of a model from values by input name; ``names`` gives the field names of those."""
    expected = article(model.__name__)

    def build(values: object) -> object:
        try:
            if BY_NAME:
                return model.model_validate(values, by_name=True, by_alias=False)
            return model.model_validate(values)
        except ValidationError as error:
            raise not_valid(error, expected, names, values) from None

    return build


def input_name(model: type[BaseModel], name: str, field: FieldInfo) -> str:
    """Give the name under which pydantic takes a field: its own, before pydantic 2.11 perhaps its alias.

    Raises:
        DefinitionError: before 2.11, for a field whose only alias is a path.
    """
    alias = field.validation_alias
    if BY_NAME or alias is None or model.model_config.get("populate_by_name"):
        return name
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    for choice in choices:
        if isinstance(choice, str):
            return choice
    raise DefinitionError(
        f"{model.__name__}.{name} can only be given by an alias path; that needs pydantic 2.11. "
        "Set populate_by_name on the model"
    )


def not_valid(error: ValidationError, expected: str, names: Mapping[str, str], value: object) -> DecodeError:
    """Tell what pydantic refuses: kinds of faults and places, no input and none of its messages."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    if len(faults) == 1:
        return _one_fault(faults[0]["type"], _place(faults[0]["loc"], names), value)
    told = [
        f"{_place(fault['loc'], names).removeprefix('.') or 'itself'} ({fault['type']})"
        for fault in faults[:_TOLD_FAULTS]
    ]
    rest = f" and {len(faults) - _TOLD_FAULTS} more" if len(faults) > _TOLD_FAULTS else ""
    return unreadable(f"does not make {expected}; pydantic refuses {', '.join(told)}{rest}", value)


def _one_fault(kind: str, place: str, value: object) -> DecodeError:
    if kind == "missing" and place:
        fault = unreadable("is missing, and the field is required", value)
    else:
        fault = unreadable(f"is not valid; pydantic refuses it ({kind})", value)
    under(fault, place)
    return fault


def _place(loc: tuple[int | str, ...], names: Mapping[str, str]) -> str:
    place = ""
    for index, step in enumerate(loc):
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            place += f".{names[step]}" if index == 0 and step in names else SOME_KEY
    return place
