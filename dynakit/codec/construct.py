"""Models made without validation, and what stands for their missing values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from pydantic import BaseModel

from dynakit.codec.unmodelled import without_models

Values: TypeAlias = dict[str, Any]
"""Values by field name."""


def constructor(model: type[BaseModel]) -> Callable[[Values], BaseModel]:
    """The function that makes an instance of values that are known to be good, as ``model_construct``."""
    plain = model.__pydantic_post_init__ is None and not model.__private_attributes__
    if not plain or model.model_config.get("extra") == "allow":
        return lambda values: model.model_construct(**values)
    new, keep, complete = model.__new__, object.__setattr__, _completion(model)

    def construct(values: Values) -> BaseModel:
        made = new(model)
        keep(made, "__pydantic_fields_set__", set(values))
        keep(made, "__dict__", complete(values))
        keep(made, "__pydantic_extra__", None)
        keep(made, "__pydantic_private__", None)
        return made

    return construct


def defaulter(model: type[BaseModel]) -> Callable[[Values], Values]:
    """The function that adds the defaults of what is missing, nested models as dictionaries."""
    complete = _completion(model)

    def with_defaults(values: Values) -> Values:
        full = complete(values)
        if full is values:
            return values
        return {name: one if name in values else without_models(one) for name, one in full.items()}

    return with_defaults


def _completion(model: type[BaseModel]) -> Callable[[Values], Values]:
    """The function that adds defaults, in the order of the fields; a required value stays missing."""
    fields = model.__pydantic_fields__
    count = len(fields)

    def complete(values: Values) -> Values:
        if len(values) == count:
            return values
        full: Values = {}
        for name, field in fields.items():
            if name in values:
                full[name] = values[name]
            elif not field.is_required():
                full[name] = field.get_default(call_default_factory=True, validated_data=full)
        return full

    return complete
