"""Every call of the suite is allowed by the policy that is made of what it may do with its tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dynakit import Environment, Table, entities_of
from dynakit.export.access import VERBS, Access, Verb
from dynakit.export.iam import Policy, policy, refused
from dynakit.export.permissions import Permission, permissions_of
from dynakit.schema.definition import definition_of
from dynakit.wire import Call

RANGES: tuple[Verb, ...] = ("query", "hydrate", "scan", "select")


def all_of(tables: Iterable[Table]) -> list[Access[Any]]:
    """Every verb on every entity of the tables, by every pattern."""
    accesses: list[Access[Any]] = []
    for table in tables:
        searches = bool(table.vector_indexes)
        verbs: list[Verb] = [verb for verb in VERBS if verb != "search" or searches]
        for entity in entities_of(table):
            definition = definition_of(entity)
            if definition.primary is not None:
                accesses.append(Access(entity, *verbs))
            indexes = [key.name for key in definition.keys.values() if key.index is not None]
            accesses += [Access(getattr(entity, name), *RANGES) for name in indexes]
    return accesses


def policy_for(accesses: Iterable[Access[Any]], environment: Environment) -> Policy:
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
    needed = {one for call in calls for one in permissions_of(call) if place_of(one) in places}
    assert refused(document, needed) == []
