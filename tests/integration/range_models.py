"""Entities whose keys the range laws are tried on: all in one partition, with neighbours in their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from dynakit import Attr, Entity, Index, Key, KeyAttribute, Table, attr

lab = Table(
    "lab",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK"), Index("GSI2", pk="GSI2PK", sk="GSI2SK")],
)


class Grade(Enum):
    high = "H"
    low = "L"
    mid = "M#1"


class Texts(Entity, table=lab):
    primary = Key("RUN#{run}", "TEXT#{a}#{b}#{c}")
    run: Attr[str]
    a: Attr[str]
    b: Attr[str]
    c: Attr[str]


class Sole(Entity, table=lab):
    primary = Key("RUN#{run}", "SOLE#{a}")
    run: Attr[str]
    a: Attr[str]


class Numbers(Entity, table=lab):
    primary = Key("RUN#{run}", "NUM#{a:ordered}#{b:04d}#{c:ordered}")
    run: Attr[str]
    a: Attr[Decimal]
    b: Attr[int]
    c: Attr[int]


class Times(Entity, table=lab):
    primary = Key("RUN#{run}", "TIME#{a}#{b}#{c}#{d}")
    run: Attr[str]
    a: Attr[datetime]
    b: Attr[date]
    c: Attr[Grade]
    d: Attr[bool]


class Packed(Entity, table=lab):
    """Fixed widths without a separator, then raw text at the end."""

    primary = Key("RUN#{run}", "PACK#{a:02d}{b:03d}#{c:raw}")
    run: Attr[str]
    a: Attr[int]
    b: Attr[int]
    c: Attr[str]


class Indexed(Entity, table=lab):
    """Nothing literal before the first attribute, many items under one sort key."""

    primary = Key("RUN#{run}#{id:06d}", "INDEXED")
    pair = Key("RUN#{run}", "{a}#{b:ordered}", index="GSI1")
    alone = Key("RUN#{run}", "{c}", index="GSI2")
    run: Attr[str]
    id: Attr[int]
    a: Attr[str] = attr(default="a")
    b: Attr[int] = attr(default=0)
    c: Attr[str] = attr(default="c")


class Shorter(Entity, table=lab):
    """Neighbour: its key is the beginning of another's."""

    primary = Key("RUN#{run}", "TEXT#{a}")
    run: Attr[str]
    a: Attr[str]


class Longer(Entity, table=lab):
    """Neighbour: its key goes on behind another's."""

    primary = Key("RUN#{run}", "TEXT#{a}#{b}#{c}#SUB#{n:04d}")
    run: Attr[str]
    a: Attr[str]
    b: Attr[str]
    c: Attr[str]
    n: Attr[int]


class Beside(Entity, table=lab):
    """Neighbour: on both indexes, in the ranges of :class:`Indexed`."""

    primary = Key("RUN#{run}#{id:06d}", "BESIDE")
    pair = Key("RUN#{run}", "{a}", index="GSI1")
    alone = Key("RUN#{run}", "{a}#{id:06d}", index="GSI2")
    run: Attr[str]
    id: Attr[int]
    a: Attr[str]


class Constant(Entity, table=lab):
    """Neighbour: nothing but literal text."""

    primary = Key("RUN#{run}", "TEXT")
    run: Attr[str]


plain_text = Table("plain_text", pk="run", sk="a")
plain_number = Table("plain_number", pk="run", sk=KeyAttribute("a", "N"))
plain_binary = Table("plain_binary", pk="run", sk=KeyAttribute("a", "B"))


class PlainText(Entity, table=plain_text):
    primary = Key("{run}", "{a}")
    run: Attr[str]
    a: Attr[str]


class PlainNumber(Entity, table=plain_number):
    primary = Key("{run}", "{a}")
    run: Attr[str]
    a: Attr[Decimal]


class PlainBinary(Entity, table=plain_binary):
    primary = Key("{run}", "{a}")
    run: Attr[str]
    a: Attr[bytes]


PIECES = ["", "1", "2", "20", "a", "a#b", "#", "$", "$$", " ", "\x00", "\x1f", "A", "~", "\x7f", "é"]
EDGES = ["\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff"]

text = st.lists(st.sampled_from([*PIECES, *EDGES]), max_size=3).map("".join)
raw_text = text.map(lambda value: value.replace("#", "_"))
filled_text = text.filter(bool)
small = st.integers(0, 3)
exact = st.one_of(
    st.sampled_from(
        [Decimal(one) for one in ("0", "1", "2", "20", "-1", "-2", "-20", "0.1", "1E+100", "1E-130")]
    ),
    st.decimals(-1000, 1000, places=2),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=10),
)
signed = st.one_of(st.sampled_from([0, 1, 2, 20, -1, -2, -20]), st.integers(-(10**30), 10**30))
moment = st.sampled_from(
    [
        datetime(year, 1, 1, hour, tzinfo=UTC).replace(microsecond=part)
        for year in (1, 999, 2025, 2026, 9999)
        for hour in (0, 23)
        for part in (0, 1, 999_999)
    ]
)
day = st.sampled_from([date(1, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(9999, 12, 31)])
binary = st.lists(st.sampled_from([b"\x00", b"\x01", b"a", b"\x7f", b"\xff"]), min_size=1, max_size=3).map(
    b"".join
)


@dataclass(frozen=True)
class Law:
    """What is tried: a pattern of an entity, and values for each attribute of its sort key, from its left."""

    entity: type[Entity]
    pattern: str
    values: Mapping[str, st.SearchStrategy[Any]]

    def __str__(self) -> str:
        return f"{self.entity.__name__}.{self.pattern}"


LAWS = [
    Law(Texts, "primary", {"a": text, "b": text, "c": text}),
    Law(Sole, "primary", {"a": text}),
    Law(Numbers, "primary", {"a": exact, "b": small, "c": signed}),
    Law(Times, "primary", {"a": moment, "b": day, "c": st.sampled_from(Grade), "d": st.booleans()}),
    Law(Packed, "primary", {"a": small, "b": small, "c": raw_text}),
    Law(Indexed, "pair", {"a": text, "b": signed}),
    Law(Indexed, "alone", {"c": filled_text}),
    Law(PlainText, "primary", {"a": filled_text}),
    Law(PlainNumber, "primary", {"a": exact}),
    Law(PlainBinary, "primary", {"a": binary}),
]
