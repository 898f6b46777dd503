"""``Attr[T]`` and ``attr()``: how an attribute is declared.

For a type checker ``Attr[T]`` is a descriptor: a :class:`~dynakit.expressions.path.Path` on the class,
a ``T`` on an instance. At run time it is plain ``Annotated[T, …]``, so pydantic sees ``T``.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeAlias, TypedDict, TypeVar, overload

from pydantic import Field
from pydantic.fields import FieldInfo
from typing_extensions import Unpack

from dynakit.codec.stored import StoredAs, StoredForm
from dynakit.errors import did_you_mean
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.expressions.path import Path

O = TypeVar("O")  # noqa: E741 - the entity an attribute belongs to
T = TypeVar("T")


class Constraints(TypedDict, total=False):
    """What pydantic's ``Field`` takes besides defaults.

    https://docs.pydantic.dev/latest/concepts/fields/
    """

    title: str
    description: str
    examples: list[object]
    gt: float
    ge: float
    lt: float
    le: float
    multiple_of: float
    min_length: int
    max_length: int
    pattern: str
    max_digits: int
    decimal_places: int
    discriminator: str
    union_mode: Literal["smart", "left_to_right"]
    strict: bool
    frozen: bool


Role: TypeAlias = Literal["version", "created", "updated", "expires", "deleted"]
"""What dynakit keeps an attribute for; see :mod:`dynakit.schema.lifecycle`."""


@dataclass(frozen=True)
class AttributeOptions:
    """What dynakit itself knows of an attribute."""

    name: str | None = None
    stored_as: StoredAs[Any] | StoredForm | None = None
    key_only: bool = False
    secret: bool = False
    discriminator: str | None = None
    role: Role | None = None
    read_only: bool = False
    hidden: bool = False
    calculated: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Declared:
    """What ``attr()`` gives at run time: pydantic's part and dynakit's part of a declaration."""

    field: FieldInfo
    options: AttributeOptions
    problem: str | None = None


if TYPE_CHECKING:

    class Attr(Generic[T]):
        """An attribute with values of type ``T``."""

        @overload
        def __get__(self, obj: None, owner: type[O]) -> Path[O, T]: ...
        @overload
        def __get__(self, obj: object, owner: type) -> T: ...
        def __get__(self, obj: object | None, owner: type) -> Any: ...
        def __set__(self, obj: object, value: T) -> None: ...

    @overload
    def attr(
        *,
        default: T,
        name: str | None = None,
        stored_as: StoredAs[Any] | StoredForm | None = None,
        key_only: bool = False,
        secret: bool = False,
        hidden: bool = False,
        read_only: bool = False,
        **constraints: Unpack[Constraints],
    ) -> Attr[T]: ...
    @overload
    def attr(
        *,
        default_factory: Callable[[], T],
        name: str | None = None,
        stored_as: StoredAs[Any] | StoredForm | None = None,
        key_only: bool = False,
        secret: bool = False,
        hidden: bool = False,
        read_only: bool = False,
        **constraints: Unpack[Constraints],
    ) -> Attr[T]: ...
    @overload
    def attr(
        *,
        name: str | None = None,
        stored_as: StoredAs[Any] | StoredForm | None = None,
        key_only: bool = False,
        secret: bool = False,
        hidden: bool = False,
        read_only: bool = False,
        **constraints: Unpack[Constraints],
    ) -> Any: ...
    def attr(**options: Any) -> Any:
        """Declare an attribute's default, its stored form and its constraints.

        ``name`` is the stored name where it differs from Python's (``name="State#Date"``),
        ``stored_as`` the stored form where it is not the usual one (``epoch_seconds``, ``number_text``),
        ``key_only=True`` an attribute that stands only inside a key and is read back from it,
        ``secret=True`` hides the value in the entity's repr, ``hidden=True`` also in ``model_dump`` and in
        results as dicts. ``read_only=True`` is given when the item is made and changed by no later write. All
        else goes to pydantic's ``Field``.
        """
        ...

else:

    class Attr:
        """``Attr[T]``: an attribute with values of type ``T``."""

        def __class_getitem__(cls, item):
            return Annotated[item, "dynakit"]

    def attr(
        *,
        name=None,
        stored_as=None,
        key_only=False,
        secret=False,
        hidden=False,
        read_only=False,
        **constraints,
    ):
        """See the declaration for type checkers above."""
        options = AttributeOptions(
            name,
            stored_as,
            key_only,
            secret,
            constraints.get("discriminator"),
            read_only=read_only,
            hidden=hidden,
        )
        problem = _problem(name, constraints)
        shown = {"repr": not (secret or hidden), **({"exclude": True} if hidden else {})}
        field = Field() if problem else Field(**{**shown, **constraints})
        return Declared(field, options, problem)

    _FIELD = signature(Field).parameters
    _OPTIONS = ("name", "stored_as", "key_only", "secret", "hidden", "read_only")

    def _problem(name, constraints):
        """What is wrong, to be said where the attribute's own name is known."""
        if name == "":
            return 'attr(name="") is empty; expected the stored name.'
        if {"default", "default_factory"} <= constraints.keys():
            return "attr() got default and default_factory; expected one. Remove the other."
        for option in constraints:
            if option not in _FIELD or option == "extra":
                hint = did_you_mean(option, (*_OPTIONS, *_FIELD))
                return f"attr() has no option {option!r}{hint}"
        return None
