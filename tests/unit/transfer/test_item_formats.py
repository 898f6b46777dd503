"""Exported items: every format carries every item, and a line that holds none is told by its number."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit import DynakitError, Item
from dynakit.transfer.cells import OTHERS, declared_columns
from dynakit.transfer.formats import Format, Lines, Reading, Writing
from schemas.backend import users
from schemas.online_shop import shop
from tests.unit.transfer.stored_items import BOX, ITEMS, NAMES

COLUMNS = ("PK", "number", "a", OTHERS)
KEY: Item = {"PK": {"S": "p"}, "number": {"N": "1"}}


def written(format: Format, items: list[Item], columns: tuple[str, ...] = COLUMNS) -> bytes:
    writing = Writing(BOX, format, columns)
    return writing.head + writing.lines(items)


def read(format: Format, data: bytes) -> list[Item]:
    lines, reading = Lines("file", io.BytesIO(data)), Reading(BOX, format)
    return [record.item for record in reading.records(lines, reading.columns(lines))]


def refusal(format: Format, data: bytes) -> str:
    with pytest.raises(DynakitError) as refused:
        read(format, data)
    return str(refused.value)


@pytest.mark.parametrize("format", Format)
@given(items=st.lists(ITEMS, max_size=3), names=st.lists(NAMES, max_size=3))
def test_what_is_written_is_read_again(format: Format, items: list[Item], names: list[str]) -> None:
    columns = (*dict.fromkeys(["PK", "number", *(name for name in names if name != OTHERS)]), OTHERS)
    assert read(format, written(format, items, columns)) == items


@pytest.mark.parametrize("format", Format)
@given(items=st.lists(ITEMS, min_size=1, max_size=4))
def test_a_file_can_be_read_on_from_behind_any_item(format: Format, items: list[Item]) -> None:
    data = written(format, items)
    lines, reading = Lines("file", io.BytesIO(data)), Reading(BOX, format)
    columns = reading.columns(lines)
    records = list(reading.records(lines, columns))
    assert records[-1].end == len(data)
    for done, record in enumerate(records, start=1):
        rest = Lines("file", io.BytesIO(data[record.end :]), number=record.last_line, offset=record.end)
        assert list(reading.records(rest, columns)) == records[done:]


@pytest.mark.parametrize("format", [Format.JSONL, Format.DYNAMODB_JSON])
@given(items=st.lists(ITEMS, max_size=3))
def test_an_item_is_one_line(format: Format, items: list[Item]) -> None:
    assert written(format, items).count(b"\n") == len(items)


ALL_TYPES: Item = {
    **KEY,
    "B": {"B": "AAE="},
    "L": {"L": [{"N": "1.50"}, {"NULL": True}, {"BOOL": False}]},
    "M": {"M": {"$map": {"S": "x"}}},
    "NS": {"NS": ["1", "-2.5"]},
    "a": {"S": "12"},
}


def test_json_lines_are_plain_with_marks() -> None:
    assert json.loads(written(Format.JSONL, [ALL_TYPES]), parse_float=str) == {
        "PK": "p",
        "number": 1,
        "B": {"$binary": "AAE="},
        "L": ["1.50", None, False],
        "M": {"$map": {"$map": "x"}},
        "NS": {"$numbers": [1, "-2.5"]},
        "a": "12",
    }


def test_dynamodb_json_is_what_exports_to_s3_hold() -> None:
    assert json.loads(written(Format.DYNAMODB_JSON, [ALL_TYPES])) == {"Item": ALL_TYPES}


def test_csv_has_a_column_for_each_attribute_and_one_for_the_others() -> None:
    items: list[Item] = [
        {**KEY, "a": {"N": "12"}},
        {**KEY, "a": {"S": "12"}, "b": {"BOOL": True}},
        {"PK": {"S": "007"}, "number": {"N": "1"}, "a": {"S": "0.5 litres, cold"}},
    ]
    assert written(Format.CSV, items).decode().split("\n") == [
        "PK,number,a,*",
        "p,1,12,",
        'p,1,"""12""","{""b"": true}"',
        '007,1,"0.5 litres, cold",',
        "",
    ]


def test_the_columns_are_what_the_table_and_its_entities_declare() -> None:
    assert declared_columns(users) == [
        "id",
        "username",
        "cpf",
        "_w",
        "name",
        "email",
        "signedUpAt",
        OTHERS,
    ]
    assert {"PK", "SK", "GSI1PK", "_type"} < set(declared_columns(shop))


@pytest.mark.parametrize(
    ("format", "data", "items"),
    [
        (Format.JSONL, '\ufeff{"PK":"p","number":1}\r\n\r\n', [KEY]),
        (Format.CSV, "\ufeffnumber,PK\r\n1,p\r\n\r\n1.0,p", [KEY, {**KEY, "number": {"N": "1.0"}}]),
        (Format.DYNAMODB_JSON, '{"Item": {"PK": {"S": "p"}, "number": {"N": "1"}}}', [KEY]),
        (Format.CSV, "PK,number\n", []),
        (Format.JSONL, "", []),
    ],
)
def test_files_that_others_wrote_are_read(format: Format, data: str, items: list[Item]) -> None:
    assert read(format, data.encode()) == items


GOOD = '{"PK": "p", "number": 1}\n'


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "it is no JSON; expected one item a line"),
        ('{"PK": "p", "number": NaN}', "it is no JSON; expected one item a line"),
        ("[" * 100_000, "it is no JSON; expected one item a line"),
        ("7", "it is no JSON object; expected one item a line"),
        ('{"PK": "p"}', "it has no 'number'; expected the primary key of table 'box'"),
        (
            '{"PK": 7, "number": 1}',
            "attribute 'PK': it is no key value of type S, which the table has it for",
        ),
        (
            '{"PK": "p", "number": 1, "GSI1PK": ""}',
            "attribute 'GSI1PK': it is no key value of type S, which the table has it for",
        ),
        ('{"PK": "p", "number": 1, "a": {"$binary": 7}}', "$binary does not hold what it is for; expected"),
        ('{"PK": "p", "number": 1, "a": {"$numbers": ["1"]}}', "$numbers does not hold what it is for;"),
        ('{"PK": "p", "number": 1, "a": {"$map": 1}}', "$map does not hold what it is for; expected"),
        ('{"PK": "p", "number": 1, "a": {"$strings": []}}', "attribute 'a': it is not a list of distinct"),
        ('{"PK": "p", "number": 1, "a": [{"$binary": "?"}]}', "attribute 'a', element 0: it is not base64"),
        (
            '{"PK": "p", "number": 1, "a": {"b": 1e500}}',
            "attribute 'a', 'b': it is not a number of at most 38 digits, which type N holds",
        ),
        ('{"PK": "p", "number": 1, "a": "\\ud800"}', "attribute 'a': it is not text, which type S holds"),
        (json.dumps({"PK": "p", "number": 1, "a": "x" * 409_600}), "it has 409,612 bytes; DynamoDB allows"),
        (
            '{"PK": "p", "number": 1, "a": ' + "[" * 32 + "]" * 32 + "}",
            "it is nested deeper than 32 levels, which DynamoDB allows",
        ),
        (
            '{"PK": "p", "number": 1, "a": ' + "[" * 900 + "]" * 900 + "}",
            "it is nested deeper than 32 levels, which DynamoDB allows",
        ),
    ],
)
def test_a_bad_line_is_told_by_file_and_number_without_a_value(line: str, told: str) -> None:
    assert refusal(Format.JSONL, f"{GOOD}\n{line}\n{GOOD}".encode()).startswith(f"file:3: {told}")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"PK": {"S": "p"}}', 'it is no DynamoDB JSON; expected {"Item": {…}}'),
        ("[", "it is no JSON; expected one item a line"),
        (
            '{"Item": {"PK": "p"}}',
            "attribute 'PK': it is no attribute value; expected one type and its value",
        ),
        ('{"Item": {"PK": {"X": "p"}}}', "attribute 'PK': it has no type that DynamoDB has; expected one of"),
        ('{"Item": {"PK": {"S": "p", "N": "1"}}}', "attribute 'PK': it is no attribute value; expected one"),
        ('{"Item": {"PK": {"S": 7}}}', "attribute 'PK': it is not text, which type S holds"),
        ('{"Item": {"a": {"L": {}}}}', "attribute 'a': it is not a list, which type L holds"),
        ('{"Item": {"a": {"M": []}}}', "attribute 'a': it is not a map, which type M holds"),
        ('{"Item": {"a": {"NULL": false}}}', "attribute 'a': it is not true, which type NULL holds"),
        ('{"Item": {"a": {"NS": ["1", "1.0"]}}}', "attribute 'a': it is not a list of distinct numbers"),
    ],
)
def test_bad_dynamodb_json_is_told_by_the_attribute(line: str, told: str) -> None:
    assert refusal(Format.DYNAMODB_JSON, line.encode()).startswith(f"file:1: {told}")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("", "file:1: it has no column 'PK', 'number'; expected the names of attributes"),
        ("PK,a\n", "file:1: it has no column 'number'; expected the names of attributes, with the primary"),
        ("PK,number,a,a\n", "file:1: it names a column twice"),
        ("PK,number\np\n", "file:2: it has 1 cells; expected 2, as the first line has"),
        ("PK,number\np,x\n", "file:2: attribute 'number': it is not a number of at most 38 digits"),
        ("PK,number,a\np,1,[x\n", "file:2: column 'a': it begins as JSON and is none"),
        ("PK,number,*\np,1,x\n", "file:2: column '*': it is no JSON"),
        ('PK,number\n"p\nq",1\n"r,1\n', "file:4: it is no CSV: unexpected end of data"),
        ('PK,number\n"p\nq",1\n"r\ns",x\n', "file:4: attribute 'number'"),
    ],
)
def test_bad_csv_is_told_by_the_line_the_row_begins_on(data: str, told: str) -> None:
    assert refusal(Format.CSV, data.encode()).startswith(told)


def test_text_that_is_no_utf_8_is_told_by_its_line() -> None:
    assert refusal(Format.JSONL, GOOD.encode() + b'{"PK": "\xff"}') == "file:2: it is not UTF-8."
