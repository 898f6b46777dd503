"""Tables as the CDK's construct ``TableV2``: all that ``Table`` is not needed for.

https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_dynamodb/TableV2.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dynakit.capacity import AutoScaled, Capacity, OnDemand
from dynakit.deployment import Deployment
from dynakit.export import cdk_arguments as arguments
from dynakit.export.cdk_arguments import Arguments, call, of_dynamodb
from dynakit.export.global_table import replicas
from dynakit.export.names import logical_id
from dynakit.export.scaling import always
from dynakit.index import Index
from dynakit.python_source import Call, Name, Statement
from dynakit.settings import Replica

_ANYWHERE = "us-east-1"
"""Stands for the region of the stack where a table declares no replicas; it is written nowhere."""

INHERITED = {
    "point_in_time_recovery": "PointInTimeRecoverySpecification",
    "contributor_insights": "ContributorInsightsSpecification",
    "resource_policy": "ResourcePolicy",
    "table_class": "TableClass",
    "deletion_protection": "DeletionProtectionEnabled",
}
"""What ``TableV2`` gives to replicas that say nothing of it, too; and the property that it becomes."""


def statements(made: Deployment, table: str) -> Iterator[Statement]:
    """The construct."""
    yield f"{table} = ", Call("dynamodb.TableV2", [Name("self"), logical_id(made)], _table(everywhere(made)))


def everywhere(made: Deployment) -> Deployment:
    """A table as one with replicas: that in the region of the stack alone, where it declares none."""
    if made.settings.replicas:
        return made
    only = Replica(region=_ANYWHERE, kinesis=made.settings.kinesis)
    return replace(made, settings=replace(made.settings, replicas=[only]))


def home_and_others(made: Deployment) -> tuple[Replica, list[Replica]]:
    """The replica of the stack's region, and the others."""
    home, *others = replicas(made)
    return home, others


def said_apart(made: Deployment) -> set[str]:
    """What the stack's own replica has and some other has not, so that it may not be inherited."""
    home, others = home_and_others(made)
    found = {
        name
        for name in INHERITED
        if getattr(home, name) is not None and any(getattr(other, name) is None for other in others)
    }
    modes = {made.settings_of(index).contributor_insights for index in made.global_indexes}
    # Indexes inherit it as well.
    return found | ({"contributor_insights"} if modes - {home.contributor_insights} else set())


def _table(made: Deployment) -> Arguments:
    home, others = home_and_others(made)
    settings = made.settings
    return {
        "table_name": made.name,
        **arguments.keys(made),
        "billing": _billing(made.capacity),
        "warm_throughput": arguments.warm(settings.warm_throughput),
        "global_secondary_indexes": [_index(made, index) for index in made.global_indexes] or None,
        "local_secondary_indexes": [
            call("LocalSecondaryIndexProps", **arguments.local_index(index)) for index in made.local_indexes
        ]
        or None,
        "dynamo_stream": arguments.stream(made),
        "time_to_live_attribute": made.table.time_to_live,
        "encryption": _encryption(made),
        **_replica(made, home, said_apart(made)),
        "replicas": [_other(made, home, other) for other in others] or None,
        "multi_region_consistency": settings.consistency
        and of_dynamodb(f"MultiRegionConsistency.{settings.consistency}"),
        "witness_region": settings.witness,
        "removal_policy": arguments.removal(made),
    }


def _other(made: Deployment, home: Replica, other: Replica) -> Call:
    # Not of policies: whether these are inherited hangs on a feature flag of the application.
    inherited = {
        name
        for name in INHERITED
        if name != "resource_policy" and getattr(home, name) == getattr(other, name)
    }
    said = _replica(made, other, inherited - said_apart(made), region=other.region)
    return call("ReplicaTableProps", region=other.region, **said)


def _replica(made: Deployment, of: Replica, left_out: set[str], region: str = "") -> Arguments:
    settings: Arguments = {
        "point_in_time_recovery": arguments.recovery(of.point_in_time_recovery),
        "contributor_insights": arguments.insights(of.contributor_insights),
        "resource_policy": arguments.policy(made, of.resource_policy),
        "table_class": arguments.table_class(of.table_class),
        "deletion_protection": of.deletion_protection,
    }
    specified = ("point_in_time_recovery", "contributor_insights")
    return {
        "kinesis_stream": arguments.kinesis(made, of.kinesis, region),
        **{
            f"{name}_specification" if name in specified else name: value
            for name, value in settings.items()
            if name not in left_out
        },
        "stream_resource_policy": arguments.policy(made, of.stream_policy),
        "tags": arguments.tags(of.tags),
    }


def _index(made: Deployment, index: Index) -> Call:
    own = made.capacities[index.name]
    capacity: Arguments = {}
    if isinstance(own, OnDemand):
        capacity = {"max_read_request_units": own.max_read, "max_write_request_units": own.max_write}
    elif own != made.capacity:
        capacity = {"read_capacity": _units(own.read), "write_capacity": _units(always(own.write))}
    return call("GlobalSecondaryIndexPropsV2", **arguments.index(made, index), **capacity)


def _billing(capacity: Capacity) -> Call:
    if isinstance(capacity, OnDemand):
        return call(
            "Billing.on_demand",
            max_read_request_units=capacity.max_read,
            max_write_request_units=capacity.max_write,
        )
    return call(
        "Billing.provisioned",
        read_capacity=_units(capacity.read),
        write_capacity=_units(always(capacity.write)),
    )


def _units(units: int | AutoScaled) -> Call:
    if isinstance(units, int):
        return Call("dynamodb.Capacity.fixed", [units])
    return call(
        "Capacity.autoscaled",
        min_capacity=units.minimum,
        max_capacity=units.maximum,
        seed_capacity=units.units,
        target_utilization_percent=units.target,
    )


def _encryption(made: Deployment) -> Call | None:
    home, others = home_and_others(made)
    if not any(each.encryption for each in (home, *others)):
        return None
    if home.encryption is None or not all_by_arn(made):
        return call("TableEncryptionV2.aws_managed_key")
    there = {other.region: other.encryption.key for other in others if other.encryption is not None}
    keys = [arguments.key(made, home.encryption), *([there] if there else [])]
    return Call("dynamodb.TableEncryptionV2.customer_managed_key", keys)


def all_by_arn(made: Deployment) -> bool:
    """Whether each replica has a key of its own, told by its ARN."""
    return all(each.encryption and arguments.by_arn(each.encryption) for each in replicas(made))
