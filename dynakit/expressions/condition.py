"""Conditions as immutable values: what filters, ``where=`` and key conditions are made of.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Literal, NoReturn, TypeAlias, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.operand import AttributePath, Operand, SizeOf, Writer
from dynakit.values import dataclass

E_contra = TypeVar("E_contra", contravariant=True)

Comparator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]

MAX_IN_OPERANDS = 100
"""Values of one ``IN``: the limit of the page above."""


class Condition(Generic[E_contra]):
    """Something that is true or false of an item. Combine with ``&``, ``|`` and ``~``.

    Contravariant in its entity: a condition on a base class fits its subclasses.
    """

    __slots__ = ()

    def __and__(self, other: Condition[E_contra]) -> Condition[E_contra]:
        return And((*_flat(self, And), *_flat(other, And)))

    def __or__(self, other: Condition[E_contra]) -> Condition[E_contra]:
        return Or((*_flat(self, Or), *_flat(other, Or)))

    def __invert__(self) -> Condition[E_contra]:
        return Not(self)

    def __bool__(self) -> NoReturn:
        raise StatementError(
            "a condition has no truth value before it is run. Combine conditions with & | ~, not with and, "
            "or, not."
        )

    def write(self, to: Writer) -> str:
        """Write this condition as an expression."""
        raise NotImplementedError

    def paths(self) -> Iterator[AttributePath]:
        """Every path this condition names."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Compare(Condition[E_contra]):
    """``left = right`` and its kin."""

    left: AttributePath | SizeOf
    operator: Comparator
    right: Operand

    def write(self, to: Writer) -> str:
        write = to.operand if self.operator in ("=", "<>") else to.ordered
        return f"{write(self.left)} {self.operator} {write(self.right)}"

    def paths(self) -> Iterator[AttributePath]:
        return _paths(self.left, self.right)


@dataclass(frozen=True, slots=True)
class Between(Condition[E_contra]):
    """``operand BETWEEN low AND high``, both ends included."""

    operand: AttributePath | SizeOf
    low: Operand
    high: Operand

    def write(self, to: Writer) -> str:
        return f"{to.ordered(self.operand)} BETWEEN {to.operand(self.low)} AND {to.operand(self.high)}"

    def paths(self) -> Iterator[AttributePath]:
        return _paths(self.operand, self.low, self.high)


@dataclass(frozen=True, slots=True)
class In(Condition[E_contra]):
    """``operand IN (a, b, …)``, at most 100 values."""

    operand: AttributePath | SizeOf
    values: tuple[Operand, ...]

    def __post_init__(self) -> None:
        if not 0 < len(self.values) <= MAX_IN_OPERANDS:
            raise StatementError(
                f"in_: got {len(self.values)} values; expected 1 to {MAX_IN_OPERANDS}. "
                "Leave the condition out for none; join several by | for more."
            )

    def write(self, to: Writer) -> str:
        return f"{to.operand(self.operand)} IN ({', '.join(to.operand(value) for value in self.values)})"

    def paths(self) -> Iterator[AttributePath]:
        return _paths(self.operand, *self.values)


@dataclass(frozen=True, slots=True)
class Exists(Condition[E_contra]):
    """``attribute_exists(path)`` or ``attribute_not_exists(path)``."""

    path: AttributePath
    present: bool

    def write(self, to: Writer) -> str:
        return f"attribute_{'' if self.present else 'not_'}exists({to.operand(self.path)})"

    def paths(self) -> Iterator[AttributePath]:
        yield self.path


@dataclass(frozen=True, slots=True)
class HasType(Condition[E_contra]):
    """``attribute_type(path, type)``."""

    path: AttributePath
    type: str

    def write(self, to: Writer) -> str:
        return f"attribute_type({to.operand(self.path)}, {to.literal(self.type)})"

    def paths(self) -> Iterator[AttributePath]:
        yield self.path


@dataclass(frozen=True, slots=True)
class BeginsWith(Condition[E_contra]):
    """``begins_with(path, prefix)``."""

    path: AttributePath
    prefix: Operand

    def write(self, to: Writer) -> str:
        return f"begins_with({to.operand(self.path)}, {to.operand(self.prefix)})"

    def paths(self) -> Iterator[AttributePath]:
        return _paths(self.path, self.prefix)


@dataclass(frozen=True, slots=True)
class Contains(Condition[E_contra]):
    """``contains(path, operand)``: an element of a list or set, or a part of a text."""

    path: AttributePath
    element: Operand

    def write(self, to: Writer) -> str:
        return f"contains({to.operand(self.path)}, {to.operand(self.element)})"

    def paths(self) -> Iterator[AttributePath]:
        return _paths(self.path, self.element)


@dataclass(frozen=True, slots=True)
class And(Condition[E_contra]):
    """All of its members are true."""

    members: tuple[Condition[E_contra], ...]

    def write(self, to: Writer) -> str:
        return " AND ".join(_nested(member, to, Or) for member in self.members)

    def paths(self) -> Iterator[AttributePath]:
        for member in self.members:
            yield from member.paths()


@dataclass(frozen=True, slots=True)
class Or(Condition[E_contra]):
    """One of its members is true."""

    members: tuple[Condition[E_contra], ...]

    def write(self, to: Writer) -> str:
        return " OR ".join(_nested(member, to, And) for member in self.members)

    def paths(self) -> Iterator[AttributePath]:
        for member in self.members:
            yield from member.paths()


@dataclass(frozen=True, slots=True)
class Not(Condition[E_contra]):
    """Its member is false."""

    member: Condition[E_contra]

    def write(self, to: Writer) -> str:
        return f"NOT ({self.member.write(to)})"

    def paths(self) -> Iterator[AttributePath]:
        return self.member.paths()


def all_of(conditions: tuple[Condition[E_contra], ...]) -> Condition[E_contra] | None:
    """Join conditions with ``AND``; ``None`` for no condition."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return And(tuple(member for condition in conditions for member in _flat(condition, And)))


def _flat(
    condition: Condition[E_contra], kind: type[And[E_contra] | Or[E_contra]]
) -> tuple[Condition[E_contra], ...]:
    return condition.members if isinstance(condition, kind) else (condition,)


def _nested(condition: Condition[E_contra], to: Writer, kind: type[And[E_contra] | Or[E_contra]]) -> str:
    text = condition.write(to)
    return f"({text})" if isinstance(condition, kind) else text


def _paths(*operands: Operand) -> Iterator[AttributePath]:
    for operand in operands:
        if isinstance(operand, AttributePath):
            yield operand
        elif isinstance(operand, SizeOf):
            yield operand.path
