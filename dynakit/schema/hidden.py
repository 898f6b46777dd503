"""What leaves expired and softly deleted items out of queries and scans: a filter of the library.

It filters as :func:`dynakit.schema.lifecycle.is_hidden` does, and is no part of what a cursor or a
checkpoint is bound to, since it moves with time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dynakit.expressions.compile import Placeholders
    from dynakit.schema.definition import Attribute, Definition


def hiding(definition: Definition[Any], *, expired: bool = False, deleted: bool = False) -> list[Attribute]:
    """The attributes that can hide an item; ``expired`` and ``deleted`` say that those are asked for."""
    lifecycle = definition.lifecycle
    if not lifecycle.hides:
        return []
    asked = ((lifecycle.expires, expired), (lifecycle.deleted, deleted))
    return [attribute for attribute, given in asked if attribute is not None and not given]


def hidden_filter(
    definition: Definition[Any],
    placeholders: Placeholders,
    now: datetime,
    *,
    expired: bool = False,
    deleted: bool = False,
) -> str | None:
    """The filter that leaves hidden items out; ``None`` where nothing hides any.

    Its members are joined by ``AND``: put brackets around what is joined to it by ``OR``. ``now`` is aware.
    """
    return " AND ".join(_terms(definition, placeholders, now, expired, deleted)) or None


def _terms(
    definition: Definition[Any], placeholders: Placeholders, now: datetime, expired: bool, deleted: bool
) -> Iterator[str]:
    lifecycle = definition.lifecycle
    if lifecycle.expires is not None and not expired:
        moment = placeholders.value({"N": str(int(now.timestamp()))})
        # A comparison with an absent attribute, or one of another type, is false: such items stay.
        yield f"NOT {placeholders.name(lifecycle.expires.stored)} <= {moment}"
    if lifecycle.deleted is not None and not deleted:
        yield f"attribute_not_exists({placeholders.name(lifecycle.deleted.stored)})"
