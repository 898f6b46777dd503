"""dynakit: a toolkit for backends on one DynamoDB table.

The public names are loaded on first use (PEP 562), so that a part costs only what it needs.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynakit.client.aio import AsyncClient as AsyncClient
    from dynakit.client.open import connect as connect, connect_async as connect_async
    from dynakit.client.sync import Client as Client
    from dynakit.client.transaction import AsyncTransaction as AsyncTransaction, Transaction as Transaction
    from dynakit.codec.stored import (
        StoredAs as StoredAs,
        epoch_milliseconds as epoch_milliseconds,
        epoch_seconds as epoch_seconds,
        iso_milliseconds as iso_milliseconds,
        json_text as json_text,
        naive_iso as naive_iso,
        number_text as number_text,
    )
    from dynakit.environment import Environment as Environment, RetryPolicy as RetryPolicy
    from dynakit.errors import (
        AccessDenied as AccessDenied,
        CodecError as CodecError,
        ConditionFailed as ConditionFailed,
        ConnectionFailed as ConnectionFailed,
        CursorError as CursorError,
        DecodeError as DecodeError,
        DefinitionError as DefinitionError,
        DynakitError as DynakitError,
        EncodeError as EncodeError,
        ItemAlreadyExists as ItemAlreadyExists,
        MoreThanOne as MoreThanOne,
        NotFound as NotFound,
        OutcomeUnknown as OutcomeUnknown,
        RequestError as RequestError,
        StatementError as StatementError,
        TableMissing as TableMissing,
        Throttled as Throttled,
        TransactionCancelled as TransactionCancelled,
        UnknownAttribute as UnknownAttribute,
        UnknownEntity as UnknownEntity,
        Unprocessed as Unprocessed,
        VersionConflict as VersionConflict,
        show_values as show_values,
    )
    from dynakit.expressions.condition import Condition as Condition
    from dynakit.expressions.path import Path as Path, path as path
    from dynakit.expressions.update import UpdateAction as UpdateAction
    from dynakit.identifiers import ulid as ulid
    from dynakit.operations.collection import Collected as Collected, Collection as Collection
    from dynakit.operations.read import Page as Page
    from dynakit.operations.transaction import Reason as Reason, TransactWrite as TransactWrite
    from dynakit.operations.update import Update as Update, Upsert as Upsert
    from dynakit.operations.write import (
        Check as Check,
        Create as Create,
        Delete as Delete,
        Put as Put,
        Replace as Replace,
    )
    from dynakit.repositories.aio import AsyncRepository as AsyncRepository
    from dynakit.repositories.source import DataSource as DataSource
    from dynakit.repositories.sync import Repository as Repository
    from dynakit.schema.attribute import Attr as Attr, attr as attr
    from dynakit.schema.entity import Entity as Entity
    from dynakit.schema.key import Key as Key, Pattern as Pattern
    from dynakit.schema.partial import Partial as Partial
    from dynakit.schema.query import Projected as Projected, Query as Query
    from dynakit.schema.registry import entities_of as entities_of
    from dynakit.table import (
        ALL as ALL,
        KEYS_ONLY as KEYS_ONLY,
        Index as Index,
        KeyAttribute as KeyAttribute,
        OnDemand as OnDemand,
        Projection as Projection,
        Provisioned as Provisioned,
        Table as Table,
        include as include,
    )
    from dynakit.transport.base import Timeouts as Timeouts
    from dynakit.wire import AttributeValue as AttributeValue, Call as Call, Item as Item

__version__ = "0.1.0"

_HOMES = {
    "client.aio": "AsyncClient",
    "client.open": "connect connect_async",
    "client.sync": "Client",
    "client.transaction": "AsyncTransaction Transaction",
    "codec.stored": "StoredAs epoch_milliseconds epoch_seconds iso_milliseconds json_text naive_iso number_text",
    "environment": "Environment RetryPolicy",
    "errors": "AccessDenied CodecError ConditionFailed ConnectionFailed CursorError DecodeError DefinitionError DynakitError EncodeError ItemAlreadyExists MoreThanOne NotFound OutcomeUnknown RequestError StatementError TableMissing Throttled TransactionCancelled UnknownAttribute UnknownEntity Unprocessed VersionConflict show_values",
    "expressions.condition": "Condition",
    "expressions.path": "Path path",
    "expressions.update": "UpdateAction",
    "identifiers": "ulid",
    "operations.collection": "Collected Collection",
    "operations.read": "Page",
    "operations.transaction": "Reason TransactWrite",
    "operations.update": "Update Upsert",
    "operations.write": "Check Create Delete Put Replace",
    "repositories.aio": "AsyncRepository",
    "repositories.source": "DataSource",
    "repositories.sync": "Repository",
    "schema.attribute": "Attr attr",
    "schema.entity": "Entity",
    "schema.key": "Key Pattern",
    "schema.partial": "Partial",
    "schema.query": "Projected Query",
    "schema.registry": "entities_of",
    "table": "ALL KEYS_ONLY Index KeyAttribute OnDemand Projection Provisioned Table include",
    "transport.base": "Timeouts",
    "wire": "AttributeValue Call Item",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "ALL",
    "AccessDenied",
    "AsyncClient",
    "AsyncRepository",
    "AsyncTransaction",
    "Attr",
    "AttributeValue",
    "Call",
    "Check",
    "Client",
    "CodecError",
    "Collected",
    "Collection",
    "Condition",
    "ConditionFailed",
    "ConnectionFailed",
    "Create",
    "CursorError",
    "DataSource",
    "DecodeError",
    "DefinitionError",
    "Delete",
    "DynakitError",
    "EncodeError",
    "Entity",
    "Environment",
    "Index",
    "Item",
    "ItemAlreadyExists",
    "KEYS_ONLY",
    "Key",
    "KeyAttribute",
    "MoreThanOne",
    "NotFound",
    "OnDemand",
    "OutcomeUnknown",
    "Page",
    "Partial",
    "Path",
    "Pattern",
    "Projected",
    "Projection",
    "Provisioned",
    "Put",
    "Query",
    "Reason",
    "Replace",
    "Repository",
    "RequestError",
    "RetryPolicy",
    "StatementError",
    "StoredAs",
    "Table",
    "TableMissing",
    "Throttled",
    "Timeouts",
    "TransactWrite",
    "Transaction",
    "TransactionCancelled",
    "UnknownAttribute",
    "UnknownEntity",
    "Unprocessed",
    "Update",
    "UpdateAction",
    "Upsert",
    "VersionConflict",
    "attr",
    "connect",
    "connect_async",
    "entities_of",
    "epoch_milliseconds",
    "epoch_seconds",
    "include",
    "iso_milliseconds",
    "json_text",
    "naive_iso",
    "number_text",
    "path",
    "show_values",
    "ulid",
]


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
