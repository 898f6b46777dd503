"""Typed paths: ``Order.total`` on the class, with the operators and verbs its type allows.

A type checker sees ``Path[Order, Decimal]`` and so knows the operands; at run time a path is a name
that builds conditions and updates. ``order.total`` on an instance is the plain value.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, overload

from dynakit.errors import StatementError, UnknownAttribute, did_you_mean
from dynakit.expressions.comparison import Compared, O, T
from dynakit.expressions.condition import BeginsWith, Condition, Contains
from dynakit.expressions.operand import AttributePath, Element, Operand, Step, Value, check_in_the_clear

if TYPE_CHECKING:
    from dynakit.expressions.near import Near
    from dynakit.expressions.size import Size
    from dynakit.expressions.update import UpdateAction

U = TypeVar("U")
V = TypeVar("V")


class Path(Compared[O, T]):
    """An attribute of entity ``O`` with values of type ``T``: builds conditions and updates, does no I/O.

    ``/`` goes into a nested entity (``Order.ship_to / Address.city``), ``[…]`` into a list or map,
    :meth:`at` into a nested model that is no entity.
    """

    __slots__ = ()

    def is_true(self: Path[O, bool] | Path[O, bool | None]) -> Condition[O]:
        """The flag is set."""
        return self._compare("=", True)

    def is_false(self: Path[O, bool] | Path[O, bool | None]) -> Condition[O]:
        """The flag is present and not set."""
        return self._compare("=", False)

    def size(self) -> Size[O]:
        """Characters of a text, bytes of a binary, elements of a set, list or map.

        How a character outside the Basic Multilingual Plane counts differs between implementations.
        """
        check_in_the_clear(self.ref)
        from dynakit.expressions.size import Size

        return Size(self.ref)

    @overload
    def begins_with(self: Path[O, str], prefix: str) -> Condition[O]: ...
    @overload
    def begins_with(self: Path[O, str | None], prefix: str) -> Condition[O]: ...
    @overload
    def begins_with(self: Path[O, bytes], prefix: bytes) -> Condition[O]: ...
    @overload
    def begins_with(self: Path[O, bytes | None], prefix: bytes) -> Condition[O]: ...
    def begins_with(self, prefix: str | bytes) -> Condition[Any]:
        """Text or binary that begins like this."""
        return BeginsWith(self.ref, self._compared(prefix))

    @overload
    def contains(self: Path[O, str], item: str) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, str | None], item: str) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, builtins.set[U]], item: U) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, builtins.set[U] | None], item: U) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, frozenset[U]], item: U) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, frozenset[U] | None], item: U) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, list[U]], item: U) -> Condition[O]: ...
    @overload
    def contains(self: Path[O, list[U] | None], item: U) -> Condition[O]: ...
    def contains(self, item: object) -> Condition[Any]:
        """A text that has this part; a set or list that has this element."""
        check_in_the_clear(self.ref)
        return Contains(self.ref, Element(self.ref, item))

    @overload
    def set(self, value: T | Path[O, T]) -> UpdateAction[O]: ...
    @overload
    def set(self: Path[O, Decimal], value: int) -> UpdateAction[O]: ...
    @overload
    def set(self: Path[O, Decimal | None], value: int) -> UpdateAction[O]: ...
    def set(self, value: object) -> UpdateAction[O]:
        """Write this value; ``None`` and an empty set remove the attribute. A map is replaced whole."""
        operand = self._operand(value, nothing=True)
        if isinstance(operand, AttributePath):
            check_in_the_clear(self.ref)
            check_in_the_clear(operand)
        from dynakit.expressions.update import Set

        return Set(self.ref, operand)

    @overload
    def set_if_absent(self, value: T) -> UpdateAction[O]: ...
    @overload
    def set_if_absent(self: Path[O, Decimal], value: int) -> UpdateAction[O]: ...
    @overload
    def set_if_absent(self: Path[O, Decimal | None], value: int) -> UpdateAction[O]: ...
    def set_if_absent(self, value: object) -> UpdateAction[O]:
        """Write this value unless the attribute is present."""
        from dynakit.expressions.update import SetIfAbsent

        return SetIfAbsent(self.ref, self._operand(value))

    def merge(self, **values: object) -> UpdateAction[O]:
        """Write these members of a map, leaving its others: as ``set`` on each; ``None`` removes a member."""
        from dynakit.expressions.update import Merge

        return Merge(self.ref, tuple((self._into(name).ref, value) for name, value in values.items()))

    def remove(self) -> UpdateAction[O]:
        """Remove the attribute, or the element of a list or map."""
        from dynakit.expressions.update import Remove

        return Remove(self.ref)

    @overload
    def add(self: Path[O, int], amount: int) -> UpdateAction[O]: ...
    @overload
    def add(self: Path[O, int | None], amount: int) -> UpdateAction[O]: ...
    @overload
    def add(self: Path[O, float], amount: float) -> UpdateAction[O]: ...
    @overload
    def add(self: Path[O, float | None], amount: float) -> UpdateAction[O]: ...
    @overload
    def add(self: Path[O, Decimal], amount: Decimal | int) -> UpdateAction[O]: ...
    @overload
    def add(self: Path[O, Decimal | None], amount: Decimal | int) -> UpdateAction[O]: ...
    def add(self, amount: object) -> UpdateAction[Any]:
        """Increase a number atomically; an absent number counts as 0."""
        from dynakit.expressions.update import Increase

        return Increase(self.ref, self._compared(amount))

    @overload
    def subtract(self: Path[O, int], amount: int) -> UpdateAction[O]: ...
    @overload
    def subtract(self: Path[O, int | None], amount: int) -> UpdateAction[O]: ...
    @overload
    def subtract(self: Path[O, float], amount: float) -> UpdateAction[O]: ...
    @overload
    def subtract(self: Path[O, float | None], amount: float) -> UpdateAction[O]: ...
    @overload
    def subtract(self: Path[O, Decimal], amount: Decimal | int) -> UpdateAction[O]: ...
    @overload
    def subtract(self: Path[O, Decimal | None], amount: Decimal | int) -> UpdateAction[O]: ...
    def subtract(self, amount: object) -> UpdateAction[Any]:
        """Decrease a number atomically; an absent number counts as 0."""
        from dynakit.expressions.update import Increase

        return Increase(self.ref, self._compared(amount), "-")

    @overload
    def append(self: Path[O, list[U]], *values: U) -> UpdateAction[O]: ...
    @overload
    def append(self: Path[O, list[U] | None], *values: U) -> UpdateAction[O]: ...
    def append(self, *values: object) -> UpdateAction[Any]:
        """Add elements at the end of a list; an absent list counts as empty."""
        from dynakit.expressions.update import Extend

        return Extend(self.ref, self._added("append", values))

    @overload
    def prepend(self: Path[O, list[U]], *values: U) -> UpdateAction[O]: ...
    @overload
    def prepend(self: Path[O, list[U] | None], *values: U) -> UpdateAction[O]: ...
    def prepend(self, *values: object) -> UpdateAction[Any]:
        """Add elements at the front of a list, in the order given; an absent list counts as empty."""
        from dynakit.expressions.update import Extend

        return Extend(self.ref, self._added("prepend", values), "front")

    @overload
    def add_to_set(self: Path[O, builtins.set[U]], *values: U) -> UpdateAction[O]: ...
    @overload
    def add_to_set(self: Path[O, builtins.set[U] | None], *values: U) -> UpdateAction[O]: ...
    @overload
    def add_to_set(self: Path[O, frozenset[U]], *values: U) -> UpdateAction[O]: ...
    def add_to_set(self, *values: object) -> UpdateAction[Any]:
        """Add elements to a set; an absent set counts as empty."""
        from dynakit.expressions.update import AddToSet

        return AddToSet(self.ref, self._elements("add_to_set", values))

    @overload
    def delete_from_set(self: Path[O, builtins.set[U]], *values: U) -> UpdateAction[O]: ...
    @overload
    def delete_from_set(self: Path[O, builtins.set[U] | None], *values: U) -> UpdateAction[O]: ...
    @overload
    def delete_from_set(self: Path[O, frozenset[U]], *values: U) -> UpdateAction[O]: ...
    def delete_from_set(self, *values: object) -> UpdateAction[Any]:
        """Delete elements from a set; a set left without elements is removed."""
        from dynakit.expressions.update import DeleteFromSet

        return DeleteFromSet(self.ref, self._elements("delete_from_set", values))

    @overload
    def __truediv__(self: Path[O, U | None], child: Path[U, V]) -> Path[O, V]: ...
    @overload
    def __truediv__(self: Path[O, U], child: Path[U, V]) -> Path[O, V]: ...
    def __truediv__(self, child: Path[Any, Any]) -> Path[O, Any]:
        return Path(AttributePath(self.ref.entity, (*self.ref.steps, *child.ref.steps)))

    @overload
    def __getitem__(self: Path[O, list[V]], step: int) -> Path[O, V]: ...
    @overload
    def __getitem__(self: Path[O, list[V] | None], step: int) -> Path[O, V]: ...
    @overload
    def __getitem__(self: Path[O, dict[str, V]], step: str) -> Path[O, V]: ...
    @overload
    def __getitem__(self: Path[O, dict[str, V] | None], step: str) -> Path[O, V]: ...
    def __getitem__(self, step: Step) -> Path[Any, Any]:
        if isinstance(step, int) and step < 0:
            raise StatementError(
                f"{self!r}[{step}]: DynamoDB counts list elements from the front; expected 0 or more."
            )
        return self._into(step)

    def near(
        self: Path[O, Sequence[float]] | Path[O, Sequence[float] | None],
        vector: Sequence[float],
        *,
        index: str | None = None,
    ) -> Near[O, O]:
        """The items whose vector is nearest to this one, for a client's ``search``.

        ``index`` names the vector index, where several hold the attribute.
        """
        from dynakit.expressions.near import Near

        return Near(self.ref, tuple(vector), index)

    def at(self, name: str, type: type[V]) -> Path[O, V]:
        """Go to an attribute of a nested model that is no entity: ``Order.parcel.at("weight", int)``."""
        del type
        return self._into(name)

    def _into(self, step: Step) -> Path[O, Any]:
        return Path(AttributePath(self.ref.entity, (*self.ref.steps, step)))

    def _added(self, verb: str, values: Sequence[object]) -> Operand:
        if not values:
            raise StatementError(f"{self!r}.{verb}: got no element; expected at least one.")
        check_in_the_clear(self.ref)
        return Value(self.ref, list(values))

    def _elements(self, verb: str, values: Sequence[object]) -> Operand:
        self._added(verb, values)
        return Value(self.ref, frozenset(values))


def path(entity: type[O], name: str, type: type[V]) -> Path[O, V]:
    """The path of an attribute declared without ``Attr``, as on a mixin: ``path(Order, "note", str)``.

    Raises :class:`UnknownAttribute` when the entity has no such attribute.
    """
    del type
    fields: Mapping[str, object] = getattr(entity, "__pydantic_fields__", {})
    if name not in fields:
        raise UnknownAttribute(
            f"{entity.__name__}: it has no attribute {name!r}{did_you_mean(name, fields)}."
        )
    return Path(AttributePath(entity, (name,)))
