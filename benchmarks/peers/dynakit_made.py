"""dynakit's entities, made to measure: with many attributes, or many of them on one table."""

from __future__ import annotations

from types import new_class
from typing import Any

from benchmarks import workload
from benchmarks.peers import dynakit_sync
from dynakit import Attr, Entity, Key, Table


def wide_entity(width: int) -> Any:
    """An entity with so many attributes besides those of its key."""

    def body(namespace: dict[str, Any]) -> None:
        attributes = {name: Attr[kind] for name, kind in workload.wide_attributes(width).items()}  # type: ignore[valid-type]
        namespace["__annotations__"] = {"width": Attr[str], "row": Attr[str], **attributes}
        namespace["primary"] = Key("WIDE#{width}", "ROW#{row}")

    return new_class("Wide", (Entity,), {"table": Table(workload.TABLE, pk="PK", sk="SK")}, body)


def crowded_entity(entities: int) -> Any:
    """The order of the workload on a table with so many entities, all in the partition of the customer."""
    table = Table(workload.TABLE, pk="PK", sk="SK")
    template = dynakit_sync.Order

    def body(namespace: dict[str, Any]) -> None:
        namespace["__module__"] = template.__module__
        namespace["__annotations__"] = dict(template.__annotations__)
        namespace["primary"] = Key("CUSTOMER#{customer_id}", "ORDER#{order_id}")

    def other(number: int) -> Any:
        def body(namespace: dict[str, Any]) -> None:
            namespace["__annotations__"] = {"customer_id": Attr[str], "note_id": Attr[str], "text": Attr[str]}
            namespace["primary"] = Key("CUSTOMER#{customer_id}", f"KIND{number}#{{note_id}}")

        return new_class(f"Note{number}", (Entity,), {"table": table}, body)

    for number in range(entities - 1):
        other(number)
    return new_class("Order", (Entity,), {"table": table}, body)
