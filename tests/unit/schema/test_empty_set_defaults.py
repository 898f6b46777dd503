"""An empty set is stored as absent when an absent attribute reads as an empty set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dynakit import Attr, Entity, Environment, Key, Put, Table, attr

ENVIRONMENT = Environment.simulated(1)


class Plain(Entity, table=Table("a", pk="PK", type_attribute=None)):
    primary = Key("{name}")
    name: Attr[str]
    tags: Attr[set[str]] = attr(default_factory=set)


class Parametrised(Entity, table=Table("b", pk="PK", type_attribute=None)):
    primary = Key("{name}")
    name: Attr[str]
    tags: Attr[set[str]] = attr(default_factory=set[str])


class Frozen(Entity, table=Table("c", pk="PK", type_attribute=None)):
    primary = Key("{name}")
    name: Attr[str]
    tags: Attr[frozenset[str]] = attr(default_factory=frozenset[str])


class Filled(Entity, table=Table("d", pk="PK", type_attribute=None)):
    primary = Key("{name}")
    name: Attr[str]
    tags: Attr[set[str]] = attr(default_factory=lambda: {"new"})


@pytest.mark.parametrize("entity", [Plain, Parametrised, Frozen])
def test_an_empty_set_is_left_out(entity: Callable[..., Entity]) -> None:
    assert "tags" not in Put(entity(name="x")).compile(ENVIRONMENT).payload["Item"]


def test_an_empty_set_is_told_where_absent_would_read_as_another_default() -> None:
    stored = Put(Filled(name="x", tags=set())).compile(ENVIRONMENT).payload["Item"]
    assert stored["tags"] == {"NULL": True}
