"""How far a command is, as a bar on a terminal; nothing where standard error is none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

Advance: TypeAlias = Callable[[int], None]
"""Told how many items are done so far."""


@contextmanager
def progress_bar(what: str, total: int | None) -> Generator[Advance]:
    """A bar of items done, out of about so many."""
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


def _unseen(_done: int) -> None:
    """Nobody looks on."""


def count_text(count: int) -> str:
    """A number of items in words."""
    return f"{count:,} item{'' if count == 1 else 's'}"
