"""Spans and metrics: named as the semantic conventions name them, one span for each attempt."""

# What the package calls incubating is not typed, and the names of database systems are there only.
# pyright: reportMissingTypeStubs=false, reportDeprecated=false

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import aws_attributes
from opentelemetry.semconv._incubating.attributes.db_attributes import DbSystemNameValues
from opentelemetry.semconv._incubating.metrics.db_metrics import DB_CLIENT_RESPONSE_RETURNED_ROWS
from opentelemetry.semconv.attributes import db_attributes, error_attributes, server_attributes
from opentelemetry.semconv.metrics.db_metrics import DB_CLIENT_OPERATION_DURATION
from opentelemetry.trace import SpanKind, StatusCode

from dynakit import Call, Create, DynakitError, OpenTelemetry, RequestError
from dynakit.operations.reply import ServiceError
from dynakit.telemetry.watch import Watch
from dynakit.wire import Payload
from tests.unit.support.models import Order, Status, an_order
from tests.unit.support.scripted import scripted
from tests.unit.telemetry.samples import PAGE, THROTTLE

OWN = {"dynakit.statement", "dynakit.attempt", "dynakit.throttling_reasons"}
KNOWN = {
    value
    for module in (aws_attributes, db_attributes, error_attributes, server_attributes)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
}


