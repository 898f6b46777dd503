"""A wrong attribute that dynakit keeps, and a wrong unique constraint, is refused at import by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import dynakit
from dynakit import DefinitionError, Index, KeyAttribute, Table

NAMES = (
    "Attr", "attr", "Key", "Entity", "created", "deleted", "expires", "unique", "updated", "version",
)  # fmt: skip
KEYS = 'primary = Key("X#{a}", "{b}"); a: Attr[str]; b: Attr[str]'
IN_TABLE = "class X(Entity, table=lasting)"


@dataclass(frozen=True)
class Wrong:
    """A class body with what is said of it, and the attribute or constraint it is said of."""

    body: str
    attribute: str | None
    message: str
    head: str = IN_TABLE

    def declare(self) -> None:
        body = "\n".join(f"    {line.strip()}" for line in self.body.split(";"))
        names: dict[str, Any] = {
            "lasting": Table(
                "lasting", pk="PK", sk="SK", time_to_live="ttl",
                indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")],
            ),
            "plain": Table("plain", pk="PK", sk="SK"),
            "numeric": Table("numeric", pk=KeyAttribute("a", "N"), sk="SK"),
            "numbered": Table("numbered", pk="PK", sk=KeyAttribute("n", "N")),
            "date": date, "datetime": datetime, "timedelta": timedelta, "Any": Any,
            **{name: getattr(dynakit, name) for name in NAMES},
        }  # fmt: skip
        exec(f"{self.head}:\n{body}", names)


def typed(role: str, message: str, *types: str) -> dict[str, Wrong]:
    """The attribute ``k`` declared as what dynakit keeps, with types that do not suit that."""
    bodies = {kind: f"{KEYS}; k: Attr[{kind}] = {role}()" for kind in types}
    return {f"{role} of {kind}": Wrong(body, "k", message) for kind, body in bodies.items()}


def placed(role: str, key: str, body: str) -> Wrong:
    return Wrong(body, "k", f"X.k: {role}() changes with writes and cannot stand in key {key}.")


def unique_of(declared: str, message: str, body: str = KEYS, head: str = IN_TABLE) -> Wrong:
    return Wrong(f"{body}; u = {declared}", "u", message, head)


MOMENT = "has another type; expected Attr[datetime]."
TEXT_KEYS = "the guards of unique values are stored under text keys, and key attribute "
TYPES = {
    **typed("version", "X.k: its default is no value of its type", "str", "bool", "timedelta"),
    **typed("version", "X.k: version() has another type; expected Attr[int].", "float", "Any"),
    **typed("created", f"X.k: created() {MOMENT}", "date", "str", "int", "Any"),
    **typed("updated", f"X.k: updated() {MOMENT}", "date", "str", "int", "Any"),
    **typed("expires", "X.k: stored_as=expiry_seconds does not suit ", "int", "date", "str"),
    **typed("deleted", "X.k: its default is no value of its type", "datetime", "bool", "str"),
    **typed(
        "deleted",
        "X.k: deleted() has another type; expected Attr[datetime | None].",
        "str | None",
        "date | None",
        "bool | None",
        "Any",
    ),
}
TWICE = {
    f"two {role}()": Wrong(
        f"{KEYS}; v: Attr[{kind}] = {role}(); k: Attr[{kind}] = {role}()",
        "k",
        f"X.k: v is its {role}() already. Remove one.",
    )
    for role, kind in (
        ("version", "int"),
        ("created", "datetime"),
        ("updated", "datetime"),
        ("expires", "datetime | None"),
        ("deleted", "datetime | None"),
    )
}
PLACES = {
    "version in the primary key": placed(
        "version", "primary", 'primary = Key("X#{a}", "{k:03d}"); a: Attr[str]; k: Attr[int] = version()'
    ),
    "version in an index": placed(
        "version", "i", f'{KEYS}; i = Key("X", "{{k:03d}}", index="GSI1"); k: Attr[int] = version()'
    ),
    "deleted in an index": placed(
        "deleted", "i", f'{KEYS}; i = Key("X", "{{k}}", index="GSI1"); k: Attr[datetime | None] = deleted()'
    ),
    **{
        f"{role} in the primary key": placed(
            role,
            "primary",
            f'primary = Key("X#{{a}}", "{{k}}"); a: Attr[str]; k: Attr[datetime] = {declared}',
        )
        for role, declared in (
            ("created", "created()"),
            ("updated", "updated()"),
            ("expires", "expires(after=timedelta(hours=1))"),
        )
    },
}
TABLES = {
    "expires() in a table without time_to_live": Wrong(
        f"{KEYS}; k: Attr[datetime | None] = expires()",
        "k",
        "X.k: table 'plain' names no attribute for expiry. Declare Table(…, time_to_live=…).",
        "class X(Entity, table=plain)",
    ),
    **{
        f"{role}() without a table": Wrong(
            f"k: Attr[{kind}] = {role}()",
            "k",
            f"X.k: {role}() stands in an entity without a table. Declare table=….",
            "class X(Entity)",
        )
        for role, kind in (
            ("version", "int"),
            ("created", "datetime"),
            ("updated", "datetime"),
            ("expires", "datetime | None"),
            ("deleted", "datetime | None"),
        )
    },
}
UNIQUE = {
    "unique() of nothing": unique_of("unique()", "X.u: unique() names no attribute; expected at least one"),
    "unique() of a scope": unique_of('unique(scope="a")', "X.u: unique() names no attribute"),
    "unique() of an empty name": unique_of('unique("")', "X.u: '{}': '' in braces is no placeholder"),
    "unique() of an unknown attribute": unique_of(
        'unique("emial")',
        "X.u: the key template '{emial}' names 'emial', which is no attribute of X; did you mean 'email'?",
        f"{KEYS}; email: Attr[str]",
    ),
    "unique() in an unknown scope": unique_of(
        'unique("a", scope="bb")', "X.u: the key template '{bb}#{a}' names 'bb', which is no attribute of X"
    ),
    "unique() of a number without a format": unique_of(
        'unique("n")', "X.u: n: int has no format, and plain digits", f"{KEYS}; n: Attr[int]"
    ),
    "unique() of a list": unique_of(
        'unique("n")', "X.u: n: list[str] cannot stand in a key template", f"{KEYS}; n: Attr[list[str]]"
    ),
    "unique() with a wrong format": unique_of('unique("a:uper")', "X.u: a: format 'uper' does not fit str"),
    "unique() with a brace": unique_of('unique("a}}b")', "X.u: '{a}}b}', position 3: '}' does not pair"),
    "unique() beside a partition key of numbers": unique_of(
        'unique("k")',
        f"X.u: {TEXT_KEYS}'a' has type N. Keep the values unique in another table.",
        'primary = Key("{a}", "X"); a: Attr[int]; k: Attr[str]',
        "class X(Entity, table=numeric)",
    ),
    "unique() beside a sort key of numbers": unique_of(
        'unique("k")',
        f"X.u: {TEXT_KEYS}'n' has type N. Keep the values unique in another table.",
        'primary = Key("X", "{n}"); n: Attr[int]; k: Attr[str]',
        "class X(Entity, table=numbered)",
    ),
}
CASES = {**TYPES, **TWICE, **PLACES, **TABLES, **UNIQUE}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_by_name(name: str) -> None:
    case = CASES[name]
    with pytest.raises(DefinitionError) as caught:
        case.declare()
    assert str(caught.value).startswith(case.message)
    assert (caught.value.entity, caught.value.attribute) == ("X", case.attribute)


RIGHT = {
    "version": "k: Attr[int] = version()",
    "created": "k: Attr[datetime] = created()",
    "updated": "k: Attr[datetime] = updated()",
    "expires": "k: Attr[datetime] = expires(after=timedelta(hours=1))",
    "expires, or never": "k: Attr[datetime | None] = expires()",
    "deleted": "k: Attr[datetime | None] = deleted()",
    "updated in an index": 'i = Key("X", "{k}", index="GSI1"); k: Attr[datetime] = updated()',
    "unique": 'k: Attr[int]; u = unique("k:05d", scope=("a", "b"))',
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_taken(name: str) -> None:
    """The table of what is wrong is made of these, each spoilt in one place."""
    Wrong(f"{KEYS}; {RIGHT[name]}", None, "").declare()
