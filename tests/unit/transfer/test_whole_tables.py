"""Tables are read and written whole: items as they are stored, whoever's they are."""

from __future__ import annotations

import pytest

from dynakit import CheckpointError, Client, Item, Table, connect
from dynakit.errors import Unprocessed
from dynakit.transfer.exporting import TableScan, TableScanner
from dynakit.transfer.formats import Record
from dynakit.transfer.importing import Importer
from tests.unit.transfer.stored_items import BOX


def item(number: float, **more: str) -> Item:
    texts: Item = {name: {"S": text} for name, text in more.items()}
    return {"PK": {"S": f"p{number % 7:.0f}"}, "number": {"N": str(number)}, **texts}


def number(one: Item) -> float:
    return float(one["number"].get("N", "nan"))


def record(one: Item, line: int = 1) -> Record:
    return Record(one, line, line, 0)


def db_with(*items: Item, table: Table = BOX) -> Client:
    db = connect("memory://")
    db.tables.create(table)
    for one in items:
        db.call("PutItem", {"TableName": table.name, "Item": one})
    return db


def pages(db: Client, scan: TableScan, checkpoint: str | None = None) -> list[tuple[list[Item], str]]:
    """The items of each page, and the checkpoint behind them."""
    scanner, found = TableScanner(scan, db.environment, checkpoint), list[tuple[list[Item], str]]()
    while not scanner.progress.done:
        for fetched in db.run(scanner.round()):
            items = db.run(scanner.page(fetched)).items
            found.append((items, scanner.progress.checkpoint))
    return found


def everything(db: Client) -> list[Item]:
    found = [one for items, _ in pages(db, TableScan(BOX)) for one in items]
    return sorted(found, key=number)


def test_every_item_is_read_as_it_is_stored() -> None:
    items = [item(1), item(2, _type="Order"), item(3, _type="unique guard"), item(4, other="x")]
    assert everything(db_with(*items)) == items


@pytest.mark.parametrize("segments", [1, 3])
def test_a_scan_goes_on_behind_any_page_with_what_was_not_read(segments: int) -> None:
    items = [item(one) for one in range(40)]
    db, scan = db_with(*items), TableScan(BOX, segments, at_once=2, page_size=3)
    read = pages(db, scan)
    assert len(read) > 10
    done = list[Item]()
    for page, checkpoint in read:
        done += page
        rest = [one for page, _ in pages(db, scan, checkpoint) for one in page]
        assert sorted(str(one) for one in done + rest) == sorted(map(str, items))


def test_a_checkpoint_is_of_one_table_and_one_number_of_segments() -> None:
    db = db_with(item(1))
    ((_, checkpoint),) = pages(db, TableScan(BOX, 1))
    for other in (TableScan(BOX, 2), TableScan(Table("other", pk="PK"), 1)):
        with pytest.raises(CheckpointError):
            TableScanner(other, db.environment, checkpoint)


def test_what_is_asked_for_is_sent() -> None:
    db = db_with()
    scan = TableScan(BOX, 4, consistent_read=True, page_size=7)
    assert scan.request(db.environment, 2, start=item(1)).payload == {
        "TableName": "box",
        "Segment": 2,
        "TotalSegments": 4,
        "ConsistentRead": True,
        "Limit": 7,
        "ExclusiveStartKey": item(1),
        "ReturnConsumedCapacity": "TOTAL",
    }


def test_a_round_writes_all_and_of_equal_keys_the_last() -> None:
    db, importer = db_with(item(3, was="there")), Importer(BOX, at_once=2, write_units=1e6)
    items = [item(one) for one in range(importer.round_size)]
    items[-1] = item(0.0, new="yes")
    db.run(importer.round(map(record, items), db.environment))
    found = everything(db)
    assert found[1:] == items[1:-1]
    assert found[0]["new"] == {"S": "yes"}


def test_what_was_not_written_is_given_back() -> None:
    db, records = connect("memory://"), [record(item(1)), record(item(2), 2)]
    with pytest.raises(Unprocessed) as refused:
        db.run(Importer(BOX, at_once=1).round(records, db.environment))
    assert list(refused.value.failed) == records
