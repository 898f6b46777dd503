"""The text of a PartiQL statement: where tables, indexes and values stand in it.

What stands in quotation marks is left alone, and so is every brace that is not around a name: ``{'a': ?}`` is
PartiQL's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from dynakit.codec.generic import ANY
from dynakit.errors import EncodeError, StatementError, did_you_mean, shown
from dynakit.expressions.operand import AttributePath
from dynakit.expressions.path import Path
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.resolver import EntityResolver
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from collections.abc import Mapping

O = TypeVar("O")  # noqa: E741 - the entity a path belongs to
T = TypeVar("T")

Kind: TypeAlias = Literal["SELECT", "EXISTS", "INSERT", "UPDATE", "DELETE"]

MAX_STATEMENT = 8192
"""Characters of a statement:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html"""

_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|\{([A-Za-z0-9_.-]+)\}""")
_WORD = re.compile(r"\s*([A-Za-z]+)")
_KINDS: tuple[Kind, ...] = ("SELECT", "EXISTS", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Name:
    """The place of the table, or of one of its indexes."""

    said: str
    index: str | None = None

    def __str__(self) -> str:
        return f"{{{self.said}}}"


@dataclass(frozen=True)
class Text:
    """A statement in pieces: text as it is, and names. ``parameters`` is the number of its ``?``."""

    source: str
    pieces: tuple[str | Name, ...]
    parameters: int

    def written(self, table: str) -> str:
        """The statement with the real name of the table. Raises :class:`StatementError` above 8 KB."""
        written = "".join(
            piece if isinstance(piece, str) else _quoted(table, piece.index) for piece in self.pieces
        )
        if len(written) > MAX_STATEMENT:
            raise StatementError(
                f"partiql: the statement has {len(written):,} characters; DynamoDB allows {MAX_STATEMENT:,}. "
                "Split it."
            )
        return written


@dataclass(frozen=True)
class Typed:
    """A value that is stored as the values of an attribute are."""

    path: AttributePath
    value: object


def typed(path: Path[O, T], value: T) -> Typed:
    """A parameter of PartiQL, as ``typed(Order.placed_at, monday)``: stored as the attribute's values are."""
    return Typed(path.ref, value)


def parsed(text: str, table: Table, definition: Definition[Any] | None) -> Text:
    """Find the names and the ``?`` of a statement. Raises :class:`StatementError` for an unknown name."""
    indexes = _indexes(table, definition)
    pieces: list[str | Name] = []
    end = parameters = 0
    for found in _PIECE.finditer(text):
        parameters += found[0] == "?"
        if found[1] is not None:
            pieces += [text[end : found.start()], _name(found[1], indexes)]
            end = found.end()
    whole = Text(text, (*pieces, text[end:]), parameters)
    kind_of(whole)
    return whole


def kind_of(text: Text) -> Kind:
    """The first word of a statement. Raises :class:`StatementError` for another than PartiQL's five."""
    word = _WORD.match(text.source)
    kind = "" if word is None else word[1].upper()
    for known in _KINDS:
        if kind == known:
            return known
    raise StatementError(f"partiql: it begins with {kind!r}; expected one of {', '.join(_KINDS)}.")


def parameter(place: int, value: object) -> AttributeValue:
    """The value of the ``?`` at this place, counted from 1. Raises :class:`EncodeError`."""
    if isinstance(value, Typed):
        encoded = EntityResolver(definition_of(value.path.entity)).encode(value.path, value.value)
        return {"NULL": True} if encoded is None else encoded
    try:
        encoded = ANY.encode(value, f"parameter {place}")
    except EncodeError as error:
        raise EncodeError(
            f"partiql: parameter {place} is {shown(value)}, whose stored form is not known. Give it as "
            f"typed(Order.attribute, …). {error}",
            path=error.path,
            value=value,
        ) from error
    return {"NULL": True} if encoded is None else encoded


def _indexes(table: Table, definition: Definition[Any] | None) -> Mapping[str, str | None]:
    """What may be named, and the index that is meant; ``None`` for the table."""
    if definition is None:
        return {table.name: None, **{f"{table.name}.{one.name}": one.name for one in table.indexes}}
    keys = definition.keys.values()
    patterns = {f"{definition.name}.{key.name}": key.index.name for key in keys if key.index is not None}
    return {definition.name: None, **patterns}


def _name(said: str, indexes: Mapping[str, str | None]) -> Name:
    if said not in indexes:
        known = ", ".join(f"{{{name}}}" for name in indexes)
        raise StatementError(
            f"partiql: there is no {{{said}}}{did_you_mean(said, indexes)}; expected one of {known}."
        )
    return Name(said, indexes[said])


def _quoted(*names: str | None) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names if name is not None)
