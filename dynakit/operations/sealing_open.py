"""Opening what is encrypted or offloaded, after it was read.

It does nothing for an entity without such attributes, and leaves other entities' items alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from dynakit.schema.registry import family_of

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.operations.flow import Flow
    from dynakit.schema.definition import Definition
    from dynakit.schema.source import Source
    from dynakit.unparsed import Items
    from dynakit.wire import Item


def opened_rows(source: Source[Any], rows: Items, environment: Environment) -> Flow[Items]:
    """Open the rows of a statement, whichever of its entities they are. Raises as :func:`opened`."""
    own: Definition[Any] | None = getattr(source, "definition", None)
    members: Sequence[Any] = () if own is not None else getattr(source, "members", ())
    found = rows
    for definition in (own,) if own is not None else (member.definition for member in members):
        if has_sealed(definition):
            found = yield from opened(definition, found, environment)
    return found


def opened(definition: Definition[Any], items: Iterable[Item], environment: Environment) -> Flow[list[Item]]:
    """Open the sealed values of the items that are this entity's; what is offloaded is downloaded.

    Raises :class:`DecodeError` for a value that was altered or moved, or whose key is unknown;
    :class:`ObjectGone` for one whose object is gone; :class:`StatementError` and :class:`RequestError` as
    :func:`seal`.
    """
    if not has_sealed(definition):
        return list(items)
    from dynakit.operations.sealing_item import opened_item

    result: list[Item] = []
    for item in items:
        found = yield from opened_item(definition, item, environment)
        result.append(found)
    return result


def opened_one(definition: Definition[Any], item: Item | None, environment: Environment) -> Flow[Item | None]:
    """Open one item, where there is one. Raises as :func:`opened`."""
    return None if item is None else (yield from opened_found(definition, item, environment))


def opened_found(definition: Definition[Any], item: Item, environment: Environment) -> Flow[Item]:
    """Open an item. Raises as :func:`opened`."""
    if not has_sealed(definition):
        return item
    from dynakit.operations.sealing_item import opened_item

    return (yield from opened_item(definition, item, environment))


def has_sealed(definition: Definition[Any]) -> bool:
    """Whether items of an entity, or of a subclass, may have values to open."""
    if definition.sealed:
        return True
    # Few entities have subclasses, and only those look further.
    return bool(definition.entity.__subclasses__()) and any(one.sealed for one in family_of(definition))
