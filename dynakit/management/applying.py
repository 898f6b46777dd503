"""Carries plans out: one change, wait, look again.

Nothing is remembered between changes: each is told by the live table, so a run that was killed is simply
begun again, and two that run at once do each change once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dynakit.deployment import deployment
from dynakit.errors import RequestError
from dynakit.management.change import PlanRefused, TableChange, TablePlan
from dynakit.management.watch import FIRST_POLL, POLL, Progress, Watch
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import Refused, request
from dynakit.table import Table

if TYPE_CHECKING:
    from datetime import timedelta

    from dynakit.environment import Environment

EFFECT_WITHIN = 120.0
"""The longest time in seconds until a change that was accepted is told of by the live table."""

_BUSY = frozenset({"ResourceInUseException", "LimitExceededException"})
"""Another change of this table is under way, or too many of the account's tables."""

_INVALID = "ValidationException"


def diff(table: Table, environment: Environment, stage: str | None = None) -> Flow[TablePlan]:
    """What makes the live table what is declared."""
    return (yield from Watch(deployment(table, stage), environment).compared())


def ensure(
    table: Table,
    environment: Environment,
    stage: str | None = None,
    progress: Progress | None = None,
    wait: timedelta | None = None,
) -> Flow[TablePlan]:
    """Create the table, or add to it what is declared; give what was done.

    Raises:
        PlanRefused: when that takes something away, or cannot be done; nothing was changed then.
    """
    made = deployment(table, stage)
    watch = Watch(made, environment, progress, wait=wait)
    yield from watch.settled()
    plan = yield from watch.compared()
    _check_changeable(plan, watch)
    if plan.removes:
        raise PlanRefused(
            f"{watch.where}: it differs from its declaration in a way that only adding to it does not "
            f"take away; nothing was changed. Look at the plan, and apply it if it is meant. {plan}",
            plan,
        )
    if plan.changes:
        yield from apply(plan, environment, progress, wait)
    return plan


def apply(
    plan: TablePlan,
    environment: Environment,
    progress: Progress | None = None,
    wait: timedelta | None = None,
) -> Flow[None]:
    """Carry out a plan, each change when the one before stands.

    What others did meanwhile is not done again.

    Raises:
        PlanRefused: when DynamoDB cannot change what differs (nothing was changed then), and when the table,
            as it is by now, needs a change that is not in the plan.
    """
    watch = Watch(plan.deployment, environment, progress, len(plan.changes), wait)
    _check_changeable(plan, watch)
    yield from watch.settled()
    now = yield from carried_out(plan.changes, watch)
    if not now.is_empty:
        raise PlanRefused(
            f"{watch.where}: the plan is carried out, but others changed the table meanwhile. Look at what "
            f"is left to do, and apply it if it is meant. {now}",
            now,
        )


def _check_changeable(plan: TablePlan, watch: Watch) -> None:
    if plan.unchangeable:
        raise PlanRefused(
            f"{watch.where}: DynamoDB cannot make it what is declared; nothing was changed. {plan}", plan
        )


def carried_out(approved: Sequence[TableChange], watch: Watch) -> Flow[TablePlan]:
    """Carry out the approved changes that the table still needs; give the plan of what else it does."""
    wanted = {change.text for change in approved}
    while True:
        now = yield from watch.compared()
        change = next((each for each in now.changes if each.text in wanted), None)
        if change is None:
            return now
        watch.tell(change)
        yield from _once(change, watch)
        watch.done += 1


def _once(change: TableChange, watch: Watch) -> Flow[None]:
    """Ask for one change, again while others change the table, and wait until the live table tells of it."""
    environment = watch.environment
    until, pause = environment.monotonic() + EFFECT_WITHIN, FIRST_POLL
    refusal: str | None = "not asked for yet"
    while True:
        refusal = refusal and (yield from _refusal(change, watch))
        waited = yield from watch.settled(change)
        left = (yield from watch.compared()).changes
        if change.text not in {each.text for each in left}:
            return
        until = max(until, environment.monotonic() + EFFECT_WITHIN) if waited else until
        if environment.monotonic() >= until:
            raise RequestError(
                f"{watch.where}: {change.text}: "
                + ("it was asked for, and is not so" if refusal is None else f"refused, {refusal!r}, still")
                + f" after {EFFECT_WITHIN:.0f} s. Look at the table, and run this again.",
                action=change.call.action,
            )
        yield Sleep(pause)
        pause = min(pause * 2, POLL)


def _refusal(change: TableChange, watch: Watch) -> Flow[str | None]:
    """Ask for a change; ``None`` where it is under way, else what is said while others change the table."""
    try:
        yield from request(
            change.call,
            watch.environment,
            interprets={*_BUSY, _INVALID},
            statement=f"change {watch.where}",
        )
    except Refused as refused:
        if refused.ambiguous_before:
            return None  # the refusal may be of this same change, whose reply was lost
        if refused.error.code in _BUSY:
            return refused.error.message
        raise RequestError(
            f"{watch.where}: {change.text}: refused: {refused.error.message}",
            code=_INVALID,
            action=change.call.action,
            attempts=refused.attempts,
        ) from refused
    return None
