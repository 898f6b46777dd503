"""OpenTelemetry: a span and metrics for each call, by the semantic conventions for databases and DynamoDB.

https://opentelemetry.io/docs/specs/semconv/db/dynamodb/
https://opentelemetry.io/docs/specs/semconv/db/database-metrics/
"""

from __future__ import annotations

import json
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from dynakit import __version__
from dynakit.errors import DynakitError
from dynakit.telemetry.events import CallEnd, CallStart, Consumed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.metrics import Histogram, Meter, MeterProvider
    from opentelemetry.trace import Span, TracerProvider
    from opentelemetry.util.types import AttributeValue

SYSTEM: Final = "aws.dynamodb"

DURATION: Final = "db.client.operation.duration"
ROWS: Final = "db.client.response.returned_rows"
UNITS: Final = "dynakit.consumed_capacity"
"""The units used, by table, index and kind; the conventions have no such metric."""

_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
_ROWS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_PORTS: Final = {"http": 80, "https": 443}
_OPTIONS: Final = {
    "Limit": "aws.dynamodb.limit",
    "Select": "aws.dynamodb.select",
    "ConsistentRead": "aws.dynamodb.consistent_read",
    "ScanIndexForward": "aws.dynamodb.scan_forward",
    "Segment": "aws.dynamodb.segment",
    "TotalSegments": "aws.dynamodb.total_segments",
}


class OpenTelemetry:
    """An observer that reports each call, every attempt of it, to OpenTelemetry: ``connect(observers=[…])``.

    Spans are of kind CLIENT, named by operation and table, and children of the span they are made in. Without
    providers, the global ones are used. Raises :class:`~dynakit.errors.DynakitError` without the extra.
    """

    def __init__(
        self, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        if find_spec("opentelemetry") is None:
            raise DynakitError(
                "OpenTelemetry: opentelemetry-api is not installed; it was expected. "
                "Install it with: pip install 'dynakit[otel]'"
            )
        from opentelemetry import metrics, trace

        self._tracer = trace.get_tracer("dynakit", __version__, tracer_provider)
        self._kind = trace.SpanKind.CLIENT
        self._error = trace.StatusCode.ERROR
        meter = metrics.get_meter("dynakit", __version__, meter_provider)
        self._duration, self._rows = _histograms(meter)
        self._units = meter.create_counter(
            UNITS, unit="{unit}", description="Read and write units used, by table and index."
        )
        self._spans: dict[int, Span] = {}
        self._lock = threading.Lock()

    def before(self, call: CallStart) -> None:
        """Begin a span."""
        span = self._tracer.start_span(_name(call), kind=self._kind, attributes=_of_request(call))
        with self._lock:
            self._spans[call.number] = span

    def after(self, call: CallEnd) -> None:
        """End the span, and record the metrics."""
        with self._lock:
            span = self._spans.pop(call.number, None)
        if span is not None:
            span.set_attributes(_of_reply(call))
            if call.error is not None:
                span.set_status(self._error, call.code or call.error)
            span.end()
        self._measure(call)

    def _measure(self, call: CallEnd) -> None:
        attributes = {**_shared(call), **_outcome(call)}
        self._duration.record(call.seconds, attributes)
        if call.items is not None:
            self._rows.record(call.items, attributes)
        for used in call.capacity:
            for kind, units in (("read", used.read_units), ("write", used.write_units)):
                if units:
                    self._units.add(units, {**_place(used), "dynakit.capacity.kind": kind})


def _histograms(meter: Meter) -> tuple[Histogram, Histogram]:
    """Of durations and of rows, with the boundaries that the conventions advise."""
    duration = meter.create_histogram(
        DURATION,
        unit="s",
        description="Duration of database client operations.",
        explicit_bucket_boundaries_advisory=_SECONDS,
    )
    rows = meter.create_histogram(
        ROWS,
        unit="{row}",
        description="The actual number of records returned by the database operation.",
        explicit_bucket_boundaries_advisory=_ROWS,
    )
    return duration, rows


def _name(call: CallStart) -> str:
    """``{operation} {collection}``; a call on several tables is named by the operation alone."""
    return f"{call.action} {call.tables[0]}" if len(call.tables) == 1 else call.action


def _shared(call: CallStart) -> dict[str, AttributeValue]:
    """The attributes that spans and metrics have in common."""
    attributes: dict[str, AttributeValue] = {"db.system.name": SYSTEM, "db.operation.name": call.action}
    if len(call.tables) == 1:
        attributes["db.collection.name"] = call.tables[0]
    # By the conventions a batch of one is no batch.
    if call.batch is not None and call.batch != 1:
        attributes["db.operation.batch.size"] = call.batch
    return attributes | dict(_server(call.address))


def _server(address: str | None) -> Iterator[tuple[str, AttributeValue]]:
    parts = urlsplit(address or "")
    if parts.hostname:
        yield "server.address", parts.hostname
        if parts.port is not None and parts.port != _PORTS.get(parts.scheme):
            yield "server.port", parts.port


def _of_request(call: CallStart) -> dict[str, AttributeValue]:
    attributes = _shared(call)
    attributes["db.query.summary"] = _name(call)
    attributes["dynakit.statement"] = call.statement
    attributes["dynakit.attempt"] = call.attempt
    if call.tables:
        attributes["aws.dynamodb.table_names"] = call.tables
    if call.index is not None:
        attributes["aws.dynamodb.index_name"] = call.index
    told = {name: call.options[option] for option, name in _OPTIONS.items() if option in call.options}
    return attributes | told


def _of_reply(call: CallEnd) -> dict[str, AttributeValue]:
    attributes = _outcome(call)
    if call.capacity:
        attributes["aws.dynamodb.consumed_capacity"] = [json.dumps(_capacity(one)) for one in call.capacity]
    if call.action in ("Query", "Scan") and call.items is not None:
        attributes["aws.dynamodb.count"] = call.items
    if call.scanned is not None:
        attributes["aws.dynamodb.scanned_count"] = call.scanned
    if call.request_id is not None:
        attributes["aws.request_id"] = call.request_id
    if call.throttling_reasons:
        attributes["dynakit.throttling_reasons"] = [one.reason for one in call.throttling_reasons]
    return attributes


def _outcome(call: CallEnd) -> dict[str, AttributeValue]:
    if call.error is None:
        return {}
    status: dict[str, AttributeValue] = {} if call.code is None else {"db.response.status_code": call.code}
    return {"error.type": call.code or call.error, **status}


def _capacity(used: Consumed) -> Mapping[str, str | float]:
    index = {} if used.index is None else {"IndexName": used.index}
    return {
        "TableName": used.table,
        **index,
        "ReadCapacityUnits": used.read_units,
        "WriteCapacityUnits": used.write_units,
    }


def _place(used: Consumed) -> dict[str, AttributeValue]:
    index: dict[str, AttributeValue] = {} if used.index is None else {"aws.dynamodb.index_name": used.index}
    return {"db.system.name": SYSTEM, "db.collection.name": used.table, **index}