class Telemetry:
    """The SDK's exporters in memory."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.observer = OpenTelemetry(self.tracers, MeterProvider([self.reader]))

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def metrics(self) -> dict[str, Any]:
        data: Any = self.reader.get_metrics_data()
        return {
            metric.name: metric
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_each_attempt_is_a_span_by_the_conventions(telemetry: Telemetry) -> None:
    db, _ = scripted([THROTTLE, PAGE], observers=[telemetry.observer])
    with telemetry.tracers.get_tracer("test").start_as_current_span("use case"):
        list(db.iterate(Order.by_status(status=Status.open).newest_first().limit(2)))
    first, second, parent = telemetry.spans
    assert {span.name for span in (first, second)} == {"Query shop"}
    assert {span.kind for span in (first, second)} == {SpanKind.CLIENT}
    assert parent.context is not None
    assert [span.parent and span.parent.span_id for span in (first, second)] == [parent.context.span_id] * 2
    shared = {
        db_attributes.DB_SYSTEM_NAME: DbSystemNameValues.AWS_DYNAMODB.value,
        db_attributes.DB_OPERATION_NAME: "Query",
        db_attributes.DB_COLLECTION_NAME: "shop",
        db_attributes.DB_QUERY_SUMMARY: "Query shop",
        server_attributes.SERVER_ADDRESS: "localhost",
        server_attributes.SERVER_PORT: 8000,
        aws_attributes.AWS_DYNAMODB_TABLE_NAMES: ("shop",),
        aws_attributes.AWS_DYNAMODB_INDEX_NAME: "GSI1",
        aws_attributes.AWS_DYNAMODB_LIMIT: 2,
        aws_attributes.AWS_DYNAMODB_SCAN_FORWARD: False,
        "dynakit.statement": "Order.by_status query",
    }
    assert attributes(first) == {
        **shared,
        db_attributes.DB_RESPONSE_STATUS_CODE: "ThrottlingException",
        error_attributes.ERROR_TYPE: "ThrottlingException",
        aws_attributes.AWS_REQUEST_ID: "request-1",
        "dynakit.attempt": 1,
        "dynakit.throttling_reasons": ("TableReadKeyRange",),
    }
    [used] = attributes(second).pop(aws_attributes.AWS_DYNAMODB_CONSUMED_CAPACITY)
    assert json.loads(used) == {
        "TableName": "shop",
        "IndexName": "GSI1",
        "ReadCapacityUnits": 1.5,
        "WriteCapacityUnits": 0.0,
    }
    assert attributes(second) == {
        **shared,
        aws_attributes.AWS_DYNAMODB_CONSUMED_CAPACITY: (used,),
        aws_attributes.AWS_DYNAMODB_COUNT: 2,
        aws_attributes.AWS_DYNAMODB_SCANNED_COUNT: 5,
        "dynakit.attempt": 2,
    }
    assert [span.status.status_code for span in (first, second)] == [StatusCode.ERROR, StatusCode.UNSET]


EVERYTHING: Payload = {
    "TableName": "shop",
    "IndexName": "GSI1",
    "Limit": 1,
    "Select": "COUNT",
    "ConsistentRead": True,
    "ScanIndexForward": True,
    "Segment": 0,
    "TotalSegments": 2,
}


def test_every_attribute_is_one_of_the_conventions_or_our_own(telemetry: Telemetry) -> None:
    db, _ = scripted([THROTTLE, PAGE], observers=[telemetry.observer])
    db.call("Scan", EVERYTHING)
    db.call("BatchWriteItem", {"RequestItems": {"a": [{}, {}], "b": [{}]}})
    names = {name for span in telemetry.spans for name in attributes(span)}
    assert names - OWN <= KNOWN
    assert {"aws.dynamodb.total_segments", "aws.dynamodb.select", "db.operation.batch.size"} <= names


BATCHES: list[tuple[Payload, str, str | None, int | None]] = [
    ({"RequestItems": {"a": [{}, {}], "b": [{}]}}, "BatchWriteItem", None, 3),
    ({"RequestItems": {"a": [{}, {}]}}, "BatchWriteItem a", "a", 2),
    ({"RequestItems": {"a": [{}]}}, "BatchWriteItem a", "a", None),
]


@pytest.mark.parametrize(("payload", "name", "collection", "size"), BATCHES)
def test_a_batch_has_a_size_from_two_on_and_a_collection_if_it_is_one(
    telemetry: Telemetry, payload: Payload, name: str, collection: str | None, size: int | None
) -> None:
    db, _ = scripted([{}], observers=[telemetry.observer])
    db.call("BatchWriteItem", payload)
    [span] = telemetry.spans
    found = attributes(span)
    assert span.name == name
    assert found.get(db_attributes.DB_COLLECTION_NAME) == collection
    assert found.get(db_attributes.DB_OPERATION_BATCH_SIZE) == size


def test_durations_rows_and_units_are_measured(telemetry: Telemetry) -> None:
    db, _ = scripted([PAGE], observers=[telemetry.observer])
    list(db.iterate(Order.by_status(status=Status.open)))
    found = telemetry.metrics()
    assert set(found) == {
        DB_CLIENT_OPERATION_DURATION,
        DB_CLIENT_RESPONSE_RETURNED_ROWS,
        "dynakit.consumed_capacity",
    }
    duration, rows = (
        found[name].data.data_points[0]
        for name in (DB_CLIENT_OPERATION_DURATION, DB_CLIENT_RESPONSE_RETURNED_ROWS)
    )
    assert found[DB_CLIENT_OPERATION_DURATION].unit == "s"
    assert duration.explicit_bounds == (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
    assert (duration.sum, rows.sum) == (pytest.approx(0.01), 2)
    assert set(duration.attributes) <= KNOWN
    [units] = found["dynakit.consumed_capacity"].data.data_points
    assert units.value == 1.5
    assert units.attributes["dynakit.capacity.kind"] == "read"


SERVERS: list[tuple[str | None, list[object]]] = [
    (None, []),
    ("memory://", []),
    ("https://dynamodb.eu-central-1.amazonaws.com", ["dynamodb.eu-central-1.amazonaws.com"]),
    ("https://localhost:443", ["localhost"]),
    ("http://localhost:8000/", ["localhost", 8000]),
]


@pytest.mark.parametrize(("address", "expected"), SERVERS)
def test_the_server_is_told_where_it_is_known_its_port_where_it_is_unusual(
    telemetry: Telemetry, address: str | None, expected: list[object]
) -> None:
    watch = Watch([telemetry.observer], address=address)
    watch.begin(Call("GetItem", {})).succeeded({})
    found = attributes(telemetry.spans[0])
    names = (server_attributes.SERVER_ADDRESS, server_attributes.SERVER_PORT)
    assert [found[name] for name in names if name in found] == expected


def test_no_value_stands_in_spans_and_metrics(telemetry: Telemetry) -> None:
    canary = "canary7c1f"
    failure = ServiceError(400, "ConditionalCheckFailedException", canary, None, {"Item": {"a": canary}})
    db, _ = scripted([failure], observers=[telemetry.observer])
    with pytest.raises(RequestError):
        db.execute(Create(an_order(note=canary, city=canary)))
    told = [span.to_json() for span in telemetry.spans]
    assert told
    assert canary not in "".join(told)
    assert canary not in str(telemetry.metrics())


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(_: str) -> None:
        return None

    monkeypatch.setattr("dynakit.telemetry.otel.find_spec", find_nothing)
    with pytest.raises(DynakitError, match=r"pip install 'dynakit\[otel\]'"):
        OpenTelemetry()


def test_the_module_loads_without_opentelemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "dynakit.telemetry.otel")
    from dynakit.telemetry import otel

    assert DbSystemNameValues.AWS_DYNAMODB.value == otel.SYSTEM
