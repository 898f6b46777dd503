"""An attribute that holds a discriminated union of models gives back the model it was given."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel

from dynakit import Attr, DecodeError, Entity, Key, Table, attr
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, encode_item


class Card(BaseModel):
    kind: Literal["card"] = "card"
    brand: str


class Bank(BaseModel):
    kind: Literal["bank"] = "bank"
    iban: str


class Purchase(Entity, table=Table("purchases", pk="PK")):
    primary = Key("PURCHASE#{id}")
    id: Attr[str]
    paid_by: Attr[Card | Bank] = attr(discriminator="kind")


@pytest.mark.parametrize("paid_by", [Card(brand="visa"), Bank(iban="NL01")])
def test_the_member_is_told_by_its_discriminator(paid_by: Card | Bank) -> None:
    definition = definition_of(Purchase)
    purchase = Purchase(id="1", paid_by=paid_by)
    assert decode_item(definition, encode_item(definition, purchase)) == purchase


def test_an_unknown_discriminator_is_refused() -> None:
    definition = definition_of(Purchase)
    item = encode_item(definition, Purchase(id="1", paid_by=Card(brand="visa")))
    item["paid_by"] = {"M": {"kind": {"S": "cash"}}}
    with pytest.raises(DecodeError, match=r"Purchase.paid_by.kind: holds another value"):
        decode_item(definition, item)
