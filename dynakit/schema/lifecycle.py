"""The attributes of an entity that dynakit keeps itself, and what they make of a stored item.

They are declared with the functions of :mod:`dynakit.lifecycle`.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.schema.definition import Attribute


@dataclass(frozen=True)
class Lifecycle:
    """The attributes of an entity that dynakit keeps, by what they are for."""

    version: Attribute | None = None
    created: Attribute | None = None
    updated: Attribute | None = None
    expires: Attribute | None = None
    deleted: Attribute | None = None

    @cached_property
    def own(self) -> tuple[Attribute, ...]:
        """The attributes that the user's updates may not name: all but the moment of expiry."""
        kept = (self.version, self.created, self.updated, self.deleted)
        return tuple(one for one in kept if one is not None)

    @cached_property
    def hides(self) -> tuple[Attribute, ...]:
        """The attributes that can hide an item from reads."""
        return tuple(one for one in (self.expires, self.deleted) if one is not None)


def seconds(moment: datetime) -> AttributeValue:
    """A moment as time to live is stored: whole seconds since 1970."""
    return {"N": str(int(moment.timestamp()))}


def is_expired(lifecycle: Lifecycle, item: Item, now: datetime) -> bool:
    """Whether a stored item's moment of expiry has come; DynamoDB deletes it within days.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
    """
    if lifecycle.expires is None:
        return False
    stored: AttributeValue = item.get(lifecycle.expires.stored, {})
    return "N" in stored and float(stored["N"]) <= now.timestamp()


def is_deleted(lifecycle: Lifecycle, item: Item) -> bool:
    """Whether a stored item is softly deleted."""
    return lifecycle.deleted is not None and lifecycle.deleted.stored in item


def is_hidden(
    lifecycle: Lifecycle, item: Item, now: datetime, *, expired: bool = False, deleted: bool = False
) -> bool:
    """Whether reads leave a stored item out; ``expired`` and ``deleted`` say that they are asked for."""
    return (not expired and is_expired(lifecycle, item, now)) or (not deleted and is_deleted(lifecycle, item))
