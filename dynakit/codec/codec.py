"""What a compiled annotation is: two functions, and what may be known about them beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Literal, TypeAlias

from dynakit.codec.fault import placed, refused, unreadable
from dynakit.errors import DecodeError, EncodeError
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from dynakit.codec.inline import Inline
    from dynakit.codec.sealed import Seal

WireType: TypeAlias = Literal["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]
"""The attribute types of DynamoDB."""

Step: TypeAlias = str | int
"""One step of a document path: a field or key, or a list index."""

Writer: TypeAlias = Callable[[object], AttributeValue | None]
"""Python value → attribute value, ``None`` for absent; raises EncodeError without a place."""

Reader: TypeAlias = Callable[[AttributeValue], object]
"""Attribute value → Python value; raises DecodeError without a place."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """A scalar as the text inside ``S``, ``N`` or ``B``: also what sets and map keys hold."""

    to_text: Callable[[object], str]
    from_text: Callable[[str], object]


@dataclass(frozen=True, slots=True, eq=False)
class Codec:
    """The compiled form of one annotation.

    ``attribute_type`` is the one type ``encode`` writes, ``None`` when that depends on the value;
    ``reads`` are the types ``decode`` takes. ``expected`` names the values in messages (``a number``).
    ``python_types`` are the exact classes of its values, as far as known. ``absent`` gives what a
    missing attribute stands for when the field has no default of its own: ``None`` for ``Optional``,
    an empty set for sets, which DynamoDB cannot store. ``element`` is the codec of the elements of a
    list, set or dictionary, ``key`` of the keys of the latter, ``items`` of those of a tuple by position,
    ``children`` those of a model by Python field name (with the stored name), ``members`` those of a union,
    ``choices`` the values of an enum or ``Literal``. ``text`` is there for scalars only. ``sortable`` says
    that DynamoDB compares what is stored as Python compares the values. ``greed`` ranks codecs which read
    whatever stands under their type: in a union they are asked last. ``opaque`` names the form of a value
    that DynamoDB cannot look into (``Encrypted``), ``inside`` is the codec of that value, and ``seal`` says
    what a flow has to do with it. ``dimensions`` are those of a vector. ``constraints`` are pydantic's, by
    name (``ge``). ``needed`` are the children that must be there, by stored name, and a ``closed`` model
    refuses others than its children. ``inline`` writes out in generated code what ``write`` and ``read`` do.
    """

    expected: str
    attribute_type: WireType | None
    reads: frozenset[WireType]
    write: Writer
    read: Reader
    python_types: tuple[type, ...] = ()
    optional: bool = False
    absent: Callable[[], object] | None = None
    element: Codec | None = None
    key: Codec | None = None
    items: tuple[Codec, ...] = ()
    children: Mapping[str, tuple[str, Codec]] | None = None
    members: tuple[Codec, ...] = ()
    choices: tuple[object, ...] = ()
    text: TextForm | None = None
    sortable: bool = True
    greed: int = 0
    find: Callable[[Step], tuple[Step, Codec] | None] | None = None
    opaque: str | None = None
    inside: Codec | None = None
    seal: Seal | None = None
    dimensions: int | None = None
    constraints: Mapping[str, object] | None = None
    needed: AbstractSet[str] = frozenset()
    closed: bool = False
    inline: Inline | None = None

    def encode(self, value: object, path: str) -> AttributeValue | None:
        """Write ``value``; ``None`` means that the attribute must be absent.

        Raises:
            EncodeError: with the whole path of the fault, such as ``lines[2].price``.
        """
        try:
            return self.write(value)
        except EncodeError as error:
            fault = error
        except RecursionError:
            fault = refused("is nested too deeply, or holds itself; 32 levels are the limit", value)
        raise placed(fault, path)

    def decode(self, value: AttributeValue, path: str) -> object:
        """Read a stored value, strict on its attribute type.

        Raises:
            DecodeError: with the whole path of the fault.
        """
        try:
            return self.read(value)
        except DecodeError as error:
            fault = error
        except RecursionError:
            fault = unreadable("is nested too deeply", value)
        raise placed(fault, path)

    def child(self, step: Step) -> tuple[Step, Codec] | None:
        """Go one step down: a field of a model (to its stored name), a key, or a list index.

        ``None`` when there is no such step.
        """
        return None if self.find is None else self.find(step)
