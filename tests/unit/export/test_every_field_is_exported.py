"""Whatever can be declared is in every export, is refused by it, or stands here with the reason why not.

Two declarations that differ in one field are exported differently. Fields are found by the types of the
declarations: a new one fails the first test until values for it are given.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import partial
from itertools import product

import pytest

from dynakit import (
    ALL,
    KEYS_ONLY,
    AutoScaled,
    DefinitionError,
    ImportSource,
    Index,
    IndexSettings,
    KeyAttribute,
    KinesisStream,
    OnDemand,
    Provisioned,
    Replica,
    Stage,
    Table,
    TableEncryption,
    TableSettings,
    VectorIndex,
    WarmThroughput,
    include,
)
from dynakit.capacity import Capacity
from dynakit.deployment import Deployment, deployment
from dynakit.export import boto3, cdk, cdk_table, cloudformation, sam, serverless, terraform
from dynakit.export.printer import Document
from dynakit.export.routes import Route
from tests.unit.export.declared_fields import Alternatives, differing, every_path
from tests.unit.export.tables_of_every_kind import POLICY

OTHER_POLICY = {**POLICY, "Statement": [*POLICY["Statement"], *POLICY["Statement"]]}
KEY, OTHER_KEY = (f"arn:aws:kms:eu-central-1:123456789012:key/{name}" for name in "ab")
STREAM, OTHER_STREAM, THERE, THERE_TOO = (
    f"arn:aws:kinesis:{region}:123456789012:stream/{name}"
    for region in ("eu-central-1", "eu-west-1")
    for name in "ab"
)
ROUTES = [Route("users", "app.handler")]

OF_A_REGION: dict[str, tuple[object, ...]] = {
    "kinesis": (None, KinesisStream(STREAM)),
    "point_in_time_recovery": (None, 7, 35),
    "encryption": (None, TableEncryption(), TableEncryption(KEY)),
    "table_class": (None, "STANDARD_INFREQUENT_ACCESS"),
    "deletion_protection": (None, True),
    "contributor_insights": (None, "THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS"),
    "resource_policy": (None, POLICY, OTHER_POLICY),
    "stream_policy": (None, POLICY, OTHER_POLICY),
    "tags": (None, {"team": "a"}, {"team": "b"}, {"team": "b", "cost": "1"}),
}

VALUES: Alternatives = {
    "Table.name": ("orders", "carts"),
    "Table.partition": ("id", "ident"),
    "Table.sort": ("at", "on"),
    "Table.indexes": ((), (Index("other", "x"),)),
    "Table.vector_indexes": ((), (VectorIndex("other", "x", 3),)),
    "Table.capacity": (OnDemand(), OnDemand(8, 9), Provisioned(8, 8), Provisioned(8, 9)),
    "Table.type_attribute": (None, "kind_of_item"),
    "Table.token_attribute": (None, "token"),
    "Table.time_to_live": (None, "gone", "later"),
    "Table.stream": (None, "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
    "Table.environment_variable": (None, "TABLE", "ORDERS"),
    "Table.settings": (None, TableSettings(deletion_protection=True)),
    "Table.stages": ((Stage("dev"),), (Stage("dev", table_name="orders-dev"),)),
    "KeyAttribute.name": ("renamed", "named"),
    "KeyAttribute.type": ("S", "N", "B"),
    "Index.name": ("renamed", "named"),
    "Index.partition": ("x", ("x", "y")),
    "Index.sort": ("z", (KeyAttribute("z", "N"), "zz")),
    "Index.projection": (ALL, KEYS_ONLY, include("x1")),
    "Index.local": (True, False),
    "Index.capacity": (None, OnDemand(7, 8), OnDemand(8, 8), Provisioned(7, 8), Provisioned(8, 8)),
    "Index.settings": (None, IndexSettings(contributor_insights="THROTTLED_KEYS")),
    "VectorIndex.name": ("renamed", "named"),
    "VectorIndex.attribute": ("renamed", "named"),
    "VectorIndex.dimensions": (5, 6),
    "VectorIndex.distance": ("COSINE", "EUCLIDEAN", "DOT_PRODUCT"),
    "VectorIndex.partition": (None, "x", "y"),
    "VectorIndex.filters": ((), ("x",), ("x", "y")),
    "VectorIndex.projection": (ALL, KEYS_ONLY, include("x1")),
    "Projection.type": ("ALL", "KEYS_ONLY", "INCLUDE"),
    "Projection.attributes": (("x1",), ("x1", "x2")),
    "OnDemand.max_read": (None, 5, 6),
    "OnDemand.max_write": (None, 5, 6),
    "Provisioned.read": (5, 6, AutoScaled(5, 6)),
    "Provisioned.write": (5, 6, AutoScaled(5, 7)),
    "AutoScaled.minimum": (2, 3),
    "AutoScaled.maximum": (200, 300),
    "AutoScaled.target": (40, 50),
    "AutoScaled.seed": (11, 12),
    "AutoScaled.scale_in": (True, False),
    "AutoScaled.scale_in_cooldown": (None, 0, 1),
    "AutoScaled.scale_out_cooldown": (None, 0, 1),
    "WarmThroughput.read": (15_001, 15_002),
    "WarmThroughput.write": (15_001, 15_002),
    **{f"TableSettings.{name}": values for name, values in OF_A_REGION.items()},
    "TableSettings.warm_throughput": (None, WarmThroughput(15_000, 15_000)),
    "TableSettings.replicas": (
        (Replica(region="eu-central-1"),),
        (Replica(region="us-east-1"),),
        (Replica(region="us-east-1"), Replica(region="us-east-2")),
    ),
    "TableSettings.consistency": ("EVENTUAL", "STRONG"),
    "TableSettings.witness": ("eu-south-1", "eu-south-2"),
    "TableSettings.import_source": (None, ImportSource("others", "ION")),
    "TableSettings.deletion_policy": ("Retain", "RetainExceptOnCreate", "Delete"),
    **{f"Replica.{name}": values for name, values in OF_A_REGION.items()},
    "Replica.region": ("us-east-2", "us-west-2"),
    "KinesisStream.arn": (STREAM, OTHER_STREAM, THERE, THERE_TOO),
    "KinesisStream.precision": (None, "MILLISECOND", "MICROSECOND"),
    "TableEncryption.key": (None, KEY, OTHER_KEY, "alias/orders"),
    "ImportSource.bucket": ("orders", "carts"),
    "ImportSource.format": ("CSV", "ION", "DYNAMODB_JSON"),
    "ImportSource.prefix": (None, "x/"),
    "ImportSource.compression": (None, "GZIP", "ZSTD", "NONE"),
    "ImportSource.bucket_owner": (None, "123456789012"),
    "ImportSource.csv_delimiter": (None, ";", "|"),
    "ImportSource.csv_header": ((), ("id", "at")),
    "IndexSettings.warm_throughput": (None, WarmThroughput(15_000, 15_000)),
    "IndexSettings.contributor_insights": (None, "THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS"),
    "Stage.name": ("dev", "test"),
    "Stage.capacity": (OnDemand(), OnDemand(8, 9), Provisioned(8, 8), Provisioned(8, 9)),
    "Stage.settings": (TableSettings(deletion_protection=True), TableSettings(deletion_protection=False)),
    "Stage.table_name": ("orders-dev", "carts-dev"),
    "Stage.indexes": (
        {"GSI1": OnDemand(7, 8)},
        {"GSI1": OnDemand(7, 9)},
        {"GSI1": Provisioned(7, 8)},
        {"GSI1": Provisioned(7, 9)},
    ),
}

REGIONAL = TableSettings(
    warm_throughput=WarmThroughput(15_000, 15_000),
    kinesis=KinesisStream(STREAM, "MICROSECOND"),
    point_in_time_recovery=35,
    encryption=TableEncryption(KEY),
    table_class="STANDARD",
    deletion_protection=False,
    contributor_insights="THROTTLED_KEYS",
    resource_policy=POLICY,
    stream_policy=POLICY,
    tags={"team": "core"},
    deletion_policy="Delete",
)
SOURCE = ImportSource(
    "exports", "CSV", "2026/", "GZIP", "210987654321", csv_delimiter=",", csv_header=("id",)
)
CSV = TableSettings(import_source=SOURCE)
ION = TableSettings(import_source=ImportSource("exports", "ION"))
HOME = Replica(region="eu-central-1")
OTHER = Replica(
    region="eu-west-1",
    kinesis=KinesisStream(THERE, "MICROSECOND"),
    point_in_time_recovery=35,
    encryption=TableEncryption(OTHER_KEY),
    deletion_protection=True,
    contributor_insights="ACCESSED_AND_THROTTLED_KEYS",
)
EVENTUAL = TableSettings(replicas=[HOME, OTHER], consistency="EVENTUAL")
TWO, THREE = Replica(region="eu-west-1"), Replica(region="eu-west-2")
STRONG = TableSettings(replicas=[HOME, TWO, THREE], consistency="STRONG")
WITNESSED = TableSettings(replicas=[HOME, TWO], consistency="STRONG", witness="eu-west-2")

SCALED = AutoScaled(4, 100, 70, 10, scale_in_cooldown=60, scale_out_cooldown=30)
CAPACITIES: list[tuple[Capacity, Capacity]] = [
    (OnDemand(20, 20), OnDemand(10, 10)),
    (Provisioned(20, 20), Provisioned(10, 10)),
    (Provisioned(SCALED, SCALED), Provisioned(SCALED, SCALED)),
]
"""Of a table, and of its index."""

INDEX = IndexSettings(
    warm_throughput=WarmThroughput(15_000, 15_000), contributor_insights="ACCESSED_AND_THROTTLED_KEYS"
)
VECTORS = [
    VectorIndex("alike", "v", 3, partition="w", filters=["x"], projection=include("y")),
    VectorIndex("alike-too", "vv", 3, projection=KEYS_ONLY),
]


def tables() -> Iterator[Table]:
    """Tables that between them have whatever a table can have, and the same in a stage."""
    every = [
        *product(CAPACITIES, (REGIONAL, CSV, EVENTUAL)),
        *product(CAPACITIES[:1], (ION, STRONG, WITNESSED)),
    ]
    for (capacity, of_index), settings in every:
        plain = settings.import_source is None and settings.consistency != "STRONG"
        make = partial(
            Table,
            "orders-of-all",
            KeyAttribute("pk"),
            KeyAttribute("sk"),
            stream="NEW_AND_OLD_IMAGES",
            time_to_live="expires" if plain else None,
            environment_variable="ORDERS_TABLE",
        )
        near = [Index("near", sk="d", projection=KEYS_ONLY, local=True)] if plain else []
        first = partial(Index, "GSI1", "a", "b", projection=include("c"), settings=INDEX)
        indexes = [first(capacity=of_index), *near]
        yield make(indexes=indexes, capacity=capacity, settings=settings)
        if isinstance(capacity, OnDemand):
            yield make(vector_indexes=VECTORS, capacity=capacity, settings=settings)
        stage = Stage("dev", capacity, settings, "orders-dev", {"GSI1": of_index})
        yield make(indexes=[first(), *near], stages=[stage])


def in_stage(table: Table) -> Deployment:
    return deployment(table, table.stages[0].name if table.stages else None)


def in_any_order(document: Document) -> str:
    return json.dumps(document, sort_keys=True)


EXPORTS: Mapping[str, Callable[[Deployment], str]] = {
    "CloudFormation": lambda made: in_any_order(cloudformation.export([made])),
    "SAM": lambda made: in_any_order(sam.export([made], routes=ROUTES)),
    "serverless": lambda made: in_any_order(serverless.export([made], routes=ROUTES)),
    "Terraform": lambda made: in_any_order(terraform.export([made])),
    "CDK": lambda made: cdk.export([made]),
    "boto3": lambda made: in_any_order(boto3.export([made])),
}

EXCEPTIONS = {
    ("*", "Table.type_attribute"): "of items, not of the table",
    ("*", "Table.token_attribute"): "of items, not of the table",
    ("[!Ss]*", "Table.environment_variable"): "of functions, which only SAM and serverless.yml have",
    ("[!s]*", "Table.stages.name"): "chooses what is exported; only serverless.yml has stages itself",
    ("boto3 *", "*.deletion_policy"): "of stacks: calls keep what they have made",
    ("Terraform *", "*.deletion_policy"): "it destroys or does not; when it was created makes no difference",
    ("* global", "*settings.encryption"): "on for all replicas together; see the next",
    ("* global", "*.replicas.encryption"): "where another has a key, to say nothing means AWS's own key",
    ("[!C]* global", "Table.stream"): "replicas are kept by a stream of this very kind",
    ("CloudFormation global", "Table.stream"): "the same",
}
"""What does not show: in which exports, of which fields, and why not."""

REFUSED = {
    ("Terraform *", "Table.vector_indexes*"): "the provider cannot make them",
}
"""What is refused, in whatever form it is declared."""

NEVER_ALONE = {"Table.indexes.local": "goes with a partition key or without"}


def kind_of(form: str, made: Deployment) -> str:
    where = "global" if made.settings.replicas else "regional"
    return f"{form} {'Table ' if form == 'CDK' and cdk_table.is_single(made) else ''}{where}"


def exported(export: Callable[[Deployment], str], tables: Iterable[Table]) -> list[str]:
    """What is exported of those that are not refused."""
    found: list[str] = []
    for table in tables:
        try:
            found.append(export(in_stage(table)))
        except DefinitionError:
            continue
    return found


def outcomes(form: str) -> Iterator[tuple[str, str, str]]:
    """The kind of export, the path of a field, and whether that is told, dropped or refused."""
    for base in tables():
        for one in differing(base, VALUES):
            overridden = bool(base.stages) and not one.path.startswith("Table.stages")
            if len(one.tables) > 1 and not overridden:
                texts = exported(EXPORTS[form], one.tables)
                told = "told" if len({*texts}) == len(texts) else "dropped"
                yield kind_of(form, in_stage(base)), one.path, told if len(texts) > 1 else "refused"


def unreasoned(rows: set[tuple[str, str]], kinds: set[str], reasons: Iterable[tuple[str, str]]) -> list[str]:
    """What has no reason, and reasons that there is no need for: they would hide what they do not mean."""
    found: set[tuple[str, str]] = set()
    wrong: list[str] = []
    for kind, path in reasons:
        meant = {row for row in rows if fnmatchcase(row[0], kind) and fnmatchcase(row[1], path)}
        found |= meant
        if not meant and any(fnmatchcase(one, kind) for one in kinds):
            wrong.append(f"spare: {kind}: {path}")
    return [*wrong, *(f"{kind}: {path}" for kind, path in sorted(rows - found))]


def test_there_are_values_for_every_field() -> None:
    assert set(VALUES) == {field for _, field in every_path()}


@pytest.mark.parametrize("form", EXPORTS)
def test_what_differs_in_one_field_is_exported_differently(form: str) -> None:
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, path, outcome in outcomes(form):
        found[outcome].add((kind, path))
    rows = found["told"] | found["dropped"] | found["refused"]
    assert {path for path, _ in every_path()} - {path for _, path in rows} == set(NEVER_ALONE)
    kinds = {kind for kind, _ in rows}
    assert unreasoned(found["dropped"], kinds, EXCEPTIONS) == []
    assert unreasoned(found["refused"] - found["told"] - found["dropped"], kinds, REFUSED) == []
