"""What a batch cannot write, because a batch has no conditions."""

from __future__ import annotations

from typing import Any

from dynakit.errors import StatementError
from dynakit.schema.definition import Definition


def refuse_put(where: str, definition: Definition[Any]) -> None:
    """Refuse to put entities with a version or unique constraints. Raises :class:`StatementError`."""
    if definition.lifecycle.version is not None:
        raise StatementError(
            f"{where}: {definition.name} has a version, which a batch cannot check. Put them one by "
            "one, or in transactions."
        )
    _refuse_unique(where, definition)


def refuse_delete(where: str, definition: Definition[Any], *, permanently: bool) -> None:
    """Refuse to delete what is deleted softly, unless it is said, and what has unique constraints.

    Raises :class:`StatementError`.
    """
    if definition.lifecycle.deleted is not None and not permanently:
        raise StatementError(
            f"{where}: {definition.name} is deleted softly, which a batch cannot do. Delete them one by "
            "one, or pass permanently=True."
        )
    _refuse_unique(where, definition)


def _refuse_unique(where: str, definition: Definition[Any]) -> None:
    if definition.constraints:
        names = ", ".join(constraint.name for constraint in definition.constraints)
        raise StatementError(
            f"{where}: {definition.name} has unique constraints ({names}), which a batch cannot uphold. "
            "Write them one by one, or in transactions."
        )
