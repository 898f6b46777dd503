"""Reads what a live table is: one description, and one request for each fact that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dynakit.deployment import Deployment
from dynakit.errors import TableMissing
from dynakit.management.description import TableDescription
from dynakit.management.features import insights_of
from dynakit.operations.flow import Flow
from dynakit.operations.retry import Refused, request
from dynakit.properties import counted
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

_UNKNOWN = frozenset(
    {"UnknownOperationException", "UnsupportedOperationException", "NotImplemented", "NotImplementedError"}
)
"""The last is what moto raises."""
_NONE = "PolicyNotFoundException"


def live_name(made: Deployment, environment: Environment) -> str:
    """The name of the table at its endpoint: the one bound there, else its stage's."""
    bound = environment.table_name(made.table)
    return made.name if bound == made.table.name else bound


def described(made: Deployment, environment: Environment) -> Flow[TableDescription]:
    """The live table, with the facts that the declaration speaks of.

    Raises:
        TableMissing: where it is not there.
    """
    name = live_name(made, environment)
    statement = f"describe table {made.table.name!r}"
    table = (yield from _table(made, environment)).table
    facts: dict[str, Payload] = {}
    unknown: set[str] = set()
    for fact, call in _questions(made, name, table.get("TableArn")):
        try:
            told = yield from request(call, environment, interprets={*_UNKNOWN, _NONE}, statement=statement)
        except Refused as refused:
            if refused.error.code == _NONE:
                facts[fact] = {}
            else:
                unknown.add(fact)
        else:
            facts[fact] = told.payload
    return TableDescription(table, facts, frozenset(unknown))


def live_or_none(made: Deployment, environment: Environment) -> Flow[TableDescription | None]:
    """The same, ``None`` where the table is not there."""
    try:
        return (yield from described(made, environment))
    except TableMissing:
        return None


def standing(made: Deployment, environment: Environment) -> Flow[TableDescription | None]:
    """What one request tells of it, ``None`` where it is not there."""
    try:
        return (yield from _table(made, environment))
    except TableMissing:
        return None


def _table(made: Deployment, environment: Environment) -> Flow[TableDescription]:
    call = Call("DescribeTable", {"TableName": live_name(made, environment)})
    reply = yield from request(call, environment, statement=f"describe table {made.table.name!r}")
    return TableDescription(reply.payload["Table"], {})


def _questions(made: Deployment, name: str, arn: str | None) -> Iterator[tuple[str, Call]]:
    settings = made.settings
    asked = {
        "DescribeTimeToLive": True,
        "DescribeContinuousBackups": settings.point_in_time_recovery is not None,
        "DescribeKinesisStreamingDestination": settings.kinesis is not None,
    }
    by_arn = {
        "ListTagsOfResource": settings.tags is not None,
        "GetResourcePolicy": settings.resource_policy is not None,
    }
    for action, wanted in asked.items():
        if wanted:
            yield action, Call(action, {"TableName": name})
    for action, wanted in by_arn.items():
        if wanted and arn is not None:
            yield action, Call(action, {"ResourceArn": arn})
    for index in counted(made, settings):
        named = {"IndexName": index} if index else {}
        yield insights_of(index), Call("DescribeContributorInsights", {"TableName": name, **named})
