"""How far a command is, as a bar or a moving line on a terminal; nothing where standard error is none."""

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


@contextmanager
def waiting(what: str) -> Generator[Callable[[str], None]]:
    """A line that moves while something is waited for; what is given may say more about it."""
    if not sys.stderr.isatty():
        yield _unheard
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(escape(what)) as status:
        yield lambda more: status.update(escape(f"{what}: {more}"))


def _unheard(_said: str) -> None:
    """Nobody listens."""


def _unseen(_done: int) -> None:
    """Nobody looks on."""
