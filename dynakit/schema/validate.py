"""Values that an update writes, held to the constraints of the attribute's declaration."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from dynakit.errors import EncodeError
from dynakit.schema.definition import Attribute, Definition
from dynakit.schema.refusal import first_refusal


def validated(definition: Definition[Any], attribute: Attribute, value: object) -> object:
    """The value as the entity's constructor would take it, by the attribute's type and constraints.

    Validators declared with pydantic's decorators see whole entities and are not run.

    Raises:
        EncodeError: for a value of another type, or one that a constraint refuses.
    """
    where = f"{definition.name}."
    try:
        attribute.codec.encode(value, attribute.name)
        model = _single_field(cast("Hashable", definition.entity), attribute.name)
        checked: object = getattr(model(**{attribute.name: value}), attribute.name)
    except EncodeError as error:
        raise EncodeError(f"{where}{error}", entity=definition.name, path=error.path, value=value) from error
    except ValidationError as error:
        reason = first_refusal(error)[1]
        raise EncodeError(
            f"{where}{attribute.name}: the model refuses the value ({reason}).",
            entity=definition.name,
            path=attribute.name,
            value=value,
        ) from None
    return checked


@cache
def _single_field(entity: Hashable, name: str) -> type[BaseModel]:
    model = cast("type[BaseModel]", entity)
    field = model.__pydantic_fields__[name]
    config = ConfigDict(populate_by_name=True, hide_input_in_errors=True, arbitrary_types_allowed=True)
    fields: dict[str, Any] = {name: (field.annotation, field)}
    return create_model(f"{model.__name__}_{name}", __config__=config, **fields)
