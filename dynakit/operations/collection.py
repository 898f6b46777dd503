"""Collections: several entities of one partition, read at once and told apart.

What belongs to none of the entities asked for is *foreign*: counted and left out, or refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from typing_extensions import TypeVar as DefaultTypeVar

from dynakit.errors import NotFound, StatementError
from dynakit.expressions.condition import Condition
from dynakit.operations.flow import Flow
from dynakit.operations.paging import begin, read_on
from dynakit.operations.read import cursors, read_all
from dynakit.schema.children import Children
from dynakit.schema.collection import Collection
from dynakit.schema.query import Query
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
P = TypeVar("P", bound="Entity")
M = TypeVar("M", bound="Entity")
M_co = DefaultTypeVar("M_co", bound="Entity", covariant=True, default="Entity")


@dataclass(frozen=True)
class Collected(Generic[M_co]):
    """The entities of one partition, in the order of the sort key.

    ``collected[Order]`` is the list of orders. ``foreign`` counts the items of other entities that were
    read and left out; ``cursor`` is behind the last item read, ``None`` at the end, and ``previous`` before
    the first, ``None`` at the start.
    """

    items: list[M_co]
    foreign: int
    cursor: str | None
    previous: str | None = None

    def __getitem__(self, entity: type[E]) -> list[E]:
        """The entities of one class, in order."""
        return [item for item in self.items if isinstance(item, entity)]


def collection_of(
    entities: Collection[M] | Sequence[type[M]],
    *conditions: Condition[Any],
    where: Sequence[Condition[Any]] = (),
    index: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
    consistent: bool = False,
    foreign: Literal["skip", "refuse"] = "skip",
    **equal: object,
) -> Collection[M]:
    """A collection by keywords: what ``Collection(…).filter(…).limit(…)`` and so on say.

    Raises :class:`StatementError` for options beside a collection, which has its own.
    """
    made: Collection[M]
    if isinstance(entities, Collection):
        if conditions or where or index or limit or newest_first or consistent or foreign != "skip" or equal:
            raise StatementError(f"{entities}: it got options beside it. Say them of the collection itself.")
        return entities
    made = Collection(entities, *conditions, index=index, **equal)
    made = made if limit is None else made.limit(limit)
    made = made.filter(*where) if where else made
    made = made.newest_first() if newest_first else made
    made = made.consistent() if consistent else made
    return made if foreign == "skip" else made.refuse_foreign()


def collect(
    collection: Collection[M], environment: Environment, cursor: str | None = None
) -> Flow[Collected[M]]:
    """Read a collection: all of it, or up to its limit. Raises :class:`CursorError`."""
    progress = begin(collection, environment, cursor)
    found: list[M] = []
    while not progress.done:
        items, progress = yield from read_on(collection, progress, environment)
        found += items
    if progress.backward:
        found.reverse()
    following, previous = cursors(collection, environment, progress, cursor)
    return Collected(found, progress.foreign, following, previous)


def with_children(
    parent: Query[P], children: tuple[type[Entity], ...], environment: Environment
) -> Flow[tuple[Any, ...]]:
    """A parent and, for each class of children, their list. Raises :class:`NotFound` without the parent."""
    family: Children[Entity] = Children(
        parent,
        children,
        forward=parent.forward,
        consistent_read=parent.consistent_read,
        shows_expired=parent.shows_expired,
        shows_deleted=parent.shows_deleted,
    )
    items = yield from read_all(family, environment)
    parents = [item for item in items if isinstance(item, parent.entity) and not isinstance(item, children)]
    if not parents:
        raise NotFound(f"{parent}: there is no such item.", statement=parent)
    return (parents[0], *([item for item in items if isinstance(item, child)] for child in children))
