"""Wrong usage: what was typed cannot be carried out, whatever the world is like."""

from __future__ import annotations

from dynakit.errors import DynakitError


class UsageError(DynakitError):
    """A command was given what it cannot take; it leaves with exit code 2."""
