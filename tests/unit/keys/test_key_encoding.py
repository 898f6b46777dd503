"""Text and ordered numbers: exact spellings, refusals, and the order of the encoded text."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit.errors import DecodeError, EncodeError, show_values
from dynakit.keys.encoding import decode_ordered, decode_text, encode_ordered, encode_text

TEXTS = [
    ("", ""),
    ("order-17_b@c.de:x|y~", "order-17_b@c.de:x|y~"),
    ("#", "$S"),
    ("$", "$T"),
    ("%", "%"),
    ("a b", "a$Pb"),
    ("\0", "$0"),
    ("\t\n", "$9$:"),
    ("$S", "$TS"),
    ("é😀\U0010ffff", "é😀\U0010ffff"),
]

NUMBERS: list[tuple[int | Decimal, str]] = [
    (0, "o"),
    (Decimal("-0"), "o"),
    (Decimal("0E+99"), "o"),
    (1, "p501_1"),
    (Decimal("1.000"), "p501_1"),
    (10, "p502_1"),
    (Decimal("12.5"), "p502_125"),
    (Decimal("0.05"), "p499_5"),
    (Decimal("1E-130"), "p371_1"),
    (Decimal("9.9E+125"), "p626_99"),
    (10**125, "p626_1"),
    (-1, "n498_8~"),
    (Decimal("-1.5"), "n498_84~"),
    (-10, "n497_8~"),
    (Decimal("-9.9E+125"), "n373_00~"),
    (Decimal("-1E-130"), "n628_8~"),
    (int("1" * 38), "p538_" + "1" * 38),
]


def number(sign: int, digits: int, exponent: int) -> Decimal:
    """Make ±0.d₁…dₖ·10^e of the digits and e."""
    written = str(digits)
    return Decimal(f"{'-' if sign else ''}0.{written}E{exponent}")


numbers = st.builds(
    number,
    st.integers(0, 1),
    st.one_of(st.integers(0, 200), st.integers(0, 10**38 - 1)),
    st.one_of(st.integers(-3, 3), st.integers(-129, 126)),
)
texts = st.text(
    alphabet=st.one_of(
        st.sampled_from("\0\x1f #$%0ST-:|a\ud7ff\ue000\U0010ffff"), st.characters(codec="utf-8")
    )
)
separators = st.sampled_from(["", "-", ":", "|", "S", "0", "~", "\x7f"])


@pytest.mark.parametrize(("value", "encoded"), TEXTS)
def test_text_is_written_exactly_so_and_read_back(value: str, encoded: str) -> None:
    assert encode_text(value) == encoded
    assert decode_text(encoded) == value


def test_further_characters_are_escaped_where_asked() -> None:
    assert encode_text("a-b:c#", "-") == "a$]b:c$S"
    assert decode_text("a$]b:c$S", "-") == "a-b:c#"


@pytest.mark.parametrize("text", ["$", "a$", "$U", "$/", "#", " ", "a#b", "$$", "$]", "$a", "\ud800"])
def test_text_that_is_not_encoded_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        decode_text(text)


@pytest.mark.parametrize("text", ["-", "a-", "$S-"])
def test_a_further_escaped_character_may_not_stand_unescaped(text: str) -> None:
    with pytest.raises(DecodeError):
        decode_text(text, "-")


def test_a_lone_surrogate_is_refused_without_showing_the_value() -> None:
    with pytest.raises(EncodeError) as caught:
        encode_text("secret\ud800")
    assert "secret" not in str(caught.value)
    assert caught.value.value == "secret\ud800"
    with show_values(), pytest.raises(EncodeError, match="secret"):
        encode_text("secret\ud800")


@given(texts, separators)
def test_text_is_read_back_and_holds_no_separator(value: str, escaped: str) -> None:
    encoded = encode_text(value, escaped)
    assert decode_text(encoded, escaped) == value
    assert "#" not in encoded
    assert not escaped or escaped not in re.sub(r"\$.", "", encoded)


@given(texts, texts)
def test_encoded_text_sorts_by_bytes_as_the_text_does(first: str, second: str) -> None:
    one, other = encode_text(first).encode(), encode_text(second).encode()
    assert (first.encode() < second.encode()) == (one < other)
    assert (one + b"#" < other + b"#") == (first < second)


@given(texts, texts, separators)
def test_exactly_the_encoded_prefixes_are_prefixes(prefix: str, value: str, escaped: str) -> None:
    for whole in (value, prefix + value):
        starts = encode_text(whole, escaped).startswith(encode_text(prefix, escaped))
        assert starts == whole.startswith(prefix)


@given(st.text(alphabet="$#-0ST a\x90", max_size=6), separators)
def test_no_text_is_read_that_would_be_written_otherwise(text: str, escaped: str) -> None:
    try:
        value = decode_text(text, escaped)
    except DecodeError:
        return
    assert encode_text(value, escaped) == text


@pytest.mark.parametrize(("value", "encoded"), NUMBERS)
def test_a_number_is_written_exactly_so_and_read_back(value: int | Decimal, encoded: str) -> None:
    assert encode_ordered(value) == encoded
    assert decode_ordered(encoded) == value


@pytest.mark.parametrize(
    ("encoded", "plain"), [("p503_1", "100"), ("p502_125", "12.5"), ("p499_5", "0.05"), ("n497_8~", "-10")]
)
def test_a_number_is_read_without_exponent_or_trailing_zeros(encoded: str, plain: str) -> None:
    assert str(decode_ordered(encoded)) == plain


@pytest.mark.parametrize(
    "value",
    [
        True,
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("1E-131"),
        Decimal("1E+126"),
        Decimal("1E+999999"),
        10**126,
        pytest.param(10**5000, id="5001 digits"),
        int("1" * 39),
        Decimal("1." + "0" * 38 + "1"),
    ],
)
def test_a_number_that_dynamodb_cannot_hold_is_refused(value: int | Decimal) -> None:
    with pytest.raises(EncodeError):
        encode_ordered(value)


NO_NUMBERS = [
    *("", "p", "o1", "p501_", "p5011", "p٥01_1"),
    *("p501_0", "p501_10", "p501_01", "p501_1~", "p501_" + "1" * 39),
    *("n498_8", "n498_9~", "n498_89~", "n498_98~"),
    *("p370_1", "p627_1", "n629_8~"),
]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_other_spellings_of_numbers_are_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        decode_ordered(text)


@given(numbers, numbers)
def test_ordered_numbers_sort_by_bytes_as_the_numbers_do(first: Decimal, second: Decimal) -> None:
    one, other = encode_ordered(first).encode(), encode_ordered(second).encode()
    assert (first < second) == (one < other) == (one + b"#" < other + b"#")
    assert (first == second) == (one == other)


@given(numbers)
def test_ordered_numbers_are_read_back(number: Decimal) -> None:
    assert decode_ordered(encode_ordered(number)) == number
