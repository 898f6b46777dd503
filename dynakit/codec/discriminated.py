"""Unions of models told apart by the value of one field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dynakit.codec.codec import Codec
from dynakit.codec.fault import under, unreadable, wrong_python
from dynakit.codec.maps import MAP, take_entries
from dynakit.codec.number import canonical
from dynakit.codec.unions import find_in
from dynakit.errors import DecodeError, DefinitionError, EncodeError
from dynakit.wire import AttributeValue

_Tag = tuple[str, object]


def discriminated_union(members: Sequence[Codec], field: str) -> tuple[Codec, Callable[[], None]]:
    """Build a union of models, told apart by the class on one side and by ``field`` on the other.

    A member may itself be such a union. Gives the codec and a function that finishes it, to be called
    once the codecs of all members are complete: a member may hold the union itself.

    The function raises:
        DefinitionError: ``field`` is not a ``Literal`` or enum in every member, or two share a value.
    """
    expected = " or ".join(leaf.expected for leaf in _leaves(members))
    by_type: dict[type, Codec] = {}
    by_tag: dict[str, dict[_Tag, Codec]] = {}

    def write(value: object) -> AttributeValue | None:
        member = by_type.get(type(value))
        return _write_any_of(value, members, expected) if member is None else member.write(value)

    def read(value: AttributeValue) -> object:
        entries = take_entries(value, expected)
        for stored, tags in by_tag.items():
            if stored in entries and (member := tags.get(_tag(entries[stored]))) is not None:
                return member.read(value)
        raise _unknown_tag(entries, field, expected, missing=by_tag.keys().isdisjoint(entries))

    def finish() -> None:
        for member in members:
            for leaf in _leaves((member,)):
                by_type.update((kind, leaf) for kind in leaf.python_types if kind is not dict)
                _add_tags(by_tag, member, leaf, field)

    types = tuple(kind for member in members for kind in member.python_types)
    codec = Codec(
        expected,
        "M",
        MAP,
        write,
        read,
        types,
        members=tuple(members),
        find=lambda step: find_in(members, step),
    )
    return codec, finish


def _unknown_tag(entries: object, field: str, expected: str, *, missing: bool) -> DecodeError:
    what = "is missing" if missing else "holds another value"
    error = unreadable(f"{what}; expected the discriminator of {expected}", entries)
    under(error, f".{field}")
    return error


def _leaves(members: Sequence[Codec]) -> Iterator[Codec]:
    for member in members:
        if member.members:
            yield from _leaves(member.members)
        else:
            yield member


def _write_any_of(value: object, members: Sequence[Codec], expected: str) -> AttributeValue | None:
    # Subclasses, and TypedDicts, whose values are all plain dictionaries.
    for member in members:
        if isinstance(value, member.python_types):
            try:
                return member.write(value)
            except EncodeError:
                continue
    raise wrong_python(expected, value)


def _add_tags(by_tag: dict[str, dict[_Tag, Codec]], member: Codec, leaf: Codec, field: str) -> None:
    stored, codec = (leaf.children or {}).get(field, ("", None))
    if codec is None or not codec.choices:
        raise DefinitionError(
            f"{leaf.expected} has no field {field!r} that is a Literal or an Enum; a discriminator needs one"
        )
    tags = by_tag.setdefault(stored, {})
    for choice in codec.choices:
        written = codec.write(choice)
        if written is not None and tags.setdefault(_tag(written), member) is not member:
            raise DefinitionError(f"two members of a union share a value of their discriminator {field!r}")


def _tag(value: AttributeValue) -> _Tag:
    for kind, content in value.items():
        if kind == "N" and isinstance(content, str):
            return kind, _canonical(content)
        if isinstance(content, str | bool):
            return kind, content
    return "", None


def _canonical(text: str) -> str:
    try:
        return canonical(text)
    except (ValueError, EncodeError):
        return text
