"""Updates as immutable values: one node per attribute changed.

Arithmetic, appending and set-if-absent are *relative*: what they write depends on what is stored.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

from dynakit.expressions.operand import AttributePath, Operand, Value, Writer
from dynakit.values import dataclass

E_contra = TypeVar("E_contra", contravariant=True)

Clause: TypeAlias = Literal["SET", "REMOVE", "ADD", "DELETE"]


@dataclass(frozen=True, slots=True)
class UpdateAction(Generic[E_contra]):
    """A change of one attribute, or of something nested in it."""

    path: AttributePath

    clause: ClassVar[Clause] = "SET"
    relative: ClassVar[bool] = False
    """What is written depends on what is stored."""
    repeatable: ClassVar[bool] = True
    """Applied twice it leaves what applied once leaves, if nobody writes in between."""

    def parts(self) -> tuple[UpdateAction[E_contra], ...]:
        """The changes it is made of, one for each path."""
        return (self,)

    def write(self, to: Writer) -> str:
        """Write this change as a member of its clause."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Set(UpdateAction[E_contra]):
    """``path = value``: another attribute's value is copied as it is stored."""

    value: Operand

    def write(self, to: Writer) -> str:
        return f"{to.operand(self.path)} = {to.operand(self.value)}"


@dataclass(frozen=True, slots=True)
class SetIfAbsent(UpdateAction[E_contra]):
    """``path = if_not_exists(path, value)``."""

    value: Operand

    relative: ClassVar[bool] = True

    def write(self, to: Writer) -> str:
        path = to.operand(self.path)
        return f"{path} = if_not_exists({path}, {to.operand(self.value)})"


@dataclass(frozen=True, slots=True)
class Increase(UpdateAction[E_contra]):
    """``path = path ± amount``; an absent number counts as 0.

    Written with ``SET``, which AWS recommends over ``ADD`` and which also reaches nested attributes.
    """

    amount: Operand
    sign: Literal["+", "-"] = "+"

    relative: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False

    def write(self, to: Writer) -> str:
        path = to.operand(self.path)
        return f"{path} = if_not_exists({path}, {to.number(0)}) {self.sign} {to.operand(self.amount)}"


@dataclass(frozen=True, slots=True)
class Extend(UpdateAction[E_contra]):
    """``path = list_append(path, values)``, or the values first; an absent list counts as empty."""

    values: Operand
    end: Literal["back", "front"] = "back"

    relative: ClassVar[bool] = True
    repeatable: ClassVar[bool] = False

    def write(self, to: Writer) -> str:
        path = to.operand(self.path)
        stored, added = f"if_not_exists({path}, {to.empty_list()})", to.operand(self.values)
        first, second = (stored, added) if self.end == "back" else (added, stored)
        return f"{path} = list_append({first}, {second})"


@dataclass(frozen=True, slots=True)
class Remove(UpdateAction[E_contra]):
    """``REMOVE path``."""

    clause: ClassVar[Clause] = "REMOVE"

    def write(self, to: Writer) -> str:
        return to.operand(self.path)


@dataclass(frozen=True, slots=True)
class Merge(UpdateAction[E_contra]):
    """Members of a map, each set or removed; the map's others stay. It is written as its parts."""

    values: tuple[tuple[AttributePath, object], ...]

    def parts(self) -> tuple[UpdateAction[E_contra], ...]:
        return tuple(
            Remove(path) if value is None else Set(path, Value(path, value)) for path, value in self.values
        )


@dataclass(frozen=True, slots=True)
class ChangeSet(UpdateAction[E_contra]):
    """``ADD path elements`` or ``DELETE path elements``: change a set; an absent set counts as empty."""

    elements: Operand

    relative: ClassVar[bool] = True

    def write(self, to: Writer) -> str:
        return f"{to.operand(self.path)} {to.operand(self.elements)}"


@dataclass(frozen=True, slots=True)
class AddToSet(ChangeSet[E_contra]):
    """``ADD path elements``."""

    clause: ClassVar[Clause] = "ADD"


@dataclass(frozen=True, slots=True)
class DeleteFromSet(ChangeSet[E_contra]):
    """``DELETE path elements``."""

    clause: ClassVar[Clause] = "DELETE"


def parts_of(updates: Iterable[UpdateAction[E_contra]]) -> tuple[UpdateAction[E_contra], ...]:
    """The changes of a statement, one for each path."""
    return tuple([part for update in updates for part in update.parts()])


def are_repeatable(updates: Sequence[UpdateAction[E_contra]]) -> bool:
    """Whether the changes of one statement may be sent twice.

    Arithmetic and appending may not. Nor may a list element be set (behind the end it is appended) or removed
    (the next one moves up), nor an attribute be copied that the statement changes too: two that are swapped
    would be swapped back.
    """
    return all(
        update.repeatable
        and not isinstance(update.path.steps[-1], int)
        and not (isinstance(update, Set) and _changes(updates, update.value))
        for update in updates
    )


def _changes(updates: Sequence[UpdateAction[E_contra]], source: Operand) -> bool:
    if not isinstance(source, AttributePath):
        return False
    pairs = ((update.path.steps, source.steps) for update in updates)
    return any(one[: len(two)] == two[: len(one)] for one, two in pairs)
