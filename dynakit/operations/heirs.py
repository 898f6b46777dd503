"""Writes by a base of what only a subclass keeps: refused, because the item may be the subclass's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from dynakit.errors import StatementError
from dynakit.schema.calculated import sources
from dynakit.schema.definition import Definition
from dynakit.schema.registry import family_of


def refuse_for_heirs(definition: Definition[Any], touched: Collection[str] | None = None) -> None:
    """Refuse an update of these attributes, or a deletion (``None``), that a subclass has more to do for.

    Raises :class:`StatementError` that names what would be wrong afterwards.
    """
    for heir in family_of(definition):
        for name in () if heir is definition else _unkept(definition, heir, touched):
            raise StatementError(
                f"{definition.name}: the item may be a {heir.name}, whose {name} a write of a "
                f"{definition.name} does not keep. Write it as the {heir.name} it is, or declare {name} on "
                f"{definition.name}."
            )


def _unkept(
    definition: Definition[Any], heir: Definition[Any], touched: Collection[str] | None
) -> Iterator[str]:
    own = {str(constraint) for constraint in definition.constraints}
    for constraint in heir.constraints:
        if str(constraint) not in own and (touched is None or not set(constraint.names).isdisjoint(touched)):
            yield constraint.name
    if touched is None:
        return
    for name, function in heir.calculations.items():
        if name not in definition.calculations and not set(sources(function)).isdisjoint(touched):
            yield name
    for theirs, ours in (
        (heir.lifecycle.version, definition.lifecycle.version),
        (heir.lifecycle.updated, definition.lifecycle.updated),
    ):
        if theirs is not None and ours is None:
            yield theirs.name
