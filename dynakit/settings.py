"""Everything a table can have besides its keys, indexes and capacity, and what differs between stages.

Frozen values; ``None`` says nothing. Names are those of
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from typing import Any, Literal, TypeAlias

from dynakit.capacity import Capacity
from dynakit.errors import DefinitionError
from dynakit.limits import (
    check_bucket,
    check_choice,
    check_columns,
    check_policy,
    check_recovery,
    check_region,
    check_stream_arn,
    check_tags,
    check_units,
)
from dynakit.values import dataclass

TableClass: TypeAlias = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
ContributorInsights: TypeAlias = Literal["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
Consistency: TypeAlias = Literal["EVENTUAL", "STRONG"]
DeletionPolicy: TypeAlias = Literal["Retain", "RetainExceptOnCreate", "Delete"]
Policy: TypeAlias = Mapping[str, object]
"""An IAM policy document."""

Precision: TypeAlias = Literal["MILLISECOND", "MICROSECOND"]
ImportFormat: TypeAlias = Literal["DYNAMODB_JSON", "ION", "CSV"]
Compression: TypeAlias = Literal["GZIP", "ZSTD", "NONE"]
Delimiter: TypeAlias = Literal[",", "\t", ":", ";", "|", " "]


@dataclass(frozen=True)
class WarmThroughput:
    """Request units in a second that the table or index serves at once.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html
    """

    read: int
    write: int

    def __post_init__(self) -> None:
        check_units(self, (self.read, self.write))


@dataclass(frozen=True)
class KinesisStream:
    """The Kinesis data stream that is told of each change."""

    arn: str
    precision: Precision | None = None

    def __post_init__(self) -> None:
        check_stream_arn(self.arn)
        check_choice("KinesisStream(precision=…)", self.precision, Precision)

    @property
    def region(self) -> str:
        """The region it is in."""
        return self.arn.split(":")[3]


@dataclass(frozen=True)
class TableEncryption:
    """Encryption at rest under a key of AWS KMS: its id, ARN or alias, or the one AWS manages."""

    key: str | None = None

    def __post_init__(self) -> None:
        if self.key == "":
            raise DefinitionError(
                "TableEncryption: got an empty key; expected its id, ARN or alias. Leave it out for the "
                "key that AWS manages."
            )


@dataclass(frozen=True)
class ImportSource:
    """Files in S3 that a new table is filled from.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.HowItWorks.html
    """

    bucket: str
    format: ImportFormat
    prefix: str | None = None
    compression: Compression | None = None
    bucket_owner: str | None = None
    csv_delimiter: Delimiter | None = None
    csv_header: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"import from {self.bucket!r}"
        check_bucket(self.bucket, self.bucket_owner)
        check_choice(f"{where}: format", self.format, ImportFormat)
        check_choice(f"{where}: compression", self.compression, Compression)
        if self.format != "CSV" and (self.csv_delimiter or self.csv_header):
            raise DefinitionError(f"{where}: a delimiter or header goes with CSV only.")
        check_choice(f"{where}: csv_delimiter", self.csv_delimiter, Delimiter)
        check_columns(where, self.csv_header)


@dataclass(frozen=True, kw_only=True)
class TableSettings:
    """What a table has, by AWS's names.

    ``point_in_time_recovery`` are the days back to which it can be restored, 1 to 35. ``deletion_policy``
    says what becomes of the table when it is taken out of a stack; exports keep it unless told otherwise.
    ``replicas`` make it a global table, with ``consistency`` between regions, and a ``witness`` region where
    three are wanted and two hold items.
    """

    warm_throughput: WarmThroughput | None = None
    kinesis: KinesisStream | None = None
    point_in_time_recovery: int | None = None
    encryption: TableEncryption | None = None
    table_class: TableClass | None = None
    deletion_protection: bool | None = None
    contributor_insights: ContributorInsights | None = None
    resource_policy: Policy | None = None
    stream_policy: Policy | None = None
    tags: Mapping[str, str] | None = None
    replicas: Sequence[Replica] | None = None
    consistency: Consistency | None = None
    witness: str | None = None
    import_source: ImportSource | None = None
    deletion_policy: DeletionPolicy | None = None

    def __post_init__(self) -> None:
        _check_region_settings(self)
        check_choice("consistency", self.consistency, Consistency)
        check_choice("deletion_policy", self.deletion_policy, DeletionPolicy)
        if self.witness is not None:
            check_region("witness", self.witness)
        regions = [replica.region for replica in self.replicas or ()]
        if len(set(regions)) < len(regions):
            raise DefinitionError("replicas: a region stands twice; expected one replica in each.")
        if not self.replicas and (self.consistency or self.witness):
            raise DefinitionError("consistency and witness are of global tables. Declare replicas=[…], too.")

    def over(self, base: TableSettings) -> TableSettings:
        """These settings, and the base's where these say nothing."""
        names = [each.name for each in fields(self)]
        return TableSettings(**{name: _said(getattr(self, name), getattr(base, name)) for name in names})


def _said(own: Any, base: Any) -> Any:
    return base if own is None else own


@dataclass(frozen=True, kw_only=True)
class Replica:
    """One region of a global table, and in what it differs from the others."""

    region: str
    kinesis: KinesisStream | None = None
    point_in_time_recovery: int | None = None
    encryption: TableEncryption | None = None
    table_class: TableClass | None = None
    deletion_protection: bool | None = None
    contributor_insights: ContributorInsights | None = None
    resource_policy: Policy | None = None
    stream_policy: Policy | None = None
    tags: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        check_region("replica", self.region)
        _check_region_settings(self)


def _check_region_settings(settings: TableSettings | Replica) -> None:
    """What a table and each of its replicas can have."""
    check_recovery(settings.point_in_time_recovery)
    check_choice("table_class", settings.table_class, TableClass)
    check_choice("contributor_insights", settings.contributor_insights, ContributorInsights)
    check_policy("resource_policy", settings.resource_policy)
    check_policy("stream_policy", settings.stream_policy)
    check_tags(settings.tags)


@dataclass(frozen=True, kw_only=True)
class IndexSettings:
    """What a global index has of its own."""

    warm_throughput: WarmThroughput | None = None
    contributor_insights: ContributorInsights | None = None

    def __post_init__(self) -> None:
        check_choice("contributor_insights", self.contributor_insights, ContributorInsights)


@dataclass(frozen=True)
class Stage:
    """In what a table differs in one stage of deployment, such as ``dev``.

    ``capacity`` is the table's there, and that of its indexes that ``indexes`` does not name.
    """

    name: str
    capacity: Capacity | None = None
    settings: TableSettings = field(default_factory=TableSettings)
    table_name: str | None = None
    indexes: Mapping[str, Capacity] = field(default_factory=dict[str, "Capacity"])

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,128}", self.name):
            raise DefinitionError(f"stage {self.name!r}: expected a name of letters, digits and '-'.")
