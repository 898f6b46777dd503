"""Python source: calls and literals, laid out as formatters lay them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, cast

from dynakit.values import dataclass

Value: TypeAlias = object
"""A call, a name, or plain data: text, numbers, booleans, lists, dictionaries."""

WIDTH = 88
"""What formatters make lines fit in, unless told otherwise."""

_STEP = 4


@dataclass(frozen=True)
class Name:
    """An expression that is written as it is."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call of what ``function`` names; keyword arguments that are ``None`` are left out."""

    function: str
    positional: Sequence[Value] = ()
    keywords: Mapping[str, Value] | None = None

    def parts(self) -> Iterator[tuple[str, Value]]:
        """The arguments, each with what stands before it."""
        yield from (("", value) for value in self.positional)
        for name, value in (self.keywords or {}).items():
            if value is not None:
                yield f"{name}=", value


Statement: TypeAlias = tuple[str, Value]
"""What stands before a value, such as ``shop = ``, and the value."""


def statement(of: Statement, *, indent: int = 0) -> str:
    """The source of a statement."""
    before, value = of
    return " " * indent + before + written(value, indent=indent, before=len(before))


def written(value: Value, *, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """The source of a value: on one line if it fits between what stands before and after it there."""
    parts = _parts(value)
    if parts is None:
        return _plain(value)
    opening, members, closing = parts
    inner = ", ".join(f"{name}{written(each)}" for name, each in members)
    if not members or _fits(opening + inner + closing, indent + before + after):
        return opening + inner + closing
    deeper = indent + _STEP
    if isinstance(value, Call) and _fits(inner, deeper):
        lines = f"{' ' * deeper}{inner}\n"
    else:
        lines = "".join(
            f"{' ' * deeper}{name}{written(each, indent=deeper, before=len(name), after=1)},\n"
            for name, each in members
        )
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def _fits(line: str, beside: int) -> bool:
    return "\n" not in line and len(line) + beside <= WIDTH


def _parts(value: Value) -> tuple[str, list[tuple[str, Value]], str] | None:
    """What stands around the parts of a value, and these, each with what stands before it."""
    if isinstance(value, Call):
        return f"{value.function}(", list(value.parts()), ")"
    if isinstance(value, Mapping):
        members = cast("Mapping[object, object]", value)
        return "{", [(f"{_plain(key)}: ", each) for key, each in members.items()], "}"
    if isinstance(value, list | tuple):
        return "[", [("", each) for each in cast("Sequence[object]", value)], "]"
    return None


def _plain(value: Value) -> str:
    return (
        literal(value) if isinstance(value, str) else value.text if isinstance(value, Name) else repr(value)
    )


def literal(value: str) -> str:
    """A literal text, in double quotes unless that takes more escapes."""
    quoted = repr(value)
    if quoted.startswith("'") and '"' not in value:
        return f'"{quoted[1:-1]}"'
    return quoted
