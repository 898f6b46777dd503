"""Images of items as they come in records: checked, and brought to the form they have on the wire.

Lambda and the API itself write binaries as base64 text; boto3 gives them as bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from dynakit.codec.number import canonical
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue, Item


def read_image(where: str, given: object) -> Item:
    """Read an image. Raises :class:`DecodeError` that names the attribute, never what it holds."""
    if not isinstance(given, Mapping):
        raise DecodeError(f"{where}: got {_kind(given)}; expected a map of attributes.")
    members = cast("Mapping[object, object]", given)
    return {str(name): _value(f"{where}.{name}", value) for name, value in members.items()}


def _value(where: str, given: object) -> AttributeValue:
    if isinstance(given, Mapping) and len(cast("Mapping[object, object]", given)) == 1:
        [(kind, held)] = cast("Mapping[str, object]", given).items()
        reader = _READERS.get(kind)
        if reader is not None:
            return cast("AttributeValue", {kind: reader(where, held)})
    raise DecodeError(f"{where}: it is no attribute value; expected one member of {', '.join(_READERS)}.")


def _text(where: str, given: object) -> str:
    return cast("str", _of_type(where, given, str))


def _number(where: str, given: object) -> str:
    try:
        return canonical(_text(where, given))
    except (ValueError, EncodeError):
        raise DecodeError(f"{where}: it is no number; expected decimal text.") from None


def _flag(where: str, given: object) -> bool:
    return cast("bool", _of_type(where, given, bool))


def _binary(where: str, given: object) -> str:
    if isinstance(given, bytes | bytearray):
        return base64.b64encode(given).decode("ascii")
    return _text(where, given)


def _list(where: str, given: object) -> list[AttributeValue]:
    return [_value(f"{where}[{place}]", value) for place, value in enumerate(_elements(where, given))]


def _set_of(element: Callable[[str, object], str]) -> Callable[[str, object], list[str]]:
    return lambda where, given: [element(where, value) for value in _elements(where, given)]


def _elements(where: str, given: object) -> Iterable[object]:
    if not isinstance(given, list | tuple | set | frozenset):
        raise DecodeError(f"{where}: got {_kind(given)}; expected a list.")
    return cast("Iterable[object]", given)


def _of_type(where: str, given: object, wanted: type) -> object:
    if not isinstance(given, wanted):
        raise DecodeError(f"{where}: got {_kind(given)}; expected {wanted.__name__}.")
    return given


def _kind(given: object) -> str:
    return type(given).__name__


_READERS: Final[dict[str, Callable[[str, object], Any]]] = {
    "S": _text,
    "N": _number,
    "B": _binary,
    "BOOL": _flag,
    "NULL": _flag,
    "SS": _set_of(_text),
    "NS": _set_of(_number),
    "BS": _set_of(_binary),
    "L": _list,
    "M": read_image,
}
