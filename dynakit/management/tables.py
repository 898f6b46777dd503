"""Creates tables from their declarations, and deletes them.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.deployment import deployment
from dynakit.errors import RequestError
from dynakit.management.applying import carried_out
from dynakit.management.comparison import creation
from dynakit.management.reading import standing
from dynakit.management.watch import FIRST_POLL, POLL, Watch
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import request
from dynakit.table import Table
from dynakit.wire import Call

if TYPE_CHECKING:
    from dynakit.environment import Environment

WAIT = 600.0
"""Longest time in seconds that a new table is waited for, and one that is deleted."""


def create(
    table: Table, environment: Environment, stage: str | None = None, *, time_to_live: bool = True
) -> Flow[None]:
    """Create the table, wait for it and its indexes, and give it what creating it does not.

    Raises:
        RequestError: when it is there already.
    """
    plan = creation(deployment(table, stage), environment.table_name(table))
    yield from request(plan.changes[0].call, environment, statement=f"create table {table.name!r}")
    left = [each for each in plan.changes[1:] if time_to_live or each.call.action != "UpdateTimeToLive"]
    watch = Watch(plan.deployment, environment, changes=len(left), timeout=WAIT)
    yield from watch.settled(created=True)
    if left:
        yield from carried_out(left, watch)


def delete(table: Table, environment: Environment) -> Flow[None]:
    """Delete a table with all its items, and wait until it is gone."""
    call = Call("DeleteTable", {"TableName": environment.table_name(table)})
    yield from request(call, environment, statement=f"delete table {table.name!r}")
    until, pause = environment.monotonic() + WAIT, FIRST_POLL
    while (yield from exists(table, environment)):
        if environment.monotonic() >= until:
            raise RequestError(
                f"table {table.name!r}: it is not gone after {WAIT:.0f} s. It may still become so; wait, or "
                "look at it."
            )
        yield Sleep(pause)
        pause = min(pause * 2, POLL)


def exists(table: Table, environment: Environment) -> Flow[bool]:
    """Whether the table is there, active or not."""
    return (yield from standing(deployment(table), environment)) is not None
