"""Deleting everything a query or a collection gives: a whole partition, or a range of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from dynakit.errors import StatementError
from dynakit.operations.batch import delete_many
from dynakit.operations.delete import Delete
from dynakit.operations.flow import Flow, together
from dynakit.operations.limits import Budget
from dynakit.operations.paging import begin, read_on
from dynakit.schema.definition import definition_of
from dynakit.schema.entity import Entity
from dynakit.schema.source import Source

if TYPE_CHECKING:
    from dynakit.environment import Environment

OnDeleted: TypeAlias = Callable[[int], None]
"""Told how many items were deleted so far, after each page."""

AT_ONCE = 4
"""Deletes under way at a time, where a batch cannot do them."""

UNITS_PER_DELETE = 4.0
"""Write units counted for a delete of its own: an item of up to 1 KB and a guard, as a transaction."""


def delete_all(
    source: Source[Any],
    environment: Environment,
    *,
    permanently: bool = False,
    write_units_per_second: float | None = None,
    on_deleted: OnDeleted | None = None,
) -> Flow[int]:
    """Delete the items that a query or collection gives, page by page; give how many.

    By batches of 25 where these can: items that are deleted softly and those with unique constraints are
    deleted one by one, so that they stay restorable and leave no guard. Hidden items stay unless the query
    includes them. To resume, send it again: what is deleted is not read again. A filter that the items no
    longer fit by then is not checked again.

    Raises:
        StatementError: for a query whose rows are not whole items.
        Unprocessed: with the entities of the batch that was not done.
    """
    budget = Budget("delete_all", write_units_per_second)
    progress, deleted = begin(source, environment), 0
    while not progress.done:
        found, progress = yield from read_on(source, progress, environment)
        yield from _delete(_entities(source, found), environment, budget, permanently=permanently)
        deleted += len(found)
        if on_deleted is not None:
            on_deleted(deleted)
    return deleted


def _entities(source: Source[Any], found: Sequence[object]) -> list[Entity]:
    entities = [one for one in found if isinstance(one, Entity)]
    if len(entities) < len(found):
        raise StatementError(f"delete_all: {source} gives no whole items. Leave out the projection.")
    return entities


def _delete(
    found: Sequence[Entity], environment: Environment, budget: Budget, *, permanently: bool
) -> Flow[None]:
    alone = [one for one in found if _goes_alone(one, permanently=permanently)]
    rest = [one for one in found if not _goes_alone(one, permanently=permanently)]
    yield from delete_many(rest, environment, permanently=permanently, budget=budget)
    for start in range(0, len(alone), AT_ONCE):
        some = alone[start : start + AT_ONCE]
        yield from budget.wait(environment)
        deletes = [Delete(one, missing_ok=True, permanently=permanently) for one in some]
        yield from together((one.flow(environment) for one in deletes), most=AT_ONCE)
        budget.spend(len(some) * UNITS_PER_DELETE, environment)


def _goes_alone(entity: Entity, *, permanently: bool) -> bool:
    definition = definition_of(type(entity))
    soft = definition.lifecycle.deleted is not None and not permanently
    return soft or bool(definition.constraints)
