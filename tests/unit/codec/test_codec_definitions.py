"""Annotations without a stored form are refused when they are declared, with the place and the way out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ForwardRef

import pytest
from pydantic import Base64Bytes, BaseModel, ConfigDict, Json, Secret
from typing_extensions import TypeAliasType

from dynakit.codec.build import codec_for
from dynakit.errors import DefinitionError


class Empty(Enum):
    pass


class Fractions(Enum):
    half = 0.5


class Flags(Enum):
    on = True


class Handle:
    pass


class Name(str):
    __slots__ = ()


class Lists(BaseModel):
    deep: list[dict[str, set[bool]]]


class Encoded(BaseModel):
    content: Base64Bytes


class Opaque(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    handle: Handle


class Unready(BaseModel):
    later: "Missing"  # type: ignore[name-defined] # noqa: F821, UP037 # pyright: ignore[reportUndefinedVariable]


@dataclasses.dataclass
class Pair:
    handles: set[list[int]]


Nowhere = TypeAliasType("Nowhere", "list[Missing]")  # type: ignore[name-defined] # noqa: F821 # pyright: ignore[reportUndefinedVariable]

REFUSED: list[tuple[Any, str]] = [
    (
        set[bool],
        "a set of a boolean cannot be stored: DynamoDB's sets hold strings, numbers or binary. Use a list",
    ),
    (set[int | str], "a set of an integer or a string cannot be stored"),
    (set[int | None], "a set of an integer cannot be stored"),
    (frozenset[tuple[int, ...]], "a set of a tuple cannot be stored"),
    (dict[bool, int], "a dictionary with a boolean as key cannot be stored"),
    (dict[bytes, int], "a dictionary with bytes as key cannot be stored"),
    (dict[str | None, int], "a dictionary with a string as key cannot be stored"),
    (dict[tuple[int, int], int], "a dictionary with a tuple of 2 elements as key"),
    (tuple[int, *tuple[str, ...]], "a tuple with a part of any length cannot be stored; use a list"),
    (Empty, "Empty cannot be stored: it is an Enum without members"),
    (Fractions, "Fractions.half cannot be stored: its value is a float; expected a str or an int"),
    (Flags, "Flags.on cannot be stored: its value is a bool"),
    (Handle, "Handle has no stored form, and pydantic knows none"),
    (Name, "Name has no stored form, and pydantic knows none"),
    (Callable[[], int], "a function cannot be stored"),
    ("Missing", "names a class that is not there yet"),
    (list[ForwardRef("Missing")], "names a class that is not there yet"),  # type: ignore[misc]
    (Nowhere, "the alias Nowhere names Missing, which is not there"),
    (Base64Bytes, "EncodedBytes cannot be stored: pydantic would decode a value again"),
    (Json[int], "Json cannot be stored"),
    (Annotated[int, Json], "Json cannot be stored"),
    (Lists, "Lists.deep: a set of a boolean cannot be stored"),
    (Encoded, "Encoded.content: EncodedBytes cannot be stored"),
    (Opaque, "Opaque.handle: Handle has no stored form"),
    (Pair, "Pair.handles: a set of a list cannot be stored"),
    (Unready, "Unready is not complete"),
]


@pytest.mark.parametrize(("annotation", "message"), REFUSED)
def test_an_annotation_without_a_stored_form_is_a_definition_error(annotation: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        codec_for(annotation)


def test_a_secret_must_say_what_it_hides() -> None:
    class Bare(Secret[Decimal]):
        pass

    class Below(Bare):
        pass

    class Nothing(Secret):  # type: ignore[type-arg] # pyright: ignore[reportMissingTypeArgument]
        pass

    assert codec_for(Below).attribute_type == "N"
    with pytest.raises(DefinitionError, match="does not say what it keeps secret"):
        codec_for(Nothing)


def test_the_field_at_fault_is_on_the_error() -> None:
    with pytest.raises(DefinitionError) as raised:
        codec_for(Lists)
    assert raised.value.attribute == "deep"
