"""Numbers: exact to 38 digits, one canonical text, refused by name outside DynamoDB's limits."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.codec import number
from dynakit.errors import EncodeError

NINES = "9" * 38

CANONICAL = [
    ("0", "0"),
    ("-0", "0"),
    ("0E+500", "0"),
    ("0.000", "0"),
    ("1", "1"),
    ("-1", "-1"),
    ("100.0", "100"),
    ("1E+2", "100"),
    ("1.00e2", "100"),
    ("12.50", "12.5"),
    ("1E-3", "0.001"),
    ("-0.50", "-0.5"),
    (NINES, NINES),
    ("1" + "0" * 38, "1" + "0" * 38),
    ("1E+125", "1" + "0" * 125),
    ("9." + "9" * 37 + "E+125", NINES + "0" * 88),
    ("1E-130", "0." + "0" * 129 + "1"),
    ("-1E-130", "-0." + "0" * 129 + "1"),
    ("1.5E-130", "0." + "0" * 129 + "15"),
]

REFUSED = [
    ("1E+126", "out of range"),
    ("-1E+126", "out of range"),
    ("1E-131", "out of range"),
    ("9.9E-131", "out of range"),
    ("1E+999999", "out of range"),
    ("1E-999999", "out of range"),
    ("1" * 39, "38 significant digits"),
    ("0." + "1" * 39, "38 significant digits"),
    ("NaN", "finite"),
    ("-NaN", "finite"),
    ("sNaN", "finite"),
    ("Infinity", "finite"),
    ("-Infinity", "finite"),
]


@pytest.mark.parametrize(("given_text", "text"), CANONICAL)
def test_a_decimal_has_one_plain_text(given_text: str, text: str) -> None:
    assert number.decimal_text(Decimal(given_text)) == text
    assert number.canonical(given_text) == text


@pytest.mark.parametrize(("given_text", "reason"), REFUSED)
def test_a_decimal_outside_the_limits_is_refused(given_text: str, reason: str) -> None:
    with pytest.raises(EncodeError, match=reason) as raised:
        number.decimal_text(Decimal(given_text))
    assert given_text not in str(raised.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-7, "-7"), (10**38, "1" + "0" * 38), (int(NINES), NINES), (-(10**125), "-1" + "0" * 125)],
)
def test_an_integer_is_written_in_plain_digits(value: int, text: str) -> None:
    assert number.integer_text(value) == text


@pytest.mark.parametrize("value", [10**126, -(10**126), 10**38 + 1, 10**4000])
def test_an_integer_outside_the_limits_is_refused(value: int) -> None:
    with pytest.raises(EncodeError):
        number.integer_text(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.1"), (-0.0, "0"), (1e2, "100"), (1e-7, "0.0000001"), (1e22, "1" + "0" * 22), (2.5, "2.5")],
)
def test_a_float_is_written_as_its_shortest_decimal(value: float, text: str) -> None:
    assert number.float_text(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e300, 5e-324])
def test_a_float_outside_the_limits_is_refused(value: float) -> None:
    with pytest.raises(EncodeError):
        number.float_text(value)


@pytest.mark.parametrize(
    ("text", "value"), [("100", 100), ("100.0", 100), ("1E+2", 100), ("-7", -7), ("0", 0), ("1e125", 10**125)]
)
def test_an_integer_is_read_in_any_notation(text: str, value: int) -> None:
    assert number.parse_integer(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "1E-1",
        "1E+126",
        "1E+999999999",
        "",
        " 5",
        "5 ",
        "1_0",
        "+5",
        "²",
        "NaN",
        "Infinity",
        "0x1",
        "5\n",
    ],
)
def test_what_is_no_integer_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        number.parse_integer(text)


@pytest.mark.parametrize(
    "text", ["", "NaN", "sNaN", "Infinity", "-inf", "1_0", " 5", "٣", "1e", "--1", "1\n"]
)
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    for parse in (number.parse_decimal, number.parse_float, number.canonical):
        with pytest.raises(ValueError, match=r".*"):
            parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("5.0", 5), ("1E+2", 100), ("5.5", Decimal("5.5")), ("1E+200", Decimal("1E+200"))],
)
def test_a_number_of_no_declared_type_is_an_int_when_integral(text: str, value: int | Decimal) -> None:
    read = number.parse_number(text)
    assert (read, type(read)) == (value, type(value))


def number_of(sign: int, digits: str, adjusted: int) -> Decimal:
    """A number whose first digit stands for ``adjusted`` powers of ten."""
    return Decimal((sign, tuple(map(int, digits)), adjusted - len(digits) + 1))


within_limits = st.builds(
    number_of,
    st.integers(0, 1),
    st.from_regex("[1-9][0-9]{0,37}", fullmatch=True),
    st.integers(-130, 125),
)


@given(within_limits)
def test_whatever_is_within_the_limits_is_kept_exactly(value: Decimal) -> None:
    """Any 38 digits anywhere between 1E-130 and 9.99…E+125 come back as the same number."""
    assert number.parse_decimal(number.decimal_text(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_what_is_accepted_comes_back_exactly_and_within_the_limits(value: Decimal) -> None:
    try:
        text = number.decimal_text(value)
    except EncodeError:
        return
    read = number.parse_decimal(text)
    assert read == value
    assert "E" not in text.upper()
    assert len(text.strip("-").replace(".", "").strip("0")) <= number.MAX_DIGITS
    assert not value or number.MIN_EXPONENT <= read.adjusted() <= number.MAX_EXPONENT


@given(within_limits, st.integers(0, 20))
def test_equal_numbers_have_equal_bytes(value: Decimal, zeros: int) -> None:
    """Trailing zeros and the exponent leave no trace."""
    sign, digits, exponent = value.as_tuple()
    padded = Decimal((sign, digits + (0,) * zeros, int(exponent) - zeros))
    assert number.decimal_text(padded) == number.decimal_text(value)


@given(st.integers())
def test_an_integer_is_written_as_the_decimal_of_the_same_value(value: int) -> None:
    try:
        text = number.integer_text(value)
    except EncodeError:
        return
    assert text == number.decimal_text(Decimal(value))
    assert number.parse_integer(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_that_is_accepted_comes_back_as_itself(value: float) -> None:
    try:
        text = number.float_text(value)
    except EncodeError:
        return
    assert number.parse_float(text) == value


@given(within_limits)
def test_the_callers_decimal_context_has_no_influence(value: Decimal) -> None:
    with decimal.localcontext(decimal.Context(prec=3, traps=[decimal.Inexact, decimal.Rounded])):
        assert number.parse_decimal(number.decimal_text(value)) == value
