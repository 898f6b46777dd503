"""A table with a stream, two entities of it, and records of it as Lambda writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dynakit import Attr, Entity, Index, Key, Table, attr

feed = Table(
    "feed",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")],
    stream="NEW_AND_OLD_IMAGES",
)

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/feed-prod/stream/2026-05-01T00:00:00.000"
CREATED = 1777636800


class Order(Entity, table=feed):
    primary = Key("CUSTOMER#{customer_id}", "ORDER#{order_id}")
    by_status = Key("STATUS#{status}", "{order_id}", index="GSI1")

    customer_id: Attr[str]
    order_id: Attr[str]
    status: Attr[str] = attr(default="open", name="State#Date")
    total: Attr[Decimal] = attr(default=Decimal(0))
    tags: Attr[set[str]] = attr(default_factory=set)
    seal: Attr[bytes | None] = attr(default=None)


class Customer(Entity, table=feed):
    primary = Key("CUSTOMER#{customer_id}", "PROFILE")

    customer_id: Attr[str]
    name: Attr[str] = attr(default="")


def order_keys(order_id: str = "o1") -> dict[str, Any]:
    """The primary key of an order of customer c1."""
    return {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": f"ORDER#{order_id}"}}


def order_image(order_id: str = "o1", **attributes: Any) -> dict[str, Any]:
    """A stored order."""
    told = {"_type": {"S": "Order"}, "customer_id": {"S": "c1"}, "order_id": {"S": order_id}}
    return {**order_keys(order_id), **told, **attributes}


def customer_image(**attributes: Any) -> dict[str, Any]:
    """A stored customer."""
    keys = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "PROFILE"}}
    return {**keys, "_type": {"S": "Customer"}, "customer_id": {"S": "c1"}, **attributes}


def record(
    event_name: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    keys: dict[str, Any] | None = None,
    view: str = "NEW_AND_OLD_IMAGES",
    number: int = 111,
    **members: Any,
) -> dict[str, Any]:
    """A record as Lambda writes it; the images that the view leaves out are left out."""
    image = new or old or {}
    body: dict[str, Any] = {
        "ApproximateCreationDateTime": CREATED,
        "Keys": keys or {name: image[name] for name in ("PK", "SK")},
        "SequenceNumber": str(number),
        "SizeBytes": 26,
        "StreamViewType": view,
    }
    if new and view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
        body["NewImage"] = new
    if old and view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
        body["OldImage"] = old
    return {
        "eventID": f"e{number}",
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": body,
        "eventSourceARN": ARN,
        **members,
    }


def event(*records: dict[str, Any]) -> dict[str, Any]:
    """Lambda's event."""
    return {"Records": list(records)}
