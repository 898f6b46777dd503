"""Many entities in one table: each declaration is held against those alone that it could clash with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit import Attr, DefinitionError, Entity, Key, Table, entities_of
from dynakit.keys import overlap
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.entities import Entities
from dynakit.schema.registry import collide


def declared(table: Table, name: str, pk: str, sk: str) -> type[Entity]:
    """A class like any other: of this module, by its name."""
    body: dict[str, Any] = {
        "__module__": __name__,
        "__qualname__": name,
        "__annotations__": {"one": Attr[str], "two": Attr[str]},
        "primary": Key(pk, sk),
    }
    metaclass: Any = type(Entity)
    made: type[Entity] = metaclass(name, (Entity,), body, table=table)
    return made


def shop() -> Table:
    return Table("shop", pk="PK", sk="SK")


def test_keys_that_begin_unlike_one_another_are_never_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the last of a hundred entities is declared as fast as the first."""

    def refuse(*templates: object) -> bool:
        raise AssertionError(f"compared: {templates}")

    monkeypatch.setattr(overlap, "overlaps", refuse)
    table = shop()
    for number in range(100):
        declared(table, f"Kind{number}", "CUSTOMER#{one}", f"KIND{number}#{{two}}")
        declared(table, f"Root{number}", f"ROOT{number}#{{one}}", "ROOT")
    assert len(entities_of(table)) == 200


@pytest.mark.parametrize(
    ("pk", "sk"),
    [
        ("USER#{one}", "ORDER#{two}"),
        ("USER#{one}", "ORDER#2026#{two}"),
        ("USER#{one}", "{two:raw}"),
        ("{one:raw}", "ORDER#{two}"),
        ("USER#{one:raw}", "OR{two:raw}"),
    ],
)
def test_a_clash_is_found_whichever_begins_longer(pk: str, sk: str) -> None:
    for first, second in (
        (("USER#{one:raw}", "ORDER#{two:raw}"), (pk, sk)),
        ((pk, sk), ("USER#{one:raw}", "ORDER#{two:raw}")),
    ):
        table = shop()
        declared(table, "First", *first)
        with pytest.raises(DefinitionError, match="same primary key"):
            declared(table, "Second", *second)


def test_a_class_defined_again_takes_the_place_of_the_first() -> None:
    table = shop()
    declared(table, "User", "USER#{one}", "USER")
    declared(table, "Order", "USER#{one}", "ORDER#{two}")
    again = declared(table, "User", "USER#{one}", "PROFILE")
    assert [entity.__name__ for entity in entities_of(table)] == ["Order", "User"]
    assert entities_of(table)[1] is again
    declared(table, "Other", "USER#{one}", "USER")


pieces = st.sampled_from(
    ["", "A", "AB", "A#", "B#", "{one}", "{one:raw}", "A#{one}", "AB{one:raw}", "{one}#B"]
)


@given(st.lists(st.tuples(pieces, pieces), min_size=2, max_size=5))
def test_whoever_collides_is_found(templates: list[tuple[str, str]]) -> None:
    """What is not found by its beginning could not have the same key."""
    found: list[Definition[Any]] = []
    for number, (pk, sk) in enumerate(templates):
        try:
            entity = declared(shop(), f"Kind{number}", f"P{pk}", f"{sk}{{two}}".replace("}{", "}#{"))
        except DefinitionError:
            continue
        found.append(definition_of(entity))
    entities = Entities()
    for definition in found:
        entities.add(definition)
    for one in found:
        alike = list(entities.like(one))
        assert all(other in alike for other in found if other is not one and collide(one, other))
