"""``Vector[Literal[n]]``: lists of n numbers of 32 bits."""

from __future__ import annotations

import math
import struct
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dynakit.codec.build import codec_for
from dynakit.codec.float32 import float32_texts, rounded
from dynakit.codec.vector import Vector
from dynakit.errors import DecodeError, DefinitionError, EncodeError

CODEC = codec_for(Vector[Literal[3]])
singles = st.floats(width=32, allow_nan=False, allow_infinity=False)


def single(value: float) -> float:
    nearest: float = struct.unpack("f", struct.pack("f", value))[0]
    return nearest


@given(st.lists(singles, min_size=1, max_size=8))
def test_texts_read_back_as_the_same_number_of_32_bits(values: list[float]) -> None:
    texts = float32_texts(values)
    assert [single(float(text)) for text in texts] == values
    assert not any("e" in text for text in texts)


@given(st.lists(st.floats(-1e30, 1e30), max_size=8))
def test_rounding_again_changes_nothing(values: list[float]) -> None:
    once = rounded(values)
    assert rounded(once) == once
    assert [*map(single, once)] == [*map(single, values)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1, "1"),
        (-0.0, "0"),
        (0.123456789, "0.12345679"),
        (1 / 3, "0.33333334"),
        (16777217, "16777216"),
        (1e-7, "0.0000001"),
        (1e10, "10000000000"),
        (-2.5, "-2.5"),
    ],
)
def test_the_text_is_short_and_plain(value: float, text: str) -> None:
    assert float32_texts([value]) == [text]


def test_a_vector_is_stored_as_a_list_of_numbers() -> None:
    stored = {"L": [{"N": "0.1"}, {"N": "0"}, {"N": "-2.5"}]}
    assert CODEC.encode([0.1, 0, -2.5], "v") == stored
    assert CODEC.encode((0.1, 0, -2.5), "v") == stored
    assert CODEC.decode(stored, "v") == (0.1, 0.0, -2.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert codec_for(Vector[Literal[3]] | None).dimensions == 3


REFUSED: dict[str, tuple[object, str]] = {
    "too few": ([1.0, 2.0], "v: expected 3 numbers, got 2"),
    "too many": ([1.0] * 4, "v: expected 3 numbers, got 4"),
    "a NaN": ([1.0, math.nan, 2.0], "v[1]: is not a finite number"),
    "an infinity": ([1.0, 2.0, -math.inf], "v[2]: is not a finite number"),
    "beyond 32 bits": ([1e39, 2.0, 3.0], "v[0]: is out of range"),
    "a text": ([1.0, "2", 3.0], "v[1]: expected a number, got str"),
    "no list": ("abc", "v: expected a vector of 3 numbers"),
    "a set": ({1.0, 2.0, 3.0}, "v: expected a vector of 3 numbers"),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_such_vector_is_refused(value: object, message: str) -> None:
    with pytest.raises(EncodeError) as caught:
        CODEC.encode(value, "v")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "stored",
    [{"S": "x"}, {"L": []}, {"L": [{"N": "1"}] * 4}, {"L": [{"N": "1"}, {"S": "2"}, {"N": "3"}]}],
)
def test_what_is_stored_as_no_such_vector_is_not_read(stored: Any) -> None:
    with pytest.raises(DecodeError, match=r"^v"):
        CODEC.decode(stored, "v")


ADAPTER: TypeAdapter[Any] = TypeAdapter(Vector[Literal[3]])


def test_a_model_holds_what_will_be_stored() -> None:
    assert ADAPTER.validate_python([1, 1 / 3, 0.1]) == (1.0, 0.33333334, 0.1)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1.0], "expected 3 numbers, got 1"),
        ([1.0, 2.0, math.nan], "element [2] is not a finite number"),
        ([1.0, 1e300, 2.0], "element [1] is out of range"),
        ("abc", "tuple"),
    ],
)
def test_a_model_refuses_what_cannot_be_stored(value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(value)
    assert message in str(caught.value)


def test_the_number_of_dimensions_may_stand_bare_where_no_type_checker_looks() -> None:
    vector: Any = Vector
    assert vector[3] == vector[Literal[3]] != Annotated[tuple[float, ...], 3]


@pytest.mark.parametrize("dimensions", [0, -1, 4097, True, "3", Literal["3"]])
def test_a_number_of_dimensions_that_no_index_has_is_refused(dimensions: object) -> None:
    vector: Any = Vector
    with pytest.raises(DefinitionError, match="expected a number of dimensions, 1 to 4096"):
        vector[dimensions]
