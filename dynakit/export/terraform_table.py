"""The arguments of ``aws_dynamodb_table``."""

from __future__ import annotations

from dynakit.capacity import Capacity, Provisioned
from dynakit.deployment import Deployment
from dynakit.errors import DefinitionError
from dynakit.export.global_table import at_home, home_region, replicas
from dynakit.export.names import cleaned, logical_id
from dynakit.export.scaling import scaled
from dynakit.index import Index, Projection
from dynakit.limits import MAX_RECOVERY_DAYS
from dynakit.properties import key_schema
from dynakit.settings import ImportSource, Replica, TableEncryption, WarmThroughput
from dynakit.wire import Payload


class Expression(str):
    """Text that Terraform evaluates."""

    __slots__ = ()


def table_arguments(made: Deployment) -> Payload:
    """The arguments of the resource."""
    table, settings = made.table, at_home(made).settings
    found: Payload = {
        "name": made.name,
        "region": home_region(made),
        "billing_mode": "PAY_PER_REQUEST" if made.on_demand else "PROVISIONED",
        **_capacity(made.capacity),
        "hash_key": table.partition.name,
        "range_key": None if table.sort is None else table.sort.name,
        "attribute": [{"name": key.name, "type": key.type} for key in table.key_attributes.values()],
        "global_secondary_index": [_global(made, index) for index in made.global_indexes],
        "local_secondary_index": [_local(index) for index in made.local_indexes],
        "ttl": table.time_to_live and {"attribute_name": table.time_to_live, "enabled": True},
        **_stream(made),
        "point_in_time_recovery": _recovery(settings.point_in_time_recovery),
        "server_side_encryption": _encryption(at_home(made)),
        "table_class": settings.table_class,
        "deletion_protection_enabled": settings.deletion_protection,
        "warm_throughput": _warm(settings.warm_throughput),
        "replica": [_replica(made, replica) for replica in replicas(made)[1:]],
        "global_table_witness": settings.witness and {"region_name": settings.witness},
        "import_table": settings.import_source and _import(settings.import_source),
        "tags": settings.tags,
        "lifecycle": _lifecycle(made),
    }
    return said(found)


def said(arguments: Payload) -> Payload:
    """Those arguments that say something."""
    return {name: value for name, value in arguments.items() if value not in (None, [], {})}


def keys_of(made: Deployment) -> Payload:
    """The keys of KMS that Terraform looks up, as they are told by id or alias: data sources by label."""
    found: dict[str | None, TableEncryption | None] = {None: at_home(made).settings.encryption}
    found |= {one.region: one.encryption for one in replicas(made)[1:]}
    return {
        _label(made, region): said({"region": region or home_region(made), "key_id": encryption.key})
        for region, encryption in found.items()
        if encryption is not None and _looked_up(encryption)
    }


def _key(made: Deployment, encryption: TableEncryption | None, region: str | None) -> str | None:
    if encryption is None:
        return None
    if not _looked_up(encryption):
        return encryption.key
    return Expression(f"${{data.aws_kms_key.{_label(made, region)}.arn}}")


def _label(made: Deployment, region: str | None) -> str:
    return logical_id(made) + cleaned(region or "")


def _looked_up(encryption: TableEncryption) -> bool:
    return encryption.key is not None and not encryption.key.startswith("arn:")


def _capacity(capacity: Capacity) -> Payload:
    if isinstance(capacity, Provisioned):
        return {"read_capacity": capacity.read_units, "write_capacity": capacity.write_units}
    most = said({"max_read_request_units": capacity.max_read, "max_write_request_units": capacity.max_write})
    return {"on_demand_throughput": most} if most else {}


def _global(made: Deployment, index: Index) -> Payload:
    table = made.table
    keys = key_schema(table.partition_of(index), table.sort_of(index))
    return said(
        {
            "name": index.name,
            "key_schema": [
                {"attribute_name": key["AttributeName"], "key_type": key["KeyType"]} for key in keys
            ],
            **_projection(index.projection),
            **_capacity(made.capacities[index.name]),
            "warm_throughput": _warm(made.settings_of(index).warm_throughput),
        }
    )


def _local(index: Index) -> Payload:
    return {"name": index.name, "range_key": index.sort[0].name, **_projection(index.projection)}


def _projection(projection: Projection) -> Payload:
    attributes = {"non_key_attributes": list(projection.attributes)} if projection.attributes else {}
    return {"projection_type": projection.type, **attributes}


def _stream(made: Deployment) -> Payload:
    stream = made.stream
    return {} if stream is None else {"stream_enabled": True, "stream_view_type": stream}


def _recovery(days: int | None) -> Payload | None:
    return None if days is None else {"enabled": True, "recovery_period_in_days": days}


def _encryption(made: Deployment) -> Payload | None:
    if made.settings.encryption is None:
        return None
    return said({"enabled": True, "kms_key_arn": _key(made, made.settings.encryption, None)})


def _warm(units: WarmThroughput | None) -> Payload | None:
    return (
        None
        if units is None
        else {"read_units_per_second": units.read, "write_units_per_second": units.write}
    )


def _replica(made: Deployment, replica: Replica) -> Payload:
    _check(made, replica)
    return said(
        {
            "region_name": replica.region,
            "kms_key_arn": _key(made, replica.encryption, replica.region),
            "point_in_time_recovery": replica.point_in_time_recovery and True,
            "deletion_protection_enabled": replica.deletion_protection,
            "propagate_tags": True if replica.tags else None,
            "consistency_mode": made.settings.consistency,
        }
    )


def _check(made: Deployment, replica: Replica) -> None:
    settings = at_home(made).settings
    differs = {
        "table class": replica.table_class not in (settings.table_class, None),
        "tags": replica.tags not in (settings.tags, None),
        "days of recovery": replica.point_in_time_recovery not in (None, MAX_RECOVERY_DAYS),
    }
    for what, unlike in differs.items():
        if unlike:
            raise DefinitionError(
                f"table {made.table.name!r}: its replica in {replica.region} has its own {what}, which "
                "Terraform's AWS provider cannot give it. Export it as CloudFormation."
            )


def _import(source: ImportSource) -> Payload:
    csv = said({"delimiter": source.csv_delimiter, "header_list": list(source.csv_header)})
    bucket = {"bucket": source.bucket, "bucket_owner": source.bucket_owner, "key_prefix": source.prefix}
    return said(
        {
            "input_format": source.format,
            "input_compression_type": source.compression,
            "input_format_options": csv and {"csv": csv},
            "s3_bucket_source": said(bucket),
        }
    )


def _lifecycle(made: Deployment) -> Payload:
    changing = list(scaled(made))
    ignored = [f"{one.way.lower()}_capacity" for one in changing if one.index is None]
    if any(one.index is not None for one in changing):
        ignored.append("global_secondary_index")
    kept = made.settings.deletion_policy != "Delete"
    return said({"prevent_destroy": kept or None, "ignore_changes": ignored})
