"""``explain``: what a statement will read, write and cost, without sending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from dynakit.codec.size import read_units
from dynakit.environment import Environment
from dynakit.errors import StatementError
from dynakit.explanation.explanation import Explanation, Finding
from dynakit.explanation.fetched import explain_fetching, must_fetch
from dynakit.explanation.figures import Figures
from dynakit.explanation.kinds import (
    is_known,
    is_query,
    is_read,
    is_saving,
    is_scan,
    is_sequence,
    is_source,
    is_write,
)
from dynakit.explanation.reads import MAX_GETS, explain_get, explain_source
from dynakit.explanation.scans import explain_scan
from dynakit.explanation.writes import explain_operation
from dynakit.operations.operation import Operation
from dynakit.operations.target import target_of
from dynakit.operations.transact_get import TransactGet
from dynakit.operations.transaction import TransactWrite
from dynakit.schema.definition import EntityKey
from dynakit.schema.mixed import Mixed

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity
    from dynakit.schema.query import Query
    from dynakit.schema.scan import Scan
    from dynakit.schema.source import Source


class Writes(Protocol):
    """A write or a check of one item."""

    def operation(self, environment: Environment) -> Operation: ...


Explained: TypeAlias = (
    "Source[Any] | Scan[Any] | Entity | Writes | TransactWrite | TransactGet | Sequence[Entity | Query[Any]]"
)
"""A query, collection or scan; a write, check or transaction; a key, which is got; keys, got in batches."""


def explain(
    statement: Explained,
    *,
    items: int | None = None,
    item_size: int | None = None,
    entry_size: int | None = None,
    consistent: bool = False,
    environment: Environment | None = None,
) -> Explanation:
    """Tell what a statement will do: which index, which key condition, what is dropped, at what cost.

    ``items`` is how many items lie in the range (100 unless given), ``item_size`` how many bytes one has on
    average (1,024 unless given; a put knows its own), ``entry_size`` the same of an index's entry. Nothing is
    sent. A statement that would be refused is explained by a warning. A write that must read its item first
    is explained as both, at the most it can cost. Raises :class:`StatementError` for what is none of these,
    such as PartiQL.

    A query that names one item by its whole primary key is explained as a get, which ``get`` sends;
    ``consistent`` is for such gets, singly or in batches.
    """
    figures = Figures(environment or Environment.simulated(), items, item_size, entry_size, consistent)
    if not is_known(statement):
        raise StatementError(
            f"explain: got {type(statement).__name__}; explain knows no statement of this kind. Expected a "
            "query, a scan, a write, a check, a transaction of those, or keys."
        )
    try:
        return _explained(statement, figures)
    except StatementError as error:
        if not isinstance(statement, Sequence) and not hasattr(statement, "compile"):
            raise
        return _nothing(statement, "", (Finding("refused", str(error)),))


def _explained(statement: Any, figures: Figures) -> Explanation:
    if isinstance(statement, TransactWrite):
        return _transaction(statement, figures)
    if isinstance(statement, TransactGet):
        return _transact_get(statement, figures)
    if is_query(statement) and statement.names_one:
        return explain_get(statement, target_of(statement), figures)
    if is_scan(statement):
        return explain_scan(statement, figures)
    if is_source(statement):
        return explain_source(statement, _key_of(statement), figures)
    if is_sequence(statement):
        return _batch(statement, figures)
    if hasattr(statement, "operation"):
        return _write(statement, figures)
    return explain_get(statement, target_of(statement), figures)


def _key_of(source: Source[Any]) -> EntityKey:
    if is_read(source):
        return source.key
    if isinstance(source, Mixed):
        mixed: Mixed[Any] = source
        return mixed.members[0].key
    raise StatementError(f"{source}: explain knows no statement of this kind.")


def _nothing(statement: object, table: str, warnings: tuple[Finding, ...] = ()) -> Explanation:
    return Explanation(str(statement), "nothing", "nothing", table, requests=0, warnings=warnings)


def _write(statement: Any, figures: Figures) -> Explanation:
    if is_write(statement) and must_fetch(statement):
        return explain_fetching(statement, figures)
    if is_saving(statement) and not statement.differs:
        table = target_of(statement.item).definition.stored_in
        return _nothing(statement, figures.environment.table_name(table))
    operation: Operation = statement.operation(figures.environment)
    compiled = hasattr(statement, "compile")
    action = statement.compile(figures.environment).action if compiled else "TransactWriteItems"
    return explain_operation(str(statement), operation, action, figures)


def _transaction(transaction: TransactWrite, figures: Figures) -> Explanation:
    parts = [
        explain_operation(str(member), member.operation(figures.environment), "TransactWriteItems", figures)
        for member in transaction
    ]
    return _joined(str(transaction), "TransactWriteItems", parts)


def _transact_get(transaction: TransactGet, figures: Figures) -> Explanation:
    gets = [explain_get(key, target_of(key), figures) for key in transaction]
    units = 2 * read_units(figures.size, consistent=True)
    parts = [replace(get, access="transaction", action="TransactGetItems", read_units=units) for get in gets]
    return _joined(str(transaction), "TransactGetItems", parts)


def _joined(statement: str, action: str, parts: Sequence[Explanation]) -> Explanation:
    return Explanation(
        statement=statement,
        access="transaction",
        action=action,
        table=", ".join(dict.fromkeys(part.table for part in parts)),
        items=sum(part.items for part in parts),
        read_units=sum(part.read_units for part in parts),
        write_units=sum(part.write_units for part in parts),
        warnings=tuple(dict.fromkeys(found for part in parts for found in part.warnings)),
        parts=tuple(replace(part, warnings=()) for part in parts),
    )


def _batch(keys: Sequence[Any], figures: Figures) -> Explanation:
    """Gets in batches of 100; equal keys are read once."""
    targets = {str(sorted(target.key.items())): target for target in map(target_of, keys)}
    if not targets:
        raise StatementError("explain: got no keys; expected at least one.")
    first = next(iter(targets.values()))
    each = explain_get(keys[0], first, figures)
    return replace(
        each,
        statement=f"get {len(keys)} items",
        access="batch",
        action="BatchGetItem",
        items=len(targets),
        requests=-(-len(targets) // MAX_GETS),
        read_units=len(targets) * each.read_units,
    )
