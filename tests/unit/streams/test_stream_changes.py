"""Records of a stream as typed changes: every view, every kind of record, both spellings."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dynakit import (
    Attr,
    Change,
    DecodeError,
    Entity,
    Inserted,
    Key,
    Modified,
    Removed,
    StatementError,
    StreamReader,
    Table,
    UnknownEntity,
)
from tests.unit.support.feed import (
    CREATED,
    Customer,
    Order,
    customer_image,
    event,
    order_image,
    order_keys,
    record,
)

BOTH = StreamReader(Order, Customer)
ORDER = Order(customer_id="c1", order_id="o1")
PAID: dict[str, Any] = {"State#Date": {"S": "paid"}}
EXPIRY: dict[str, Any] = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}


def the_one(raw: dict[str, Any], reader: StreamReader[Any] = BOTH) -> Change[Any]:
    [change] = reader.changes(event(raw))
    return change


def described(change: Change[Any]) -> tuple[object, ...]:
    match change:
        case Inserted(new):
            return ("inserted", new)
        case Modified(old, new):
            return ("modified", old, new, change.changed)
        case Removed(old):
            return ("removed", old)


SOLD = Order(customer_id="c1", order_id="o1", status="paid")
STATUS = frozenset({"status"})


@pytest.mark.parametrize(
    ("view", "inserted", "modified", "removed"),
    [
        ("NEW_AND_OLD_IMAGES", (ORDER,), (ORDER, SOLD, STATUS), (SOLD,)),
        ("NEW_IMAGE", (ORDER,), (None, SOLD, None), (None,)),
        ("OLD_IMAGE", (None,), (ORDER, None, None), (SOLD,)),
        ("KEYS_ONLY", (None,), (None, None, None), (None,)),
    ],
)
def test_each_view_gives_the_images_it_has(
    view: str, inserted: tuple[object, ...], modified: tuple[object, ...], removed: tuple[object, ...]
) -> None:
    changes = BOTH.changes(
        event(
            record("INSERT", new=order_image(), view=view),
            record("MODIFY", old=order_image(), new=order_image(**PAID), view=view),
            record("REMOVE", old=order_image(**PAID), view=view),
        )
    )
    expected = [("inserted", *inserted), ("modified", *modified), ("removed", *removed)]
    assert [described(change) for change in changes] == expected
    assert [change.entity for change in changes] == [Order] * 3
    assert {change.view for change in changes} == {view}
    assert {str(change.key) for change in changes} == {str(Order.primary(customer_id="c1", order_id="o1"))}


def test_a_change_tells_where_and_when_it_was_recorded() -> None:
    change = the_one(record("INSERT", new=order_image(), number=4421584500000000017450439091))
    assert (change.sequence_number, change.table, change.event_id, change.shard) == (
        "4421584500000000017450439091",
        "feed-prod",
        "e4421584500000000017450439091",
        None,
    )
    assert change.approximate_creation_time == datetime.fromtimestamp(CREATED, UTC)
    assert change.keys == order_keys()


def test_the_item_of_a_change_is_its_new_image_or_the_old_one_of_a_removal() -> None:
    assert the_one(record("MODIFY", old=order_image(), new=order_image(**PAID))).item == SOLD
    assert the_one(record("REMOVE", old=order_image(**PAID))).item == SOLD
    bare = the_one(record("MODIFY", old=order_image(), new=order_image(**PAID), view="OLD_IMAGE"))
    assert isinstance(bare, Modified)
    with pytest.raises(StatementError, match=r"^Order: a stream of view OLD_IMAGE holds no new image"):
        _ = bare.item
    with pytest.raises(StatementError, match="holds no old and new image"):
        bare.has_changed(Order.status)


@pytest.mark.parametrize(
    ("identity", "expired"),
    [
        ({}, False),
        (EXPIRY, True),
        ({"userIdentity": {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}}, True),
        ({"userIdentity": {"Type": "Service", "PrincipalId": "replication.dynamodb.amazonaws.com"}}, False),
        ({"userIdentity": None}, False),
    ],
)
def test_a_removal_by_time_to_live_is_told(identity: dict[str, Any], expired: bool) -> None:
    change = the_one(record("REMOVE", old=order_image(), **identity))
    assert isinstance(change, Removed)
    assert change.expired is expired


def test_only_a_removal_can_be_by_time_to_live() -> None:
    change = the_one(record("MODIFY", old=order_image(), new=order_image(**PAID), **EXPIRY))
    assert isinstance(change, Modified)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ({}, PAID, {"status"}),
        ({"total": {"N": "1"}}, {"total": {"N": "1.0"}, **PAID}, {"status"}),
        ({"tags": {"SS": ["a", "b"]}}, {"tags": {"SS": ["b", "a"]}, "total": {"N": "2"}}, {"total"}),
        ({"tags": {"SS": ["a"]}}, {}, {"tags"}),
        ({"colour": {"S": "red"}}, {"colour": {"S": "blue"}}, {"colour"}),
        ({"GSI1SK": {"S": "x"}, "_w": {"S": "a"}}, {"GSI1SK": {"S": "y"}, "_w": {"S": "b"}}, set[str]()),
    ],
)
def test_what_changed_is_told_by_python_name_and_of_the_stored_values(
    old: dict[str, Any], new: dict[str, Any], changed: set[str]
) -> None:
    change = the_one(record("MODIFY", old=order_image(**old), new=order_image(**new)))
    assert isinstance(change, Modified)
    assert change.changed == frozenset(changed)
    assert change.has_changed(Order.status, Order.tags) is bool(changed & {"status", "tags"})


def test_a_write_that_changed_at_most_the_write_token_is_no_change() -> None:
    same = record("MODIFY", old=order_image(_w={"S": "a"}), new=order_image(_w={"S": "b"}))
    equal = record("MODIFY", old=order_image(), new=order_image())
    changes = BOTH.changes(event(same, equal))
    assert (len(changes), changes.foreign) == (0, 0)


def test_binaries_come_as_base64_text_or_as_bytes() -> None:
    text = record("INSERT", new=order_image(seal={"B": "AP8="}))
    raw = record("INSERT", new=order_image(seal={"B": b"\x00\xff"}))
    assert the_one(text) == the_one(raw)
    assert the_one(raw).item.seal == b"\x00\xff"


def test_a_record_as_boto3_gives_it_is_read_too() -> None:
    """It has no source ARN, a ``datetime``, and spells the identity with capitals."""
    raw = record("INSERT", new=order_image())
    del raw["eventSourceARN"]
    raw["dynamodb"]["ApproximateCreationDateTime"] = datetime.fromtimestamp(CREATED, UTC)
    [change] = BOTH.changes([raw])
    assert change.table is None
    assert change.approximate_creation_time == datetime.fromtimestamp(CREATED, UTC)


def test_the_shard_of_a_tumbling_window_is_told() -> None:
    [change] = BOTH.changes({**event(record("INSERT", new=order_image())), "shardId": "shardId-1"})
    assert change.shard == "shardId-1"


INVOICE = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#1"}, "_type": {"S": "Invoice"}}


def test_records_of_other_entities_are_counted_or_refused() -> None:
    given = event(record("INSERT", new=INVOICE), record("INSERT", new=customer_image()))
    changes = StreamReader(Customer).changes(given)
    assert ([change.entity for change in changes], changes.foreign) == ([Customer], 1)
    with pytest.raises(UnknownEntity) as caught:
        StreamReader(Customer, Order, foreign="refuse").changes(given)
    assert str(caught.value).startswith(
        "record 1: its item is of type 'Invoice'; expected one of Customer, Order."
    )
    assert caught.value.type_name == "Invoice"


@pytest.mark.parametrize("key", ["$unique#email", "$checkpoint#mailer", "$"])
def test_items_of_dynakit_itself_are_neither_given_nor_foreign(key: str) -> None:
    own = {"PK": {"S": key}, "SK": {"S": "$"}}
    changes = StreamReader(Order, foreign="refuse").changes(
        event(record("INSERT", new=own), record("REMOVE", keys=own, view="KEYS_ONLY"))
    )
    assert (len(changes), changes.foreign) == (0, 0)


plain = Table("plain", pk="id")


class Plain(Entity, table=plain):
    primary = Key("{id}")
    id: Attr[str]


texts = Table("texts", pk="PK")


class Escaped(Entity, table=texts):
    primary = Key("{name}")
    name: Attr[str]


def test_an_entity_whose_key_begins_with_a_dollar_is_given() -> None:
    """By its type where the key is an attribute itself; encoded text is not mistaken at all."""
    named = {"id": {"S": "$x"}}
    read = StreamReader(Plain).changes(
        event(record("INSERT", keys=named, new={**named, "_type": {"S": "Plain"}}))
    )
    assert [change.item for change in read] == [Plain(id="$x")]
    keys = {"PK": {"S": "$Tx"}}
    [change] = StreamReader(Escaped).changes(event(record("INSERT", keys=keys, view="KEYS_ONLY")))
    assert str(change.key) == str(Escaped.primary(name="$x"))


def test_an_item_that_turned_into_another_entity_was_removed_for_those_who_know_only_the_old_one() -> None:
    keys = {"id": {"S": "1"}}
    other = {**keys, "_type": {"S": "Other"}}
    own = {**keys, "_type": {"S": "Plain"}}
    removed = the_one(record("MODIFY", keys=keys, old=own, new=other), StreamReader(Plain))
    assert described(removed) == ("removed", Plain(id="1"))
    inserted = the_one(record("MODIFY", keys=keys, old=other, new=own), StreamReader(Plain))
    assert described(inserted) == ("inserted", Plain(id="1"))


SECRET = "s3cret-value"


def without(raw: dict[str, Any], *path: str) -> dict[str, Any]:
    inner = raw
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return raw


def with_time(raw: dict[str, Any], time: object) -> dict[str, Any]:
    raw["dynamodb"]["ApproximateCreationDateTime"] = time
    return raw


MALFORMED: dict[str, tuple[Any, str]] = {
    "text": (SECRET, "got str; expected a map."),
    "of another service": (
        record("INSERT", new=order_image(), eventSource="aws:sqs"),
        "its source is 'aws:sqs'; expected 'aws:dynamodb'",
    ),
    "no body": (
        without(record("INSERT", new=order_image()), "dynamodb"),
        "Keys: got NoneType; expected a map",
    ),
    "no keys": (without(record("INSERT", new=order_image()), "dynamodb", "Keys"), "Keys: got NoneType"),
    "no name": (without(record("INSERT", new=order_image()), "eventName"), "'eventName' is missing"),
    "a wrong name": (
        record("UPSERT", new=order_image()),
        "'eventName' is <str, 6 characters>; expected one of INSERT",
    ),
    "no view": (
        without(record("INSERT", new=order_image()), "dynamodb", "StreamViewType"),
        "'StreamViewType' is missing; expected one of KEYS_ONLY",
    ),
    "no sequence number": (
        without(record("INSERT", new=order_image()), "dynamodb", "SequenceNumber"),
        "'SequenceNumber' is missing",
    ),
    "an image of text": (
        record("INSERT", keys=order_keys(), new=SECRET),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        "NewImage: got str; expected a map",
    ),
    "a value without a type": (
        record("INSERT", new=order_image(total={SECRET: 1})),
        "NewImage.total: it is no attribute value",
    ),
    "a value of two types": (
        record("INSERT", new=order_image(total={"S": SECRET, "N": "1"})),
        "NewImage.total: it is no attribute value",
    ),
    "a number that is none": (
        record("INSERT", new=order_image(total={"N": SECRET})),
        "NewImage.total: it is no number",
    ),
    "a text that is none": (
        record("INSERT", new=order_image(status={"S": 7})),
        "NewImage.status: got int; expected str",
    ),
    "deep inside": (
        record("REMOVE", old=order_image(x={"L": [{"M": {"y": {"SS": "abc"}}}]})),
        "OldImage.x[0].y: got str; expected a list",
    ),
    "a time that is none": (
        with_time(record("INSERT", new=order_image()), SECRET),
        "'ApproximateCreationDateTime' (str) is no time",
    ),
    "an image its entity refuses": (
        record("INSERT", new=order_image(total={"S": SECRET})),
        "Order.total: ",
    ),
}


@pytest.mark.parametrize(("raw", "message"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_record_is_named_by_number_and_never_by_its_values(raw: Any, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        BOTH.changes({"Records": [record("INSERT", new=customer_image()), raw]})
    assert str(caught.value).startswith(f"record 2: {message}")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("given", [{}, {"Records": None}, {"Records": "abc"}, {"detail": {}}, "abc"])
def test_an_event_without_records_is_refused(given: Any) -> None:
    with pytest.raises(DecodeError, match=r"^stream event: it has no list of 'Records'"):
        BOTH.changes(given)


def test_a_reader_wants_entities_of_one_table() -> None:
    with pytest.raises(StatementError, match="got entities of 2 tables"):
        StreamReader(Order, Plain)
    with pytest.raises(StatementError, match="got entities of 0 tables"):
        StreamReader()
    assert BOTH.table is Order.__table__
    assert str(BOTH) == "stream of Order, Customer"


def test_decimal_numbers_are_exact() -> None:
    change = the_one(record("INSERT", new=order_image(total={"N": "12.500"})))
    assert change.item.total == Decimal("12.5")
