"""``Vector[Literal[n]]``: a list of ``n`` numbers of 32 bits, for a vector index; stored as ``L`` of ``N``.

To a type checker it is ``Sequence[float]``, so that lists and tuples fit; at run time pydantic makes a
tuple of it. The number of dimensions stands in ``Literal``, because a checker takes a bare ``3`` in
brackets for no type; ``Vector[3]`` means the same at run time.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_VectorIndex.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, cast, get_args, get_origin

from pydantic_core import PydanticCustomError, core_schema
from typing_extensions import TypeAliasType

from dynakit.codec.codec import Codec, WireType
from dynakit.codec.fault import refused, unreadable, wrong_python
from dynakit.codec.float32 import float32_texts, rounded
from dynakit.codec.scalars import FLOAT
from dynakit.codec.sequences import read_items, take_items
from dynakit.errors import DefinitionError, EncodeError
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

N = TypeVar("N", bound=int)

MAX_DIMENSIONS = 4096

_LIST = frozenset[WireType](("L",))


@dataclass(frozen=True, slots=True)
class VectorType:
    """What ``Vector[Literal[n]]`` says of its values, in ``Annotated``."""

    dimensions: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.validated, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "minItems": self.dimensions, "maxItems": self.dimensions}

    def validated(self, values: tuple[float, ...]) -> tuple[float, ...]:
        """Round to what will be stored; pydantic's error for anything else."""
        try:
            self.check(values)
            return rounded(values)
        except EncodeError as error:
            place = f"element {error.path} " if error.path else ""
            raise PydanticCustomError("vector", "{problem}", {"problem": f"{place}{error}"}) from None

    def check(self, values: Sequence[object]) -> None:
        """Raise ``EncodeError`` for another number of values."""
        if len(values) != self.dimensions:
            raise refused(f"expected {self.dimensions} numbers, got {len(values)}", values)


if TYPE_CHECKING:
    Vector = TypeAliasType("Vector", Sequence[float], type_params=(N,))
else:

    class Vector:
        """``Vector[Literal[n]]``: ``n`` numbers of 32 bits, 1 to 4,096; see this module."""

        def __class_getitem__(cls, given):
            return Annotated[tuple[float, ...], VectorType(_dimensions(given))]


def vector_type(metadata: Sequence[object]) -> VectorType | None:
    """The vector among the metadata of an annotation."""
    return next((each for each in metadata if isinstance(each, VectorType)), None)


def vector_codec(vector: VectorType) -> Codec:
    """Build the codec of a vector."""
    expected = f"a vector of {vector.dimensions} numbers"

    def write(value: object) -> AttributeValue:
        if not isinstance(value, list | tuple):
            raise wrong_python(expected, value)
        numbers = cast("Sequence[float]", value)
        vector.check(numbers)
        return {"L": [{"N": text} for text in float32_texts(numbers)]}

    def read(value: AttributeValue) -> object:
        items = take_items(value, expected)
        if len(items) != vector.dimensions:
            raise unreadable(f"expected {expected}, got a stored list of {len(items)}", items)
        return tuple(read_items(items, (FLOAT.read for _ in items)))

    return Codec(expected, "L", _LIST, write, read, (tuple,), sortable=False, dimensions=vector.dimensions)


def _dimensions(given: Any) -> int:
    value: Any = get_args(given)[0] if get_origin(given) is Literal else given
    if type(value) is not int or not 1 <= value <= MAX_DIMENSIONS:
        raise DefinitionError(
            f"Vector[{value!r}]: expected a number of dimensions, 1 to {MAX_DIMENSIONS}, as in "
            "Vector[Literal[3]]."
        )
    return value
