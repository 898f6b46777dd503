"""Values without models, as results in dictionaries hold them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, cast

from pydantic import BaseModel


def without_models(value: object) -> object:
    """A value without models: they become dicts by attribute name, also in sequences and dictionaries."""
    if isinstance(value, BaseModel):
        return {name: without_models(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {name: without_models(one) for name, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple | deque):
        return _rebuilt(type(cast("object", value)), map(without_models, cast("Iterable[object]", value)))
    return value


def _rebuilt(kind: Any, parts: Iterable[object]) -> object:
    return kind(*parts) if hasattr(kind, "_fields") else kind(parts)
