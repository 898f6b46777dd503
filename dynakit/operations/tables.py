"""Tables as requests: create one from its declaration and wait for it, delete one.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from dynakit.deployment import deployment
from dynakit.errors import RequestError, TableMissing
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import request
from dynakit.properties import create_table
from dynakit.table import Table
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

WAIT = 120.0
"""Longest time in seconds a table is waited for."""

_POLL = 1.0
_FIRST_POLL = 0.05

State: TypeAlias = Literal["active", "changing", "missing"]


def create_call(table: Table, environment: Environment) -> Call:
    """The ``CreateTable`` request, under the name the table has there."""
    return Call("CreateTable", create_table(deployment(table)) | {"TableName": environment.table_name(table)})


def create(table: Table, environment: Environment) -> Flow[None]:
    """Create a table and its indexes, and wait until all are active."""
    yield from request(create_call(table, environment), environment, statement=f"create table {table.name!r}")
    yield from _wait_until(table, "active", environment)


def delete(table: Table, environment: Environment) -> Flow[None]:
    """Delete a table with all its items, and wait until it is gone."""
    call = Call("DeleteTable", {"TableName": environment.table_name(table)})
    yield from request(call, environment, statement=f"delete table {table.name!r}")
    yield from _wait_until(table, "missing", environment)


def exists(table: Table, environment: Environment) -> Flow[bool]:
    """Whether the table is there, active or not."""
    return (yield from _state(table, environment)) != "missing"


def _wait_until(table: Table, wanted: State, environment: Environment) -> Flow[None]:
    """A table that was just made may still be missing: reading about tables is eventually consistent."""
    until, pause = environment.monotonic() + WAIT, _FIRST_POLL
    while (yield from _state(table, environment)) != wanted:
        if environment.monotonic() >= until:
            raise RequestError(
                f"table {table.name!r}: it is not {wanted} after {WAIT:.0f} s. It may still become so; wait, "
                "or look at it."
            )
        yield Sleep(pause)
        pause = min(pause * 2, _POLL)


def _state(table: Table, environment: Environment) -> Flow[State]:
    """A table is active when all its indexes are, too."""
    call = Call("DescribeTable", {"TableName": environment.table_name(table)})
    try:
        reply = yield from request(call, environment, statement=f"describe table {table.name!r}")
    except TableMissing:
        return "missing"
    described: Payload = reply.payload["Table"]
    kinds = ("GlobalSecondaryIndexes", "VectorIndexes")
    indexes: list[Payload] = [index for kind in kinds for index in described.get(kind, [])]
    statuses = [described["TableStatus"], *(index.get("IndexStatus", "ACTIVE") for index in indexes)]
    return "active" if all(status == "ACTIVE" for status in statuses) else "changing"
