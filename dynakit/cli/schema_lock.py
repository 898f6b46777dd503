"""``dynakit schema lock`` and ``check``: the code against the lock file."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from dynakit.cli.asking import confirm
from dynakit.cli.files import read_text, write_text
from dynakit.cli.options import Form
from dynakit.cli.printing import count_text, out, show, tell
from dynakit.cli.schema_commands import LOCK
from dynakit.errors import DynakitError
from dynakit.lock.change import changes
from dynakit.lock.lock import lock_of, lock_text, parse_lock

if TYPE_CHECKING:
    from dynakit.cli.target import Target
    from dynakit.lock.effect import SchemaChange
    from dynakit.lock.lock import Lock


def approve(target: Target, path: Path, *, yes: bool) -> None:
    """Write the lock; where one is there, show the differences and ask about dangerous ones.

    Raises:
        UsageError: without a terminal to ask at.
        DynakitError: when the answer is no, or the file is no lock or cannot be written.
    """
    current = lock_of(target.tables)
    if path.exists():
        found = changes(_read(path, target), current)
        _print(found, Form.TABLE)
        if dangerous := _dangerous(found):
            confirm(f"approve {count_text(dangerous, 'dangerous difference')}", yes=yes)
    write_text(path, lock_text(current), "--file")


def compare(target: Target, path: Path, form: Form, *, strict: bool) -> None:
    """Print how the code differs from the lock.

    Raises:
        UsageError: without a lock file.
        DynakitError: when a difference is dangerous; with ``strict``, for any.
    """
    found = changes(_read(path, target), lock_of(target.tables))
    _print(found, form)
    dangerous = _dangerous(found)
    told = f"{path}: {count_text(len(found), 'difference')}, {dangerous or 'none'} dangerous"
    if dangerous:
        raise DynakitError(f"{told}; expected none. Do what is advised, then approve: {_again(target, path)}")
    if found and strict:
        raise DynakitError(f"{told}; expected no difference. Bring it up to date: {_again(target, path)}")
    tell(f"{told}; bring it up to date: {_again(target, path)}" if found else f"{path}: no differences")


def _dangerous(found: list[SchemaChange]) -> int:
    return sum(one.is_dangerous for one in found)


def _again(target: Target, path: Path) -> str:
    """The command that writes this lock."""
    named = "" if path == LOCK else f" --file {path}"
    return f"dynakit schema lock {target.text}{named}"


def _read(path: Path, target: Target) -> Lock:
    text = read_text(path, f"Write it first, and commit it: {_again(target, path)}")
    return parse_lock(text, str(path))


def _print(found: list[SchemaChange], form: Form) -> None:
    if form is not Form.TABLE:
        show([_plain(one) for one in found], form)
        return
    for effect, changed in groupby(found, lambda one: one.effect):
        out(effect)
        for one in changed:
            out(f"  {one.where}: {one.what}" + (f"\n    → {one.advice}" if one.advice else ""))


def _plain(change: SchemaChange) -> dict[str, object]:
    return {
        "effect": change.effect,
        "dangerous": change.is_dangerous,
        "where": change.where,
        "what": change.what,
        "advice": change.advice,
    }
