"""A declaration against a live table: what there is to do, in the order in which DynamoDB takes it."""

from __future__ import annotations

from collections.abc import Iterator

from dynakit.capacity import AutoScaled, Provisioned
from dynakit.deployment import Deployment
from dynakit.management.capacities import capacity_changes
from dynakit.management.change import TableChange, TablePlan
from dynakit.management.description import TableDescription, part
from dynakit.management.features import feature_changes, insights_of
from dynakit.management.indexes import added_indexes, key_differences, removed_indexes
from dynakit.properties import counted, create_table
from dynakit.wire import Call, Payload


def compared(made: Deployment, name: str, live: TableDescription | None) -> TablePlan:
    """The plan for the table, under its name at the endpoint; ``live`` is ``None`` where it is not there."""
    if live is None:
        return creation(made, name)
    unchangeable = tuple(key_differences(made, live))
    # An index in the way of a limit goes first; a new one is made with the capacity mode it is to have.
    changes = [
        *removed_indexes(made, live),
        *capacity_changes(made, live),
        *added_indexes(made, live),
        *feature_changes(made, live),
    ]
    return TablePlan(made, name, tuple(changes), unchangeable, tuple(_notes(made, live)))


def creation(made: Deployment, name: str) -> TablePlan:
    """The plan for a table that is not there: to create it, and to give it what creating it does not."""
    payload = create_table(made) | {"TableName": name}
    created = TableChange("adds", "the table is created", Call("CreateTable", payload))
    live = _as_created(made, payload)
    return TablePlan(made, name, (created, *feature_changes(made, live)), (), tuple(_notes(made, live)))


def _as_created(made: Deployment, payload: Payload) -> TableDescription:
    """How the table will be described once it is created."""
    nothing: Payload = {"ContinuousBackupsDescription": {}}
    facts: dict[str, Payload] = {
        "DescribeTimeToLive": {},
        "DescribeContinuousBackups": nothing,
        "DescribeKinesisStreamingDestination": {},
        **{insights_of(index): {} for index in counted(made, made.settings)},
    }
    encrypted = part(payload, "SSESpecification")
    told: Payload = {
        "TableStatus": "CREATING",
        "BillingModeSummary": {"BillingMode": payload["BillingMode"]},
        "TableClassSummary": {"TableClass": payload.get("TableClass", "STANDARD")},
        "SSEDescription": {
            "Status": "ENABLED" if encrypted else "DISABLED",
            "KMSMasterKeyArn": encrypted.get("KMSMasterKeyId", ""),
        },
    }
    return TableDescription({**payload, **told}, facts)


def _notes(made: Deployment, live: TableDescription) -> Iterator[str]:
    """What is declared and stands outside this comparison."""
    settings = made.settings
    if settings.replicas:
        yield "replicas are not compared: deploy them by an export"
    if settings.stream_policy is not None:
        yield "the policy of the stream is not compared: deploy it by an export"
    if settings.import_source is not None:
        yield "the import from S3 is not begun: deploy it by an export"
    capacities = [made.capacity, *made.capacities.values()]
    if any(isinstance(capacity, Provisioned) and _scaled(capacity) for capacity in capacities):
        yield "auto scaling is not compared, only that units are in its bounds: deploy it by an export"
    for action in sorted(live.unknown):
        yield f"{action} is unknown to this endpoint: what it tells is not compared"


def _scaled(capacity: Provisioned) -> bool:
    return isinstance(capacity.read, AutoScaled) or isinstance(capacity.write, AutoScaled)
