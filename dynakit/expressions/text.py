"""Expressions as a person would say them, for errors, logs and ``str(statement)``.

Values are shown by type and size only, unless :func:`dynakit.show_values` is on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from dynakit.errors import shown
from dynakit.expressions.condition import Condition
from dynakit.expressions.operand import AttributePath, Operand, SizeOf
from dynakit.expressions.update import UpdateAction

E_contra = TypeVar("E_contra", contravariant=True)


class TextWriter:
    """Writes expressions with the names of the entity (a :class:`~dynakit.expressions.operand.Writer`)."""

    def operand(self, operand: Operand) -> str:
        if isinstance(operand, AttributePath):
            return str(operand)
        if isinstance(operand, SizeOf):
            return f"size({operand.path})"
        return shown(operand.value)

    def literal(self, text: str) -> str:
        return text

    def number(self, number: int) -> str:
        return str(number)

    def empty_list(self) -> str:
        return "[]"


def condition_text(condition: Condition[E_contra]) -> str:
    """Write a condition: ``status = <str, 4 characters> AND size(tags) > <int>``."""
    return condition.write(TextWriter())


def updates_text(updates: Iterable[UpdateAction[E_contra]]) -> str:
    """Write updates, one clause each: ``SET status = <str, 4 characters>, REMOVE note``."""
    return ", ".join(f"{update.clause} {update.write(TextWriter())}" for update in updates)
