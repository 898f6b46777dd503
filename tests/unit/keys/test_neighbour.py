"""The values next to a key attribute's value: nothing stands between them."""

from __future__ import annotations

import base64
from decimal import Context, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dynakit.keys.neighbour import next_above, next_below
from dynakit.keys.term import key_order
from dynakit.wire import AttributeValue

LARGEST = "9." + "9" * 37 + "E+125"

# Value, the next above, the next below.
NUMBERS: list[tuple[str, str | None, str | None]] = [
    ("0", "1E-130", "-1E-130"),
    ("1", "1." + "0" * 36 + "1", "0." + "9" * 38),
    ("-1", "-0." + "9" * 38, "-1." + "0" * 36 + "1"),
    ("1E-130", "1." + "0" * 36 + "1E-130", "0"),
    ("-1E-130", "0", "-1." + "0" * 36 + "1E-130"),
    (LARGEST, None, "9." + "9" * 36 + "8E+125"),
    (f"-{LARGEST}", "-9." + "9" * 36 + "8E+125", None),
]


@pytest.mark.parametrize(("value", "above", "below"), NUMBERS)
def test_the_numbers_next_to_a_number_have_38_digits_and_stay_in_range(
    value: str, above: str | None, below: str | None
) -> None:
    found = next_above({"N": value}), next_below({"N": value})
    for neighbour, expected in zip(found, (above, below), strict=True):
        if expected is None:
            assert neighbour is None
        else:
            assert neighbour is not None
            assert Decimal(neighbour.get("N", "")) == Decimal(expected)
            assert len(Decimal(neighbour.get("N", "")).as_tuple().digits) <= 38


def text(value: str) -> AttributeValue:
    return {"S": value}


def binary(value: bytes) -> AttributeValue:
    return {"B": base64.b64encode(value).decode()}


TEXTS: list[tuple[AttributeValue, AttributeValue | None, AttributeValue | None]] = [
    (text("a"), text("a\0"), text("`" + "\U0010ffff" * 255 + "\uffff")),
    (text("a\0"), text("a\0\0"), text("a")),
    (text("\0"), text("\0\0"), None),
    (text("x" * 1024), None, text("x" * 1023 + "w")),
    (binary(b"a"), binary(b"a\0"), binary(b"`" + b"\xff" * 1023)),
    (binary(b"a\0"), binary(b"a\0\0"), binary(b"a")),
    (binary(b"\0"), binary(b"\0\0"), None),
    (binary(b"x" * 1024), None, binary(b"x" * 1023 + b"w")),
]


@pytest.mark.parametrize(("value", "above", "below"), TEXTS)
def test_the_texts_and_binaries_next_to_one(
    value: AttributeValue, above: AttributeValue | None, below: AttributeValue | None
) -> None:
    assert (next_above(value), next_below(value)) == (above, below)


EXACT = Context(prec=38, Emin=-130, Emax=125)

values = (
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000).map(
        lambda one: {"N": str(EXACT.plus(one).normalize(EXACT))}
    )
    | st.text(min_size=1, max_size=3).map(text)
    | st.binary(min_size=1, max_size=3).map(binary)
)


@given(values, values)
def test_nothing_stands_between_a_value_and_its_neighbours(
    value: AttributeValue, other: AttributeValue
) -> None:
    assume(value.keys() == other.keys())
    above, below = next_above(value), next_below(value)
    if above is not None:
        assert key_order(value) < key_order(above)
        assert not key_order(value) < key_order(other) < key_order(above)
    if below is not None:
        assert key_order(below) < key_order(value)
        assert not key_order(below) < key_order(other) < key_order(value)
