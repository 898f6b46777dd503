"""Whether a table that is there is as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynakit.management.comparison import compared
from dynakit.management.description import TableDescription

if TYPE_CHECKING:
    from dynakit.deployment import Deployment
    from dynakit.wire import Payload


def difference(made: Deployment, described: Payload, named: str) -> str | None:
    """The first thing in which a table is not as declared, with what to do; ``None`` for nothing.

    What one request tells is compared, which even those may send who may do little else.
    """
    live = TableDescription(described, {})
    if live.busy:
        return f"{', '.join(live.busy)}. Wait until it is active."
    plan = compared(made, live.name, live)
    if plan.is_empty:
        return None
    lines = [*map(str, plan.unchangeable), *map(str, plan.changes)]
    more = f", and {len(lines) - 1} more" if lines[1:] else ""
    return f"it is not as declared: {lines[0].rstrip('.')}{more}. See: dynakit table diff {named}"
