"""Which kind a statement is of, told to type checkers, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from dynakit.operations.member import Member, Write
from dynakit.operations.save import SaveChanges
from dynakit.operations.transact_get import TransactGet
from dynakit.operations.transaction import TransactWrite
from dynakit.schema.query import Query, Read
from dynakit.schema.scan import Scan
from dynakit.schema.source import Source


def is_source(statement: object) -> TypeGuard[Source[Any]]:
    """A statement on one range of keys."""
    return isinstance(statement, Source)


def is_read(statement: object) -> TypeGuard[Read[Any, Any]]:
    """A query of one entity, or of one hierarchy."""
    return isinstance(statement, Read)


def is_query(statement: object) -> TypeGuard[Query[Any]]:
    """A query that gives whole entities."""
    return isinstance(statement, Query)


def is_scan(statement: object) -> TypeGuard[Scan[Any]]:
    """A scan of a table or an index."""
    return isinstance(statement, Scan)


def is_sequence(statement: object) -> TypeGuard[Sequence[Any]]:
    """Several keys."""
    return isinstance(statement, Sequence)


def is_write(statement: object) -> TypeGuard[Write[Any]]:
    """A write of one item."""
    return isinstance(statement, Write)


def is_saving(statement: object) -> TypeGuard[SaveChanges[Any]]:
    """What differs from what was loaded."""
    return isinstance(statement, SaveChanges)


def is_known(statement: object) -> bool:
    """Whether ``explain`` has words for it."""
    if isinstance(statement, str | bytes):
        return False
    kinds = (Source, Scan, Member, TransactWrite, TransactGet, Sequence)
    return hasattr(type(statement), "__define__") or isinstance(statement, kinds)
