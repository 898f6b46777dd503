"""What can be wrong with the attributes that dynakit keeps itself, said at import by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dynakit.errors import DecodeError, EncodeError
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
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_VALUES: dict[str, object] = {
    "version": 1,
    "created": _MOMENT,
    "updated": _MOMENT,
    "expires": _MOMENT,
    "deleted": _MOMENT,
}
_CHANGED_BY_ALL = ("version", "deleted")


def check_lifecycle(
    entity: str, table: Table | None, lifecycle: Lifecycle, keys: Iterable[EntityKey]
) -> None:
    """Refuse wrong types, a place in the keys, an entity without a table, and expiry the table knows not."""
    kept = {role: one for role in _STORED_TYPES if (one := getattr(lifecycle, role)) is not None}
    for role, attribute in kept.items():
        if attribute.codec.attribute_type != _STORED_TYPES[role] or not _holds(attribute, _VALUES[role]):
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


def _holds(attribute: Attribute, value: object) -> bool:
    """Whether a value comes back from the attribute as what it is; text and dates are stored as times are."""
    try:
        stored = attribute.codec.encode(value, attribute.name)
        return stored is not None and type(attribute.codec.decode(stored, attribute.name)) is type(value)
    except (EncodeError, DecodeError):
        return False


def _check_expires(entity: str, table: Table, expires: Attribute | None) -> None:
    if expires is not None and table.time_to_live is None:
        checks.wrong(
            entity,
            expires.name,
            f"table {table.name!r} names no attribute for expiry. Declare Table(…, time_to_live=…).",
        )
