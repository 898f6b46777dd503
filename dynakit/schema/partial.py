"""``Partial``: some attributes of an item, each with the type of its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic.fields import FieldInfo

from dynakit.codec.codec import Codec
from dynakit.codec.source import GIVES_UP
from dynakit.codec.unmodelled import without_models
from dynakit.errors import DecodeError, StatementError, shown
from dynakit.expressions.operand import AttributePath
from dynakit.schema.compiled import values_reader
from dynakit.schema.definition import Attribute, Definition, EntityKey
from dynakit.schema.item import check_type, read_key_only
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.expressions.path import Path
    from dynakit.schema.entity import Entity

O = TypeVar("O")  # noqa: E741 - the entity the attributes belong to
T = TypeVar("T")
E = TypeVar("E", bound="Entity")


@dataclass(frozen=True, repr=False)
class Partial(Generic[O]):
    """The projected attributes of one item: ``row[Order.total]`` is a ``Decimal`` to type checkers too.

    An attribute that is not stored gives its default, or ``None``.
    """

    entity: type[O]
    values: dict[AttributePath, Any]

    def __getitem__(self, path: Path[O, T]) -> T:
        """The value at a projected path. Raises :class:`StatementError` for a path that was not projected."""
        found: T
        for known, value in self.values.items():
            if known.steps == path.ref.steps:
                found = value
                return found
        projected = ", ".join(str(known) for known in self.values)
        raise StatementError(
            f"{self.entity.__name__}.{path.ref}: it was not projected; this row has {projected}. Add it to "
            ".project(…)."
        )

    def as_dict(self) -> dict[str, object]:
        """The values by path as text, such as ``{"total": …, "ship_to.city": …}``."""
        return {str(path): value for path, value in self.values.items()}

    def __repr__(self) -> str:
        """The values that the entity's own repr shows; of what lies inside attributes the type alone."""
        fields = self._fields()
        written = [
            f"{path}={value!r}" if len(path.steps) == 1 else f"{path}={shown(value)}"
            for path, value in self.values.items()
            if fields[path.name].repr
        ]
        return f"Partial[{self.entity.__name__}]({', '.join(written)})"

    def _fields(self) -> dict[str, FieldInfo]:
        fields: dict[str, FieldInfo] = getattr(self.entity, "__pydantic_fields__")  # noqa: B009
        return fields


def decode_partial(
    definition: Definition[E], item: Item, paths: tuple[AttributePath, ...], pattern: EntityKey
) -> Partial[E]:
    """Read the projected paths of a row of this pattern; what its index does not hold, from its keys.

    Raises :class:`UnknownEntity` for another entity's item, :class:`DecodeError` for a wrong stored type.
    """
    from dynakit.schema.request import told_by_keys

    key = {name: item[name] for name in definition.stored_in.key_names if name in item}
    primary = check_type(definition, item, key)
    from_key = read_key_only(definition, item, primary)
    told = told_by_keys(definition, pattern)
    in_keys = {**(pattern.read(item) or {}), **primary} if told else {}
    values: dict[AttributePath, Any] = {}
    for path in paths:
        attribute = definition.attribute(path.name)
        if attribute.key_only:
            values[path] = from_key.get(attribute.name)
            continue
        if attribute.name in told:
            values[path] = in_keys.get(attribute.name)
            continue
        try:
            values[path] = _value(definition, attribute, item, path)
        except DecodeError as error:
            raise DecodeError(
                f"{definition.name}.{error}",
                entity=definition.name,
                path=error.path,
                value=error.value,
                key=key,
            ) from error
    return Partial(definition.entity, values)


def decode_values(definition: Definition[E], item: Item, pattern: EntityKey) -> dict[str, object]:
    """The values of a row by attribute name, without what is hidden, and without models.

    Raises as :func:`decode_partial`.
    """
    if pattern.gives_whole_items:
        try:
            return values_reader(definition)(item)
        except GIVES_UP:
            pass
    names = (name for name in definition.attributes if name not in definition.hidden)
    paths = tuple(AttributePath(definition.entity, (name,)) for name in names)
    return plain_values(decode_partial(definition, item, paths, pattern))


def plain_values(partial: Partial[Any]) -> dict[str, object]:
    """The values by path as text, without models."""
    return {name: without_models(value) for name, value in partial.as_dict().items()}


def _value(definition: Definition[Any], attribute: Attribute, item: Item, path: AttributePath) -> object:
    stored = item.get(attribute.stored)
    if len(path.steps) == 1:
        return attribute.decode(stored) if stored is not None else _absent(definition, attribute)
    codec: Codec = attribute.codec
    for step in path.steps[1:]:
        child = codec.child(step)
        if child is None or stored is None:
            return None
        name, codec = child
        stored = _member(stored, str(name))
    return None if stored is None else codec.decode(stored, str(path))


def _member(stored: AttributeValue, name: str) -> AttributeValue | None:
    return stored.get("M", {}).get(name)


def _absent(definition: Definition[Any], attribute: Attribute) -> object:
    if attribute.required:
        return attribute.missing().get(attribute.name)
    return definition.entity.__pydantic_fields__[attribute.name].get_default(
        call_default_factory=True, validated_data={}
    )
