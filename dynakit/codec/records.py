"""Values with named fields: ``M`` with names that are declared.

Models, dataclasses and TypedDicts differ only in how they are opened and made (:class:`Shape`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import NamedTuple

from pydantic import BaseModel

from dynakit.codec.codec import Codec, Reader, Step, Writer
from dynakit.codec.fault import refused, under, unreadable
from dynakit.codec.generic import ANY
from dynakit.codec.inline import Nullable, may_be_absent
from dynakit.codec.inline_fields import Field, Fields
from dynakit.codec.maps import MAP, read_entries, take_entries, write_entries
from dynakit.codec.scalars import string_to_text
from dynakit.errors import DecodeError, EncodeError
from dynakit.values import dataclass
from dynakit.wire import AttributeValue


@dataclass(frozen=True, slots=True)
class Shape:
    """How one class is opened and made.

    ``opened`` gives the values by field name, strict on the class (EncodeError); ``build`` makes a value
    from a dictionary (DecodeError). ``others`` gives the values of undeclared names; ``None``
    where the class keeps none. ``model`` is the class where it is pydantic's.
    """

    expected: str
    python_types: tuple[type, ...]
    opened: Callable[[object], Mapping[str, object]]
    build: Callable[[object], object]
    others: Callable[[object], Mapping[str, object] | None] | None = None
    forbids_others: bool = False
    model: type[BaseModel] | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: its name in Python, in the item, and in what ``build`` takes.

    ``default`` gives what a missing attribute reads as, ``None`` when the field is required;
    ``none_by_default`` says that this is surely ``None``. A field that is not ``always`` there (a key of
    a TypedDict that is not required) may be missing in a value, too.
    """

    name: str
    stored: str
    input_name: str
    default: Callable[[], object] | None
    none_by_default: bool = False
    always: bool = True

    def absence(self, value: object) -> AttributeValue | None:
        """Decide what stands for a value that is written as absent, so that it reads back as it is."""
        if value is None:
            missing_is_none = self.default is None or self.none_by_default
            return None if missing_is_none else {"NULL": True}
        if self.default is None or not self.default():
            return None
        raise refused(
            "is an empty set, which DynamoDB cannot store, and a missing attribute reads as the default, "
            "which is not empty",
            value,
        )


class _Entry(NamedTuple):
    slot: Slot
    name: str
    stored: str
    input_name: str
    write: Writer
    read: Reader
    fill: Callable[[], object] | None


@dataclass(frozen=True, slots=True)
class _Names:
    """The attribute names of the fields, and the names under which fields are given to ``build``."""

    stored: set[str] = field(default_factory=set[str])
    taken: set[str] = field(default_factory=set[str])


_ABSENT = object()


class Record:
    """The fields of a class, filled in after its codec is made, so that a class can hold itself."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.entries: list[_Entry] = []
        self.fields: list[Field] = []
        self.children: dict[str, tuple[str, Codec]] = {}
        self.needed = set[str]()
        self.names = _Names()
        self.codec = Codec(
            shape.expected,
            "M",
            MAP,
            self._write,
            self._read,
            shape.python_types,
            children=self.children,
            find=self._find,
            needed=self.needed,
            closed=shape.forbids_others,
            inline=self._inline(),
        )

    def _inline(self) -> Fields | None:
        model, shape = self.shape.model, self.shape
        if model is None or shape.others is not None:
            return None
        return Fields(model, shape.build, shape.forbids_others, self.fields)

    def fill(self, fields: Iterable[tuple[Slot, Codec]]) -> None:
        """Give the class its fields."""
        for slot, codec in fields:
            self.children[slot.name] = (slot.stored, codec)
            self.names.stored.add(slot.stored)
            self.names.taken.update((slot.name, slot.input_name))
            self.entries.append(_entry(slot, codec))
            self.fields.append(_field(slot, codec))
            if self.fields[-1].needed:
                self.needed.add(slot.stored)

    def _write(self, value: object) -> AttributeValue:
        written = _write_fields(self.shape.opened(value), self.entries)
        others = None if self.shape.others is None else self.shape.others(value)
        if others:
            written.update(_write_others(others, self.names))
        return {"M": written}

    def _read(self, value: AttributeValue) -> object:
        attributes = take_entries(value, self.shape.expected)
        values = _read_fields(attributes, self.entries)
        if self.shape.others is not None:
            values.update(_read_others(attributes, self.names))
        elif self.shape.forbids_others:
            _refuse_others(attributes, self.names, self.shape.expected)
        return self.shape.build(values)

    def _find(self, step: Step) -> tuple[Step, Codec] | None:
        return self.children.get(step) if isinstance(step, str) else None


def _entry(slot: Slot, codec: Codec) -> _Entry:
    absent = codec.absent if slot.default is None and slot.always else None
    return _Entry(slot, slot.name, slot.stored, slot.input_name, codec.write, codec.read, absent)


def _field(slot: Slot, codec: Codec) -> Field:
    fill = codec.absent if slot.default is None else None
    only_none = isinstance(codec.inline, Nullable) and not may_be_absent(codec.inline.inner)
    absence = None if only_none and slot.absence(None) is None else slot.absence
    needed = slot.default is None and fill is None
    return Field(slot.name, slot.stored, slot.input_name, codec, needed, fill, absence)


def _write_fields(values: Mapping[str, object], entries: list[_Entry]) -> dict[str, AttributeValue]:
    written: dict[str, AttributeValue] = {}
    name = ""
    try:
        for slot, name, stored, _, write, _, _ in entries:
            value = values.get(name, _ABSENT)
            if value is _ABSENT:
                if slot.always:
                    raise refused("is not set", values)
                continue
            attribute = write(value)
            if attribute is None:
                attribute = slot.absence(value)
            if attribute is not None:
                written[stored] = attribute
    except EncodeError as error:
        under(error, f".{name}")
        raise
    return written


def _read_fields(attributes: Mapping[str, AttributeValue], entries: list[_Entry]) -> dict[str, object]:
    values: dict[str, object] = {}
    name = ""
    try:
        for _, name, stored, input_name, _, read, fill in entries:  # noqa: B007 - told in the fault
            if stored in attributes:
                values[input_name] = read(attributes[stored])
            elif fill is not None:
                values[input_name] = fill()
    except DecodeError as error:
        under(error, f".{name}")
        raise
    return values


def _write_others(others: Mapping[str, object], names: _Names) -> dict[str, AttributeValue]:
    if not names.stored.isdisjoint(others) or not names.taken.isdisjoint(others):
        raise refused("has an extra value under the name of a declared field", others)
    return write_entries(others, string_to_text, ANY.write)


def _read_others(attributes: Mapping[str, AttributeValue], names: _Names) -> dict[str, object]:
    unknown = {name: value for name, value in attributes.items() if name not in names.stored}
    if not names.taken.isdisjoint(unknown):
        raise unreadable("holds an unknown attribute under the name of a field stored elsewhere", unknown)
    return read_entries(unknown, str, ANY.read)


def _refuse_others(attributes: Mapping[str, AttributeValue], names: _Names, expected: str) -> None:
    unknown = attributes.keys() - names.stored
    if unknown:
        raise unreadable(f"holds unknown attributes, which {expected} forbids (extra='forbid')", unknown)
