"""The laws of locks: what is called readable is read, and what is called wider allows all there was."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from dynakit import EncodeError
from dynakit.codec.build import codec_for
from dynakit.lock.form import form_of
from dynakit.lock.forms import reads_all_of
from dynakit.lock.limits import allows_all_of
from tests.unit.support.annotations import Case, cases, containers, scalars

Limits: TypeAlias = dict[str, int | float | str]

near = st.one_of(scalars, containers(scalars), cases)


@given(near, near, st.data())
def test_what_is_called_readable_is_read(was: Case, now: Case, data: st.DataObject) -> None:
    first, second = codec_for(was.annotation), codec_for(now.annotation)
    if not reads_all_of(form_of(second), form_of(first)):
        return
    try:
        stored = first.encode(data.draw(was.values), "x")
    except EncodeError:
        return
    if stored is not None:
        second.decode(stored, "x")


@given(cases)
def test_the_same_annotation_reads_all_that_it_wrote(case: Case) -> None:
    first, second = form_of(codec_for(case.annotation)), form_of(codec_for(case.annotation))
    assert first == second
    assert reads_all_of(first, second)


@given(cases)
def test_anything_and_a_union_read_all_that_a_member_wrote(case: Case) -> None:
    form = form_of(codec_for(case.annotation))
    wider: list[Any] = [Any, case.annotation | None]
    assert all(reads_all_of(form_of(codec_for(one)), form) for one in wider)


def some_of(**bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[Limits]:
    return st.fixed_dictionaries({}, optional=bounds)


small = st.integers(-4, 4)
numbers = some_of(gt=small, ge=small, lt=small, le=small, multiple_of=st.integers(1, 4))
lengths = some_of(min_length=st.integers(0, 4), max_length=st.integers(0, 4), pattern=st.sampled_from("ab"))
digits = some_of(max_digits=st.integers(3, 5), decimal_places=st.integers(0, 3))
fractions = st.decimals(-999, 999, places=3).map(lambda value: value.normalize())


def allowed(annotation: type, limits: Limits) -> Callable[[object], bool]:
    """Whether pydantic takes a value under these constraints."""
    options: Any = limits
    constrained: Any = Annotated[annotation, Field(**options)]
    adapter: TypeAdapter[Any] = TypeAdapter(constrained)

    def takes(value: object) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return takes


def check_wider(annotation: type, was: Limits, now: Limits, value: object) -> None:
    if allows_all_of(now, was) and allowed(annotation, was)(value):
        assert allowed(annotation, now)(value)
    assert allows_all_of(was, was)
    assert allows_all_of({}, was)


@given(numbers, numbers, st.integers(-6, 6))
def test_wider_bounds_allow_all_there_was(was: Limits, now: Limits, value: int) -> None:
    check_wider(int, was, now, value)


@given(lengths, lengths, st.text("ab", max_size=5))
def test_wider_lengths_allow_all_there_was(was: Limits, now: Limits, value: str) -> None:
    check_wider(str, was, now, value)


@given(digits, digits, fractions)
def test_wider_digits_allow_all_there_was(was: Limits, now: Limits, value: Decimal) -> None:
    check_wider(Decimal, was, now, value)


@given(small, small)
def test_bounds_are_wider_exactly_where_they_lie_further_out(first: int, second: int) -> None:
    assert allows_all_of({"ge": first}, {"ge": second}) is (first <= second)
    assert allows_all_of({"gt": first}, {"ge": second}) is (first < second)
    assert allows_all_of({"lt": first}, {"lt": second}) is (first >= second)
    assert allows_all_of({"max_length": first}, {"max_length": second}) is (first >= second)
