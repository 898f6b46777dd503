"""The synchronous and the asynchronous shell are level: the same verbs with the same signatures."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature, iscoroutinefunction, isfunction, signature

import pytest

from dynakit import (
    AsyncClient,
    AsyncRepository,
    AsyncTransaction,
    Client,
    DataSource,
    Repository,
    Transaction,
    connect,
    connect_async,
)
from dynakit.client.tables import AsyncTables, Tables

TWINS: list[tuple[type, type]] = [
    (Client, AsyncClient),
    (Tables, AsyncTables),
    (Repository, AsyncRepository),
    (Transaction, AsyncTransaction),
]

# Names that differ because the thing differs.
RENAMED = {
    "AsyncIterator": "Iterator",
    "AsyncTransaction": "Transaction",
    "AsyncClient": "Client",
    "AsyncTransport": "Transport",
    "Awaits": "Executes",
    "AsyncLeaseHolder": "LeaseHolder",
    "AsyncRuns": "Runs",
    "AsyncSender": "Sender",
    "AnyCheckpointStore": "CheckpointStore",
    "AsyncMiddleware": "Middleware",
    "Awaitable[None]": "None",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
}

SPECIAL = {"__init__", "__enter__", "__exit__", "__aenter__", "__aexit__"}
NEVER_AWAITED = {
    "partiql",
    "lease",
    "scan",
    "scan_pages",
    "__init__",
    "transaction",
    "iterate",
    "stream",
    "observe",
    "measured",
    "named",
    "within",
    "using",
}


def verbs(cls: type) -> dict[str, Callable[..., object]]:
    """The functions a class and its bases define, without what ``object`` and protocols bring along."""
    return {
        name: function
        for base in reversed(cls.__mro__)
        if base.__module__.startswith("dynakit")
        for name, function in vars(base).items()
        if isfunction(function) and (not name.startswith("_") or name in SPECIAL)
    }


def level(text: str) -> str:
    for name, twin in RENAMED.items():
        text = text.replace(name, twin)
    return text


def shape(function: Callable[..., object]) -> tuple[list[tuple[str, object, object, str]], str]:
    """Names, kinds, defaults and annotations of the parameters, and what is returned."""
    found: Signature = signature(function)
    parameters: list[tuple[str, object, object, str]] = [
        (one.name, one.kind, one.default, level(str(one.annotation))) for one in found.parameters.values()
    ]
    return parameters, level(str(found.return_annotation))


@pytest.mark.parametrize(("plain", "awaited"), TWINS)
def test_twins_have_the_same_verbs_with_the_same_signatures(plain: type, awaited: type) -> None:
    expected = {name: shape(function) for name, function in verbs(plain).items()}
    assert {level(name): shape(function) for name, function in verbs(awaited).items()} == expected


@pytest.mark.parametrize(
    ("plain", "awaited"), [(Client, AsyncClient), (Tables, AsyncTables), (Repository, AsyncRepository)]
)
def test_what_waits_is_awaited(plain: type, awaited: type) -> None:
    assert not any(iscoroutinefunction(function) for function in verbs(plain).values())
    for name, function in verbs(awaited).items():
        assert iscoroutinefunction(function) is (name not in NEVER_AWAITED), name


def test_a_repository_is_a_data_source_verb_by_verb() -> None:
    own = verbs(Repository)
    del own["__init__"], own["using"]
    asked = {name: shape(function) for name, function in verbs(DataSource).items() if name in own}
    assert {name: shape(function) for name, function in own.items()} == asked


def test_both_ways_to_connect_take_the_same_but_for_a_boto3_client() -> None:
    plain, awaited = signature(connect).parameters, signature(connect_async).parameters
    without = {name: level(str(one)) for name, one in plain.items() if name != "client"}
    assert {name: level(str(one)) for name, one in awaited.items()} == without


@pytest.mark.parametrize("cls", [Client, Repository, Transaction, DataSource])
def test_options_are_keywords(cls: type) -> None:
    """What has a default is given by name, so that calls read as they mean."""
    for name, function in verbs(cls).items():
        kinds = [one for one in signature(function).parameters.values() if one.default is not Parameter.empty]
        allowed = {"__init__": {"entity"}, "partiql": {"parameters"}}.get(name, set[str]())
        positional = [one.name for one in kinds if one.kind is not Parameter.KEYWORD_ONLY]
        assert set(positional) <= allowed, name
