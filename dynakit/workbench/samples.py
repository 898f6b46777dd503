"""Sample rows made up from the declaration: the same each time, and related where names are the same."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from dynakit.errors import DynakitError
from dynakit.schema.definition import Definition
from dynakit.schema.entity import Entity
from dynakit.schema.item import encode_item
from dynakit.wire import Item
from dynakit.workbench.sample_values import NoSample, sample_field

ROWS = 2
"""The rows made of an entity: from two on, what varies in keys can be told from what does not."""


def sample_rows(definition: Definition[Any]) -> list[Item]:
    """Rows of an entity as it would store them; none where no values can be made up that it takes."""
    if definition.abstract or definition.sealed:
        return []
    made = (_row(definition, number) for number in range(1, ROWS + 1))
    rows = {repr(_key(definition, row)): row for row in made if row is not None}
    return list(rows.values())


def _row(definition: Definition[Any], number: int) -> Item | None:
    for naive in (False, True):
        try:
            return encode_item(definition, _entity(definition, number, naive=naive))
        except (DynakitError, NoSample, RecursionError):
            continue
    return None


def _entity(definition: Definition[Any], number: int, *, naive: bool) -> Entity:
    """An entity; what it refuses is left to its default. Raises :class:`NoSample` where there is none."""
    fields: dict[str, Any] = definition.entity.model_fields
    values: dict[str, object] = {}
    for name, field in fields.items():
        try:
            values[name] = sample_field(field, name, number, naive=naive)
        except NoSample:
            continue
    for _ in fields:
        try:
            made: Entity = definition.entity(**values)
        except ValidationError as error:
            refused = {str(each["loc"][0]) for each in error.errors() if each["loc"]} & values.keys()
            if not refused:
                raise NoSample from None
            values = {name: value for name, value in values.items() if name not in refused}
        else:
            return made
    raise NoSample


def _key(definition: Definition[Any], row: Item) -> list[object]:
    return [row.get(name) for name in definition.stored_in.key_names]
