"""What one placeholder of a key template writes, from a Python type and a format."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, Flag
from uuid import UUID

from dynakit.errors import DefinitionError, did_you_mean
from dynakit.keys import forms
from dynakit.keys.encoding import MAX_DIGITS
from dynakit.keys.forms import FromText, TextForm, ToText
from dynakit.keys.kinds import RawSegment, Segment, TextSegment, shaped
from dynakit.keys.shape import ORDERED, encoded_text, picture, raw_text

_PADDED = re.compile(r"0?([1-9][0-9]*)d", re.ASCII)
_PICTURES: dict[type[object], tuple[TextForm, str]] = {
    bool: (forms.BOOL, "?"),
    datetime: (forms.DATETIME, "0000-00-00T00:00:00.000000Z"),
    date: (forms.DATE, "0000-00-00"),
    UUID: (forms.UUID_TEXT, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
}


def segment_for(
    python_type: type[object], format: str, *, text_form: TextForm | tuple[ToText, FromText] | None = None
) -> Segment:
    """Bind one placeholder ``{name:format}`` to the plain type of its attribute.

    - no format: ``str``, an enum of text, ``UUID`` (36 characters), ``datetime`` (27, UTC, microseconds),
      ``date`` (10), ``bool`` (``0`` or ``1``);
    - ``010d``: an ``int`` from 0, or an enum of such, of 1 to 38 digits with leading zeros;
    - ``ordered``: an ``int`` or ``Decimal`` by :func:`~dynakit.keys.encoding.encode_ordered`;
    - ``lower``: ``str`` in lower case; values that differ in case share a key, so it cannot be read back;
    - ``raw``: the plain text as it is: by ``text_form`` where given (any type; a bare pair of functions has
      no known order, so it takes no ranges), else as without format, an ``int`` in decimal, a ``Decimal``
      without exponent and trailing zeros.

    Raises DefinitionError, naming neither entity nor attribute, for a type or format that cannot be.
    """
    if format == "raw" and text_form is not None:
        form = TextForm.of(text_form)
        return RawSegment(form=form, shape=raw_text(""), sortable=form.sortable, prefixable=form.prefixable)
    if issubclass(python_type, Enum):
        return _enum_segment(python_type, format)
    for known, (form, drawn) in _PICTURES.items():
        if issubclass(python_type, known) and format in ("", "raw"):
            return Segment(form=form, shape=picture(drawn), width=len(drawn))
    if issubclass(python_type, str):
        return _text_segment(format)
    if issubclass(python_type, int | Decimal) and python_type is not bool:
        return _number_segment(python_type, format)
    raise _refused(python_type, format)


def _text_segment(format: str) -> Segment:
    match format:
        case "":
            return TextSegment(form=forms.TEXT, shape=encoded_text(""), prefixable=True)
        case "lower":
            shape = encoded_text("", lower=True)
            return TextSegment(
                form=forms.LOWER, shape=shape, sortable=False, prefixable=True, invertible=False
            )
        case "raw":
            return RawSegment(form=forms.TEXT, shape=raw_text(""), prefixable=True)
        case _:
            raise _refused(str, format)


def _number_segment(python_type: type[int | Decimal], format: str) -> Segment:
    whole = issubclass(python_type, int)
    padded = _PADDED.fullmatch(format)
    if padded and whole and int(padded[1]) <= MAX_DIGITS:
        width = int(padded[1])
        return Segment(form=forms.padded_form(width), shape=picture("0" * width), width=width)
    match format:
        case "ordered":
            return Segment(form=forms.ORDERED_INT if whole else forms.ORDERED_DECIMAL, shape=ORDERED)
        case "raw":
            form = forms.PLAIN_INT if whole else forms.PLAIN_DECIMAL
            return RawSegment(form=form, shape=raw_text(""), sortable=False)
        case _:
            raise _refused(python_type, format)


def _enum_segment(enum: type[Enum], format: str) -> Segment:
    values: list[object] = [member.value for member in enum]
    types = {type(value) for value in values}
    if types not in ({str}, {int}):
        raise DefinitionError(
            f"enum {enum.__name__} cannot stand in a key; expected values all str or all int"
        )
    if format == "lower":
        raise _refused(enum, format)
    segment = segment_for(types.pop(), format)
    # combinations of flags are values too, and no members
    members = () if issubclass(enum, Flag) else tuple(enum)
    return shaped(replace(segment, form=forms.enum_form(enum, segment.form), members=members))


_FORMATS: dict[type[object], tuple[str, ...]] = {
    **dict.fromkeys(_PICTURES, ("", "raw")),
    Enum: ("", "010d", "ordered", "raw"),
    str: ("", "lower", "raw"),
    int: ("010d", "ordered", "raw"),
    Decimal: ("ordered", "raw"),
}


def _refused(python_type: type[object], format: str) -> DefinitionError:
    name = python_type.__name__
    if python_type is float:
        return DefinitionError(
            "float cannot stand in a key, because it is not exact; use Decimal with ':ordered'"
        )
    if format == "" and issubclass(python_type, int | Decimal):
        form = "{n:ordered}" if issubclass(python_type, Decimal) else "{n:010d}' or '{n:ordered}"
        return DefinitionError(
            f"{name} has no format, and plain digits do not sort as numbers; write '{form}'"
        )
    known = next((formats for base, formats in _FORMATS.items() if issubclass(python_type, base)), None)
    if known is None:
        return DefinitionError(
            f"{name} cannot stand in a key template; "
            "expected str, int, Decimal, bool, datetime, date, UUID or an enum"
        )
    allowed = [each or "none" for each in known]
    listed = ", ".join(allowed).replace("010d", f"010d (of 1 to {MAX_DIGITS} digits)")
    return DefinitionError(
        f"format {format!r} does not fit {name}; expected {listed}{did_you_mean(format, allowed)}"
    )


__all__ = ["Segment", "TextForm", "segment_for"]
