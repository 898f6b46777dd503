"""Expressions as a person would say them, for errors, logs and ``str(statement)``.

Values are shown by type and size only, unless :func:`dynakit.show_values` is on; those of an attribute that
is declared ``secret=True`` never.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from dynakit.errors import shown
from dynakit.expressions.operand import AttributePath, Element, Operand, SizeOf, opaque_form

if TYPE_CHECKING:
    from dynakit.expressions.condition import Condition
    from dynakit.expressions.update import UpdateAction
    from dynakit.wire import AttributeValue, Payload

_PLACEHOLDER = re.compile(r"[#:]\w+")

E_contra = TypeVar("E_contra", contravariant=True)


class TextWriter:
    """Writes expressions with the names of the entity (a :class:`~dynakit.expressions.operand.Writer`)."""

    def operand(self, operand: Operand) -> str:
        if isinstance(operand, AttributePath):
            return str(operand)
        if isinstance(operand, SizeOf):
            return f"size({operand.path})"
        like = operand.of if isinstance(operand, Element) else operand.like
        secret = isinstance(like, AttributePath) and _is_secret(like)
        return "<secret>" if secret else shown(operand.value)

    def ordered(self, operand: Operand) -> str:
        return self.operand(operand)

    def literal(self, text: str) -> str:
        return text

    def number(self, number: int) -> str:
        return str(number)

    def empty_list(self) -> str:
        return "[]"


def condition_text(condition: Condition[E_contra]) -> str:
    """Write a condition: ``status = <str, 4 characters> AND size(tags) > <int>``."""
    return condition.write(TextWriter())


def where_text(where: Condition[Any] | None) -> str:
    """What follows the text of a write that has this condition."""
    return "" if where is None else f" where {condition_text(where)}"


def updates_text(updates: Iterable[UpdateAction[E_contra]]) -> str:
    """Write updates, one clause each: ``SET status = <str, 4 characters>, REMOVE note``."""
    return ", ".join(f"{update.clause} {update.write(TextWriter())}" for update in updates)


def sent_text(expression: str, payload: Payload) -> str:
    """Write an expression of a request with its names and values in place of their placeholders.

    ``#n0 = :v0`` becomes ``PK = <str, 11 characters>``, and ``PK = 'CUSTOMER#c1'`` under ``show_values``.
    """
    names: Mapping[str, str] = payload.get("ExpressionAttributeNames", {})
    values: Mapping[str, AttributeValue] = payload.get("ExpressionAttributeValues", {})

    def written(found: re.Match[str]) -> str:
        placeholder = found[0]
        return names[placeholder] if placeholder in names else value_text(values[placeholder])

    return _PLACEHOLDER.sub(written, expression)


def value_text(value: AttributeValue) -> str:
    """Write an attribute value as it is stored, by :func:`~dynakit.errors.shown`; a number without quotes."""
    ((kind, stored),) = value.items()
    text = shown(stored)
    return text.strip("'") if kind == "N" and text.startswith("'") else text


def _is_secret(path: AttributePath) -> bool:
    """Whether the attribute is declared so; asked of the class, as expressions know no declarations."""
    options: Mapping[str, object] = getattr(path.entity, "__attribute_options__", {})
    encrypted = "Encrypted" in (opaque_form(path) or "")
    return encrypted or getattr(options.get(path.name), "secret", False)
