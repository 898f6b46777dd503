"""Every call of the suite is allowed by the policy that is made of what it may do with its tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dynakit import Environment, Table, entities_of
from dynakit.export.access import VERBS, Access, Verb
from dynakit.export.iam import Policy, policy, refused
from dynakit.export.permissions import Permission, permissions_of
from dynakit.export.table_access import TABLE_VERBS, TableAccess
from dynakit.schema.definition import definition_of
from dynakit.wire import Call

RANGES: tuple[Verb, ...] = ("query", "hydrate", "scan", "select")


def all_of(tables: Iterable[Table]) -> list[Access[Any] | TableAccess]:
    """Every verb on every entity of the tables, by every pattern."""
    accesses: list[Access[Any] | TableAccess] = []
    for table in tables:
        accesses.append(TableAccess(table, *TABLE_VERBS))
        searches = bool(table.vector_indexes)
        verbs: list[Verb] = [verb for verb in VERBS if verb != "search" or searches]
        for entity in entities_of(table):
            definition = definition_of(entity)
            if definition.primary is not None:
                accesses.append(Access(entity, *verbs))
            indexes = [key.name for key in definition.keys.values() if key.index is not None]
            accesses += [Access(getattr(entity, name), *RANGES) for name in indexes]
    return accesses


def policy_for(accesses: Iterable[Access[Any] | TableAccess], environment: Environment) -> Policy:
    """The policy for the tables as they are named here."""
    return policy(
        accesses, arn=lambda table, part: f"arn:aws:dynamodb:*:*:table/{environment.table_name(table)}{part}"
    )


def parts_of(table: Table) -> list[str]:
    """What stands below a table: nothing for itself, its indexes, its stream."""
    names = [index.name for index in table.indexes] + [index.name for index in table.vector_indexes]
    return ["", "/stream", *(f"/index/{name}" for name in names)]


def place_of(needed: Permission) -> tuple[str, str]:
    """Where an action is needed, whatever the label of the stream."""
    return needed.table, "/stream" if needed.part.startswith("/stream") else needed.part


def check_permitted(calls: Iterable[Call], tables: Iterable[Table], environment: Environment) -> None:
    """Hold that the calls are allowed; those of tables and indexes of the test's own are not looked at."""
    document = policy_for(all_of(tables), environment)
    places = {(environment.table_name(table), part) for table in tables for part in parts_of(table)}
    needed = {one for one in needed_by(calls, tables, environment) if place_of(one) in places}
    hold_exactly(document, needed)


def check_exactly(
    calls: Iterable[Call],
    accesses: Iterable[Access[Any] | TableAccess],
    tables: Iterable[Table],
    environment: Environment,
) -> set[str]:
    """Hold that the policy of the accesses allows the calls; give the actions that no call needed."""
    document = policy_for(accesses, environment)
    needed = needed_by(calls, tables, environment)
    hold_exactly(document, needed)
    return {action for one in document["Statement"] for action in one["Action"]} - {
        one.action for one in needed
    }


def needed_by(calls: Iterable[Call], tables: Iterable[Table], environment: Environment) -> set[Permission]:
    """What the calls need."""
    keys = {environment.table_name(table): table.partition.name for table in tables}
    return {one for call in calls for one in permissions_of(call, keys)}


def hold_exactly(document: Policy, needed: set[Permission]) -> None:
    """Hold that a policy gives what is needed, and without one of the actions does not."""
    assert refused(document, needed) == []
    for action in {one.action for one in needed}:
        statements = [
            {**one, "Action": [other for other in one["Action"] if other != action]}
            for one in document["Statement"]
        ]
        assert refused({**document, "Statement": statements}, needed), f"{action} is not missed"
