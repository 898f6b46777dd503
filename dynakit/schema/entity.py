"""``Entity``: a pydantic model that is stored in a table."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field
from pydantic.errors import PydanticUserError

from dynakit.errors import UnknownAttribute, did_you_mean
from dynakit.expressions.operand import AttributePath
from dynakit.expressions.path import Path
from dynakit.schema.attribute import AttributeOptions, Declared, attr
from dynakit.schema.body import check_arguments, check_names, check_values
from dynakit.schema.checks import wrong
from dynakit.schema.declare import define, pydantic_text
from dynakit.schema.definition import Definition
from dynakit.schema.key import Key
from dynakit.schema.registry import expect
from dynakit.schema.unique import Unique
from dynakit.table import Table

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)

_hidden: ContextVar[tuple[type, ...]] = ContextVar("dynakit_paths_hidden", default=())


@contextmanager
def _paths_hidden(bases: tuple[type, ...]) -> Generator[None]:
    """Hide the bases' paths while pydantic builds a class on them: it probes ``hasattr(base, field)``."""
    token = _hidden.set(_hidden.get() + tuple(cls for base in bases for cls in base.__mro__))
    try:
        yield
    finally:
        _hidden.reset(token)


@dataclass_transform(kw_only_default=True, field_specifiers=(attr, Field))
class EntityMeta(ModelMetaclass):
    """Makes attributes paths on the class, and checks the declaration as soon as it is complete."""

    if not TYPE_CHECKING:

        def __new__(mcs, name, bases, namespace, *, table=None, type_name=None, abstract=False, **kwargs):
            check_arguments(name, table, kwargs)
            check_names(name, bases, namespace)
            check_values(name, bases, namespace)
            declared = {key: value for key, value in namespace.items() if isinstance(value, Declared)}
            options = {key: value.options for key, value in declared.items()}
            namespace = {**namespace, **{key: value.field for key, value in declared.items()}}
            with _paths_hidden(bases):
                try:
                    cls = super().__new__(mcs, name, bases, namespace, **kwargs)
                    if not cls.__pydantic_complete__:
                        # For the names of a function pydantic looks one frame too low: into this one.
                        cls.model_rebuild(raise_errors=False, _types_namespace=sys._getframe(1).f_locals)
                except PydanticUserError as error:
                    wrong(name, None, pydantic_text(error))
            inherited = getattr(cls, "__attribute_options__", {})
            type.__setattr__(cls, "__attribute_options__", {**inherited, **options})
            if table is not None:
                type.__setattr__(cls, "__table__", table)
            type.__setattr__(cls, "__type_name__", type_name or name)
            type.__setattr__(cls, "__abstract__", abstract)
            return cls

        def __init__(cls, name, bases, namespace, **kwargs):  # noqa: N805 - a metaclass
            super().__init__(name, bases, namespace)
            if bases == (BaseModel,):
                return
            if cls.__pydantic_complete__:
                cls.__define__()
            elif cls.__table__ is not None:
                expect(cls)

        def __define__(cls):  # noqa: N805 - a metaclass
            found = cls.__dict__.get("__dynakit__")
            if found is None:
                found = define(cls)
                type.__setattr__(cls, "__dynakit__", found)
            return found

        def __getattr__(cls, name):  # noqa: N805 - a metaclass
            fields = cls.__dict__.get("__pydantic_fields__")
            if fields is None or cls in _hidden.get() or name.startswith("_"):
                return super().__getattr__(name)
            if name in fields:
                return Path(AttributePath(cls, (name,)))
            raise UnknownAttribute(
                f"{cls.__name__}: it has no attribute {name!r}{did_you_mean(name, fields) or '.'}"
            )


class Entity(BaseModel, metaclass=EntityMeta):
    """A model stored in a table, or nested in one that is.

    ``class Order(Entity, table=shop)`` is stored; its type name in the type attribute is the class's
    name unless ``type_name="…"`` says otherwise. With ``abstract=True`` it has no items of its own, only
    its subclasses have. Attributes are declared as ``name: Attr[T]``, keys as
    :class:`~dynakit.schema.key.Key`. Raises :class:`~dynakit.errors.DefinitionError` at import for
    whatever is wrong in a declaration.
    """

    model_config = ConfigDict(
        ignored_types=(Key, Unique),
        extra="forbid",
        hide_input_in_errors=True,
        populate_by_name=True,
        protected_namespaces=(),
    )

    __table__: ClassVar[Table | None] = None
    __type_name__: ClassVar[str]
    __abstract__: ClassVar[bool] = False
    __attribute_options__: ClassVar[dict[str, AttributeOptions]]
    __opaque__: ClassVar[dict[str, str]] = {}

    if TYPE_CHECKING:

        @classmethod
        def __define__(cls) -> Definition[Self]: ...

        def __init_subclass__(
            cls,
            *,
            table: Table | None = None,
            type_name: str | None = None,
            abstract: bool = False,
            **kwargs: Any,
        ) -> None: ...
