"""Stable names of statements: what totals, logs and traces are grouped by. They hold no value."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

from dynakit.schema.entity import Entity
from dynakit.schema.query import Read
from dynakit.wire import Call

_named: ContextVar[str | None] = ContextVar("dynakit_statement_name", default=None)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@contextmanager
def named(name: str) -> Generator[None]:
    """Call whatever is carried out inside the block by this name."""
    token = _named.set(name)
    try:
        yield
    finally:
        _named.reset(token)


def name_of(call: Call) -> str:
    """The name of what a call belongs to.

    The one given by :func:`named`; else its statement's kind and entity, as ``"Order.by_status query"``,
    ``"get Order"``, ``"put Order"``, ``"get_many"``; else the action.
    """
    return _named.get() or _stable(call.statement, call.action)


def _stable(statement: object, action: str) -> str:
    if statement is None:
        return action
    if isinstance(statement, str):
        return statement
    if isinstance(statement, Read):
        name = _entity(cast("object", statement))
        return f"get {name}" if action == "GetItem" else f"{name}.{statement.pattern} query"
    if isinstance(statement, Entity):
        return f"get {type(statement).__name__}"
    return " ".join([_kind(type(statement)), *_entities(statement)])


def _kind(cls: type) -> str:
    return _WORDS.sub(" ", cls.__name__).lower()


def _entities(statement: object) -> Iterable[str]:
    """The entities a statement is about, from the attribute it has for them."""
    about = vars(statement) if hasattr(statement, "__dict__") else {}
    for name in ("item", "key", "entity", "entities"):
        found = about.get(name)
        if found is not None:
            many = cast("tuple[object, ...]", found) if isinstance(found, tuple) else (found,)
            return [_entity(one) for one in many]
    return ()


def _entity(about: object) -> str:
    if isinstance(about, Read):
        entity: type = cast("Read[Entity, object]", about).entity
        return entity.__name__
    return about.__name__ if isinstance(about, type) else type(about).__name__
