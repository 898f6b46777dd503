"""Every call of the suite is allowed by the policy that is made of what it may do with its tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dynakit import Environment, Table, entities_of
from dynakit.export.access import VERBS, Access, Verb
from dynakit.export.iam import Policy, policy, refused
from dynakit.export.permissions import permissions_of
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


def check_permitted(calls: Iterable[Call], tables: Iterable[Table], environment: Environment) -> None:
    """Hold that the calls are allowed; those of tables that the test made by hand are not looked at."""
    document = policy_for(all_of(tables), environment)
    names = {environment.table_name(table) for table in tables}
    needed = {one for call in calls for one in permissions_of(call) if one.table in names}
    assert refused(document, needed) == []
