"""The formats of exported items, and how a file of them is written and read line by line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

from dynakit.errors import DynakitError
from dynakit.table import Table
from dynakit.transfer.cells import check_columns, item_as_cells, item_from_cells, row
from dynakit.transfer.checked import TOO_DEEP, check_item
from dynakit.transfer.dynamodb_json import item_as_dynamodb_json, item_from_dynamodb_json
from dynakit.transfer.plain import item_as_json, item_from_json
from dynakit.values import dataclass
from dynakit.wire import Item

_LONGEST_CELL = 1 << 24
"""Characters of a cell: more than an item of 400 KB can become."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Format(StrEnum):
    """A format of exported items; each carries every item exactly."""

    JSONL = "jsonl"
    CSV = "csv"
    DYNAMODB_JSON = "dynamodb-json"


_WRITERS: dict[Format, Callable[[Item], str]] = {
    Format.JSONL: item_as_json,
    Format.DYNAMODB_JSON: item_as_dynamodb_json,
}
_READERS: dict[Format, Callable[[str], Item]] = {
    Format.JSONL: item_from_json,
    Format.DYNAMODB_JSON: item_from_dynamodb_json,
}


@dataclass(frozen=True)
class Writing:
    """How items of a table are written; ``columns`` are those of CSV, the one for all others last."""

    table: Table
    format: Format
    columns: tuple[str, ...] = ()

    @property
    def head(self) -> bytes:
        """What stands before the first item."""
        return f"{row(self.columns)}\n".encode() if self.format is Format.CSV else b""

    def lines(self, items: Iterable[Item]) -> bytes:
        """Items, each on lines of its own."""
        return "".join(f"{self._line(item)}\n" for item in items).encode()

    def _line(self, item: Item) -> str:
        """An item whose attributes are in order, so that equal items are equal lines."""
        names = dict.fromkeys((*self.table.key_names, *sorted(item)))
        ordered = {name: item[name] for name in names}
        if self.format is Format.CSV:
            return row(item_as_cells(self.table, self.columns, ordered))
        return _WRITERS[self.format](ordered)


class Lines:
    """The lines of a file, which know how far they are read; ``where`` is the file in errors.

    ``number`` counts lines from 1, ``offset`` are the bytes behind the line read last.
    """

    def __init__(self, where: str, stream: Iterable[bytes], *, number: int = 0, offset: int = 0) -> None:
        self._where, self._stream = where, iter(stream)
        self.number, self.offset = number, offset

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        begins = self.offset == 0
        self.number += 1
        self.offset += len(line)
        try:
            return (line.removeprefix(_BYTE_ORDER_MARK) if begins else line).decode()
        except UnicodeDecodeError:
            raise self.error("it is not UTF-8") from None

    def error(self, what: object, number: int | None = None) -> DynakitError:
        """The error of a line, by default the one read last."""
        return DynakitError(f"{self._where}:{self.number if number is None else number}: {what}.")


@dataclass(frozen=True, slots=True)
class Record:
    """An item that was read: the line it begins on, and the bytes of the file up to its end."""

    item: Item
    line: int
    last_line: int
    end: int


@dataclass(frozen=True)
class Reading:
    """How items of a table are read; every item is one that the table takes.

    Raises :class:`~dynakit.errors.DynakitError` for a line that holds none: the file, the line and what is
    wrong, never a value.
    """

    table: Table
    format: Format

    def columns(self, lines: Lines) -> Sequence[str]:
        """The names on the first line of CSV, which is taken off; none of other formats."""
        if self.format is not Format.CSV:
            return ()
        nothing: list[str] = []
        names = next(_rows(lines), nothing)
        try:
            check_columns(self.table, names)
        except ValueError as error:
            raise lines.error(error, max(lines.number, 1)) from None
        return names

    def records(self, lines: Lines, columns: Sequence[str]) -> Iterator[Record]:
        """The items of all lines that are not empty."""
        for begins, raw in self._raw(lines):
            try:
                item = check_item(self.table, self._item(raw, columns))
            except ValueError as error:
                raise lines.error(error, begins) from None
            except RecursionError:
                raise lines.error(TOO_DEEP, begins) from None
            yield Record(item, begins, lines.number, lines.offset)

    def _raw(self, lines: Lines) -> Iterator[tuple[int, str | list[str]]]:
        """What each item is read from, with the number of the line that it begins on."""
        if self.format is not Format.CSV:
            yield from ((lines.number, line) for line in lines if line.strip())
            return
        begins = lines.number + 1
        for cells in _rows(lines):
            if cells:
                yield begins, cells
            begins = lines.number + 1

    def _item(self, raw: str | list[str], columns: Sequence[str]) -> Item:
        if isinstance(raw, str):
            return _READERS[self.format](raw)
        return item_from_cells(self.table, columns, raw)


def _rows(lines: Lines) -> Iterator[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    rows = csv.reader(lines, strict=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise lines.error(f"it is no CSV: {error}") from None
