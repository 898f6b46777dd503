"""The law of codecs: what is accepted comes back equal, over generated annotations and values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dynakit.codec.build import codec_for
from dynakit.codec.size import item_size
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue
from tests.unit.support.annotations import Case, cases, wire


@given(cases, st.data())
def test_what_is_accepted_comes_back_equal(case: Case, data: st.DataObject) -> None:
    """Only unions may refuse: a value that would be read back as another member of the same stored type."""
    value = data.draw(case.values)
    codec = codec_for(case.annotation)
    try:
        stored = codec.encode(value, "x")
    except EncodeError as error:
        assert "would be read back as" in str(error)  # noqa: PT017 - a refusal is one of two good outcomes
        return
    if stored is None:
        assert value is None
        return
    assert codec.decode(stored, "x") == value
    assert codec.attribute_type in (None, next(iter(stored)))
    assert next(iter(stored)) in codec.reads
    assert item_size({"x": stored}) > 0


@given(cases, st.data())
def test_the_same_value_gives_the_same_bytes(case: Case, data: st.DataObject) -> None:
    """Reading and writing again changes nothing, to the order of what is in a set."""
    value = data.draw(case.values)
    codec = codec_for(case.annotation)
    try:
        stored = codec.encode(value, "x")
    except EncodeError:
        return
    if stored is not None:
        assert repr(codec.encode(codec.decode(stored, "x"), "x")) == repr(stored)


@given(cases, wire)
def test_whatever_is_stored_is_read_or_told_apart(case: Case, stored: AttributeValue) -> None:
    """Nothing but a DecodeError leaves ``decode``, however broken the stored value is."""
    codec = codec_for(case.annotation)
    try:
        codec.decode(stored, "x")
    except DecodeError as error:
        assert (error.path or "").startswith("x")  # noqa: PT017
        assert str(error).startswith(f"{error.path}: ")  # noqa: PT017


@given(cases, st.data())
def test_a_value_of_another_annotation_is_stored_or_told_apart(case: Case, data: st.DataObject) -> None:
    """Nothing but an EncodeError leaves ``encode``, whatever it is given; and what is accepted is kept."""
    value = data.draw(data.draw(cases).values)
    codec = codec_for(case.annotation)
    try:
        stored = codec.encode(value, "x")
    except EncodeError as error:
        assert (error.path or "").startswith("x")  # noqa: PT017
        return
    if stored is not None:
        assert codec.decode(stored, "x") == value
