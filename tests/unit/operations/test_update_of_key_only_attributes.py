"""Attributes that stand only inside index keys are updated by rendering the keys."""

from __future__ import annotations

from dynakit import Attr, Entity, Environment, Index, Key, Table, Update, Upsert, attr

shop = Table("shop", pk="PK", sk="SK", token_attribute=None, indexes=[Index("GSI1", pk="G1PK", sk="G1SK")])


class Shipment(Entity, table=shop):
    primary = Key("o#{order_id}", "sh#{shipment_id}")
    by_warehouse = Key("w#{warehouse_id}", "sh#{shipment_id}", index="GSI1")

    order_id: Attr[str]
    shipment_id: Attr[str]
    warehouse_id: Attr[str] = attr(key_only=True)
    note: Attr[str | None] = attr(default=None)


KEY = Shipment.primary(order_id="1", shipment_id="2")


def test_an_update_renders_the_key_and_writes_no_attribute() -> None:
    payload = Update(KEY, Shipment.warehouse_id.set("w2")).compile(Environment.simulated()).payload
    assert payload["UpdateExpression"] == "SET #n0 = :v0"
    assert payload["ExpressionAttributeNames"]["#n0"] == "G1PK"
    assert payload["ExpressionAttributeValues"] == {":v0": {"S": "w#w2"}}


def test_an_upsert_renders_every_key() -> None:
    payload = Upsert(KEY, Shipment.warehouse_id.set("w2")).compile(Environment.simulated()).payload
    assert "warehouse_id" not in payload["ExpressionAttributeNames"].values()
    assert {"S": "w#w2"} in payload["ExpressionAttributeValues"].values()
    assert {"S": "sh#2"} in payload["ExpressionAttributeValues"].values()
