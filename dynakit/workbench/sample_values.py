"""One value of a type, made up from the name of its attribute and a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType, TypeVar, cast, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from dynakit.codec.annotations import is_union, without_none
from dynakit.workbench.sample_texts import alternatives_of_text, sample_text

_FACTORS = (10, 100, 1000, -1, 0)
_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


class NoSample(Exception):
    """There is no value to be made up for a type."""


def sample_field(field: FieldInfo, name: str, number: int, *, naive: bool = False) -> Any:
    """A value that a field takes: one of its examples, or made up. Raises :class:`NoSample`."""
    metadata: list[Any] = field.metadata
    whole: Any = Annotated[field.annotation, *metadata] if metadata else field.annotation
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(whole)
    except PydanticUserError:
        raise NoSample from None
    for value in _candidates(field, name, number, naive):
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        return value
    raise NoSample


def _candidates(field: FieldInfo, name: str, number: int, naive: bool) -> Iterator[object]:
    examples = field.examples or []
    yield from examples[(number - 1) % len(examples) :][:1] if examples else ()
    value = sample(field.annotation, name, number, naive=naive)
    yield value
    if isinstance(value, str) and type(value) is str:
        yield from alternatives_of_text(name, number)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        yield from (type(value)(number * factor) for factor in _FACTORS)


def sample(annotation: object, name: str, number: int, *, naive: bool = False) -> Any:
    """A value, for the same attribute and number always the same; a naive moment where it has to be.

    Raises :class:`NoSample` for a type that it knows nothing of.
    """
    core = _bare(annotation)
    origin, arguments = get_origin(core) or core, get_args(core)
    if is_union(core):
        return _one_of(core, name, number, naive)
    if origin is Literal:
        return arguments[(number - 1) % len(arguments)]
    if isinstance(origin, type) and issubclass(origin, BaseModel):
        return _model(origin, number, naive=naive)
    if isinstance(origin, type) and arguments:
        return _collection(origin, arguments, name, number, naive)
    if core is Any or core is object:
        return sample_text(name, number)
    return _scalar(core, name, number, naive=naive)


def _one_of(union: object, name: str, number: int, naive: bool) -> object:
    """A value of the first member that one can be made up for."""
    members, optional = without_none(union)
    for member in members:
        try:
            return sample(member, name, number, naive=naive)
        except NoSample:
            continue
    if optional:
        return None
    raise NoSample


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
    values = {name: sample_field(each, name, number, naive=naive) for name, each in fields.items()}
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


_SCALARS: tuple[tuple[type, Callable[[str, int], object]], ...] = (
    (str, sample_text),
    (bool, lambda _, number: number % 2 == 1),
    (int, lambda _, number: number),
    (float, lambda _, number: number + 0.5),
    (Decimal, lambda _, number: Decimal(number) + Decimal("0.5")),
    (bytes, lambda name, number: sample_text(name, number).encode()),
    (datetime, lambda _, number: _DAY + timedelta(days=number - 1)),
    (date, lambda _, number: (_DAY + timedelta(days=number - 1)).date()),
    (time, lambda _, number: time(number % 24)),
    (timedelta, lambda _, number: timedelta(minutes=number)),
    (UUID, lambda _, number: UUID(int=number)),
)
