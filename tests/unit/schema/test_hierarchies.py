"""Hierarchies: entities that derive from one another are read by their base, and never taken for another."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import pytest

from dynakit import (
    KEYS_ONLY,
    Attr,
    Create,
    DefinitionError,
    Delete,
    Entity,
    Environment,
    Index,
    Item,
    Key,
    StatementError,
    Table,
    UnknownEntity,
    Update,
    Upsert,
    attr,
    expires,
)
from dynakit.operations import point, read
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from tests.unit.support.checked import compiled
from tests.unit.support.playing import play

bank = Table(
    "bank",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1PK"), Index("bare", pk="B", projection=KEYS_ONLY)],
)


class Stored(Entity, table=bank, abstract=True):
    """A base without keys: what all entities of the table have."""

    note: Attr[str | None] = attr(default=None)


class Payment(Stored, abstract=True):
    primary = Key("CUSTOMER#{customer_id}", "PAYMENT#{payment_id}")
    bare = Key("CUSTOMER#{customer_id}", index="bare")

    customer_id: Attr[str]
    payment_id: Attr[str]
    amount: Attr[Decimal] = attr(default=Decimal(0))


class CardPayment(Payment):
    by_brand = Key("BRAND#{brand}#{amount:ordered}", index="GSI1")

    kind: Attr[Literal["card"]] = attr(default="card")
    brand: Attr[str]


class BankPayment(Payment):
    kind: Attr[Literal["bank"]] = attr(default="bank")
    iban: Attr[str]


class GiftCard(CardPayment):
    brand: Attr[str] = attr(default="gift")


class Customer(Stored):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")
    customer_id: Attr[str]


CARD = CardPayment(customer_id="c1", payment_id="1", brand="visa")
TRANSFER = BankPayment(customer_id="c1", payment_id="2", iban="X1")
GIFT = GiftCard(customer_id="c1", payment_id="3")


NOW = Environment.simulated()


def item_of(entity: Entity) -> Item:
    return encode_item(definition_of(type(entity)), entity)


def of_c1(entity: type[Payment]) -> Any:
    return entity.primary(customer_id="c1")


def the_filter(entity: type[Payment]) -> tuple[str, list[str]] | None:
    request = compiled(of_c1(entity).filter())
    if "FilterExpression" not in request:
        return None
    values = request["ExpressionAttributeValues"]
    return request["FilterExpression"], [one["S"] for one in values.values()][2:]


def test_a_query_of_a_base_gives_each_item_as_the_entity_it_is() -> None:
    rows = [item_of(CARD), item_of(TRANSFER), item_of(GIFT)]
    found = play(read.read_all(of_c1(Payment), NOW), [{"Items": rows, "Count": 3}], NOW).result
    assert found == [CARD, TRANSFER, GIFT]
    assert [type(one) for one in found] == [CardPayment, BankPayment, GiftCard]


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        (Payment, None),
        (CardPayment, ("#n2 IN (:v2, :v3)", ["CardPayment", "GiftCard"])),
        (BankPayment, ("#n2 = :v2", ["BankPayment"])),
        (GiftCard, ("#n2 = :v2", ["GiftCard"])),
    ],
)
def test_the_filter_on_the_type_leaves_out_relatives_that_are_no_subclasses(
    entity: type[Payment], expected: tuple[str, list[str]] | None
) -> None:
    assert the_filter(entity) == expected


@pytest.mark.parametrize("entity", [Payment, CardPayment, GiftCard])
def test_a_get_by_a_base_gives_the_subclass(entity: type[Payment]) -> None:
    key = entity.primary(customer_id="c1", payment_id="3")
    assert play(point.get(key, NOW), [{"Item": item_of(GIFT)}], NOW).result == GIFT


def test_a_get_by_another_entity_of_the_hierarchy_is_refused() -> None:
    key = BankPayment.primary(customer_id="c1", payment_id="1")
    with pytest.raises(
        UnknownEntity, match="BankPayment: the item's type is 'CardPayment'; expected 'BankPayment'"
    ):
        play(point.get(key, NOW), [{"Item": item_of(CARD)}], NOW).result  # noqa: B018


@pytest.mark.parametrize("stored", ["Payment", "Voucher", None])
def test_an_unknown_subtype_is_refused(stored: str | None) -> None:
    item = {**item_of(CARD), "_type": {"S": str(stored)}}
    if stored is None:
        del item["_type"]
    key = Payment.primary(customer_id="c1", payment_id="1")
    with pytest.raises(UnknownEntity, match="expected 'CardPayment' or 'BankPayment' or 'GiftCard'"):
        play(point.get(key, NOW), [{"Item": item}], NOW).result  # noqa: B018


def test_an_abstract_entity_is_not_stored() -> None:
    payment = Payment(customer_id="c1", payment_id="1")
    with pytest.raises(StatementError, match="Payment: it is abstract and has no items of its own"):
        compiled(Create(payment))


def test_a_subclass_writes_its_own_type_and_inherits_the_keys() -> None:
    item = item_of(GIFT)
    assert item["_type"] == {"S": "GiftCard"}
    assert item["PK"] == {"S": "CUSTOMER#c1"}
    assert item["GSI1PK"] == {"S": "BRAND#gift#o"}


def condition(statement: Any) -> str | None:
    request = compiled(statement)
    names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
    text: str | None = request.get("ConditionExpression")
    for key, value in [*names.items(), *((key, str(one.get("S"))) for key, one in values.items())]:
        text = None if text is None else text.replace(key, value)
    return text


CARD_KEY = CardPayment.primary(customer_id="c1", payment_id="1")
OWN = "attribute_not_exists(_type) OR _type IN (CardPayment, GiftCard)"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (Update(CARD_KEY, CardPayment.note.set("x")), f"({OWN}) AND (attribute_exists(PK))"),
        (Delete(CARD_KEY), f"({OWN}) AND (attribute_exists(PK))"),
        (Delete(CARD_KEY, missing_ok=True), OWN),
        (
            Upsert(CARD_KEY, CardPayment.brand.set("visa"), CardPayment.amount.set(Decimal(1))),
            "attribute_not_exists(_type) OR _type IN (CardPayment)",
        ),
        (Create(CARD), "attribute_not_exists(PK)"),
        (Delete(Payment.primary(customer_id="c1", payment_id="1")), "attribute_exists(PK)"),
        (Delete(Customer(customer_id="c1")), "attribute_exists(PK)"),
    ],
)
def test_a_write_demands_that_the_item_is_not_a_relatives(statement: Any, expected: str) -> None:
    assert condition(statement) == expected


def test_an_update_by_a_base_that_would_leave_a_key_of_a_subclass_stale_is_refused() -> None:
    key = Payment.primary(customer_id="c1", payment_id="1")
    with pytest.raises(StatementError, match=r"Payment.amount: it is part of CardPayment.by_brand"):
        compiled(Update(key, Payment.amount.set(Decimal(1))))


def test_a_path_of_a_subclass_is_none_of_its_base() -> None:
    with pytest.raises(StatementError, match=r"CardPayment.brand belongs to another entity"):
        compiled(of_c1(Payment).filter(CardPayment.brand == "visa"))


def test_rows_that_do_not_tell_their_type_are_refused() -> None:
    query = CardPayment.bare(customer_id="c1").project(CardPayment.customer_id)
    with pytest.raises(
        StatementError, match="index 'bare' does not hold _type, which alone tells CardPayment"
    ):
        compiled(query)


def a_table(*, type_attribute: str | None = "_type") -> Table:
    return Table("t", pk="PK", type_attribute=type_attribute)


def test_what_a_subclass_inherits_is_stored_alike() -> None:
    class Base(Entity, table=a_table()):
        primary = Key("BASE#{id}")
        id: Attr[str]
        count: Attr[int] = attr(default=0)

    with pytest.raises(DefinitionError, match=r"Renamed.count: it is stored in another way than Base.count"):

        class Renamed(Base):  # pyright: ignore[reportUnusedClass]
            count: Attr[int] = attr(default=0, name="n")


def test_a_base_must_know_what_hides_items() -> None:
    table = Table("t", pk="PK", time_to_live="until")

    class Base(Entity, table=table):
        primary = Key("BASE#{id}")
        id: Attr[str]

    with pytest.raises(DefinitionError, match=r"Hidden: Base does not know which attributes hide its items"):

        class Hidden(Base):  # pyright: ignore[reportUnusedClass]
            until: Attr[datetime | None] = expires()


def test_entities_that_nothing_tells_apart_are_refused() -> None:
    class Base(Entity, table=a_table(type_attribute=None), abstract=True):
        primary = Key("BASE#{id}")
        id: Attr[str]

    class One(Base):  # pyright: ignore[reportUnusedClass]
        pass

    with pytest.raises(
        DefinitionError, match=r"Two.primary: .* could not be told apart, because table 't' has no"
    ):

        class Two(Base):  # pyright: ignore[reportUnusedClass]
            pass


def test_a_base_without_a_primary_key_relates_nobody() -> None:
    class Base(Entity, table=a_table(), abstract=True):
        id: Attr[str]

    class One(Base):  # pyright: ignore[reportUnusedClass]
        primary = Key("X#{id}")

    with pytest.raises(DefinitionError, match=r"could render the same primary key as One.primary"):

        class Two(Base):  # pyright: ignore[reportUnusedClass]
            primary = Key("X#{id}")


def test_abstract_needs_a_table() -> None:
    with pytest.raises(DefinitionError, match="stored in no table, which is abstract enough"):

        class Base(Entity, abstract=True):  # pyright: ignore[reportUnusedClass]
            id: Attr[str]
