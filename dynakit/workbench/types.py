"""The types of attributes, told by the values that sample rows have, or by what a model says of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from dynakit.wire import AttributeValue, Item
from dynakit.workbench.naming import singular
from dynakit.workbench.plan import Annotation

if TYPE_CHECKING:
    from dynakit.workbench.nested import Nesting

TEXT = Annotation("str")

_MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_NAIVE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_DECLARED = {
    "S": TEXT,
    "N": Annotation("Decimal"),
    "B": Annotation("bytes"),
    "BOOL": Annotation("bool"),
    "SS": Annotation("set[str]"),
    "NS": Annotation("set[Decimal]"),
    "BS": Annotation("set[bytes]"),
    "L": Annotation("list[object]"),
    "M": Annotation("dict[str, object]"),
}


def declared_type(kind: str) -> Annotation:
    """The type of an attribute of which there is no value, by the type that the model gives it."""
    return _DECLARED.get(kind, Annotation("object"))


def text_type(texts: Iterable[str]) -> Annotation:
    """The type of values that are kept as text: times in ISO form where all are, else text."""
    given = list(texts)
    for annotation, is_written_so in _TIMES:
        if given and all(map(is_written_so, given)):
            return annotation
    return TEXT


def is_time(annotation: Annotation) -> bool:
    """Whether the values are moments or days."""
    return annotation.text in {"dt.datetime", "dt.date"}


def value_type(name: str, values: Sequence[AttributeValue], nesting: Nesting) -> Annotation:
    """The type of all these values of an attribute; ``nesting`` names the entities for its maps."""
    kinds = {kind for value in values for kind in value}
    if kinds == {"S"}:
        return text_type(cast("str", value.get("S")) for value in values)
    texts = sorted(_type_of(name, kind, values, nesting) for kind in kinds - {"NULL"})
    if not texts:
        return Annotation("object")
    return Annotation("object" if "object" in texts else " | ".join(dict.fromkeys(texts)))


def is_null(values: Iterable[AttributeValue]) -> bool:
    """Whether one of the values is NULL."""
    return any("NULL" in value for value in values)


def _type_of(name: str, kind: str, values: Sequence[AttributeValue], nesting: Nesting) -> str:
    held: list[object] = [cast("dict[str, object]", value)[kind] for value in values if kind in value]
    if kind == "N":
        return _number(cast("list[str]", held))
    if kind == "NS":
        return f"set[{_number([text for each in cast('list[list[str]]', held) for text in each])}]"
    if kind == "L":
        return _list(
            name, [one for each in cast("list[list[AttributeValue]]", held) for one in each], nesting
        )
    if kind == "M":
        return nesting.type_of(name, cast("list[Item]", held))
    return _DECLARED[kind].text


def _number(texts: Iterable[str]) -> str:
    return "int" if all(Decimal(text) % 1 == 0 for text in texts) else "Decimal"


def _list(name: str, members: list[AttributeValue], nesting: Nesting) -> str:
    if not members or is_null(members):
        return "list[object]"
    # Within a list no form but the usual one can be said.
    kinds = {kind for member in members for kind in member}
    if kinds == {"S"}:
        return "list[str]"
    inner = value_type(singular(name), members, nesting)
    return f"list[{inner.text}]"


def _reads(pattern: re.Pattern[str], read: Callable[[str], object]) -> Callable[[str], bool]:
    def is_written_so(text: str) -> bool:
        if not pattern.fullmatch(text):
            return False
        try:
            read(text)
        except ValueError:
            return False
        return True

    return is_written_so


def _naive(text: str) -> None:
    if datetime.fromisoformat(text).isoformat() != text:
        raise ValueError


_TIMES: tuple[tuple[Annotation, Callable[[str], bool]], ...] = (
    (Annotation("dt.datetime", "iso_milliseconds"), _reads(_MILLISECONDS, datetime.fromisoformat)),
    (Annotation("dt.datetime", "naive_iso"), _reads(_NAIVE, _naive)),
    (Annotation("dt.date"), _reads(_DAY, date.fromisoformat)),
)
