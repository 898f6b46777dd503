"""Classes made by ``dynakit.values.dataclass`` behave as those of the standard library."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

import dynakit.values

PACKAGE = Path(__file__).parents[2] / "dynakit"

T = TypeVar("T")

ours: Any = dynakit.values.dataclass
theirs: Any = dataclasses.dataclass


def plain(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Plain:
        """With every kind of field."""

        first: int
        second: str = "two"
        third: list[int] = field(default_factory=list[int])
        unseen: object = field(default=None, repr=False, compare=False)
        named: int = field(default=4, kw_only=True)

    return Plain


def empty(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Empty:
        """Without fields."""

    return Empty


def single(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Single(Generic[T]):
        """Of one, generic."""

        first: T

    return Single


def inherited(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Base:
        """The base."""

        first: int
        second: int = 2

    @dataclass(**options)
    class Inherited(Base):
        """With a field more, and another default."""

        second: int = 3
        third: int = 4

    return Inherited


def checked(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Checked:
        """What it is given must be positive."""

        first: int

        def __post_init__(self) -> None:
            if self.first < 0:
                raise ValueError("negative")

    return Checked


def own_methods(dataclass: Any, **options: bool) -> Any:
    @dataclass(**options)
    class Own:
        """With methods of its own, which stay."""

        first: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1

    return Own


KINDS: list[Callable[..., Any]] = [plain, empty, single, inherited, checked, own_methods]
OPTIONS: list[dict[str, bool]] = [
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "repr": False},
    {"frozen": True, "eq": False},
    {"frozen": True, "kw_only": True},
]
ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((1, "x"), {}),
    ((1, 2, [3]), {}),
    ((), {"first": 1}),
    ((), {"first": 1, "third": 7}),
    ((), {"first": 1, "unseen": 5, "named": 6}),
    ((-1,), {}),
    ((1,), {"first": 1}),
    ((), {"other": 1}),
]
both = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
every = pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options) or "none")


def outcome(make: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """What comes of a call: the result, or the error, as text without the name of the maker."""
    try:
        return f"{make(*arguments, **named)!r}".partition(" at 0x")[0]
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"


def made(cls: Any) -> Any:
    return cls(first=1) if cls.__name__ != "Empty" else cls()


@both
@every
def test_what_they_take_show_and_refuse_is_the_same(
    kind: Callable[..., Any], options: dict[str, bool]
) -> None:
    for arguments, named in ARGUMENTS:
        assert outcome(kind(ours, **options), *arguments, **named) == outcome(
            kind(theirs, **options), *arguments, **named
        )


@both
@every
def test_signature_and_parts_are_the_same(kind: Callable[..., Any], options: dict[str, bool]) -> None:
    """Also before the first instance is made."""
    mine, standard = kind(ours, **options), kind(theirs, **options)
    assert str(inspect.signature(mine)) == str(inspect.signature(standard))
    assert inspect.get_annotations(mine.__init__) == inspect.get_annotations(standard.__init__)
    assert mine.__match_args__ == standard.__match_args__
    assert [one.name for one in dataclasses.fields(mine)] == [
        one.name for one in dataclasses.fields(standard)
    ]


@both
@every
def test_equality_and_hash_are_the_same(kind: Callable[..., Any], options: dict[str, bool]) -> None:
    for maker in (ours, theirs):
        cls = kind(maker, **options)
        one, twin, other = made(cls), made(cls), made(kind(maker, **options))
        standard = made(kind(theirs, **options))
        compared = cls.__eq__ is not object.__eq__
        assert (one == twin) is compared
        assert (one != other) is (cls.__name__ != "Own")
        assert (cls.__hash__ is None) == (type(standard).__hash__ is None)
        if cls.__hash__ is not None and cls.__name__ != "Plain":
            assert (hash(one) == hash(twin)) is compared


def test_fields_left_out_of_comparison_are_left_out_of_the_hash() -> None:
    cls = plain(ours, frozen=True)
    assert cls(1, unseen=2) == cls(1, unseen=3)
    assert cls(1, third=(), unseen=2).__hash__() == cls(1, third=(), unseen=[]).__hash__()
    assert cls(1) != cls(1, named=5)


@both
@every
def test_what_is_frozen_stays(kind: Callable[..., Any], options: dict[str, bool]) -> None:
    """Without slots: with them, the standard library's own refusal of other names fails."""
    unslotted = options if not options.get("frozen") else {**options, "slots": False}
    mine, standard = made(kind(ours, **options)), made(kind(theirs, **unslotted))
    for name in ("first", "second", "nothing"):
        assert outcome(setattr, mine, name, 5) == outcome(setattr, standard, name, 5)
        assert outcome(delattr, mine, name) == outcome(delattr, standard, name)


def test_a_plain_subclass_of_a_frozen_class_has_attributes_of_its_own() -> None:
    class Mine(plain(ours, frozen=True)):  # type: ignore[misc]
        pass

    mine: Any = Mine(1)
    mine.more = 2
    del mine.more
    with pytest.raises(dataclasses.FrozenInstanceError):
        mine.first = 2


@dynakit.values.dataclass(frozen=True, slots=True)
class Kept:
    """At the top of the module, so that it can be pickled."""

    first: int
    second: tuple[str, ...] = ()


def test_copies_pickles_and_replacements_are_equal() -> None:
    kept = Kept(1, ("two",))
    assert copy.copy(kept) == copy.deepcopy(kept) == pickle.loads(pickle.dumps(kept)) == kept
    assert dataclasses.replace(kept, second=()) == Kept(1)
    assert dataclasses.asdict(kept) == {"first": 1, "second": ("two",)}


def test_one_that_holds_itself_is_shown() -> None:
    cls = plain(ours)
    loop = cls(1)
    loop.second = loop
    assert repr(loop) == f"{cls.__qualname__}(first=1, second=..., third=[], named=4)"


@pytest.mark.parametrize("frozen", [True, False])
def test_each_may_be_the_base_of_the_other(frozen: bool) -> None:
    for base, derived in ((ours, theirs), (theirs, ours)):
        Base = plain(base, frozen=frozen)  # noqa: N806

        @derived(frozen=frozen)
        class Derived(Base):  # type: ignore[misc, valid-type]  # pyright: ignore[reportUntypedBaseClass]
            last: int = 5

        assert Derived(1, "x", last=6) == Derived(1, "x", last=6) != Derived(1, "x")
        with pytest.raises(TypeError, match="cannot inherit"):
            derived(frozen=not frozen)(type("Other", (Base,), {}))


def test_every_dataclass_of_the_package_is_made_by_it() -> None:
    """The one of the standard library costs 0.4 ms a class when dynakit is imported."""
    others = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if path.name != "values.py"
        and isinstance(node, ast.ImportFrom)
        and node.module == "dataclasses"
        and "dataclass" in {alias.name for alias in node.names}
    ]
    assert others == []
