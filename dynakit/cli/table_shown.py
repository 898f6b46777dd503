"""Plans and live tables, as plain data and for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from dynakit.cli.options import Form
from dynakit.cli.printing import out, show, show_rows
from dynakit.management.description import part, parts

if TYPE_CHECKING:
    from dynakit.management.change import TablePlan
    from dynakit.management.description import TableDescription
    from dynakit.wire import Payload

Shown: TypeAlias = dict[str, Any]
"""A plan or a table, as JSON can hold it."""

_KINDS = {"GlobalSecondaryIndexes": "global", "LocalSecondaryIndexes": "local", "VectorIndexes": "vector"}


def show_plans(plans: Sequence[TablePlan], form: Form) -> None:
    """Write plans: with each change the request that makes it."""
    if form is Form.TABLE:
        for plan in plans:
            out(str(plan))
    else:
        show([_plan(plan) for plan in plans], form)


def show_descriptions(tables: Sequence[TableDescription], form: Form) -> None:
    """Write live tables: for people, what is looked at most."""
    if form is not Form.TABLE:
        show([{**live.table, **live.facts} for live in tables], form)
        return
    for live in tables:
        out(f"Table {live.name}  ({live.status}; {live.item_count:,} items, {live.size:,} bytes)")
        for name, fact in _facts(live).items():
            out(f"{name}: {fact}")
        show_rows(
            [
                _place(live, kind, index)
                for key, kind in {"": "table", **_KINDS}.items()
                for index in (parts(live.table, key) if key else [live.table])
            ],
            ["index", "kind", "key", "holds", "state", "capacity"],
        )


def _plan(plan: TablePlan) -> Shown:
    return {
        "table": plan.name,
        "changes": [
            {
                "effect": change.effect,
                "text": change.text,
                "action": change.call.action,
                "request": change.call.payload,
            }
            for change in plan.changes
        ],
        "unchangeable": [{"text": one.text, "advice": one.advice} for one in plan.unchangeable],
        "notes": list(plan.notes),
    }


def _facts(live: TableDescription) -> dict[str, object]:
    expiry = part(live.facts.get("DescribeTimeToLive", {}), "TimeToLiveDescription")
    stream = part(live.table, "StreamSpecification")
    facts = {
        "paid": "per request" if live.on_demand else "by provisioned capacity",
        "time to live": expiry.get("AttributeName"),
        "stream": stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
        "deletion protection": "on" if live.table.get("DeletionProtectionEnabled") else None,
        "ARN": live.arn,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _place(live: TableDescription, kind: str, place: Payload) -> list[object]:
    types = live.attribute_types
    names = [key["AttributeName"] for key in parts(place, "KeySchema")]
    vector = part(place, "VectorAttribute").get("AttributeName")
    projection = part(place, "Projection")
    return [
        place.get("IndexName"),
        kind,
        vector or " + ".join(f"{name} ({types.get(name, '?')})" for name in names),
        projection.get("ProjectionType"),
        place.get("IndexStatus") or place.get("TableStatus"),
        _units(part(place, "ProvisionedThroughput")),
    ]


def _units(provisioned: Payload) -> str | None:
    units = provisioned.get("ReadCapacityUnits"), provisioned.get("WriteCapacityUnits")
    return f"{units[0]} read, {units[1]} write" if any(units) else None
