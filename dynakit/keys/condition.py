"""What is asked of a sort key, by attribute, and what is sent, as one test of the whole sort key."""

from __future__ import annotations

from typing import Literal, TypeAlias

from dynakit.values import dataclass

Operator: TypeAlias = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a range."""

    value: object
    inclusive: bool = True


@dataclass(frozen=True, slots=True)
class KeyRange:
    """A range of one attribute; ``None`` leaves a side open."""

    name: str
    low: Bound | None = None
    high: Bound | None = None


@dataclass(frozen=True, slots=True)
class KeyPrefix:
    """The values of one text attribute that begin with ``prefix``, a str."""

    name: str
    prefix: object


@dataclass(frozen=True, slots=True)
class Equal:
    """The sort key is this text."""

    text: str


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """The sort key begins with this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """The sort key is one of these texts or between them."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Compare:
    """The sort key compares so with this text."""

    operator: Operator
    text: str


@dataclass(frozen=True, slots=True)
class Everything:
    """No test of the sort key is needed."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No sort key can pass; the result is empty without a call."""

    reason: str


SortCondition: TypeAlias = Equal | BeginsWith | Between | Compare | Everything | Nothing


def contains(condition: SortCondition, text: str) -> bool:
    """Tell whether a sort key passes, as DynamoDB would."""
    match condition:
        case Equal(operand):
            return text == operand
        case BeginsWith(operand):
            return text.startswith(operand)
        case Between(low, high):
            return low <= text <= high
        case Compare(operator, operand):
            return _compares(operator, text, operand)
        case Everything():
            return True
        case Nothing():
            return False


def _compares(operator: Operator, text: str, operand: str) -> bool:
    match operator:
        case "<":
            return text < operand
        case "<=":
            return text <= operand
        case ">":
            return text > operand
        case ">=":
            return text >= operand
