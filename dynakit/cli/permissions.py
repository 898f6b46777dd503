"""``dynakit export iam``: from words to what code does with entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dynakit.cli.given import pair
from dynakit.cli.usage import UsageError
from dynakit.deployment import deployment
from dynakit.errors import did_you_mean
from dynakit.export.access import VERBS, Access, Verb
from dynakit.export.iam import Policy, policy
from dynakit.export.table_access import TABLE_VERBS, TableAccess, TableVerb
from dynakit.schema.definition import definition_of
from dynakit.schema.key import Pattern

if TYPE_CHECKING:
    from dynakit.cli.target import Target
    from dynakit.schema.entity import Entity
    from dynakit.table import Table

_BY_PATTERN: tuple[Verb, ...] = ("query", "hydrate")
"""The verbs that an entity may be granted on each of its patterns."""


def least_policy(target: Target, use: str, *, tenant: Iterable[str] | None, stage: str | None) -> Policy:
    """The policy for these verbs, as text, on a target.

    Raises:
        UsageError: for an unknown verb.
        DefinitionError: for verbs that a pattern cannot have, and tenants that a key does not hold.
    """
    verbs: list[Verb | TableVerb] = [_verb(word.strip()) for word in use.split(",")]
    tenants = dict(pair(text) for text in tenant or ()) or None

    def arn(table: Table, part: str) -> str:
        name = deployment(table, stage).name
        return f"arn:aws:dynamodb:*:*:table/{name}{part}"

    return policy(_accesses(target, verbs), tenant=tenants, arn=arn)


def _accesses(target: Target, verbs: list[Verb | TableVerb]) -> Iterator[Access[Any] | TableAccess]:
    own: list[TableVerb] = [verb for verb in TABLE_VERBS if verb in verbs]
    if own:
        yield from (TableAccess(table, *own) for table in target.tables)
    of_entities: list[Verb] = [verb for verb in VERBS if verb in verbs]
    if of_entities:
        yield from _of_entities(target, of_entities)


def _of_entities(target: Target, verbs: list[Verb]) -> Iterator[Access[Any]]:
    if isinstance(target.value, Pattern):
        yield Access(target.pattern, *verbs)
        return
    for entity in target.entities:
        yield Access(entity, *verbs)
        yield from _by_index(entity, [verb for verb in _BY_PATTERN if verb in verbs])


def _by_index(entity: type[Entity], verbs: list[Verb]) -> Iterator[Access[Any]]:
    for key in definition_of(entity).keys.values():
        if verbs and key.index is not None:
            yield Access(Pattern(entity, key.name), *verbs)


def _verb(word: str) -> Verb | TableVerb:
    known: tuple[Verb | TableVerb, ...] = (*VERBS, *TABLE_VERBS)
    for verb in known:
        if verb == word:
            return verb
    raise UsageError(
        f"--use: got {word!r}{did_you_mean(word, known) or '.'} Expected some of {', '.join(known)}."
    )
