"""Scans, page by page, against canned replies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit import Attr, CheckpointError, Entity, Environment, Index, Key, Scan, Table, attr
from dynakit.operations.scan import Scanner, ScanPage, ScanProgress, count_scan
from dynakit.wire import AttributeValue, Item, Payload
from tests.unit.support.playing import play

SHOP = Table("flow-shop", pk="PK", sk="SK", indexes=[Index("GSI1", pk="GPK", sk="GSK")])
OLD = Table("flow-old", pk="id", type_attribute=None, token_attribute=None)


class Order(Entity, table=SHOP):
    primary = Key("ORDER#{number:06d}", "ORDER")
    by_size = Key("SIZE#{size:06d}", "{number:06d}", index="GSI1")
    number: Attr[int]
    size: Attr[int] = attr(default=1)


class User(Entity, table=OLD):
    primary = Key("{id}")
    id: Attr[str]


def row(number: int, **others: AttributeValue) -> Item:
    key: Item = {"PK": {"S": f"ORDER#{number:06}"}, "SK": {"S": "ORDER"}, "_type": {"S": "Order"}}
    return {**key, "number": {"N": str(number)}, "size": {"N": "1"}, **others}


def key(number: int) -> Item:
    return {name: row(number)[name] for name in ("PK", "SK")}


def reply(*rows: Item, after: Item | None = None, read: int | None = None, units: float = 1.0) -> Payload:
    return {
        "Items": list(rows),
        "Count": len(rows),
        "ScannedCount": len(rows) if read is None else read,
        "ConsumedCapacity": {"TableName": "flow-shop", "CapacityUnits": units},
        **({} if after is None else {"LastEvaluatedKey": after}),
    }


def numbers(pages: list[ScanPage[Order]]) -> list[list[int]]:
    return [[order.number for order in page.items] for page in pages]


class Played:
    """A scanner, a round at a time."""

    def __init__(self, scan: Scan[Any], checkpoint: str | None = None) -> None:
        self.environment = Environment.simulated()
        self.scanner: Scanner[Any] = Scanner(scan, self.environment, checkpoint)
        self.slept: list[float] = []
        self.payloads: list[Payload] = []

    def round(self, *answers: Payload) -> list[ScanPage[Any]]:
        played = play(self.scanner.round(), answers, self.environment)
        self.slept += played.slept
        self.payloads += played.payloads
        return [play(self.scanner.page(one), [], self.environment).result for one in played.result]


def test_each_segment_goes_on_behind_its_own_last_key_and_no_more_than_at_once_are_read() -> None:
    played = Played(Scan(Order).segments(3, at_once=2))
    assert numbers(played.round(reply(row(1), after=key(1)), reply(row(2)))) == [[1], [2]]
    assert numbers(played.round(reply(row(3)), reply(row(4), after=key(4)))) == [[3], [4]]
    assert numbers(played.round(reply())) == [[]]
    assert played.scanner.progress.done
    sent = [(one["Segment"], one["TotalSegments"], one.get("ExclusiveStartKey")) for one in played.payloads]
    assert sent == [(0, 3, None), (1, 3, None), (0, 3, key(1)), (2, 3, None), (2, 3, key(4))]


def test_a_checkpoint_is_behind_the_pages_handed_over_and_before_those_that_are_not() -> None:
    """Both pages of a round are read; the first one's checkpoint still has the second to do."""
    scan = Scan(Order).segments(2)
    first, second = Played(scan).round(reply(row(1), after=key(1)), reply(row(2)))
    resumed = Played(scan, first.checkpoint)
    assert numbers(resumed.round(reply(row(3)), reply(row(2)))) == [[3], [2]]
    assert [one.get("ExclusiveStartKey") for one in resumed.payloads] == [key(1), None]
    resumed = Played(scan, second.checkpoint)
    assert numbers(resumed.round(reply(row(3)))) == [[3]]
    assert [one["Segment"] for one in resumed.payloads] == [0]


def test_a_checkpoint_at_the_end_gives_nothing_more() -> None:
    (page,) = Played(Scan(Order)).round(reply(row(1)))
    assert Scanner[Order](Scan(Order), Environment.simulated(), page.checkpoint).progress.done


@pytest.mark.parametrize("scan", [Scan(Order), Scan(Order).trusted(), Scan(Order).as_dicts()], ids=repr)
def test_progress_counts_what_was_read_given_foreign_and_paid(scan: Scan[Any]) -> None:
    wrong = row(2, PK={"S": "ELSE"})
    (page,) = Played(scan).round(reply(row(1), wrong, read=40, units=12.5))
    assert page.progress == ScanProgress(40, 1, 1, 12.5, page.progress.positions, page.progress.bound)
    assert (page.progress.segments, page.progress.segments_done) == (1, 1)


def test_private_items_are_left_out_where_no_type_tells_them() -> None:
    """A value that begins with an escaped character is no private key; a rendered one never is."""
    rows: list[Item] = [{"id": {"S": text}} for text in ("a", "$unique#x", "$UNIQUE#x", "$Sx", "$0", "$")]
    (page,) = Played(Scan(User)).round(reply(*rows))
    assert [user.id for user in page.items] == ["a", "$Sx", "$0"]


def test_a_rate_is_held_over_all_segments() -> None:
    """Two pages of 6 units at 4 units a second: the next round begins 3 seconds later."""
    played = Played(Scan(Order).segments(2).read_units_per_second(4))
    played.round(reply(row(1), after=key(1), units=6), reply(row(2), after=key(2), units=6))
    assert played.slept == []
    played.round(reply(units=6), reply(units=6))
    assert played.slept == [1.0, 1.0, 1.0]
    assert played.environment.monotonic() == 3.0


