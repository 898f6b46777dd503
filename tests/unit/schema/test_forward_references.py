"""Annotations that name a class of the same function, itself, or one that comes later."""

from __future__ import annotations

import pytest

from dynakit import Attr, DefinitionError, Entity, Key, Table, attr, entities_of
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, encode_item
from tests.unit.support.checked import compiled


def a_table() -> Table:
    return Table("shop", pk="PK", sk="SK")


def again(entity: Entity) -> Entity:
    definition = definition_of(type(entity))
    return decode_item(definition, encode_item(definition, entity))


class Node(Entity, table=Table("nodes", pk="PK", sk="SK")):
    primary = Key("NODE#{id}", "META")
    id: Attr[str]
    leaf: Attr[Leaf | None] = attr(default=None)
    children: Attr[list[Leaf]] = attr(default_factory=list)


class Leaf(Entity):
    name: Attr[str]
    under: Attr[Leaf | None] = attr(default=None)


def test_a_class_of_the_module_may_come_later_and_hold_itself() -> None:
    node = Node(id="1", leaf=Leaf(name="a", under=Leaf(name="b")), children=[Leaf(name="c")])
    assert again(node) == node
    under = Node.leaf / Leaf.under / Leaf.under / Leaf.name
    request = compiled(Node.primary(id="1").filter(under == "x"))
    assert request["FilterExpression"] == "#n2.#n3.#n3.#n4 = :v2"


def test_classes_of_one_function_know_each_other() -> None:
    class Address(Entity):
        city: Attr[str]

    class Person(Entity, table=a_table()):
        primary = Key("PERSON#{id}", "META")
        id: Attr[str]
        home: Attr[Address]
        friends: Attr[list[Address]] = attr(default_factory=list)

    person = Person(id="1", home=Address(city="Rome"), friends=[Address(city="Bonn")])
    assert again(person) == person
    assert str(Person.home / Address.city) == "Person.home.city"


def test_a_class_that_is_not_there_yet_is_told_and_rebuilt_when_it_is() -> None:
    table = a_table()

    class Order(Entity, table=table):
        primary = Key("CUSTOMER#{customer_id}", "ORDER#{order_id}")
        customer_id: Attr[str]
        order_id: Attr[str]
        lines: Attr[list[Line]]

    with pytest.raises(DefinitionError) as caught:
        definition_of(Order)
    assert str(caught.value) == (
        "Order: an annotation names 'Line', which is not defined yet. Define it before Order is used; inside "
        "a function, then call Order.model_rebuild()."
    )

    class Line(Entity):
        sku: Attr[str]

    assert entities_of(table) == ()
    Order.model_rebuild()
    assert entities_of(table) == (Order,)
    order = Order(customer_id="c1", order_id="o1", lines=[Line(sku="s")])
    assert again(order) == order


def test_an_entity_that_is_checked_late_is_a_neighbour_all_the_same() -> None:
    """Its items can fall into the range of another entity's query, before it is used itself."""
    table = a_table()

    class Customer(Entity, table=table):
        primary = Key("CUSTOMER#{customer_id}", "PROFILE#{name}")
        customer_id: Attr[str]
        name: Attr[str]

    class Late(Entity, table=table):
        primary = Key("CUSTOMER#{customer_id}", "PROFILE#{name}#LATE")
        customer_id: Attr[str]
        name: Attr[str]
        extra: Attr[Extra | None] = attr(default=None)

    class Extra(Entity):
        pass

    assert "FilterExpression" not in compiled(Customer.primary(customer_id="c1"))
    Late.model_rebuild()
    assert compiled(Customer.primary(customer_id="c1"))["FilterExpression"] == "#n2 = :v2"


def test_a_wrong_declaration_that_is_checked_late_is_told_at_each_use() -> None:
    table = a_table()

    class Wrong(Entity, table=table):
        primary = Key("X#{idd}", "META")
        id: Attr[str]
        extra: Attr[Extra | None] = attr(default=None)

    class Extra(Entity):
        pass

    Wrong.model_rebuild()
    for _ in range(2):
        with pytest.raises(DefinitionError, match="did you mean 'id'"):
            entities_of(table)
