"""Types that only pydantic knows: URLs, IP addresses, paths, e-mail addresses, and secrets.

They are stored as pydantic writes them to JSON, a string mostly, and read through its validation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast, get_args, get_origin

from pydantic import Secret, SecretBytes, SecretStr

from dynakit.codec.adapter import Adapter, type_name
from dynakit.codec.codec import Codec
from dynakit.codec.fault import article, refused, unreadable, wrong_python
from dynakit.codec.generic import JSON
from dynakit.codec.scalars import mapped, scalar, string_to_text
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue


def foreign_codec(annotation: object, core: object) -> Codec:
    """Build the codec of an annotation through pydantic; ``core`` is it without its metadata.

    A value that would not read back equal (pydantic masks secrets) is an EncodeError.

    Raises:
        DefinitionError: pydantic does not know the type.
    """
    adapter = Adapter(annotation, type_name(core))
    types = (core,) if isinstance(core, type) else ()
    kind = adapter.string_or_number()

    def to_plain(value: object) -> object:
        plain = adapter.plain(value)
        adapter.check_same(value, lambda: adapter.validate(plain))
        if plain is None:
            raise refused("is written by pydantic as nothing at all", value)
        return plain

    if kind == "string":
        text = scalar(
            "S", adapter.expected, types, lambda value: string_to_text(to_plain(value)), adapter.validate
        )
        return replace(text, sortable=False)
    codec = mapped(JSON, adapter.expected, types, to_plain, adapter.validate)
    return replace(
        codec,
        attribute_type="N" if kind == "number" else None,
        optional=False,
        absent=None,
        find=None,
        sortable=False,
        greed=1,
    )


def subtype_codec(annotation: object, core: type, base: Codec) -> Codec:
    """Build the codec of a subclass of a scalar type: stored as that type, read through pydantic.

    Raises:
        DefinitionError: pydantic does not know the subclass.
    """
    adapter = Adapter(annotation, core.__name__)

    def to_base(value: object) -> object:
        if not isinstance(value, core):
            raise wrong_python(adapter.expected, value)
        return value

    return mapped(base, adapter.expected, (core,), to_base, adapter.validate)


def is_secret(cls: type) -> bool:
    """Tell ``SecretStr``, ``SecretBytes`` and the subclasses of ``Secret[…]``."""
    return issubclass(cls, SecretStr | SecretBytes | Secret)


def secret_inner(cls: type) -> object:
    """Give the type of what a secret class hides.

    Raises:
        DefinitionError: a subclass of ``Secret`` that does not say.
    """
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is Secret:
            return get_args(base)[0]
    if issubclass(cls, SecretStr | SecretBytes):
        return str if issubclass(cls, SecretStr) else bytes
    raise DefinitionError(f"{cls.__name__} does not say what it keeps secret. Derive it from Secret[…]")


def secret_codec(python_type: Any, inner: Codec) -> Codec:
    """Build the codec of a secret: the bare value is stored, and no fault shows it or carries it."""
    expected = article(python_type.__name__)

    def to_base(value: object) -> object:
        if not isinstance(value, python_type):
            raise wrong_python(expected, value)
        return cast("Secret[object]", value).get_secret_value()

    return mapped(_hushed(inner, expected), expected, (python_type,), to_base, python_type)


def _hushed(codec: Codec, expected: str) -> Codec:
    def write(value: object) -> AttributeValue | None:
        try:
            return codec.write(value)
        except EncodeError:
            raise refused("holds a secret that cannot be stored", None) from None

    def read(value: AttributeValue) -> object:
        try:
            return codec.read(value)
        except DecodeError:
            raise unreadable(f"expected {expected}, got a stored value that is not one", None) from None

    # No text form: a secret is neither an element of a set nor a key.
    return replace(codec, write=write, read=read, text=None, inline=None)
