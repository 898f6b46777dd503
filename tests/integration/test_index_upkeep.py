"""Writes keep every rendered index key in step; what an index gives is what was asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dynakit import Attr, Entity, Index, Item, Key, Query, Repository, StatementError, Table, attr
from tests.integration.backends import Database, Opener
from tests.integration.shop import Customer, Order, Status, day, order, shop

FIRST: Query[Order] = Order.primary(customer_id="c1", placed_at=day(1), order_id="o1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(shop)


@pytest.fixture
def orders(db: Database) -> Repository[Order]:
    return db.repository(Order)


def keys(item: Item | None) -> dict[str, str]:
    """The index key attributes of an item."""
    assert item is not None
    return {name: value.get("S", "") for name, value in item.items() if "SI" in name}


def test_an_update_renders_the_keys_it_touches(db: Database, orders: Repository[Order]) -> None:
    orders.put(order(1, courier="dove"))
    orders.update(
        FIRST, Order.status.set(Status.paid), Order.courier.set("crow"), Order.total.set(Decimal(-1))
    )
    assert keys(db.stored(FIRST)) == {
        "GSI1PK": "STATUS#paid",
        "GSI1SK": "2026-01-01T00:00:00.000000Z",
        "GSI2PK": "COURIER#crow",
        "GSI2SK": "paid#2026-01-01T00:00:00.000000Z",
        "LSI1SK": "TOTAL#n498_8~",
    }
    assert db.stored(FIRST) == {**(db.stored(FIRST) or {}), "total": {"N": "-1"}}
    assert orders.all(Order.by_status(status=Status.open)) == []
    assert orders.count(Order.by_status(status=Status.paid)) == 1


def test_an_update_that_cannot_render_a_key_is_refused_and_nothing_is_sent(
    db: Database, orders: Repository[Order]
) -> None:
    orders.put(order(1, courier="dove"))
    db.wire.clear()
    with pytest.raises(StatementError, match=r"Order.by_courier.*courier is not known"):
        orders.update(FIRST, Order.status.set(Status.paid))
    with pytest.raises(StatementError, match=r"Order.by_courier.*status is not known"):
        orders.update(FIRST, Order.courier.set("crow"))
    with pytest.raises(StatementError, match=r"Order.total: .*by_total"):
        orders.update(FIRST, Order.total.add(1))
    with pytest.raises(StatementError, match=r"Order.city: .*by_city"):
        orders.update(FIRST, Order.city.set_if_absent("Bonn"))
    with pytest.raises(StatementError, match=r"primary key"):
        orders.update(FIRST, Order.order_id.set("o2"))
    assert db.wire.calls == []


def test_an_entity_as_key_does_not_tell_its_other_attributes(orders: Repository[Order]) -> None:
    """What was read may be old: only the primary key of it is taken for known."""
    known = orders.put(order(1, courier="dove"))
    with pytest.raises(StatementError, match="is not known"):
        orders.update(known, Order.status.set(Status.paid))


def test_removing_an_attribute_takes_the_item_out_of_its_sparse_index(
    db: Database, orders: Repository[Order]
) -> None:
    orders.put(order(1, courier="dove", city="Bonn"))
    assert orders.count(Order.by_city(city="Bonn")) == orders.count(Order.by_courier(courier="dove")) == 1
    orders.update(FIRST, Order.courier.remove(), Order.city.set(None))
    assert orders.count(Order.by_city(city="Bonn")) == orders.count(Order.by_courier(courier="dove")) == 0
    assert set(keys(db.stored(FIRST))) == {"GSI1PK", "GSI1SK", "LSI1SK"}


def test_a_replaced_item_leaves_the_index_it_no_longer_has_a_key_of(orders: Repository[Order]) -> None:
    orders.put(order(1, courier="dove"))
    orders.replace(order(1))
    assert orders.count(Order.by_courier(courier="dove")) == 0


def test_an_overloaded_index_gives_each_entity_its_own(db: Database, orders: Repository[Order]) -> None:
    customers = db.repository(Customer)
    customers.put_many([Customer(customer_id="c1", name="Ada"), Customer(customer_id="c2", name="Bea")])
    orders.put(order(1))
    assert [one.name for one in customers.all(Customer.by_name())] == ["Ada", "Bea"]
    assert [one.name for one in customers.all(Customer.by_name(Customer.name >= "B"))] == ["Bea"]
    assert [one.order_id for one in orders.all(Order.by_status(status=Status.open))] == ["o1"]


def test_a_local_index_is_read_consistently_in_its_order(orders: Repository[Order]) -> None:
    orders.put_many(order(number, total=total) for number, total in enumerate(["3", "-1", "20", "0.5"], 1))
    by_total = Order.by_total(Order.customer_id == "c1", Order.total >= Decimal(0)).consistent()
    assert [one.total for one in orders.all(by_total)] == [Decimal("0.5"), 3, 20]
    assert orders.require(order(1)).total == 3


mail = Table(
    "mail", pk="PK", sk=None, indexes=[Index("GSI1", pk="box", sk="sent"), Index("GSI2", pk="G2", sk="G3")]
)


class Letter(Entity, table=mail):
    """Its first index has plain attributes as keys, its second two rendered ones."""

    primary = Key("LETTER#{id}")
    by_box = Key("{box}", "{sent}", index="GSI1")
    by_topic = Key("TOPIC#{topic}", "{sent}#{id}", index="GSI2")
    id: Attr[str]
    box: Attr[str | None] = attr(default=None)
    sent: Attr[datetime | None] = attr(default=None)
    topic: Attr[str | None] = attr(default=None)


def test_a_plain_attribute_is_never_removed_with_an_index_key(open_db: Opener) -> None:
    db = open_db(mail)
    letters = db.repository(Letter)
    letters.put(Letter(id="1", box="in", sent=day(1), topic="x"))
    letters.update(Letter.primary(id="1"), Letter.topic.remove())
    assert set(db.stored(Letter.primary(id="1")) or {}) == {"PK", "_type", "_w", "id", "box", "sent"}
    letters.update(Letter.primary(id="1"), Letter.box.set("out"))
    assert letters.all(Letter.by_box(Letter.box == "out", Letter.sent >= day(1))) == [
        Letter(id="1", box="out", sent=day(1))
    ]


def test_an_index_with_an_absent_plain_key_attribute_is_sparse(open_db: Opener) -> None:
    db = open_db(mail)
    letters = db.repository(Letter)
    letters.put_many([Letter(id="1", box="in"), Letter(id="2", box="in", sent=day(2)), Letter(id="3")])
    assert [one.id for one in letters.all(Letter.by_box(box="in"))] == ["2"]
    made = letters.upsert(
        Letter.primary(id="4"), Letter.box.set("in"), Letter.sent.set(day(1)), Letter.topic.set(None)
    )
    assert made == Letter(id="4", box="in", sent=day(1))
    assert [one.id for one in letters.all(Letter.by_box(box="in"))] == ["4", "2"]


def test_an_upsert_gives_every_part_of_a_key_or_says_which_is_missing(open_db: Opener) -> None:
    db = open_db(mail)
    letters = db.repository(Letter)
    with pytest.raises(StatementError, match=r"Letter.by_topic: .*sent is not known"):
        letters.upsert(Letter.primary(id="1"), Letter.topic.set("x"))
    assert db.wire.calls == []
    letters.upsert(
        Letter.primary(id="1"), Letter.topic.set("x"), Letter.sent.set(datetime(2026, 1, 1, tzinfo=UTC))
    )
    assert letters.count(Letter.by_topic(topic="x")) == 1
    with pytest.raises(StatementError, match=r"Letter.by_topic: .*topic is not known"):
        letters.upsert(Letter.primary(id="1"), Letter.sent.set(day(2)))
    letters.upsert(Letter.primary(id="1"), Letter.sent.remove())
    assert letters.count(Letter.by_topic(topic="x")) == 0


pool = Table(
    "pool",
    pk="PK",
    sk=None,
    indexes=[Index("GSI1", pk="TEAM", sk="S1"), Index("GSI2", pk="TEAM", sk="S2"), Index("GSI3", pk="TEAM")],
)


class Player(Entity, table=pool):
    """Three indexes share one rendered key attribute."""

    primary = Key("PLAYER#{id}")
    by_goals = Key("TEAM#{team}", "{goals:04d}", index="GSI1")
    by_name = Key("TEAM#{team}", "{name}", index="GSI2")
    by_team = Key("TEAM#{team}", index="GSI3")
    id: Attr[str]
    team: Attr[str | None] = attr(default=None)
    goals: Attr[int | None] = attr(default=None)
    name: Attr[str | None] = attr(default=None)


ANN: Query[Player] = Player.primary(id="1")


def listed(players: Repository[Player], team: str) -> list[int]:
    """In how many of the indexes a team has a player, index by index."""
    queries = [Player.by_goals(team=team), Player.by_name(team=team), Player.by_team(team=team)]
    return [players.count(query) for query in queries]


def test_indexes_that_share_a_key_attribute_are_kept_in_step_together(open_db: Opener) -> None:
    players = open_db(pool).repository(Player)
    players.put(Player(id="1", team="a", goals=1, name="Ann"))
    players.update(ANN, Player.team.set("b"), Player.goals.set(2), Player.name.set("Ann"))
    assert (listed(players, "a"), listed(players, "b")) == ([0, 0, 0], [1, 1, 1])
    players.update(ANN, Player.goals.remove())
    assert listed(players, "b") == [0, 1, 1]
    players.update(ANN, Player.team.set("c"), Player.goals.set(None), Player.name.set("Ann"))
    assert (listed(players, "b"), listed(players, "c")) == ([0, 0, 0], [0, 1, 1])


def test_removing_what_indexes_share_takes_the_item_out_of_all_of_them(open_db: Opener) -> None:
    db = open_db(pool)
    players = db.repository(Player)
    players.put(Player(id="1", team="a", goals=1, name="Ann"))
    players.update(ANN, Player.team.remove())
    assert listed(players, "a") == [0, 0, 0]
    assert set(db.stored(ANN) or {}) == {"PK", "_type", "_w", "id", "goals", "name"}


def test_an_upsert_writes_a_shared_key_attribute_once(open_db: Opener) -> None:
    players = open_db(pool).repository(Player)
    players.upsert(ANN, Player.team.set("a"), Player.goals.set(1), Player.name.set("Ann"))
    assert listed(players, "a") == [1, 1, 1]
    players.upsert(ANN, Player.team.set("a"), Player.goals.set(None), Player.name.set("Ann"))
    assert listed(players, "a") == [0, 1, 1]


topics = Table("topics", pk="PK", sk=None, indexes=[Index("GSI1", pk="TOPIC")])


class Post(Entity, table=topics):
    """What it is indexed by has a default, and may be absent nevertheless."""

    primary = Key("POST#{id}")
    by_topic = Key("TOPIC#{topic}", index="GSI1")
    id: Attr[str]
    topic: Attr[str | None] = attr(default="news")
    text: Attr[str | None] = attr(default=None)


def test_an_upsert_never_leaves_a_default_out_of_its_index(open_db: Opener) -> None:
    """A new item would have the default and no key; an old one may have another topic."""
    db = open_db(topics)
    posts = db.repository(Post)
    with pytest.raises(StatementError, match=r"Post.by_topic: .*topic is not known"):
        posts.upsert(Post.primary(id="1"), Post.text.set("x"))
    assert db.wire.calls == []
    posts.upsert(Post.primary(id="1"), Post.text.set("x"), Post.topic.set("news"))
    assert posts.count(Post.by_topic(topic="news")) == 1
    posts.upsert(Post.primary(id="1"), Post.text.set("x"), Post.topic.set(None))
    assert posts.count(Post.by_topic(topic="news")) == 0
    assert posts.require(Post.primary(id="1")).topic is None
