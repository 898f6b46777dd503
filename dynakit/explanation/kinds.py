"""Which kind a statement is of, told to type checkers, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

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
