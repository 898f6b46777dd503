"""Which entity a repository is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, get_args, get_origin

from typing_extensions import get_original_bases

from dynakit.errors import DefinitionError

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


def entity_of(repository: type, generic: type, given: type[E] | None) -> type[E]:
    """The entity given, or the one in ``class Orders(Repository[Order])``, also through bases in between.

    Raises :class:`DefinitionError` when neither says it.
    """
    if given is not None:
        return given
    for cls in repository.__mro__:
        for base in get_original_bases(cls) if cls is not object else ():
            origin = get_origin(base)
            if isinstance(origin, type) and issubclass(origin, generic):
                found: list[type[E]] = [one for one in get_args(base) if isinstance(one, type)]
                if found:
                    return found[0]
    raise DefinitionError(
        f"{repository.__name__}: it names no entity. Pass it, as {repository.__name__}(client, Order), or "
        f"declare `class {repository.__name__}({generic.__name__}[Order])`."
    )
