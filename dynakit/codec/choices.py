"""Enums, by value, and ``Literal``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeVar

from dynakit.codec.codec import Codec
from dynakit.codec.fault import article, none_of, wrong_python
from dynakit.codec.scalars import BINARY, BOOLEAN, INTEGER, NOT_PARSED, STRING, mapped
from dynakit.errors import DefinitionError

E = TypeVar("E", bound=Enum)

_BASES: dict[type, Codec] = {str: STRING, int: INTEGER, bytes: BINARY, bool: BOOLEAN}


def enum_codecs(cls: type[E], members: Sequence[E]) -> list[Codec]:
    """Build one codec for the members with a ``str`` value and one for those with an ``int`` value.

    Beside a member its bare value is taken, as models with ``use_enum_values`` hold it. Members which
    are made on demand (flags, ``_missing_``) are read by calling the class.

    Raises:
        DefinitionError: a member has a value of another type.
    """
    groups: dict[type, list[E]] = {}
    for member in members:
        groups.setdefault(_value_type(member), []).append(member)
    return [_enum_codec(cls, base, tuple(group)) for base, group in groups.items()]


def _value_type(member: Enum) -> type:
    value: object = member.value
    for base in (str, int):
        if isinstance(value, base) and not isinstance(value, bool):
            return base
    raise DefinitionError(
        f"{type(member).__name__}.{member.name} cannot be stored: its value is "
        f"{article(type(value).__name__)}; expected a str or an int. "
        "Give it such a value, or declare the attribute with stored_as=…"
    )


def _enum_codec(cls: type[E], base: type, members: tuple[E, ...]) -> Codec:
    expected = article(cls.__name__)
    by_value = {member.value: member for member in members}
    whole = len(by_value) == len(cls)

    def to_base(value: object) -> object:
        if isinstance(value, cls) and (whole or value in members):
            return value.value
        if type(value) is base and value in by_value:
            return value
        raise wrong_python(expected, value)

    def from_base(raw: object) -> object:
        member = by_value.get(raw)
        return _on_demand(raw) if member is None else member

    def _on_demand(raw: object) -> object:
        try:
            if whole:
                return cls(raw)
        except NOT_PARSED:
            pass
        raise none_of(expected, raw)

    return mapped(_BASES[base], expected, (cls,), to_base, from_base, choices=members)


def literal_codecs(values: Sequence[object]) -> list[Codec]:
    """Build one codec for each Python type among the values of a ``Literal`` (``None`` left out).

    Raises:
        DefinitionError: a value that has no stored form.
    """
    groups: dict[type, list[object]] = {}
    for value in values:
        groups.setdefault(type(value), []).append(value)
    return [codec for kind, group in groups.items() for codec in _literal_group(kind, group)]


def _literal_group(kind: type, group: list[object]) -> list[Codec]:
    if kind in _BASES:
        return [_literal_codec(kind, tuple(group))]
    members = [value for value in group if isinstance(value, Enum)]
    if not members:
        raise DefinitionError(f"Literal holds {article(kind.__name__)}, which has no stored form")
    return enum_codecs(type(members[0]), members)


def _literal_codec(kind: type, values: tuple[object, ...]) -> Codec:
    expected = "the literal value" if len(values) == 1 else f"one of the {len(values)} literal values"
    check = _membership(kind, values, expected)

    def from_base(raw: object) -> object:
        if raw not in values:
            raise none_of(expected, raw)
        return raw

    return mapped(_BASES[kind], expected, (kind,), check, from_base, choices=values)


def _membership(kind: type, values: tuple[object, ...], expected: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        # True == 1: equality alone would let a boolean pass for an integer.
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool) and value in values:
            return value
        raise wrong_python(expected, value)

    return check
