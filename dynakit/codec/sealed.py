"""Values that are stored in another form than their type's: compressed, encrypted, or kept elsewhere.

``Compressed[T]``, ``Encrypted[T]`` and ``Offloaded[T]`` are a plain ``T`` to type checkers and to pydantic.
Compressing is pure, and done by the codec. Encrypting and offloading take keys, randomness and requests, so
the codec only marks the value: what it gives for one is no attribute value and cannot be written as JSON,
until a flow has sealed it; and it reads only what a flow has opened. A path that forgets either is an error,
never plain text in the table.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar, cast

from dynakit.codec.codec import Codec, Reader, WireType, Writer
from dynakit.codec.fault import unreadable
from dynakit.errors import DefinitionError
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

T = TypeVar("T")

_MARK = "UNSEALED"
_NULL: AttributeValue = {"NULL": True}
_BINARY = frozenset[WireType](("B",))
_POINTED = frozenset[WireType](("B", "L", "M"))


def _check_positive(where: str, name: str, value: int, least: int = 1) -> None:
    if value < least:
        raise DefinitionError(f"{where}: {name} is {value}; expected {least} bytes or more.")


@dataclass(frozen=True, slots=True)
class Compression:
    """How ``Compressed[T]`` is compressed: with zstd, at a level from 1 (fast) to 22 (small).

    ``max_size`` is the largest size in bytes before compression: more is neither written nor read back.
    For other values than the defaults: ``Attr[Annotated[str, Compression(level=9)]]``.
    """

    level: int = 3
    max_size: int = 16 * 1024 * 1024

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 22:
            raise DefinitionError(f"Compression: level is {self.level}; expected 1 to 22.")
        _check_positive("Compression", "max_size", self.max_size)


@dataclass(frozen=True, slots=True)
class Encryption:
    """That ``Encrypted[T]`` is encrypted, with AES-256-GCM under the client's keys."""


@dataclass(frozen=True, slots=True)
class Offloading:
    """When ``Offloaded[T]`` is kept in an object store: above so many bytes. Smaller values stay in the item.

    For another size than 64 KB: ``Attr[Annotated[str, Offloading(above=8_192)]]``.
    """

    above: int = 64 * 1024

    def __post_init__(self) -> None:
        _check_positive("Offloading", "above", self.above, least=0)


Layer: TypeAlias = Compression | Encryption | Offloading
"""One of the forms that stand around a value."""

Compressed = Annotated[T, Compression()]
"""A ``T`` that is stored compressed with zstd, as binary."""

Encrypted = Annotated[T, Encryption()]
"""A ``T`` that is stored encrypted, as binary bound to its table, item and attribute."""

Offloaded = Annotated[T, Offloading()]
"""A ``T`` that is kept in an object store where it is large, with a pointer in the item."""

_NAMES: dict[type, str] = {Compression: "Compressed", Encryption: "Encrypted", Offloading: "Offloaded"}
_ORDER = tuple(_NAMES)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a flow has to do with a value before it is stored, and after it is read."""

    encrypted: bool
    offloading: Offloading | None


@dataclass(frozen=True, slots=True, repr=False)
class Unsealed:
    """A value that is to be sealed. It shows nothing and cannot be written as JSON."""

    plain: AttributeValue


class Sealed:
    """A sealed value, given to the codec in place of the plain one: it is stored as it is."""

    __slots__ = ("stored",)

    def __init__(self, stored: AttributeValue) -> None:
        self.stored = stored


class Opened(dict[str, Any]):
    """A stored value that was opened: as it is stored to all but its codec, which reads ``plain``."""

    def __init__(self, stored: AttributeValue, plain: AttributeValue) -> None:
        super().__init__(stored)
        self.plain = plain


def with_inside(stored: AttributeValue, plain: AttributeValue) -> AttributeValue:
    """The stored value with what is inside it, for its codec."""
    return cast("AttributeValue", Opened(stored, plain))


def unsealed_in(value: AttributeValue) -> Unsealed | None:
    """The mark of a value that is to be sealed; ``None`` for any other."""
    found: object = cast("dict[str, object]", value).get(_MARK)
    return found if isinstance(found, Unsealed) else None


def layers_of(metadata: tuple[object, ...]) -> tuple[Layer, ...]:
    """The layers an annotation asks for, the innermost first.

    Raises:
        DefinitionError: one stands twice, or in an order that does not work.
    """
    layers = tuple(each for each in metadata if isinstance(each, Compression | Encryption | Offloading))
    places = [_ORDER.index(type(layer)) for layer in layers]
    if places != sorted(set(places)):
        given = "[".join((*(layer_name(layer) for layer in reversed(layers)), "…")) + "]" * len(layers)
        raise DefinitionError(
            f"{given}: a value is compressed, then encrypted, then offloaded, once each. "
            "Write Offloaded[Encrypted[Compressed[…]]], or a part of it"
        )
    return layers


def layer_name(layer: Layer) -> str:
    """The public name of a layer: ``Encrypted``."""
    return _NAMES[type(layer)]


def sealing_codec(inner: Codec, layers: tuple[Layer, ...]) -> Codec:
    """Build the codec of a value that flows seal and open."""
    form = inner.opaque
    for layer in layers:
        form = layer_name(layer) if form is None else f"{layer_name(layer)}[{form}]"
    offloading = next((layer for layer in layers if isinstance(layer, Offloading)), None)
    seal = Seal(any(isinstance(layer, Encryption) for layer in layers), offloading)

    def write(value: object) -> AttributeValue | None:
        if isinstance(value, Sealed):
            return value.stored
        plain = inner.write(value)
        return None if plain is None else cast("AttributeValue", {_MARK: Unsealed(plain)})

    def read(value: AttributeValue) -> object:
        if isinstance(value, Opened):
            return inner.read(value.plain)
        mark = unsealed_in(value)
        if mark is not None:
            return inner.read(mark.plain)
        if inner.optional and value == _NULL:
            return None
        raise unreadable(
            f"is {form} and was not opened; expected to be read through a client: a record of a stream with "
            "db.changes, db.handle or db.stream",
            None,
        )

    return opaque_codec(inner, form, write=write, read=read, seal=seal)


def opaque_codec(
    inner: Codec, form: str | None, *, write: Writer, read: Reader, seal: Seal | None = None
) -> Codec:
    """Build a codec whose stored form tells DynamoDB nothing of the value."""
    offloaded = seal is not None and seal.offloading is not None
    return Codec(
        inner.expected,
        None if offloaded else "B",
        inner.reads.union(_POINTED) if offloaded else _BINARY,
        write,
        read,
        inner.python_types,
        optional=inner.optional,
        absent=inner.absent,
        sortable=False,
        opaque=form,
        inside=inner,
        seal=seal,
    )
