"""Tables created, changed and deleted: asked for first, and told of on standard error."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dynakit.cli.asking import confirm
from dynakit.cli.printing import count_text, tell
from dynakit.cli.progress import waiting
from dynakit.errors import DynakitError
from dynakit.management.change import PlanRefused, TablePlan

if TYPE_CHECKING:
    from dynakit.client.sync import Client
    from dynakit.management.watch import Progress, TableProgress
    from dynakit.table import Table


def create_all(db: Client, tables: Sequence[Table], stage: str | None) -> None:
    """Create tables, none of which may be there.

    Raises:
        DynakitError: where one is.
    """
    there = [db.environment.table_name(table) for table in tables if db.tables.exists(table, stage=stage)]
    if there:
        raise DynakitError(
            f"{', '.join(there)}: there already; nothing was created. To compare and change, use: dynakit "
            "table diff, dynakit table apply"
        )
    for table in tables:
        name = db.environment.table_name(table)
        with waiting(f"creating {name}"):
            db.tables.create(table, stage=stage)
        tell(f"created {name}")


def plans_of(db: Client, tables: Sequence[Table], stage: str | None) -> list[TablePlan]:
    """What makes each table as it is declared."""
    return [db.tables.diff(table, stage=stage) for table in tables]


def apply_all(db: Client, plans: Sequence[TablePlan], *, keep: bool, yes: bool) -> None:
    """Carry out plans, if none is refused and the answer is yes.

    Raises:
        PlanRefused: when a table cannot be made as declared, or ``keep`` forbids it; nothing was changed.
    """
    for plan in plans:
        tell(str(plan))
    refused = [plan for plan in plans if plan.unchangeable or (keep and plan.removes)]
    if refused:
        raise PlanRefused(f"{_names(refused)}: {_why(refused[0])} Nothing was changed.", refused[0])
    needed = [plan for plan in plans if plan.changes]
    if not needed:
        return
    confirm(f"change {_names(needed)} as shown", yes=yes)
    for plan in needed:
        with _told(plan) as progress:
            db.tables.apply(plan, progress=progress)
        tell(f"{plan.name} is as declared")


def delete_all(db: Client, tables: Sequence[Table], stage: str | None, *, yes: bool) -> None:
    """Delete tables, if all are there and the answer is yes."""
    found = [(table, db.tables.describe(table, stage=stage)) for table in tables]
    held = ", ".join(f"{live.name} with about {count_text(live.item_count)}" for _, live in found)
    confirm(f"delete {held}", yes=yes)
    for table, live in found:
        with waiting(f"deleting {live.name}"):
            db.tables.delete(table, stage=stage)
        tell(f"deleted {live.name}")


def _names(plans: Sequence[TablePlan]) -> str:
    return ", ".join(plan.name for plan in plans)


def _why(plan: TablePlan) -> str:
    if plan.unchangeable:
        return "DynamoDB cannot make it as declared: see the line with !."
    return "--keep was given, and something would be taken away: see the lines with -."


@contextmanager
def _told(plan: TablePlan) -> Generator[Progress]:
    """A line for each change as it begins, and on a terminal what is waited for."""
    with waiting(plan.name) as say:

        def progress(now: TableProgress) -> None:
            if now.busy:
                say(", ".join(now.busy))
            elif now.change is not None:
                tell(f"{now.done + 1}/{now.changes}  {now.change.text}")

        yield progress
