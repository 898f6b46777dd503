"""Asking before what cannot be undone."""

from __future__ import annotations

import sys

from dynakit.cli.usage import UsageError
from dynakit.errors import DynakitError


def confirm(what: str, *, yes: bool) -> None:
    """Ask whether to do something, unless ``yes``.

    Raises:
        UsageError: without a terminal to ask at.
        DynakitError: when the answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: it asks first, and there is no terminal to ask at. Add --yes to do it.")
    sys.stderr.write(f"{what}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise DynakitError(f"{what}: the answer was no. Nothing was done.")
