"""Calculated, read-only and hidden attributes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from dynakit import (
    Attr,
    DefinitionError,
    Entity,
    Index,
    Key,
    Repository,
    StatementError,
    Table,
    Update,
    VersionConflict,
    attr,
    calculated,
)
from tests.integration.backends import Database, Opener

wares = Table("wares", pk="PK", sk=None, indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")])


def total_of(price: Decimal, count: int) -> Decimal:
    return price * count


class Line(Entity, table=wares):
    """In an index by what is calculated."""

    primary = Key("LINE#{line_id}")
    by_total = Key("LINES", "{total:ordered}", index="GSI1")

    line_id: Attr[str]
    price: Attr[Decimal]
    count: Attr[int] = attr(default=1)
    total: Attr[Decimal] = calculated(total_of)
    maker: Attr[str] = attr(default="us", read_only=True)
    cost: Attr[Decimal] = attr(default=Decimal(0), hidden=True)


ONE = Line.primary(line_id="1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(wares)


@pytest.fixture
def lines(db: Database) -> Repository[Line]:
    return db.repository(Line)


def line(count: int = 2) -> Line:
    return Line(line_id="1", price=Decimal("2.5"), count=count)


def assert_in_step(db: Database, total: Decimal) -> None:
    stored = db.stored(ONE)
    assert stored is not None
    assert Decimal(stored["total"].get("N", "")) == total
    [found] = db.repository(Line).all(Line.by_total(Line.total == total))
    assert found.total == total == found.price * found.count


def test_it_is_calculated_when_the_entity_is_made_and_when_it_is_written(
    db: Database, lines: Repository[Line]
) -> None:
    one = line()
    assert one.total == Decimal(5)
    one.count = 3
    lines.create(one)
    assert one.total == Decimal("7.5")
    assert_in_step(db, Decimal("7.5"))
    one.count = 4
    lines.save_changes(one)
    assert_in_step(db, Decimal(10))
    one.count = 1
    lines.replace(one)
    assert_in_step(db, Decimal("2.5"))
    one.count = 2
    lines.put(one)
    assert_in_step(db, Decimal(5))


CHANGES: dict[str, Callable[[Line], Update[Line]]] = {
    "both": lambda _: Update(ONE, Line.price.set(Decimal(3)), Line.count.set(2)),
    "current": lambda loaded: Update(ONE, Line.price.set(Decimal(3)), current=loaded),
    "fetched": lambda _: Update(ONE, Line.price.set(Decimal(3)), fetch_missing=True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_it_follows_an_update(db: Database, lines: Repository[Line], name: str) -> None:
    loaded = lines.create(line())
    db.client.execute(CHANGES[name](loaded))
    assert_in_step(db, Decimal(6))


def test_what_it_is_calculated_from_must_be_known(db: Database, lines: Repository[Line]) -> None:
    loaded = lines.create(line())
    for action, message in (
        (Line.price.set(Decimal(3)), "count is not known"),
        (Line.count.add(1), "total is calculated from it"),
        (Line.total.set(Decimal(3)), "dynakit keeps it itself"),
        (Line.maker.set("them"), "read-only"),
    ):
        with pytest.raises(StatementError, match=message):
            lines.update(ONE, action)
    lines.update(ONE, Line.price.set(Decimal(3)), Line.count.set(7))
    with pytest.raises(VersionConflict):
        lines.update(ONE, Line.price.set(Decimal(1)), current=loaded)
    assert_in_step(db, Decimal(21))


def test_an_upsert_gives_all_of_it(db: Database, lines: Repository[Line]) -> None:
    with pytest.raises(StatementError, match="count is not known"):
        lines.upsert(ONE, Line.price.set(Decimal(3)))
    lines.upsert(ONE, Line.price.set(Decimal(3)), Line.count.set(2))
    assert_in_step(db, Decimal(6))


def test_what_is_read_only_stays(lines: Repository[Line]) -> None:
    lines.create(line().model_copy(update={"maker": "them"}))
    loaded = lines.require(ONE)
    loaded.maker = "us"
    for act in (lines.replace, lines.put, lines.save_changes):
        with pytest.raises(StatementError, match="read-only"):
            act(loaded)
    assert lines.require(ONE).maker == "them"


def test_what_is_hidden_is_stored_and_not_shown(db: Database, lines: Repository[Line]) -> None:
    lines.create(line().model_copy(update={"cost": Decimal(1)}))
    found = lines.require(ONE)
    assert found.cost == Decimal(1)
    assert "cost" not in repr(found)
    assert "cost" not in found.model_dump()
    [shown] = db.client.iterate(Line.by_total().as_dicts())
    assert "cost" not in shown


def of_another_name(prize: int) -> int:
    return prize


def of_price(price: int) -> int:
    return price


def test_a_wrong_calculation_is_refused_at_import() -> None:
    with pytest.raises(DefinitionError, match=r"Wrong.total: it is calculated from 'prize'"):

        class Wrong(Entity):  # pyright: ignore[reportUnusedClass]
            price: Attr[int]
            total: Attr[int] = calculated(of_another_name)

    with pytest.raises(DefinitionError, match="declared before it"):

        class Late(Entity):  # pyright: ignore[reportUnusedClass]
            total: Attr[int] = calculated(of_price)
            price: Attr[int]