def test_a_rate_is_held_where_replies_report_no_capacity() -> None:
    played = Played(Scan(Order).read_units_per_second(1))
    played.round({"Items": [row(1)], "Count": 1, "ScannedCount": 3, "LastEvaluatedKey": key(1)})
    played.round(reply())
    assert sum(played.slept) == 1.5


def test_counting_reads_all_pages_and_transfers_no_items() -> None:
    counts: list[Payload] = [
        {"Count": 7, "ScannedCount": 9, "LastEvaluatedKey": key(1)},
        {"Count": 2, "ScannedCount": 2},
    ]
    environment = Environment.simulated()
    played = play(count_scan(Scan(Order), environment), counts, environment)
    assert played.result == 9
    assert {one["Select"] for one in played.payloads} == {"COUNT"}


def test_counting_judges_the_rows_where_the_service_cannot() -> None:
    environment = Environment.simulated()
    played = play(
        count_scan(Scan(User), environment), [reply({"id": {"S": "a"}}, {"id": {"S": "$U"}})], environment
    )
    assert played.result == 1


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        "nothing",
        "[" * 100_000,
        "{}",
        '{"version":2,"scan":"x","segments":[]}',
        '{"segments":[null]}',
    ],
    ids=lambda text: text[:12],
)
def test_text_that_is_no_checkpoint_is_refused(damaged: str) -> None:
    with pytest.raises(CheckpointError, match=r"scan Order: the checkpoint does not fit"):
        Scanner[Order](Scan(Order), Environment.simulated(), damaged)


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [None, None],
        [7],
        ["over"],
        [{}],
        [{"PK": {"S": "a"}}],
        [{"PK": {"S": "a"}, "SK": {"N": "1"}}],
        [{"PK": {"S": ""}, "SK": {"S": "b"}}],
        [{"PK": {"S": "a"}, "SK": {"S": "b"}, "other": {"S": "c"}}],
        [{"PK": "a", "SK": "b"}],
        None,
    ],
)
def test_damaged_positions_are_refused(segments: object) -> None:
    (page,) = Played(Scan(Order)).round(reply(row(1)))
    damaged = json.dumps({**json.loads(page.checkpoint), "segments": segments})
    with pytest.raises(CheckpointError, match="damaged"):
        Scanner[Order](Scan(Order), Environment.simulated(), damaged)


OTHERS: list[Scan[Order]] = [
    Scan(Order).segments(2),
    Scan(Order).filter(Order.size == 1),
    Scan(Order, index="GSI1"),
    Scan(Order).including_expired(),
]


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_a_checkpoint_of_another_scan_is_refused(other: Scan[Order]) -> None:
    (page,) = Played(Scan(Order)).round(reply(row(1), after=key(1)))
    with pytest.raises(CheckpointError, match="of another scan"):
        Scanner[Order](other, Environment.simulated(), page.checkpoint)
    elsewhere = Environment.simulated(tables={"flow-shop": "flow-shop-2"})
    with pytest.raises(CheckpointError, match="of another scan"):
        Scanner[Order](Scan(Order), elsewhere, page.checkpoint)


def test_how_fast_and_how_parallel_a_scan_is_may_differ_when_it_is_resumed() -> None:
    page = Played(Scan(Order).segments(2)).round(reply(row(1), after=key(1)), reply())[0]
    other = Scan(Order).segments(2, at_once=1).read_units_per_second(5).items_per_request(3).consistent()
    assert len(Played(other, page.checkpoint).round(reply())) == 1


def test_a_checkpoint_of_an_index_holds_its_key_too() -> None:
    scan = Scan(Order, index="GSI1")
    after: Item = {**key(1), "GPK": {"S": "SIZE#1"}, "GSK": {"S": "1"}}
    (page,) = Played(scan).round(reply(row(1), after=after))
    resumed = Played(scan, page.checkpoint)
    resumed.round(reply())
    assert resumed.payloads[0]["ExclusiveStartKey"] == after


@given(data=st.data(), segments=st.integers(1, 5), at_once=st.integers(1, 6), count=st.integers(0, 40))
def test_killed_and_resumed_anywhere_nothing_is_missed_or_repeated(
    data: st.DataObject, segments: int, at_once: int, count: int
) -> None:
    """The store is played: segment s holds the numbers n with n mod segments = s, in pages of 1 to 4."""
    scan = Scan(Order).segments(segments, at_once=at_once)
    seen: list[int] = []
    stored: str | None = None
    for _ in range(count + segments + 1):
        played = Played(scan, stored)
        if played.scanner.progress.done:
            break
        answers: list[Payload] = []
        for number in _next_segments(played.scanner, at_once):
            position = played.scanner.progress.positions[number].after
            begin = number if position is None else int(position["PK"].get("S", "")[6:]) + segments
            held = list(range(begin, count, segments))
            taken = held[: data.draw(st.integers(1, 4))]
            after = key(taken[-1]) if len(taken) < len(held) else None
            answers.append(reply(*map(row, taken), after=after))
        pages = played.round(*answers)
        for page in pages[: data.draw(st.integers(1, len(pages)))]:
            seen += [order.number for order in page.items]
            stored = page.checkpoint
    else:
        raise AssertionError("it did not come to its end")
    assert sorted(seen) == list(range(count))


def _next_segments(scanner: Scanner[Any], at_once: int) -> list[int]:
    positions = scanner.progress.positions
    return [number for number, position in enumerate(positions) if not position.done][:at_once]
