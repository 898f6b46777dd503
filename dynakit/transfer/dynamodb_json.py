"""Items as DynamoDB's own exports to S3 have them: ``{"Item": {"PK": {"S": "…"}, …}}``, one a line.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from __future__ import annotations

import json
from typing import cast

from dynakit.foreign_json import json_value
from dynakit.wire import Item


def item_as_dynamodb_json(item: Item) -> str:
    """An item on one line."""
    return json.dumps({"Item": item}, ensure_ascii=False, separators=(",", ":"))


def item_from_dynamodb_json(text: str) -> Item:
    """The item of a line; its attribute values are still to be checked. Raises :class:`ValueError`."""
    try:
        document = json_value(text)
    except ValueError:
        raise ValueError("it is no JSON; expected one item a line") from None
    if isinstance(document, dict):
        members = cast("dict[str, object]", document)
        if members.keys() == {"Item"} and isinstance(members["Item"], dict):
            return cast("Item", members["Item"])
    raise ValueError('it is no DynamoDB JSON; expected {"Item": {…}}')
