"""What the constructs ``Table`` and ``TableV2`` of the AWS CDK are told alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dynakit import properties
from dynakit.deployment import Deployment
from dynakit.errors import DefinitionError
from dynakit.export.names import logical_id
from dynakit.index import Index, KeyAttribute
from dynakit.python_source import Call, Name, Value
from dynakit.settings import ContributorInsights, KinesisStream, Policy, TableEncryption, WarmThroughput

Arguments = dict[str, Value]

_TYPES = {"S": "STRING", "N": "NUMBER", "B": "BINARY"}
_REMOVAL = {"Retain": "RETAIN", "RetainExceptOnCreate": "RETAIN_ON_UPDATE_OR_DELETE", "Delete": "DESTROY"}
_VERSION = "2012-10-17"


def of_dynamodb(name: str) -> Name:
    """A member of the module ``aws_dynamodb``."""
    return Name(f"dynamodb.{name}")


def call(function: str, /, **keywords: Value) -> Call:
    """A call of what the module ``aws_dynamodb`` has; arguments that are ``None`` are left out."""
    return Call(f"dynamodb.{function}", keywords=keywords)


def keys(made: Deployment) -> Arguments:
    """The key of the table."""
    sort = made.table.sort
    return {
        "partition_key": attribute(made.table.partition),
        "sort_key": None if sort is None else attribute(sort),
    }


def attribute(key: KeyAttribute) -> Call:
    """A key attribute."""
    return call("Attribute", name=key.name, type=of_dynamodb(f"AttributeType.{_TYPES[key.type]}"))


def index(made: Deployment, of: Index) -> Arguments:
    """A global index's name, key and projection."""
    return {
        "index_name": of.name,
        **_keys("partition", made.table.partition_of(of)),
        **_keys("sort", made.table.sort_of(of)),
        **_projection(of),
        "warm_throughput": warm(made.settings_of(of).warm_throughput),
    }


def local_index(of: Index) -> Arguments:
    """A local index's name, sort key and projection."""
    return {"index_name": of.name, "sort_key": attribute(of.sort[0]), **_projection(of)}


def _keys(part: str, attributes: Sequence[KeyAttribute]) -> Arguments:
    if len(attributes) > 1:
        return {f"{part}_keys": [attribute(key) for key in attributes]}
    return {f"{part}_key": attribute(key) for key in attributes}


def _projection(of: Index) -> Arguments:
    if of.projection.type == "ALL":
        return {}
    return {
        "projection_type": of_dynamodb(f"ProjectionType.{of.projection.type}"),
        "non_key_attributes": list(of.projection.attributes) or None,
    }


def vector_indexes(made: Deployment) -> Iterator[tuple[str, Value]]:
    """Vector indexes, which no construct has an argument for, as properties of the resource."""
    declared = made.table.vector_indexes
    if declared:
        yield "VectorIndexes", [properties.vector_index(each) for each in declared]
    if any(each.narrowed_by for each in declared):
        yield "AttributeDefinitions", properties.keys(made)["AttributeDefinitions"]


def stream(made: Deployment) -> Name | None:
    """What the stream shows, where there is one."""
    return None if made.table.stream is None else of_dynamodb(f"StreamViewType.{made.table.stream}")


def warm(units: WarmThroughput | None) -> Call | None:
    """The units that are served at once, where they are told."""
    if units is None:
        return None
    return call("WarmThroughput", read_units_per_second=units.read, write_units_per_second=units.write)


def recovery(days: int | None) -> Call | None:
    """How far back it can be restored, where it can."""
    if days is None:
        return None
    return call(
        "PointInTimeRecoverySpecification",
        point_in_time_recovery_enabled=True,
        recovery_period_in_days=days,
    )


def insights(mode: ContributorInsights | None) -> Call | None:
    """Which keys are counted, where any are."""
    if mode is None:
        return None
    return call(
        "ContributorInsightsSpecification", enabled=True, mode=of_dynamodb(f"ContributorInsightsMode.{mode}")
    )


def table_class(name: str | None) -> Name | None:
    """The class of the table, where it is told."""
    return None if name is None else of_dynamodb(f"TableClass.{name}")


def kinesis(made: Deployment, of: KinesisStream | None, region: str = "") -> Call | None:
    """The data stream that is told of changes, where one is."""
    if of is None:
        return None
    return imported("kinesis.Stream.from_stream_arn", f"{logical_id(made)}Kinesis{region}", of.arn)


def imported(function: str, name: str, of: str | None) -> Call:
    """What stands elsewhere, as a construct of this name."""
    return Call(function, [Name("self"), name, of])


def by_arn(encryption: TableEncryption) -> bool:
    """Whether the key is told by its ARN, as CDK wants it; an id or alias it would have to look up."""
    return encryption.key is not None and ":key/" in encryption.key


def key(made: Deployment, encryption: TableEncryption) -> Call:
    """A key that is told by its ARN."""
    return imported("kms.Key.from_key_arn", f"{logical_id(made)}Key", encryption.key)


def policy(made: Deployment, document: Policy | None) -> Call | None:
    """A resource policy, where there is one.

    Raises:
        DefinitionError: for one that CDK would write otherwise: it writes statements, of its own version.
    """
    if document is None:
        return None
    if set(document) != {"Version", "Statement"} or document["Version"] != _VERSION:
        raise DefinitionError(
            f"table {made.table.name!r}: CDK keeps only the statements of a policy, and makes them ones of "
            f"version {_VERSION}; expected 'Version': '{_VERSION}', 'Statement' and nothing else. Write the "
            "policy so, or export it as CloudFormation."
        )
    return Call("iam.PolicyDocument.from_json", [document])


def tags(of: Mapping[str, str] | None) -> list[Call] | None:
    """Tags, where there are some."""
    return [
        Call("CfnTag", keywords={"key": key, "value": value}) for key, value in (of or {}).items()
    ] or None


def removal(made: Deployment) -> Name:
    """What becomes of the table when it is taken out of the stack."""
    return Name(f"RemovalPolicy.{_REMOVAL[made.settings.deletion_policy or 'Retain']}")
