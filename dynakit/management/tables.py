"""Creates tables from their declarations, and deletes them.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dynakit.deployment import deployment
from dynakit.errors import RequestError
from dynakit.management.applying import carried_out
from dynakit.management.change import TablePlan
from dynakit.management.comparison import creation
from dynakit.management.reading import live_name, standing
from dynakit.management.watch import FIRST_POLL, POLL, Watch
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.reply import request_error
from dynakit.operations.retry import Refused, request
from dynakit.table import Table
from dynakit.wire import Call

if TYPE_CHECKING:
    from dynakit.environment import Environment

WAIT = timedelta(minutes=10)
"""Longest time that a new table is waited for, and one that is deleted."""

_IN_USE = "ResourceInUseException"
_GONE = "ResourceNotFoundException"


def create(
    table: Table, environment: Environment, stage: str | None = None, *, time_to_live: bool = True
) -> Flow[None]:
    """Create the table, wait for it and its indexes, and give it what creating it does not.

    Raises:
        RequestError: when it is there already.
    """
    made = deployment(table, stage)
    plan = creation(made, live_name(made, environment))
    left = [each for each in plan.changes[1:] if time_to_live or each.call.action != "UpdateTimeToLive"]
    watch = Watch(made, environment, changes=len(left), wait=WAIT)
    found = yield from _created(plan, environment)
    yield from watch.settled(created=True)
    if found is not None:
        now = yield from watch.compared()
        if now.unchangeable or not {each.text for each in now.changes} <= {
            each.text for each in plan.changes
        }:
            raise _there_already(plan, found) from found
    if left:
        yield from carried_out(left, watch)


def _created(plan: TablePlan, environment: Environment) -> Flow[Refused | None]:
    """Ask for it; give the refusal that may be due to this same request, whose reply was lost."""
    statement = f"create table {plan.deployment.table.name!r}"
    try:
        yield from request(plan.changes[0].call, environment, interprets={_IN_USE}, statement=statement)
    except Refused as refused:
        if not refused.ambiguous_before:
            raise _there_already(plan, refused) from refused
        return refused
    return None


def _there_already(plan: TablePlan, refused: Refused) -> RequestError:
    return RequestError(
        f"table {plan.deployment.table.name!r}: {plan.name} is there already; it was expected not to be. "
        "Compare it with its declaration by diff, or use ensure.",
        code=_IN_USE,
        action="CreateTable",
        attempts=refused.attempts,
    )


def delete(table: Table, environment: Environment, stage: str | None = None) -> Flow[None]:
    """Delete a table with all its items, and wait until it is gone.

    Raises:
        TableMissing: where it is not there.
    """
    made = deployment(table, stage)
    call = Call("DeleteTable", {"TableName": live_name(made, environment)})
    statement = f"delete table {table.name!r}"
    try:
        yield from request(call, environment, interprets={_GONE, _IN_USE}, statement=statement)
    except Refused as refused:
        if not refused.ambiguous_before:
            raise request_error(call, refused.error, refused.attempts, statement) from refused
    longest = WAIT.total_seconds()
    until, pause = environment.monotonic() + longest, FIRST_POLL
    while (yield from standing(made, environment)) is not None:
        if environment.monotonic() >= until:
            raise RequestError(
                f"table {table.name!r}: it is not gone after {longest:.0f} s. It may still become so; wait, "
                "or look at it."
            )
        yield Sleep(pause)
        pause = min(pause * 2, POLL)


def exists(table: Table, environment: Environment, stage: str | None = None) -> Flow[bool]:
    """Whether the table is there, active or not."""
    return (yield from standing(deployment(table, stage), environment)) is not None
