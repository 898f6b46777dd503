"""Items of a file or a pipe into a table; cut off, the same command goes on behind what was acknowledged."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from dynakit.cli.asking import confirm
from dynakit.cli.checkpoint_file import CheckpointFile, Document
from dynakit.cli.items_export import unfinished
from dynakit.cli.printing import count_text, tell
from dynakit.cli.progress import progress_bar
from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError, Unprocessed
from dynakit.transfer.formats import Lines, Reading, Record
from dynakit.transfer.importing import Importer
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.client.sync import Client

_STANDARD_INPUT: Final = "standard input"
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Import:
    """Where items go, how they are written, and how they are read; ``place`` tells which server it is."""

    db: Client
    importer: Importer
    reading: Reading
    place: list[str | None]

    @property
    def table_name(self) -> str:
        """The real name of the table."""
        return self.db.environment.table_name(self.reading.table)

    @property
    def bound(self) -> list[object]:
        """What a checkpoint belongs to."""
        return ["import", self.table_name, *self.place, self.reading.format]

    def write(self, where: str, records: Sequence[Record]) -> None:
        """Write one round. Raises :class:`DynakitError` with the lines that were not all written."""
        try:
            self.db.run(self.importer.round(records, self.db.environment))
        except Unprocessed as error:
            left = [*error.failed, *error.unprocessed, *error.unknown]
            lines = [one.line for one in left if isinstance(one, Record)]
            cause = f" The cause: {error.__cause__}" if error.__cause__ is not None else ""
            raise DynakitError(
                f"{where}: not all of lines {min(lines)} to {max(lines)} were written. Run the same command "
                f"again.{cause}"
            ) from error


class Digested:
    """The lines of a file, and a digest of what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0)
        self._file = file
        self._hash = hashlib.sha256()

    def skip(self, size: int) -> str:
        """Read past so many bytes; give the digest."""
        while size > 0 and (block := self._file.read(min(size, _BLOCK))):
            self._hash.update(block)
            size -= len(block)
        return self.digest

    @property
    def digest(self) -> str:
        """The digest of everything read so far."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._file:
            self._hash.update(line)
            yield line


def import_pipe(into: Import, *, yes: bool) -> None:
    """Write the items that come over standard input, up to a line that holds none; tell how many."""
    confirm(f"import into table {into.table_name}", yes=yes)
    lines = Lines(_STANDARD_INPUT, sys.stdin.buffer)
    records = into.reading.records(lines, into.reading.columns(lines))
    count = 0
    try:
        with progress_bar("importing", None) as advance:
            while found := [*islice(records, into.importer.round_size)]:
                into.write(_STANDARD_INPUT, found)
                count += len(found)
                advance(count)
    finally:
        tell(f"imported {count_text(count)} into table {into.table_name}")


def import_file(into: Import, path: Path, *, yes: bool) -> None:
    """Write the items of a file, or those that a command that was cut off did not.

    The whole file is read and checked before the first item is written.

    Raises:
        UsageError: when there is no such file, or it cannot be asked about.
        DynakitError: for a line that holds no item, and when the file was changed before the checkpoint.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: it is no file that can be read twice. Pipe it in, without --from.")
    if unfinished(path).exists():
        raise DynakitError(f"{path}: its export is not finished. Run that again, then import the whole file.")
    checkpoint = CheckpointFile(_checkpoint(path))
    begun = checkpoint.read(into.bound) or {"bytes": 0, "lines": 0, "items": 0}
    try:
        with path.open("rb") as file:
            source = Source(path, file, into.reading, begun)
            left = sum(1 for _ in source.records())
            if begun["items"]:
                tell(f"going on behind {count_text(begun['items'])}")
            confirm(f"import {count_text(left)} into table {into.table_name}", yes=yes)
            _write_rounds(into, source, checkpoint, left)
    except OSError as error:
        raise UsageError(f"{path}: it cannot be read: {error.strerror}; expected a file of items.") from None
    checkpoint.remove()
    tell(f"imported {count_text(begun['items'] + left)} into table {into.table_name}")


class Source:
    """A file of items, to be read behind a checkpoint; ``digested`` is how far it is read."""

    def __init__(self, path: Path, file: IO[bytes], reading: Reading, begun: Document) -> None:
        self.path, self.begun = path, begun
        self._file, self._reading = file, reading
        self.digested = Digested(file)

    def records(self) -> Iterator[Record]:
        """The items, from the first behind the checkpoint."""
        self.digested = Digested(self._file)
        lines = Lines(str(self.path), self.digested)
        columns = self._reading.columns(lines)
        if self.begun["bytes"]:
            lines = self._behind()
        yield from self._reading.records(lines, columns)

    def _behind(self) -> Lines:
        self.digested = Digested(self._file)
        if self.digested.skip(self.begun["bytes"]) != self.begun["digest"]:
            raise DynakitError(
                f"{self.path}: lines that are imported already were changed since. Remove "
                f"{_checkpoint(self.path)} to import all of it."
            )
        return Lines(str(self.path), self.digested, number=self.begun["lines"], offset=self.begun["bytes"])


def _checkpoint(path: Path) -> Path:
    return path.with_name(f"{path.name}.import-checkpoint")


def _write_rounds(into: Import, source: Source, checkpoint: CheckpointFile, left: int) -> None:
    records, count = source.records(), int(source.begun["items"])
    with progress_bar("importing", count + left) as advance:
        while found := [*islice(records, into.importer.round_size)]:
            into.write(str(source.path), found)
            count += len(found)
            end = {"bytes": found[-1].end, "lines": found[-1].last_line, "digest": source.digested.digest}
            checkpoint.write(into.bound, {**end, "items": count})
            advance(count)
