"""One value of a type, made up from the name of its attribute and a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType, TypeVar, cast, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from dynakit.codec.annotations import is_union, without_none

_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


class NoSample(Exception):
    """There is no value to be made up for a type."""


def sample(annotation: object, name: str, number: int, *, naive: bool = False) -> Any:
    """A value, for the same attribute and number always the same; a naive moment where it has to be.

    Raises :class:`NoSample` for a type that it knows nothing of.
    """
    core = _bare(annotation)
    origin, arguments = get_origin(core) or core, get_args(core)
    if is_union(core):
        members, _ = without_none(core)
        return sample(members[0], name, number, naive=naive)
    if origin is Literal:
        return arguments[(number - 1) % len(arguments)]
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return _model(origin, number, naive=naive)
    if isinstance(origin, type) and arguments:
        return _collection(origin, arguments, name, number, naive)
    if core is Any or core is object:
        return _text(name, number)
    return _scalar(core, name, number, naive=naive)


def _bare(annotation: object) -> object:
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif isinstance(annotation, TypeAliasType):
            annotation = cast("object", annotation.__value__)
        elif isinstance(annotation, TypeVar):
            raise NoSample
        else:
            return annotation


def _model(model: type[BaseModel], number: int, *, naive: bool) -> BaseModel:
    fields = model.model_fields
    values = {name: sample(each.annotation, name, number, naive=naive) for name, each in fields.items()}
    return model.model_construct(**values)


def _collection(kind: type, arguments: tuple[object, ...], name: str, number: int, naive: bool) -> object:
    if issubclass(kind, dict):
        return {"key": sample(arguments[-1], name, number, naive=naive)}
    if issubclass(kind, tuple) and arguments[-1] is not Ellipsis:
        return tuple(sample(one, name, number, naive=naive) for one in arguments)
    if issubclass(kind, list | set | frozenset | tuple):
        make = cast("Callable[[list[object]], object]", kind)
        return make([sample(arguments[0], name, number, naive=naive)])
    raise NoSample


def _scalar(core: object, name: str, number: int, *, naive: bool) -> object:
    if not isinstance(core, type):
        raise NoSample
    if issubclass(core, Enum):
        members = list(core)
        return members[(number - 1) % len(members)]
    for kind, make in _SCALARS:
        if core is kind:
            value = make(name, number)
            return value.replace(tzinfo=None) if naive and isinstance(value, datetime) else value
    raise NoSample


def _text(name: str, number: int) -> str:
    """``customer-1`` for ``customer_id``: the same wherever it is of the same name."""
    return f"{name.removesuffix('_id').replace('_', '-')}-{number}"


_SCALARS: tuple[tuple[type, Callable[[str, int], object]], ...] = (
    (str, _text),
    (bool, lambda _, number: number % 2 == 1),
    (int, lambda _, number: number),
    (float, lambda _, number: number + 0.5),
    (Decimal, lambda _, number: Decimal(number) + Decimal("0.5")),
    (bytes, lambda name, number: _text(name, number).encode()),
    (datetime, lambda _, number: _DAY + timedelta(days=number - 1)),
    (date, lambda _, number: (_DAY + timedelta(days=number - 1)).date()),
    (time, lambda _, number: time(number % 24)),
    (timedelta, lambda _, number: timedelta(minutes=number)),
    (UUID, lambda _, number: UUID(int=number)),
)
