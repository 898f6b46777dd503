"""Tables as the CDK's construct ``Table``: those with fixed write units, and those that are imported.

https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_dynamodb/Table.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dynakit.capacity import AutoScaled, Capacity, OnDemand, Provisioned
from dynakit.deployment import Deployment
from dynakit.export import cdk_arguments as arguments
from dynakit.export.cdk_arguments import Arguments, call, of_dynamodb
from dynakit.export.features import resource_policy
from dynakit.export.names import logical_id
from dynakit.export.scaling import Scaled, scaled
from dynakit.python_source import Call, Name, Statement, Value
from dynakit.settings import ImportSource

_FORMATS = {"DYNAMODB_JSON": "dynamo_db_json", "ION": "ion", "CSV": "csv"}


def is_single(made: Deployment) -> bool:
    """Whether ``TableV2`` cannot be it: that one scales all writes, and is filled from no files."""
    capacities = (made.capacity, *made.capacities.values())
    fixed = any(isinstance(each, Provisioned) and isinstance(each.write, int) for each in capacities)
    return not made.settings.replicas and (fixed or made.settings.import_source is not None)


def statements(made: Deployment, table: str) -> Iterator[Statement]:
    """The construct, its indexes, how they are scaled, its tags."""
    yield f"{table} = ", Call("dynamodb.Table", [Name("self"), logical_id(made)], _table(made))
    for index in made.global_indexes:
        own = arguments.index(made, index) | _capacity(made.capacities[index.name])
        own["contributor_insights_specification"] = arguments.insights(
            made.settings_of(index).contributor_insights
        )
        yield "", Call(f"{table}.add_global_secondary_index", keywords=own)
    for index in made.local_indexes:
        yield "", Call(f"{table}.add_local_secondary_index", keywords=arguments.local_index(index))
    for one in scaled(made):
        yield from _scaling(one, table)
    for key, value in (made.settings.tags or {}).items():
        yield "", Call(f"Tags.of({table}).add", [key, value])


def overrides(made: Deployment) -> Iterator[tuple[str, Value]]:
    """The properties that the construct has no argument for, by their path."""
    encryption = made.settings.encryption
    if encryption is not None and encryption.key is not None and not arguments.by_arn(encryption):
        yield "SSESpecification.SSEType", "KMS"
        yield "SSESpecification.KMSMasterKeyId", encryption.key
    if made.settings.stream_policy is not None:
        yield "StreamSpecification", resource_policy(made.settings.stream_policy)
    yield from arguments.vector_indexes(made)


def _table(made: Deployment) -> Arguments:
    settings = made.settings
    return {
        "table_name": made.name,
        **arguments.keys(made),
        "billing_mode": of_dynamodb(f"BillingMode.{'PAY_PER_REQUEST' if made.on_demand else 'PROVISIONED'}"),
        **_capacity(made.capacity),
        "warm_throughput": arguments.warm(settings.warm_throughput),
        "stream": arguments.stream(made),
        "time_to_live_attribute": made.table.time_to_live,
        **_encryption(made),
        "point_in_time_recovery_specification": arguments.recovery(settings.point_in_time_recovery),
        "kinesis_stream": arguments.kinesis(made, settings.kinesis),
        "kinesis_precision_timestamp": _precision(made),
        "contributor_insights_specification": arguments.insights(settings.contributor_insights),
        "resource_policy": arguments.policy(made, settings.resource_policy),
        "table_class": arguments.table_class(settings.table_class),
        "deletion_protection": settings.deletion_protection,
        "import_source": _import(made, settings.import_source),
        "removal_policy": arguments.removal(made),
    }


def _capacity(capacity: Capacity) -> Arguments:
    if isinstance(capacity, OnDemand):
        return {
            "max_read_request_units": capacity.max_read,
            "max_write_request_units": capacity.max_write,
        }
    return {"read_capacity": capacity.read_units, "write_capacity": capacity.write_units}


def _encryption(made: Deployment) -> Arguments:
    encryption = made.settings.encryption
    if encryption is None:
        return {}
    if not arguments.by_arn(encryption):
        return {"encryption": of_dynamodb("TableEncryption.AWS_MANAGED")}
    return {
        "encryption": of_dynamodb("TableEncryption.CUSTOMER_MANAGED"),
        "encryption_key": arguments.key(made, encryption),
    }


def _precision(made: Deployment) -> Name | None:
    kinesis = made.settings.kinesis
    if kinesis is None or kinesis.precision is None:
        return None
    return of_dynamodb(f"ApproximateCreationDateTimePrecision.{kinesis.precision}")


def _import(made: Deployment, source: ImportSource | None) -> Call | None:
    if source is None:
        return None
    bucket = arguments.imported("s3.Bucket.from_bucket_name", f"{logical_id(made)}Import", source.bucket)
    csv: Arguments = {"delimiter": source.csv_delimiter, "header_list": list(source.csv_header) or None}
    return call(
        "ImportSourceSpecification",
        bucket=bucket,
        bucket_owner=source.bucket_owner,
        input_format=Call(f"dynamodb.InputFormat.{_FORMATS[source.format]}", keywords=csv),
        compression_type=source.compression and of_dynamodb(f"InputCompressionType.{source.compression}"),
        key_prefix=source.prefix,
    )


def _scaling(one: Scaled, table: str) -> Iterator[Statement]:
    where = "" if one.index is None else "global_secondary_index_"
    named = [] if one.index is None else [one.index]
    variable = f"{'' if one.index is None else 'index_'}{one.way.lower()}s"
    begun = Call(
        f"{table}.auto_scale_{where}{one.way.lower()}_capacity",
        named,
        {"min_capacity": one.by.minimum, "max_capacity": one.by.maximum},
    )
    yield f"{variable} = ", begun
    yield "", Call(f"{variable}.scale_on_utilization", keywords=_tracking(one.by))


def _tracking(by: AutoScaled) -> Arguments:
    return {
        "target_utilization_percent": by.target,
        "disable_scale_in": None if by.scale_in else True,
        "scale_in_cooldown": _seconds(by.scale_in_cooldown),
        "scale_out_cooldown": _seconds(by.scale_out_cooldown),
    }


def _seconds(seconds: int | None) -> Call | None:
    return None if seconds is None else Call("Duration.seconds", [seconds])
