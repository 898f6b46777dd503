"""A live table, as it is described.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from dynakit.values import dataclass
from dynakit.wire import Payload

GOING = "DELETING"


def part(payload: Payload, name: str) -> Payload:
    """A member that is a structure; empty where it is absent."""
    return cast("Payload", payload.get(name) or {})


def parts(payload: Payload, name: str) -> list[Payload]:
    """A member that is a list of structures; empty where it is absent."""
    return cast("list[Payload]", payload.get(name) or [])


@dataclass(frozen=True)
class TableDescription:
    """A live table.

    ``table`` is the ``Table`` of ``DescribeTable``'s reply. ``facts`` are the replies about what that reply
    lacks, by the action that told them (``DescribeTimeToLive`` …), only what was asked for; an action that
    the endpoint does not know, as DynamoDB Local and the like do not know all, is in ``unknown``.
    """

    table: Payload
    facts: Mapping[str, Payload]
    unknown: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Its name."""
        return cast("str", self.table["TableName"])

    @property
    def status(self) -> str:
        """Whether it is ``ACTIVE``, or ``CREATING``, ``UPDATING`` and so on."""
        return cast("str", self.table["TableStatus"])

    @property
    def arn(self) -> str | None:
        """Its ARN, if it is told."""
        return self.table.get("TableArn")

    @property
    def item_count(self) -> int:
        """How many items it holds; DynamoDB counts about every six hours."""
        return cast("int", self.table.get("ItemCount", 0))

    @property
    def size(self) -> int:
        """Its size in bytes; DynamoDB measures about every six hours."""
        return cast("int", self.table.get("TableSizeBytes", 0))

    @property
    def attribute_types(self) -> dict[str, str]:
        """The types of the attributes that keys use."""
        return {
            each["AttributeName"]: each["AttributeType"] for each in parts(self.table, "AttributeDefinitions")
        }

    @property
    def on_demand(self) -> bool:
        """Whether it is paid per request. Tables that never were are not told apart by a summary."""
        return bool(part(self.table, "BillingModeSummary").get("BillingMode") == "PAY_PER_REQUEST")

    def indexes(self, kind: str) -> dict[str, Payload]:
        """Its indexes of a kind (``GlobalSecondaryIndexes`` …) by name, without those being deleted."""
        found = parts(self.table, kind)
        return {each["IndexName"]: each for each in found if each.get("IndexStatus") != GOING}

    @property
    def busy(self) -> tuple[str, ...]:
        """What is not active: the table or its indexes, as ``name is STATUS``."""
        indexes = [*parts(self.table, "GlobalSecondaryIndexes"), *parts(self.table, "VectorIndexes")]
        states = [(each["IndexName"], each.get("IndexStatus", "ACTIVE")) for each in indexes]
        states.insert(0, (self.name, self.status))
        return tuple(f"{name} is {status}" for name, status in states if status != "ACTIVE")

    def told(self, action: str) -> Payload | None:
        """The reply of an action, ``None`` where it was not asked or is unknown."""
        return self.facts.get(action)
