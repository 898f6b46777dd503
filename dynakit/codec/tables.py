"""Which codec, or which kind of codec, the types of the standard library and of pydantic have."""

from __future__ import annotations

import collections
from collections import abc
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import (
    AwareDatetime,
    FutureDate,
    FutureDatetime,
    JsonValue,
    NaiveDatetime,
    PastDate,
    PastDatetime,
)

from dynakit.codec.codec import Codec
from dynakit.codec.generic import ANY, JSON
from dynakit.codec.scalars import BINARY, BOOLEAN, DECIMAL, FLOAT, IDENTIFIER, INTEGER, STRING
from dynakit.codec.stored import naive_iso, stored_codec
from dynakit.codec.times import DATE, DATETIME, DURATION, TIME
from dynakit.codec.unions import nothing_codec

SCALARS: dict[object, Codec] = {
    str: STRING,
    int: INTEGER,
    float: FLOAT,
    Decimal: DECIMAL,
    bool: BOOLEAN,
    bytes: BINARY,
    UUID: IDENTIFIER,
    datetime: DATETIME,
    date: DATE,
    time: TIME,
    timedelta: DURATION,
    # What pydantic checks beyond the type is checked where the whole model is validated.
    AwareDatetime: DATETIME,
    PastDatetime: DATETIME,
    FutureDatetime: DATETIME,
    NaiveDatetime: stored_codec(naive_iso, datetime),
    PastDate: DATE,
    FutureDate: DATE,
    object: ANY,
    Any: ANY,
    JsonValue: JSON,
    None: nothing_codec(),
    type(None): nothing_codec(),
}

# datetime before date, which it is a subclass of.
BASES = (datetime, date, time, timedelta, str, int, float, Decimal, bytes, UUID)

SEQUENCES: dict[object, tuple[tuple[type, ...], Callable[[list[object]], object] | None]] = {
    list: ((list,), None),
    abc.Sequence: ((list, tuple), None),
    abc.MutableSequence: ((list,), None),
    collections.deque: ((collections.deque,), collections.deque),
}
SETS: dict[object, Callable[[list[object]], object]] = {
    set: set,
    frozenset: frozenset,
    abc.Set: set,
    abc.MutableSet: set,
}
MAPPINGS = (dict, abc.Mapping, abc.MutableMapping)
CONTAINERS = (tuple, *SEQUENCES, *SETS, *MAPPINGS)
