"""dynakit: a toolkit for backends on one DynamoDB table.

The public names are loaded on first use (PEP 562), so that a part costs only what it needs.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynakit.client.aio import AsyncClient
    from dynakit.client.loader import AsyncLoader, Loader
    from dynakit.client.open import connect, connect_async
    from dynakit.client.sender import AsyncMiddleware, Middleware
    from dynakit.client.sync import Client
    from dynakit.client.transaction import AsyncTransaction, Transaction
    from dynakit.codec.sealed import Compressed, Compression, Encrypted, Encryption, Offloaded, Offloading
    from dynakit.codec.stored import (
        StoredAs,
        epoch_milliseconds,
        epoch_seconds,
        iso_milliseconds,
        json_text,
        naive_iso,
        number_text,
    )
    from dynakit.codec.vector import Vector
    from dynakit.environment import Environment, RetryPolicy
    from dynakit.errors import (
        AccessDenied,
        CheckpointError,
        CodecError,
        ConditionFailed,
        ConnectionFailed,
        CursorError,
        DecodeError,
        DefinitionError,
        DynakitError,
        EncodeError,
        ItemAlreadyExists,
        LeaseLost,
        LeaseTaken,
        MoreThanOne,
        NotFound,
        ObjectGone,
        OutcomeUnknown,
        RequestError,
        StatementError,
        StatementsFailed,
        TableMissing,
        Throttled,
        TransactionCancelled,
        UniqueViolation,
        UnknownAttribute,
        UnknownEntity,
        Unprocessed,
        VersionConflict,
        show_values,
    )
    from dynakit.explanation.explain import explain
    from dynakit.explanation.explanation import Explanation
    from dynakit.expressions.condition import Condition
    from dynakit.expressions.near import Near
    from dynakit.expressions.path import Path, path
    from dynakit.expressions.update import UpdateAction
    from dynakit.identifiers import ksuid, ulid, uuid7
    from dynakit.lifecycle import created, deleted, expires, now, updated, version
    from dynakit.management.change import PlanRefused, TableChange, TablePlan, Unchangeable
    from dynakit.management.description import TableDescription
    from dynakit.management.watch import TableProgress
    from dynakit.operations.collection import Collected
    from dynakit.operations.delete import Delete, Restore
    from dynakit.operations.lease import Lease
    from dynakit.operations.move import Move
    from dynakit.operations.partiql import Partiql
    from dynakit.operations.partiql_many import PartiqlBatch, PartiqlTransaction
    from dynakit.operations.partiql_text import typed
    from dynakit.operations.read import Page
    from dynakit.operations.reply import ThrottlingReason
    from dynakit.operations.save import SaveChanges
    from dynakit.operations.scan import ScanPage, ScanProgress
    from dynakit.operations.sealing_cipher import DataKey
    from dynakit.operations.sealing_keys import KeyProvider, KmsKeys, LocalKeys
    from dynakit.operations.sealing_objects import (
        MemoryObjects,
        ObjectPage,
        ObjectStore,
        S3Objects,
        StoredObject,
    )
    from dynakit.operations.search import Scored
    from dynakit.operations.sequence import Sequence
    from dynakit.operations.sweep import Swept
    from dynakit.operations.transact_get import TransactGet
    from dynakit.operations.transaction import Reason, TransactWrite
    from dynakit.operations.unique_check import UniqueFinding, UniqueReport
    from dynakit.operations.update import Update, Upsert
    from dynakit.operations.write import (
        Check,
        Create,
        Put,
        Replace,
    )
    from dynakit.repositories.aio import AsyncRepository
    from dynakit.repositories.source import DataSource
    from dynakit.repositories.sync import Repository
    from dynakit.schema.attribute import Attr, attr
    from dynakit.schema.calculated import calculated
    from dynakit.schema.collection import Collection
    from dynakit.schema.entity import Entity
    from dynakit.schema.key import Key, Pattern
    from dynakit.schema.one_of import OneOf, one_of
    from dynakit.schema.partial import Partial
    from dynakit.schema.query import Dicts, Hydrated, Projected, Query
    from dynakit.schema.registry import entities_of
    from dynakit.schema.scan import Scan
    from dynakit.schema.unique import unique
    from dynakit.settings import (
        ImportSource,
        IndexSettings,
        KinesisStream,
        Replica,
        Stage,
        TableEncryption,
        TableSettings,
        WarmThroughput,
    )
    from dynakit.streams.change import Change, Inserted, Modified, Removed
    from dynakit.streams.checkpoint import AsyncCheckpointStore, Checkpoint, CheckpointStore
    from dynakit.streams.consumer import Gap
    from dynakit.streams.handle import BatchResponse
    from dynakit.streams.reader import Changes, StreamReader
    from dynakit.streams.stores import AsyncTableCheckpoint, FileCheckpoint, TableCheckpoint
    from dynakit.table import (
        ALL,
        KEYS_ONLY,
        AutoScaled,
        Index,
        KeyAttribute,
        OnDemand,
        Projection,
        Provisioned,
        Table,
        VectorIndex,
        include,
    )
    from dynakit.telemetry.events import CallEnd, CallStart, Consumed, Observer
    from dynakit.telemetry.otel import OpenTelemetry
    from dynakit.telemetry.usage import Units, Usage
    from dynakit.testing.spy import Spy
    from dynakit.transport.base import Timeouts
    from dynakit.wire import AttributeValue, Call, Item

__version__ = "0.1.0"

_HOMES = {
    "client.aio": "AsyncClient",
    "client.loader": "AsyncLoader Loader",
    "client.open": "connect connect_async",
    "client.sender": "AsyncMiddleware Middleware",
    "client.sync": "Client",
    "client.transaction": "AsyncTransaction Transaction",
    "codec.sealed": "Compressed Compression Encrypted Encryption Offloaded Offloading",
    "codec.stored": (
        "StoredAs epoch_milliseconds epoch_seconds iso_milliseconds json_text naive_iso number_text"
    ),
    "environment": "Environment RetryPolicy",
    "explanation.explain": "explain",
    "explanation.explanation": "Explanation",
    "errors": (
        "AccessDenied CheckpointError CodecError ConditionFailed ConnectionFailed CursorError DecodeError "
        "DefinitionError DynakitError EncodeError ItemAlreadyExists LeaseLost LeaseTaken MoreThanOne "
        "NotFound ObjectGone OutcomeUnknown RequestError StatementError StatementsFailed TableMissing "
        "Throttled TransactionCancelled UniqueViolation UnknownAttribute UnknownEntity Unprocessed "
        "VersionConflict show_values"
    ),
    "codec.vector": "Vector",
    "expressions.condition": "Condition",
    "expressions.near": "Near",
    "expressions.path": "Path path",
    "expressions.update": "UpdateAction",
    "identifiers": "ksuid ulid uuid7",
    "lifecycle": "created deleted expires now updated version",
    "management.change": "PlanRefused TableChange TablePlan Unchangeable",
    "management.description": "TableDescription",
    "management.watch": "TableProgress",
    "operations.collection": "Collected",
    "operations.lease": "Lease",
    "operations.partiql": "Partiql",
    "operations.partiql_many": "PartiqlBatch PartiqlTransaction",
    "operations.partiql_text": "typed",
    "operations.read": "Page",
    "operations.sequence": "Sequence",
    "operations.transact_get": "TransactGet",
    "operations.reply": "ThrottlingReason",
    "operations.transaction": "Reason TransactWrite",
    "operations.unique_check": "UniqueFinding UniqueReport",
    "operations.update": "Update Upsert",
    "operations.move": "Move",
    "operations.save": "SaveChanges",
    "operations.scan": "ScanPage ScanProgress",
    "operations.sealing_cipher": "DataKey",
    "operations.sealing_keys": "KeyProvider KmsKeys LocalKeys",
    "operations.sealing_objects": "MemoryObjects ObjectPage ObjectStore S3Objects StoredObject",
    "operations.search": "Scored",
    "operations.sweep": "Swept",
    "operations.delete": "Delete Restore",
    "operations.write": "Check Create Put Replace",
    "repositories.aio": "AsyncRepository",
    "repositories.source": "DataSource",
    "repositories.sync": "Repository",
    "schema.attribute": "Attr attr",
    "schema.collection": "Collection",
    "schema.calculated": "calculated",
    "schema.entity": "Entity",
    "schema.key": "Key Pattern",
    "schema.one_of": "OneOf one_of",
    "schema.partial": "Partial",
    "schema.query": "Dicts Hydrated Projected Query",
    "schema.registry": "entities_of",
    "schema.scan": "Scan",
    "schema.unique": "unique",
    "streams.change": "Change Inserted Modified Removed",
    "streams.checkpoint": "AsyncCheckpointStore Checkpoint CheckpointStore",
    "streams.consumer": "Gap",
    "streams.handle": "BatchResponse",
    "streams.reader": "Changes StreamReader",
    "streams.stores": "AsyncTableCheckpoint FileCheckpoint TableCheckpoint",
    "settings": "ImportSource IndexSettings KinesisStream Replica Stage TableEncryption TableSettings "
    "WarmThroughput",
    "table": "ALL AutoScaled KEYS_ONLY Index KeyAttribute OnDemand Projection Provisioned Table VectorIndex "
    "include",
    "telemetry.events": "CallEnd CallStart Consumed Observer",
    "telemetry.otel": "OpenTelemetry",
    "telemetry.usage": "Units Usage",
    "testing.spy": "Spy",
    "transport.base": "Timeouts",
    "wire": "AttributeValue Call Item",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

# fmt: off
__all__ = [
    "ALL", "KEYS_ONLY", "AccessDenied", "AsyncCheckpointStore", "AsyncClient", "AsyncLoader",
    "AsyncMiddleware", "AsyncRepository", "AsyncTableCheckpoint", "AsyncTransaction", "Attr",
    "AttributeValue", "AutoScaled", "BatchResponse", "Call", "CallEnd", "CallStart", "Change", "Changes",
    "Check", "Checkpoint", "CheckpointError", "CheckpointStore", "Client", "CodecError", "Collected",
    "Collection", "Compressed", "Compression", "Condition", "ConditionFailed", "ConnectionFailed",
    "Consumed", "Create", "CursorError", "DataKey", "DataSource", "DecodeError", "DefinitionError",
    "Delete", "Dicts", "DynakitError", "EncodeError", "Encrypted", "Encryption", "Entity", "Environment",
    "Explanation", "FileCheckpoint", "Gap", "Hydrated", "ImportSource", "Index", "IndexSettings",
    "Inserted", "Item", "ItemAlreadyExists", "Key", "KeyAttribute", "KeyProvider", "KinesisStream",
    "KmsKeys", "Lease", "LeaseLost", "LeaseTaken", "Loader", "LocalKeys", "MemoryObjects", "Middleware",
    "Modified", "MoreThanOne", "Move", "Near", "NotFound", "ObjectGone", "ObjectPage", "ObjectStore",
    "Observer", "Offloaded", "Offloading", "OnDemand", "OneOf", "OpenTelemetry", "OutcomeUnknown", "Page",
    "Partial", "Partiql", "PartiqlBatch", "PartiqlTransaction", "Path", "Pattern", "PlanRefused",
    "Projected", "Projection", "Provisioned", "Put", "Query", "Reason", "Removed", "Replace", "Replica",
    "Repository", "RequestError", "Restore", "RetryPolicy", "S3Objects", "SaveChanges", "Scan", "ScanPage",
    "ScanProgress", "Scored", "Sequence", "Spy", "Stage", "StatementError", "StatementsFailed", "StoredAs",
    "StoredObject", "StreamReader", "Swept", "Table", "TableChange", "TableCheckpoint", "TableDescription",
    "TableEncryption", "TableMissing", "TablePlan", "TableProgress", "TableSettings", "Throttled",
    "ThrottlingReason", "Timeouts", "TransactGet", "TransactWrite", "Transaction", "TransactionCancelled",
    "Unchangeable", "UniqueFinding", "UniqueReport", "UniqueViolation", "Units", "UnknownAttribute",
    "UnknownEntity", "Unprocessed", "Update", "UpdateAction", "Upsert", "Usage", "Vector", "VectorIndex",
    "VersionConflict", "WarmThroughput", "attr", "calculated", "connect", "connect_async", "created",
    "deleted", "entities_of", "epoch_milliseconds", "epoch_seconds", "expires", "explain", "include",
    "iso_milliseconds", "json_text", "ksuid", "naive_iso", "now", "number_text", "one_of", "path",
    "show_values", "typed", "ulid", "unique", "updated", "uuid7", "version",
]
# fmt: on


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *_HOME]


if os.environ.get("DYNAKIT_SHOW_VALUES") == "1":
    from dynakit.errors import show_values_by_default

    show_values_by_default()
