"""What an entity remembers of the item it was read from, or written as.

It stands in the instance's ``__dict__`` under a name that is no field: pydantic's equality, repr, dump
and iteration look at fields only, while copies (``model_copy``) and pickles keep it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dynakit.unparsed import parsed
from dynakit.wire import Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

SLOT = "_dynakit_origin"

Stored: TypeAlias = Item | bytes
"""An item; or its JSON, which takes a tenth of the memory and leaves nothing to the garbage collector."""

Remembered: TypeAlias = Stored | tuple[Stored, bool]
"""What stands in the slot: the item, or, with ``whole``, a tuple, which most reads are spared."""


class Origin(NamedTuple):
    """The item as it was stored when the entity was read or written.

    ``whole`` is false for one from an index that does not hold all of the item.
    """

    item: Item
    whole: bool = True


def origin_of(entity: Entity) -> Origin | None:
    """What the entity was read from; ``None`` for one that was made by hand."""
    found: Remembered | None = vars(entity).get(SLOT)
    if found is None:
        return None
    stored, whole = found if isinstance(found, tuple) else (found, True)
    return Origin(parsed(stored) if isinstance(stored, bytes) else stored, whole)


def remembered(stored: Stored, *, whole: bool) -> Remembered:
    """What an entity read from this has in its slot."""
    return stored if whole else (stored, False)


def remember(entity: Entity, item: Item, *, whole: bool = True) -> None:
    """Note what the entity was read from."""
    vars(entity)[SLOT] = remembered(item, whole=whole)
