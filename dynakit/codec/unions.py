"""Unions told apart by type, and ``None`` beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dynakit.codec.codec import Codec, Step, WireType
from dynakit.codec.fault import kind_of, none_of, refused, wrong_python, wrong_wire
from dynakit.codec.inline import Nullable
from dynakit.errors import DecodeError, EncodeError
from dynakit.wire import AttributeValue

_NULL_VALUE: AttributeValue = {"NULL": True}
_NULL = frozenset[WireType](("NULL",))


def optional_codec(inner: Codec) -> Codec:
    """Build ``inner | None``: ``None`` is absent, and ``NULL`` reads as ``None``."""
    write_inner, read_inner = inner.write, inner.read

    def write(value: object) -> AttributeValue | None:
        return None if value is None else write_inner(value)

    def read(value: AttributeValue) -> object:
        return None if value == _NULL_VALUE else read_inner(value)

    reads = inner.reads.union(_NULL)
    return replace(
        inner, write=write, read=read, reads=reads, optional=True, absent=_none, inline=Nullable(inner)
    )


def nothing_codec() -> Codec:
    """Build ``None`` alone."""

    def write(value: object) -> None:
        if value is not None:
            raise wrong_python("None", value)

    def read(value: AttributeValue) -> None:
        if value != _NULL_VALUE:
            raise wrong_wire("None", value)

    return Codec("None", None, _NULL, write, read, (type(None),), optional=True, absent=_none)


def _none() -> None:
    return None


def plain_union(members: Sequence[Codec]) -> Codec:
    """Build a union whose members are told apart by the Python type, and by the stored type.

    Members stored under one attribute type are tried in order when reading, those that would take
    anything of that type (``str``, ``int`` before ``Decimal`` before ``float``, ``dict``, ``Any``) last.
    A value that another member would read back as something else is refused by ``encode``, so nothing
    changes its meaning in the table.
    """
    if len(members) == 1:
        return members[0]
    expected = " or ".join(dict.fromkeys(member.expected for member in members))
    reader = _UnionReader(expected, members)
    writer = _UnionWriter(expected, members, reader)
    kinds = {member.attribute_type for member in members}
    return Codec(
        expected,
        members[0].attribute_type if len(kinds) == 1 else None,
        frozenset[WireType]().union(*(member.reads for member in members)),
        writer.write,
        reader.read,
        tuple(kind for member in members for kind in member.python_types),
        optional=any(member.optional for member in members),
        absent=next((member.absent for member in members if member.absent), None),
        members=tuple(members),
        choices=_all_choices(members),
        sortable=all(member.sortable for member in members) and len(kinds) == 1,
        greed=max(member.greed for member in members),
        find=lambda step: find_in(members, step),
    )


def _all_choices(members: Sequence[Codec]) -> tuple[object, ...]:
    limited = all(member.choices for member in members)
    return tuple(choice for member in members for choice in member.choices) if limited else ()


def find_in(members: Sequence[Codec], step: Step) -> tuple[Step, Codec] | None:
    """Go one step down in every member that has it; they must agree on the stored name."""
    found = [child for member in members if (child := member.child(step)) is not None]
    if not found or any(stored != found[0][0] for stored, _ in found):
        return None
    return found[0][0], plain_union([codec for _, codec in found])


class _UnionReader:
    """Asks the members that read the stored type, the greedy ones last."""

    def __init__(self, expected: str, members: Sequence[Codec]) -> None:
        self.expected = expected
        self.by_kind: dict[str, list[Codec]] = {}
        for member in sorted(members, key=lambda member: member.greed):
            for kind in member.reads:
                self.by_kind.setdefault(kind, []).append(member)

    def read(self, value: AttributeValue) -> object:
        return self.choose(value)[1]

    def choose(self, value: AttributeValue) -> tuple[Codec, object]:
        candidates = self.candidates(value)
        if len(candidates) == 1:
            return candidates[0], candidates[0].read(value)
        for member in candidates:
            try:
                return member, member.read(value)
            except DecodeError:
                continue
        raise none_of(self.expected, value) if candidates else wrong_wire(self.expected, value)

    def candidates(self, value: AttributeValue) -> list[Codec]:
        return self.by_kind.get(kind_of(value), [])


class _UnionWriter:
    """Asks the members of the value's own type first, and checks that the value would come back."""

    def __init__(self, expected: str, members: Sequence[Codec], reader: _UnionReader) -> None:
        self.expected = expected
        self.members = members
        self.reader = reader
        self.by_type: dict[type, tuple[list[Codec], list[Codec]]] = {}

    def write(self, value: object) -> AttributeValue | None:
        own, others = self.by_type.get(type(value)) or self._ranked(type(value))
        faults: list[EncodeError] = []
        for member in (*own, *others):
            try:
                written = member.write(value)
            except EncodeError as error:
                faults.append(error)
                continue
            return self._checked(value, member, written)
        if len(own) == 1:
            raise faults[0]  # The only member of this very type says more: it names the place.
        if own:
            raise refused(f"has content that fits none of these: {self.expected}", value)
        raise wrong_python(self.expected, value)

    def _ranked(self, python_type: type) -> tuple[list[Codec], list[Codec]]:
        own = [member for member in self.members if python_type in member.python_types]
        self.by_type[python_type] = own, [member for member in self.members if member not in own]
        return self.by_type[python_type]

    def _checked(self, value: object, member: Codec, written: AttributeValue | None) -> AttributeValue | None:
        if written is None or len(self.reader.candidates(written)) == 1:
            return written
        reading, back = self.reader.choose(written)
        if reading is member or back == value:
            return written
        raise refused(
            f"would be read back as {reading.expected}, as the members of the union are stored alike. "
            "Tell them apart by a discriminator or by other types",
            value,
        )
