"""What a key attribute holds: a rendered template, or an attribute itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from dynakit import Attr, Entity, Index, Key, KeyAttribute, Table, attr, epoch_seconds
from dynakit.keys.part import KeyPart, PlainPart, TemplatePart
from dynakit.schema.definition import definition_of
from dynakit.wire import AttributeValue

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Visit(
    Entity,
    table=Table(
        "visits",
        pk="PK",
        sk=KeyAttribute("at", "N"),
        indexes=[Index("by_code", pk=KeyAttribute("code", "B"), sk="G1SK")],
    ),
):
    primary = Key("VISIT#{place}#{number:03d}", "{at}")
    by_code = Key("{code}", "{place:lower}", index="by_code")

    place: Attr[str]
    number: Attr[int]
    at: Attr[datetime] = attr(stored_as=epoch_seconds)
    code: Attr[bytes]


PLACE, AT = definition_of(Visit).key("primary").parts
CODE, LOWER = definition_of(Visit).key("by_code").parts

VALUES: dict[str, object] = {"place": "A#1", "number": 7, "at": NOON, "code": b"\xff"}

# Part, its source, its names, the key attribute it writes, and what is read back.
PARTS: list[tuple[KeyPart, str, tuple[str, ...], AttributeValue, dict[str, object]]] = [
    (
        PLACE,
        "VISIT#{place}#{number:03d}",
        ("place", "number"),
        {"S": "VISIT#A$S1#007"},
        {"place": "A#1", "number": 7},
    ),
    (AT, "{at}", ("at",), {"N": "1777636800"}, {"at": NOON}),
    (CODE, "{code}", ("code",), {"B": "/w=="}, {"code": b"\xff"}),
    (LOWER, "{place:lower}", ("place",), {"S": "a$S1"}, {"place": "a#1"}),
]


@pytest.mark.parametrize(("part", "source", "names", "stored", "read"), PARTS)
def test_a_part_writes_its_key_attribute_and_reads_it_back(
    part: KeyPart, source: str, names: tuple[str, ...], stored: AttributeValue, read: dict[str, object]
) -> None:
    assert (part.source, part.names) == (source, names)
    assert part.render(VALUES) == stored
    assert part.read(stored) == read


def test_an_attribute_itself_is_told_from_a_template() -> None:
    assert [type(part) for part in (PLACE, AT, CODE, LOWER)] == [
        TemplatePart,
        PlainPart,
        PlainPart,
        TemplatePart,
    ]


FOREIGN: list[tuple[KeyPart, AttributeValue]] = [
    (PLACE, {"S": "VISIT#A"}),
    (PLACE, {"S": "OTHER#A#007"}),
    (PLACE, {"N": "7"}),
    (AT, {"S": "1777636800"}),
    (CODE, cast("AttributeValue", {})),
]


@pytest.mark.parametrize(("part", "stored"), FOREIGN)
def test_what_the_part_did_not_write_is_none_of_its_keys(part: KeyPart, stored: AttributeValue) -> None:
    assert part.read(stored) is None
