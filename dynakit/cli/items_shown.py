"""Items of entities, read and shown: each attribute by its name in Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from dynakit.cli.given import values_of
from dynakit.cli.options import Form
from dynakit.cli.printing import out, show, show_records, show_rows
from dynakit.errors import DynakitError, NotFound
from dynakit.schema.scan import Scan

if TYPE_CHECKING:
    from dynakit.cli.target import Target
    from dynakit.client.sync import Client
    from dynakit.schema.entity import Entity
    from dynakit.schema.query import Query
    from dynakit.table import Table


ENTITY: Final = "$entity"
"""Under it stands the name of the entity, where items of several are shown."""


def show_one(
    db: Client, target: Target, given: Iterable[str] | None, *, consistent: bool, form: Form
) -> None:
    """Show the item under a primary key.

    Raises:
        NotFound: when there is none.
        StatementError: when the values are no whole primary key.
    """
    from dynakit.repositories.sync import Repository

    query = _query(target, given)
    found = Repository(db, target.entity).get(query, consistent=consistent)
    if found is None:
        raise NotFound(f"{query}: there is no such item.", statement=query)
    if form is Form.TABLE:
        show_rows([*record(found).items()], ["attribute", "value"])
    else:
        show(record(found), form)


def show_query(
    db: Client,
    target: Target,
    given: Iterable[str] | None,
    *,
    limit: int | None,
    newest_first: bool,
    form: Form,
) -> None:
    """Show what a pattern finds. Raises :class:`StatementError` when the values are no key condition."""
    query = _query(target, given)
    query = query.newest_first() if newest_first else query
    _show_all(db.iterate(query if limit is None else query.limit(limit)), limit, form)


def show_scan(db: Client, target: Target, *, limit: int | None, consistent: bool, form: Form) -> None:
    """Show every item of the target's entities."""
    if not target.entities:
        raise DynakitError(
            f"target {target.text!r}: its table has no entity; a scan shows items of entities. Import the "
            "module that declares them, or use items export, which takes items as they are."
        )
    tables = dict.fromkeys(table for one in target.entities if (table := one.__table__) is not None)
    found = (item for table in tables for item in _scanned(db, target, table, limit, consistent))
    _show_all(found, limit, form, named=len(target.entities) > 1)


def record(item: Entity, *, named: bool = False) -> dict[str, object]:
    """An item as JSON can hold it; ``named`` with the name of its entity.

    Raises :class:`DynakitError` for bytes that are no text, where the model does not say how to write them.
    """
    try:
        values: dict[str, object] = item.model_dump(mode="json")
    except ValueError:
        raise DynakitError(
            f"{type(item).__name__}: it has bytes that are no text, which JSON cannot hold. Give it "
            "model_config = {'ser_json_bytes': 'base64', 'val_json_bytes': 'base64'}, or use items export."
        ) from None
    return {ENTITY: type(item).__name__, **values} if named else values


def _query(target: Target, given: Iterable[str] | None) -> Query[Any]:
    return target.pattern(**cast("dict[str, Any]", values_of(target.entity, given)))


def _scanned(
    db: Client, target: Target, table: Table, limit: int | None, consistent: bool
) -> Iterator[Entity]:
    scan: Scan[Entity] = Scan(*(one for one in target.entities if one.__table__ is table))
    scan = scan.consistent() if consistent else scan
    return db.scan(scan if limit is None else scan.items_per_request(limit))


def _show_all(items: Iterable[Entity], limit: int | None, form: Form, *, named: bool = False) -> None:
    """As JSON lines they are written as they come; the other forms are made of all of them."""
    records = (record(item, named=named) for item in islice(items, limit))
    if form is Form.JSON:
        for one in records:
            out(json.dumps(one, ensure_ascii=False))
    else:
        show_records([*records], form)
