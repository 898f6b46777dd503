"""How attributes that dynakit keeps itself are declared: version, timestamps, expiry, soft deletion.

They stand beside other attributes, as ``version: Attr[int] = version()``, and are written with every write
of the entity; an update of the user's may not name them, but for the moment of expiry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import AfterValidator, Field

from dynakit.codec.stored import expiry_seconds
from dynakit.environment import current
from dynakit.schema.attribute import AttributeOptions, Declared, Role

if TYPE_CHECKING:
    from dynakit.schema.attribute import Attr

Moment = TypeVar("Moment", bound="datetime | None")


def _declared(role: Role, default: dict[str, Any], **options: Any) -> Any:
    return Declared(Field(**default), AttributeOptions(role=role, **options))


def now() -> datetime:
    """The time by the environment in use, aware and in UTC; for ``default_factory=now``."""
    return current().now()


def _now_and(duration: timedelta) -> Callable[[], datetime]:
    return lambda: (now() + duration).replace(microsecond=0)


def _whole_seconds(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(microsecond=0)


def version(*, name: str | None = None) -> Attr[int]:
    """The number of times the item was written: 1 for a created one, 0 for one that is not stored yet.

    A replace, put, update or delete of a loaded entity is refused with
    :class:`~dynakit.errors.VersionConflict` when the item was written in between.
    """
    declared: Attr[int] = _declared("version", {"default": 0, "ge": 0}, name=name)
    return declared


def created(*, name: str | None = None) -> Attr[datetime]:
    """When the item was first written; aware, in UTC."""
    declared: Attr[datetime] = _declared("created", {"default_factory": now}, name=name)
    return declared


def updated(*, name: str | None = None) -> Attr[datetime]:
    """When the item was last written; aware, in UTC."""
    declared: Attr[datetime] = _declared("updated", {"default_factory": now}, name=name)
    return declared


# What ``Moment`` is, the annotation says that this is assigned to.
def expires(*, after: timedelta | None = None) -> Attr[Moment]:  # pyright: ignore[reportInvalidTypeVarUse]
    """When the item expires: ``after`` a duration from when it is made, or at a moment that is set.

    ``Attr[datetime | None]`` without ``after`` means that items do not expire until a moment is set.
    Stored under the table's ``time_to_live`` attribute, in whole seconds since 1970, fractions
    dropped. Expired items are hidden unless asked for, also before DynamoDB deletes them.
    """
    default = {"default": None} if after is None else {"default_factory": _now_and(after)}
    declared = _declared("expires", default, stored_as=expiry_seconds)
    declared.field.metadata.append(AfterValidator(_whole_seconds))
    moment: Attr[Moment] = declared
    return moment


def deleted(*, name: str | None = None) -> Attr[datetime | None]:
    """When the item was deleted, softly: it stays, hidden from reads; ``None`` for one not deleted."""
    declared: Attr[datetime | None] = _declared("deleted", {"default": None}, name=name)
    return declared
