"""Attributes that are calculated from others, and stored so that they can be queried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pydantic import Field

from dynakit.codec.stored import StoredAs, StoredForm
from dynakit.schema import checks
from dynakit.schema.attribute import AttributeOptions, Declared

if TYPE_CHECKING:
    from dynakit.schema.attribute import Attr
    from dynakit.schema.entity import Entity

T = TypeVar("T")

Calculation: TypeAlias = "Callable[..., Any]"
"""A pure function whose parameters are named like the attributes it takes."""


def calculated(
    function: Callable[..., T],
    *,
    name: str | None = None,
    stored_as: StoredAs[Any] | StoredForm | None = None,
    secret: bool = False,
    hidden: bool = False,
) -> Attr[T]:
    """An attribute calculated from those that the function's parameters are named after.

    ``total: Attr[Decimal] = calculated(lambda price, count: price * count)``. It is calculated when the
    entity is made, and anew with each write that may change one of them; it cannot be set. The attributes it
    is calculated from are declared before it.
    """
    names = tuple(signature(function).parameters)

    def default(data: dict[str, Any]) -> Any:
        return function(**{one: data[one] for one in names}) if data.keys() >= set(names) else None

    options = AttributeOptions(
        name, stored_as, secret=secret, hidden=hidden, calculated=function, read_only=False
    )
    field = Field(default_factory=default, repr=not (secret or hidden), exclude=hidden or None)
    declared: Any = Declared(field, options)
    return declared  # type: ignore[no-any-return]


def sources(function: Calculation) -> tuple[str, ...]:
    """The attributes a calculation takes."""
    return tuple(signature(function).parameters)


def calculations(entity: type[Entity]) -> dict[str, Calculation]:
    """The calculated attributes of an entity. Raises :class:`DefinitionError` for wrong parameters."""
    found: dict[str, Calculation] = {}
    before: set[str] = set()
    for name in entity.__pydantic_fields__:
        options = entity.__attribute_options__.get(name)
        if options is not None and options.calculated is not None:
            _check(entity, name, options.calculated, before - found.keys())
            found[name] = options.calculated
        before.add(name)
    return found


def calculate(functions: Mapping[str, Calculation], values: Mapping[str, object]) -> dict[str, object]:
    """The calculated values that go with these."""
    return {
        name: function(**{one: values[one] for one in sources(function)})
        for name, function in functions.items()
    }


def _check(entity: type[Entity], name: str, function: Calculation, known: set[str]) -> None:
    parameters = signature(function).parameters.values()
    kinds = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    for parameter in parameters:
        checks.check_not_kept(entity, name, parameter.name, "calculated from")
        if parameter.name not in known or parameter.kind not in kinds:
            checks.wrong(
                entity.__name__,
                name,
                f"it is calculated from {parameter.name!r}, which is no attribute that is declared before "
                "it and not calculated itself. Name the function's parameters after attributes.",
            )
    if not parameters:
        checks.wrong(entity.__name__, name, "it is calculated from nothing. Name attributes as parameters.")
