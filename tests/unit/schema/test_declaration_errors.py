"""Whatever is wrong in a declaration is refused at import, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import dynakit
from dynakit import DefinitionError, Index, KeyAttribute, Table

PRIMARY = 'primary = Key("X#{a}", "{b}")'
BASIC = f"{PRIMARY}; a: Attr[str]; b: Attr[str]"


def table() -> Table:
    return Table(
        "shop",
        pk="PK",
        sk="SK",
        indexes=[
            Index("GSI1", pk="GSI1PK", sk="GSI1SK"),
            Index("by_age", pk="email", sk=KeyAttribute("age", "N")),
            Index("LSI1", sk="L1", local=True),
            Index("native", pk=["tenant", "kind"], sk=["a", "b"]),
        ],
    )


@dataclass(frozen=True)
class Wrong:
    """A class body with what is said of it, and the attribute or key it is said of."""

    body: str
    attribute: str | None
    message: str
    head: str = "class X(Entity, table=shop)"

    def declare(self) -> None:
        body = "\n".join(f"    {line.strip()}" for line in self.body.split(";"))
        names: dict[str, Any] = {
            "shop": table(),
            "Any": Any,
            **{name: getattr(dynakit, name) for name in ("Attr", "attr", "Key", "Entity", "epoch_seconds")},
        }
        exec(f"{self.head}:\n{body}", names)


KEYS = {
    "typo in a template": Wrong(
        'primary = Key("X#{custmer}", "{b}"); customer: Attr[str]; b: Attr[str]',
        "primary",
        "X.primary: the key template 'X#{custmer}' names 'custmer', which is no attribute of X; "
        "did you mean 'customer'?",
    ),
    "unknown index": Wrong(
        f'{BASIC}; g = Key("X#{{a}}", "{{b}}", index="GSI2")',
        "g",
        "X.g: table 'shop' has no index 'GSI2'; did you mean 'GSI1'?",
    ),
    "a template too few": Wrong(
        'primary = Key("X#{a}"); a: Attr[str]',
        "primary",
        "X.primary: Key('X#{a}'): 0 for the sort key; expected 1, for SK.",
    ),
    "a template too few, on a native index": Wrong(
        f'{BASIC}; g = Key("X#{{a}}", "{{b}}", index="native")',
        "g",
        "X.g: Key('X#{a}', '{b}', index='native'): 1 for the partition key; expected 2, for tenant, kind.",
    ),
    "native parts on the table": Wrong(
        'primary = Key(["a"], ["b"]); a: Attr[str]; b: Attr[str]',
        "primary",
        "X.primary: Key(['a'], ['b']): lists are native keys of global indexes; expected templates here.",
    ),
    "a native part that is no attribute": Wrong(
        f'{BASIC}; g = Key(["tenant", "knd"], ["a", "b"], index="native"); tenant: Attr[str]; kind: '
        "Attr[str]",
        "g",
        "X.g: Key(['tenant', 'knd'], ['a', 'b'], index='native') names 'knd', which is no attribute of X; "
        "did you mean 'kind'?",
    ),
    "a native part stored under another name": Wrong(
        f'{BASIC}; g = Key(["tenant", "kind"], ["a", "b"], index="native"); tenant: Attr[str]; '
        'kind: Attr[str] = attr(name="k")',
        "g",
        "X.g: kind is stored as 'k'; expected 'kind', because the parts of a native key are the attributes "
        'themselves. Use attr(name="kind").',
    ),
    "no primary key": Wrong(
        "a: Attr[str]",
        None,
        "X: it is stored in a table and has no primary key. Declare a Key without index=….",
    ),
    "two primary keys": Wrong(
        f'{BASIC}; other = Key("Y#{{a}}", "{{b}}")',
        "other",
        "X.other: primary is the pattern on the table already. Remove one of them.",
    ),
    "two keys on one index": Wrong(
        f'{BASIC}; g = Key("Y#{{a}}", "{{b}}", index="GSI1"); h = Key("Z#{{a}}", "{{b}}", index="GSI1")',
        "h",
        "X.h: g is the pattern on index 'GSI1' already. Remove one of them.",
    ),
    "a local index with another partition than the table": Wrong(
        f'{BASIC}; g = Key("Y#{{a}}", "{{b}}", index="LSI1")',
        "g",
        "X.g: key attribute 'PK' would hold 'Y#{a}', and 'X#{a}' by primary; one attribute holds one "
        "template. "
        "Make them the same.",
    ),
    "no template at all": Wrong(
        'primary = Key(3, "{b}"); b: Attr[str]',
        "primary",
        "X.primary: Key(3, '{b}'): expected templates, or lists of attribute names.",
    ),
    "braces that do not pair": Wrong(
        'primary = Key("X#{a", "{b}"); a: Attr[str]; b: Attr[str]',
        "primary",
        "X.primary: 'X#{a', position 2: '{' does not pair; a brace cannot stand in a key's literal text",
    ),
    "placeholders that run into each other": Wrong(
        'primary = Key("{a}{b}", "{b}"); a: Attr[str]; b: Attr[str]',
        "primary",
        "X.primary: '{a}{b}': nothing tells where 'a' ends and 'b' begins; put '#' between them",
    ),
    "an optional part of the primary key": Wrong(
        f"{PRIMARY}; a: Attr[str | None] = attr(default=None); b: Attr[str]",
        "a",
        "X.a: it is part of the primary key primary and may not be optional.",
    ),
    "int without a format": Wrong(
        'primary = Key("X#{n}", "x"); n: Attr[int]',
        "primary",
        "X.primary: n: int has no format, and plain digits do not sort as numbers; "
        "write '{n:010d}' or '{n:ordered}'",
    ),
    "float": Wrong(
        'primary = Key("X#{n}", "x"); n: Attr[float]',
        "primary",
        "X.primary: n: float cannot stand in a key, because it is not exact; use Decimal with ':ordered'",
    ),
    "a list": Wrong(
        'primary = Key("X#{n}", "x"); n: Attr[list[str]]',
        "primary",
        "X.primary: n: list[str] cannot stand in a key template; expected one scalar type",
    ),
    "a union": Wrong(
        'primary = Key("X#{n}", "x"); n: Attr[int | str]',
        "primary",
        "X.primary: n: a union of int, str cannot stand in a key template; expected one scalar type",
    ),
    "an unknown format": Wrong(
        'primary = Key("X#{a:lowr}", "x"); a: Attr[str]',
        "primary",
        "X.primary: a: format 'lowr' does not fit str; expected none, lower, raw; did you mean 'lower'?",
    ),
    "a template on a number": Wrong(
        f'{BASIC}; g = Key("{{email}}", "A#{{a}}", index="by_age"); email: Attr[str]',
        "g",
        "X.g: key attribute 'age' has type N and cannot hold a rendered template. Use an attribute that is "
        "stored under that name, as exactly `{attribute}`.",
    ),
}

ATTRIBUTES = {
    "a key attribute of another type": Wrong(
        f'{BASIC}; g = Key("{{email}}", "{{age}}", index="by_age"); email: Attr[str]; age: Attr[str]',
        "age",
        "X.age: it is stored as S, but key attribute 'age' has type N. Declare KeyAttribute(\"age\", …) with "
        "its "
        "type on the table, or use stored_as=….",
    ),
    "a key attribute of another type, of an index without a pattern": Wrong(
        f"{BASIC}; age: Attr[str]",
        "age",
        "X.age: it is stored as S, but key attribute 'age' has type N. Declare KeyAttribute(\"age\", …) with "
        "its "
        "type on the table, or use stored_as=….",
    ),
    "a key attribute that would be NULL": Wrong(
        f'{BASIC}; email: Attr[str | None] = attr(default="x")',
        "email",
        "X.email: None would be stored as NULL, because the default is another, and key attribute 'email' "
        "has "
        "type S. Make None its default, or refuse None.",
    ),
    "one stored name twice": Wrong(
        f'{BASIC}; c: Attr[str] = attr(name="d"); d: Attr[str]',
        "d",
        "X.d: it is stored as 'd', and so is c. Give one a name=….",
    ),
    "under the name of a rendered key": Wrong(
        f'{BASIC}; c: Attr[str] = attr(name="PK")',
        "c",
        "X.c: it is stored as 'PK', which holds a rendered key. Give it another name=…, or make the template "
        "exactly {c}.",
    ),
    "under the name of the type attribute": Wrong(
        f'{BASIC}; c: Attr[str] = attr(name="_type")',
        "c",
        "X.c: it is stored as '_type', which dynakit writes itself. Give it a name=….",
    ),
    "only in a key, but in none": Wrong(
        f"{BASIC}; c: Attr[str] = attr(key_only=True)",
        "c",
        "X.c: key_only=True, but no key that each item has holds it as it is, so it cannot be read back. Put "
        "it "
        "into a key template without optional attributes, not as :lower, or store it.",
    ),
    "only in a key, but a key attribute itself": Wrong(
        f'{BASIC}; g = Key("{{email}}", "{{age}}", index="by_age"); email: Attr[str] = attr(key_only=True); '
        "age: Attr[int]",
        "email",
        "X.email: it is a key attribute itself, and so is stored; key_only=True does not fit. Remove it.",
    ),
    "a default of another type": Wrong(
        f'{BASIC}; n: Attr[int] = attr(default="x")',
        "n",
        "X.n: its default is no value of its type: n: expected an integer, got a str",
    ),
    "a default that is missing": Wrong(
        f"{BASIC}; n: Attr[int] = attr(default=None)",
        "n",
        "X.n: its default is no value of its type: n: expected an integer, got None",
    ),
    "two defaults": Wrong(
        f'{BASIC}; c: Attr[str] = attr(default="x", default_factory=str)',
        "c",
        "X.c: attr() got default and default_factory; expected one. Remove the other.",
    ),
    "an unknown option": Wrong(
        f'{BASIC}; c: Attr[str] = attr(nam="x")', "c", "X.c: attr() has no option 'nam'; did you mean 'name'?"
    ),
    "an empty name": Wrong(
        f'{BASIC}; c: Attr[str] = attr(name="")',
        "c",
        'X.c: attr(name="") is empty; expected the stored name.',
    ),
    "attr() without an annotation": Wrong(
        f'{BASIC}; c = attr(default="x")', "c", "X.c: attr() stands alone. Write `c: Attr[…] = attr(…)`."
    ),
    "Attr without a type": Wrong(
        f"{BASIC}; c: Attr", "c", "X.c: Attr stands without its type. Write `Attr[str]`, or whatever it is."
    ),
    "a stored form of another type": Wrong(
        f"{BASIC}; c: Attr[str] = attr(stored_as=epoch_seconds)",
        "c",
        "X.c: stored_as=epoch_seconds does not suit str; expected datetime",
    ),
    "an attribute and a Key of one name": Wrong(
        f"{BASIC}; primary: Attr[str]",
        "primary",
        "X.primary: a Key has this name too; an attribute needs its own. Rename one of them.",
    ),
    "an annotated Key": Wrong(
        'primary: Key = Key("X#{a}", "x"); a: Attr[str]',
        "primary",
        "X.primary: a Key is no attribute. Leave out the annotation, or write `ClassVar[Key]`.",
    ),
}

CLASSES = {
    "no table": Wrong(
        BASIC,
        None,
        "X: table=str is no table; expected a dynakit.Table. Pass the table itself.",
        "class X(Entity, table='shop')",
    ),
    "a typo in the head": Wrong(
        BASIC,
        None,
        "X: a class takes no argument 'tabel'; did you mean 'table'?",
        "class X(Entity, tabel=shop)",
    ),
    "a base's attribute overwritten": Wrong(
        'a: Attr[str]\nclass Y(X):\n    a = "x"',
        None,
        "Y: Field 'a' defined on a base class was overridden by a non-annotated attribute. All field "
        "definitions, including overrides, require a type annotation.",
        "class X(Entity)",
    ),
    "a Key named as a base's attribute": Wrong(
        'a: Attr[str]\nclass Y(X, table=shop):\n    a = Key("Y", "x")',
        "a",
        "Y.a: a Key has this name too; an attribute needs its own. Rename one of them.",
        "class X(Entity)",
    ),
    "an attribute named as a base's Key": Wrong(
        'k = Key("Y", "x")\nclass Y(X, table=shop):\n    k: Attr[str]',
        "k",
        "Y.k: a Key has this name too; an attribute needs its own. Rename one of them.",
        "class X(Entity)",
    ),
    "attr() in a plain class": Wrong(
        f'note: Attr[str] = attr(default="x")\nclass Y(X, Entity, table=shop):\n    {BASIC}',
        "note",
        "Y.note: attr() means something in entities only. Derive the class that declares it from Entity, or "
        "use "
        "pydantic's Field.",
        "class X",
    ),
    "two entities of one type name": Wrong(
        f"{BASIC}\nclass Y(Entity, table=shop, type_name='X'):\n    primary = Key('Y#{{a}}', 'x'); a: "
        "Attr[str]",
        None,
        "Y: table 'shop' has another entity of type 'X', builtins.X. Give one of them type_name=….",
    ),
    "two entities that could have one key": Wrong(
        'primary = Key("A#{a}", "{b:raw}"); a: Attr[str]; b: Attr[str]\n'
        'class Y(Entity, table=shop):\n    primary = Key("{a:raw}", "B#{b}"); a: Attr[str]; b: Attr[str]',
        "primary",
        "Y.primary: it could render the same primary key as X.primary, and one item would overwrite the "
        "other: "
        "'{a:raw}' / 'B#{b}' and 'A#{a}' / '{b:raw}'. Make the literal text of their templates differ.",
    ),
}

ALL = {**KEYS, **ATTRIBUTES, **CLASSES}


@pytest.mark.parametrize("wrong", ALL.values(), ids=ALL)
def test_a_wrong_declaration_is_refused_by_name(wrong: Wrong) -> None:
    with pytest.raises(DefinitionError) as caught:
        wrong.declare()
    assert str(caught.value) == wrong.message
    assert caught.value.entity == wrong.message[0]
    assert caught.value.attribute == wrong.attribute


@pytest.mark.parametrize(
    "name", ["schema", "json", "copy", "dict", "validate", "register", "mro", "construct", "model_dump"]
)
def test_a_name_of_pydantics_own_is_refused_and_another_offered(name: str) -> None:
    wrong = Wrong(
        f"{BASIC}; {name}: Attr[str]",
        name,
        f'X.{name}: pydantic uses this name itself. Name it `{name}_: … = attr(name="{name}")`.',
    )
    test_a_wrong_declaration_is_refused_by_name(wrong)
    Wrong(f'{BASIC}; {name}_: Attr[str] = attr(name="{name}")', None, "").declare()


def test_a_refused_class_leaves_nothing_behind() -> None:
    """The table's entities are as before, so a corrected class can be declared."""
    shop = table()
    names = {**vars(dynakit), "shop": shop}
    exec(
        "from dynakit import *\nclass X(Entity, table=shop):\n    primary = Key('A#{a}', 'x'); a: Attr[str]",
        names,
    )
    with pytest.raises(DefinitionError):
        exec("class Y(Entity, table=shop):\n    primary = Key('A#{a}', 'x'); a: Attr[str]", names)
    assert dynakit.entities_of(shop) == (names["X"],)
    exec("class Y(Entity, table=shop):\n    primary = Key('B#{a}', 'x'); a: Attr[str]", names)
    assert dynakit.entities_of(shop) == (names["X"], names["Y"])
