"""What an entity remembers of the item it was read from, and how it stays out of pydantic's sight."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from dynakit import KEYS_ONLY, Attr, Entity, Index, Key, StatementError, Table, attr
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, encode_item
from dynakit.wire import Item
from tests.unit.support.models import NOON, Address, Customer, Line, Order, Status

DEFINITION = definition_of(Customer)
UNKNOWN: Item = {"colour": {"S": "red"}, "old": {"M": {"x": {"N": "1"}}}}
TOKEN: Item = {"_w": {"S": "token"}}


def loaded() -> Customer:
    item = encode_item(DEFINITION, Customer(customer_id="c1", visits=1))
    return decode_item(DEFINITION, {**item, **UNKNOWN, **TOKEN})


COPIES: dict[str, Callable[[Customer], Customer]] = {
    "itself": lambda customer: customer,
    "model_copy": lambda customer: customer.model_copy(),
    "model_copy with an update": lambda customer: customer.model_copy(update={"visits": 2}),
    "a deep model_copy": lambda customer: customer.model_copy(deep=True),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda customer: pickle.loads(pickle.dumps(customer)),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_unknown_attributes_go_through_a_read_modify_write(copied: Callable[[Customer], Customer]) -> None:
    customer = copied(loaded())
    customer.active = False
    item = encode_item(DEFINITION, customer)
    assert {name: item.get(name) for name in UNKNOWN} == UNKNOWN
    assert item["active"] == {"BOOL": False}
    assert "_w" not in item, "the token of the last write is none of the next one's"


def test_unknown_attributes_stay_behind_where_the_item_is_another() -> None:
    other = loaded().model_copy(update={"customer_id": "c2"})
    assert not UNKNOWN.keys() & encode_item(DEFINITION, other).keys()


def test_a_loaded_entity_looks_as_one_made_by_hand() -> None:
    fresh, read = Customer(customer_id="c1", visits=1), loaded()
    assert read == fresh
    assert fresh == read
    assert repr(read) == repr(fresh)
    assert dict(read) == dict(fresh)
    assert read.model_dump() == fresh.model_dump()
    assert read.model_dump_json() == fresh.model_dump_json()
    assert read.model_fields_set >= {"customer_id", "visits"}
    assert Customer.model_validate(read.model_dump()) == read


def test_a_loaded_entity_in_another_model_is_dumped_as_one_made_by_hand() -> None:
    class Holder(BaseModel):
        either: Customer | Order
        many: list[Customer]

    fresh, read = Customer(customer_id="c1", visits=1), loaded()
    assert Holder(either=read, many=[read]).model_dump() == Holder(either=fresh, many=[fresh]).model_dump()
    assert (
        Holder(either=read, many=[read]).model_dump_json()
        == Holder(either=fresh, many=[fresh]).model_dump_json()
    )


def test_an_entity_from_an_index_that_holds_a_part_of_the_item_is_not_stored() -> None:
    class Doc(
        Entity, table=Table("docs", pk="PK", indexes=[Index("by_kind", pk="kind", projection=KEYS_ONLY)])
    ):
        primary = Key("DOC#{id}")
        by_kind = Key("{kind}", index="by_kind")
        id: Attr[str] = attr(key_only=True)
        kind: Attr[str]

    row: Item = {"PK": {"S": "DOC#1"}, "kind": {"S": "a"}}
    doc = Doc.by_kind(kind="a").decode(row)
    assert doc == Doc(id="1", kind="a")
    with pytest.raises(
        StatementError, match="Doc: it was read from an index that does not hold all of the item"
    ):
        encode_item(definition_of(Doc), doc)
    assert encode_item(definition_of(Doc), Doc.primary(id="1").decode(row))["PK"] == {"S": "DOC#1"}


orders = st.builds(
    Order,
    customer_id=st.text(min_size=1, max_size=9),
    order_id=st.text(max_size=9),
    placed_at=st.datetimes(timezones=st.just(NOON.tzinfo)),
    status=st.sampled_from(Status),
    total=st.decimals(min_value=0, max_value=Decimal("1E30"), places=6),
    city=st.none() | st.text(max_size=9),
    note=st.none() | st.text(),
    price=st.integers(-(10**30), 10**30),
    tags=st.sets(st.text()),
    lines=st.lists(st.builds(Line, sku=st.text(), note=st.none() | st.text()), max_size=3),
    counts=st.lists(st.integers(-(10**9), 10**9), max_size=3),
    labels=st.dictionaries(st.text(min_size=1), st.text(), max_size=3),
    ship_to=st.none() | st.builds(Address, city=st.text(), zip_code=st.none() | st.text()),
    raw=st.none() | st.binary(),
    due=st.none() | st.datetimes(timezones=st.just(NOON.tzinfo)).map(lambda at: at.replace(microsecond=0)),
)


@settings(max_examples=150)
@given(orders)
def test_what_is_written_is_read_back(order: Order) -> None:
    definition = definition_of(Order)
    item = encode_item(definition, order)
    read = decode_item(definition, item)
    assert read == order
    assert encode_item(definition, read) == item
