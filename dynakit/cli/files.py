"""Text files that commands read and write, and one line for what is wrong with them."""

from __future__ import annotations

from pathlib import Path

from dynakit.cli.asking import confirm
from dynakit.cli.printing import out, tell
from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError


def read_text(path: Path, advice: str) -> str:
    """The text of a file. Raises :class:`UsageError` with what to do where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"{path}: it cannot be read: {reason}. {advice}") from None


def write_text(path: Path, text: str, option: str) -> None:
    """Write a file, and say so. Raises :class:`DynakitError`, which names the option of the path."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DynakitError(
            f"{path}: it cannot be written: {error.strerror}. Give another {option}."
        ) from None
    tell(f"{path}: written")


def print_or_write(text: str, path: Path | None, *, yes: bool) -> None:
    """Print a result; with a path, write it there, and ask before another text is overwritten.

    Raises:
        UsageError: without a terminal to ask at.
        DynakitError: when the answer is no, or the file cannot be written.
    """
    if path is None:
        out(text)
        return
    if path.exists():
        confirm(f"overwrite {path}", yes=yes)
    write_text(path, text, "--out")
