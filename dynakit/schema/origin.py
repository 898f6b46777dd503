"""What an entity remembers of the item it was read from, or written as.

It stands in the instance's ``__dict__`` under a name that is no field: pydantic's equality, repr, dump
and iteration look at fields only, while copies (``model_copy``) and pickles keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

SLOT = "_dynakit_origin"
"""Where the item stands; or, with ``whole``, in a tuple, which most reads are spared."""


class Origin(NamedTuple):
    """The item as it was stored when the entity was read or written.

    ``whole`` is false for one from an index that does not hold all of the item.
    """

    item: Item
    whole: bool = True


def origin_of(entity: Entity) -> Origin | None:
    """What the entity was read from; ``None`` for one that was made by hand."""
    found: Item | tuple[Item, bool] | None = vars(entity).get(SLOT)
    if found is None:
        return None
    return Origin(*found) if isinstance(found, tuple) else Origin(found)


def remember(entity: Entity, item: Item, *, whole: bool = True) -> None:
    """Note what the entity was read from."""
    vars(entity)[SLOT] = item if whole else (item, False)
