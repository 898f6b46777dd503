"""What can be wrong with the attributes that dynakit keeps itself, said at import by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dynakit.schema import checks
from dynakit.schema.lifecycle import Lifecycle
from dynakit.table import Table

if TYPE_CHECKING:
    from dynakit.schema.definition import Attribute, EntityKey

_STORED_TYPES = {"version": "N", "created": "S", "updated": "S", "expires": "N", "deleted": "S"}
_EXPECTED = {
    "version": "Attr[int]",
    "created": "Attr[datetime]",
    "updated": "Attr[datetime]",
    "expires": "Attr[datetime] or Attr[datetime | None]",
    "deleted": "Attr[datetime | None]",
}
_CHANGED_BY_ALL = ("version", "deleted")


def check_lifecycle(
    entity: str, table: Table | None, lifecycle: Lifecycle, keys: Iterable[EntityKey]
) -> None:
    """Refuse wrong types, a place in the keys, an entity without a table, and expiry the table knows not."""
    kept = {role: one for role in _STORED_TYPES if (one := getattr(lifecycle, role)) is not None}
    for role, attribute in kept.items():
        if attribute.codec.attribute_type != _STORED_TYPES[role]:
            checks.wrong(entity, attribute.name, f"{role}() has another type; expected {_EXPECTED[role]}.")
        if table is None:
            checks.wrong(
                entity, attribute.name, f"{role}() stands in an entity without a table. Declare table=…."
            )
        for key in keys:
            if attribute.name in key.names and (role in _CHANGED_BY_ALL or key.index is None):
                checks.wrong(
                    entity,
                    attribute.name,
                    f"{role}() changes with writes and cannot stand in key {key.name}.",
                )
    if table is not None:
        _check_expires(entity, table, lifecycle.expires)


def _check_expires(entity: str, table: Table, expires: Attribute | None) -> None:
    if expires is not None and table.time_to_live is None:
        checks.wrong(
            entity,
            expires.name,
            f"table {table.name!r} names no attribute for expiry. Declare Table(…, time_to_live=…).",
        )
