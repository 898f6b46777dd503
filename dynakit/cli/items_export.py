"""Items of a whole table into a file, which a command that was cut off goes on writing, or into a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dynakit.cli.asking import confirm
from dynakit.cli.checkpoint_file import CheckpointFile, Document
from dynakit.cli.printing import count_text, tell
from dynakit.cli.progress import progress_bar
from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError, RequestError
from dynakit.transfer.exporting import TableScan, TableScanner
from dynakit.transfer.formats import Writing
from dynakit.values import dataclass
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.client.sync import Client


@dataclass(frozen=True)
class Export:
    """What is exported, from where and how; ``place`` are the options that say which server it is."""

    db: Client
    scan: TableScan
    writing: Writing
    place: list[str | None]

    @property
    def bound(self) -> list[object]:
        """What a checkpoint belongs to."""
        name = self.db.environment.table_name(self.scan.table)
        return ["export", name, *self.place, self.writing.format, *self.writing.columns]

    def total(self) -> int | None:
        """About how many items there are, where somebody looks on: DynamoDB counts every six hours."""
        if sys.stderr.isatty():
            name = self.db.environment.table_name(self.scan.table)
            with suppress(RequestError):
                return int(self.db.call("DescribeTable", {"TableName": name})["Table"].get("ItemCount", 0))
        return None


def export_to_pipe(export: Export) -> None:
    """Write all items to standard output."""
    count = 0
    with progress_bar("exporting", export.total()) as advance:
        sys.stdout.buffer.write(export.writing.head)
        for items in _chunks(export.db, TableScanner(export.scan, export.db.environment)):
            sys.stdout.buffer.write(export.writing.lines(items))
            sys.stdout.buffer.flush()
            count += len(items)
            advance(count)
    tell(f"exported {count_text(count)}")


def export_to_file(export: Export, path: Path, *, yes: bool) -> None:
    """Write all items to a file, or those that a command that was cut off did not.

    Behind each page the file is brought to disk before the checkpoint that vouches for it. To resume, what
    stands behind the checkpoint is cut off: those items are read again.

    Raises:
        DynakitError: when the file cannot be written, or its checkpoint is of another export.
        UsageError: when the file is there already and cannot be asked about, or is a pipe or a device.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: it is no file that can be cut. Leave out --to, and send the output there.")
    checkpoint = CheckpointFile(unfinished(path))
    begun = _begun(export, path, checkpoint, yes=yes)
    scanner = TableScanner(export.scan, export.db.environment, begun["scan"])
    try:
        with path.open("r+b" if path.exists() else "w+b") as file:
            _lock(path, file)
            _cut(path, file, begun["bytes"])
            count = _write_pages(export, scanner, file, checkpoint, begun["items"])
    except OSError as error:
        raise DynakitError(f"{path}: {error.strerror}. Make it writable, or leave out --to.") from None
    checkpoint.remove()
    tell(f"exported {count_text(count)} to {path}")


def unfinished(path: Path) -> Path:
    """Where the checkpoint of a file's export is, as long as that is not finished."""
    return path.with_name(f"{path.name}.checkpoint")


def _begun(export: Export, path: Path, checkpoint: CheckpointFile, *, yes: bool) -> Document:
    """Where to go on; from the first moment on there is a checkpoint that says so."""
    stored = checkpoint.read(export.bound)
    if stored is not None:
        tell(f"going on behind {count_text(stored['items'])}")
        return stored
    if path.exists():
        confirm(f"overwrite {path}", yes=yes)
    fresh = TableScanner(export.scan, export.db.environment).progress.checkpoint
    made: Document = {"bytes": 0, "items": 0, "scan": fresh}
    checkpoint.write(export.bound, made)
    return made


def _lock(path: Path, file: IO[bytes]) -> None:
    """Refuse what another process is writing; the lock ends with the process, whatever ends that."""
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DynakitError(f"{path}: another export is writing it. Wait for it, or end it.") from None


def _cut(path: Path, file: IO[bytes], size: int) -> None:
    if file.seek(0, os.SEEK_END) < size:
        raise DynakitError(
            f"{path}: it is shorter than its checkpoint says. Remove {unfinished(path)} to begin anew."
        )
    file.seek(size)
    file.truncate()


def _write_pages(
    export: Export, scanner: TableScanner, file: IO[bytes], checkpoint: CheckpointFile, count: int
) -> int:
    """Write what is left to be read; give the number of items in the file."""
    if file.tell() == 0:
        file.write(export.writing.head)
    with progress_bar("exporting", export.total()) as advance:
        pages_done = scanner.progress
        for items in _chunks(export.db, scanner):
            file.write(export.writing.lines(items))
            count += len(items)
            advance(count)
            if scanner.progress is not pages_done:
                pages_done = scanner.progress
                file.flush()
                os.fsync(file.fileno())
                reached = {"bytes": file.tell(), "items": count, "scan": pages_done.checkpoint}
                checkpoint.write(export.bound, reached)
    return count


def _chunks(db: Client, scanner: TableScanner) -> Iterator[list[Item]]:
    """Some items at a time; behind the last of a page the progress is moved on."""
    while not scanner.progress.done:
        for fetched in db.run(scanner.round()):
            while not fetched.rows.ended:
                yield db.run(scanner.take(fetched))
