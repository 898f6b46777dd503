"""The shapes that travel: DynamoDB's JSON, exactly as on the wire.

Binary values (``B``, ``BS``) are base64 text here, numbers are decimal text.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal, TypeAlias, TypedDict

from dynakit.values import dataclass


class AttributeValue(TypedDict, total=False):
    """One attribute value: exactly one of the members is present."""

    S: str
    N: str
    B: str
    BOOL: bool
    NULL: bool
    SS: list[str]
    NS: list[str]
    BS: list[str]
    L: list[AttributeValue]
    M: dict[str, AttributeValue]


Item: TypeAlias = dict[str, AttributeValue]
"""Attribute names to attribute values: a stored item, or its key."""

Payload: TypeAlias = dict[str, Any]
"""The JSON body of a request or a reply."""

ScalarType: TypeAlias = Literal["S", "N", "B"]
"""The attribute types a key attribute can have."""


Service: TypeAlias = Literal["dynamodb", "streams", "search", "s3", "kms"]
"""The API an action belongs to; ``search`` is DynamoDB's ``SearchVectors``, which has a host of its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: an API action such as ``Query``, its JSON body, and the API it belongs to.

    ``attempt`` counts from 1 how often this call was sent, ``statement`` is what is being carried out. Both
    are for those who look on: they are not sent, and calls that differ only in them are equal.
    ``item_by_item`` says that ``Items`` of the reply are only iterated over: a transport may give something
    that parses each when it is taken.
    """

    action: str
    payload: Payload
    service: Service = "dynamodb"
    attempt: int = field(default=1, compare=False, repr=False)
    statement: object = field(default=None, compare=False, repr=False)
    item_by_item: bool = field(default=False, compare=False, repr=False)
