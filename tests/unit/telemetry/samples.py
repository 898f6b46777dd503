"""Replies and failures as the service gives them, with everything that may be told of them."""

from __future__ import annotations

from dynakit import Item
from dynakit.operations.reply import ServiceError
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.wire import Payload
from tests.unit.support.models import Order, an_order

ROW: Item = encode_item(definition_of(Order), an_order())
THROTTLE = ServiceError(
    400,
    "ThrottlingException",
    "slow down",
    "request-1",
    {"throttlingReasons": [{"reason": "TableReadKeyRange", "resource": "arn:aws:dynamodb:::table/shop"}]},
)
PAGE: Payload = {
    "Items": [ROW, ROW],
    "Count": 2,
    "ScannedCount": 5,
    "ConsumedCapacity": {
        "TableName": "shop",
        "CapacityUnits": 1.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"GSI1": {"CapacityUnits": 1.5}},
    },
}
