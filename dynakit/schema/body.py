"""What can be wrong in the body of a class, said before pydantic sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, NoReturn, cast, get_origin

from pydantic import BaseModel, ConfigDict

from dynakit.errors import did_you_mean
from dynakit.schema.attribute import Attr, Declared
from dynakit.schema.checks import wrong
from dynakit.schema.key import Key
from dynakit.schema.unique import Unique
from dynakit.table import Table

_RESERVED = frozenset(name for name in (*dir(BaseModel), *dir(type(BaseModel))) if not name.startswith("_"))
_ARGUMENTS = ("table", "type_name", "abstract")


def check_arguments(entity: str, table: object, others: Iterable[str]) -> None:
    """Refuse ``class Order(Entity, tabel=shop)``, and a table that is none; the rest is pydantic's."""
    for name in others:
        hint = did_you_mean(name, _ARGUMENTS)
        if hint and name not in ConfigDict.__annotations__:
            wrong(entity, None, f"a class takes no argument {name!r}{hint}")
    if not isinstance(table, Table | None):
        wrong(
            entity,
            None,
            f"table={type(table).__name__} is no table; expected a dynakit.Table. Pass the table itself.",
        )


def check_names(entity: str, bases: tuple[type, ...], namespace: Mapping[str, object]) -> None:
    """Refuse attributes named like pydantic's own class attributes or like a ``Key``, and halves of them."""
    annotations = cast("Mapping[str, object]", namespace.get("__annotations__", {}))
    inherited = _inherited_keys(bases)
    for name, annotation in annotations.items():
        if name in _RESERVED:
            wrong(
                entity, name, f'pydantic uses this name itself. Name it `{name}_: … = attr(name="{name}")`.'
            )
        if annotation in (Attr, "Attr"):
            wrong(entity, name, "Attr stands without its type. Write `Attr[str]`, or whatever it is.")
        if annotation in (Key, "Key"):
            wrong(entity, name, "a Key is no attribute. Leave out the annotation, or write `ClassVar[Key]`.")
        is_key = name in inherited or isinstance(namespace.get(name), Key | Unique)
        if is_key and not _is_class_variable(annotation):
            _refuse_name(entity, name)


def check_values(entity: str, bases: tuple[type, ...], namespace: Mapping[str, object]) -> None:
    """Refuse what ``attr()`` and ``Key()`` were given, where entity and attribute can be named."""
    annotations = cast("Mapping[str, object]", namespace.get("__annotations__", {}))
    for name, value in namespace.items():
        if isinstance(value, Key | Unique) and any(
            name in getattr(base, "__pydantic_fields__", ()) for base in bases
        ):
            _refuse_name(entity, name)
        if isinstance(value, Key) and not all(_is_template(given) for given in (value.pk, value.sk)):
            wrong(entity, name, f"{value!r}: expected templates, or lists of attribute names.")
        if isinstance(value, Declared):
            if name not in annotations:
                wrong(entity, name, f"attr() stands alone. Write `{name}: Attr[…] = attr(…)`.")
            if value.problem is not None:
                wrong(entity, name, value.problem)


def _is_template(given: object) -> bool:
    if isinstance(given, list | tuple):
        return all(isinstance(one, str) for one in cast("Iterable[object]", given))
    return isinstance(given, str | None)


def _refuse_name(entity: str, name: str) -> NoReturn:
    wrong(entity, name, "a Key has this name too; an attribute needs its own. Rename one of them.")


def _inherited_keys(bases: tuple[type, ...]) -> frozenset[str]:
    return frozenset(_keys(cls for base in bases for cls in base.__mro__))


def _keys(classes: Iterable[type]) -> Iterator[str]:
    for cls in classes:
        yield from (name for name, value in vars(cls).items() if isinstance(value, Key | Unique))


def _is_class_variable(annotation: object) -> bool:
    if isinstance(annotation, str):
        return annotation.split("[")[0].rpartition(".")[2] == "ClassVar"
    return annotation is ClassVar or get_origin(annotation) is ClassVar
