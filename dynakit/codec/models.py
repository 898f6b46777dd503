"""How models, dataclasses and TypedDicts are opened and made."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.fields import FieldInfo

from dynakit.codec.adapter import Adapter, input_name, model_builder
from dynakit.codec.fault import article, refused, wrong_python
from dynakit.codec.fields import FieldSpec, annotation_of, discriminator_of
from dynakit.codec.records import Shape, Slot
from dynakit.errors import DefinitionError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Fields: TypeAlias = list[tuple[Slot, FieldSpec]]
"""The fields of a class, each with what its codec is built from."""

_QUALIFIERS = ("Required", "NotRequired", "ReadOnly")


def model_shape(model: type[BaseModel]) -> Shape:
    """Say how a pydantic model is opened and made.

    Unknown attributes of its map are kept where the model says ``extra="allow"`` (as values of no declared
    type), refused under ``"forbid"``, and dropped otherwise. An instance of a subclass with fields of its
    own is refused, as they would be lost.

    Raises:
        DefinitionError: its annotations cannot be resolved yet.
    """
    complete(model)
    extra = model.model_config.get("extra")
    names = {input_name(model, name, field): name for name, field in model.model_fields.items()}
    accepted = model.__pydantic_generic_metadata__["origin"] or model
    known = frozenset(model.model_fields)

    def opened(value: object) -> Mapping[str, object]:
        if type(value) is not model:
            if not isinstance(value, accepted):
                raise wrong_python(article(model.__name__), value)
            _check_nothing_lost(value, type(value).model_fields, known)
        return vars(value)

    return Shape(
        article(model.__name__),
        (model,),
        opened,
        model_builder(model, names),
        others=_model_extra if extra == "allow" else None,
        forbids_others=extra == "forbid",
        model=model,
    )


def complete(model: type[BaseModel]) -> None:
    """Resolve the annotations of a model that names classes defined after it.

    Raises:
        DefinitionError: they are still not there.
    """
    try:
        model.model_rebuild()
    except (PydanticUserError, PydanticUndefinedAnnotation, NameError) as error:
        raise DefinitionError(
            f"{model.__name__} is not complete: an annotation names a class that is not there yet. "
            "Define that class first, or call model_rebuild() after it"
        ) from error


def _model_extra(value: object) -> Mapping[str, object] | None:
    return value.model_extra if isinstance(value, BaseModel) else None


def _check_nothing_lost(value: object, own: Collection[str], known: frozenset[str]) -> None:
    lost = sorted(set(own) - known)
    if lost:
        raise refused(
            f"is {article(type(value).__name__)}, whose fields {', '.join(lost)} would be lost. "
            "Annotate the attribute with that class, or with a union",
            value,
        )


def model_slots(model: type[BaseModel], specs: Mapping[str, FieldSpec]) -> Fields:
    """List the fields of a model; ``specs`` say by Python name how each is stored."""
    fields = model.model_fields
    return [
        (_slot(name, spec.name, input_name(model, name, fields[name]), fields[name]), spec)
        for name, spec in specs.items()
    ]


def _slot(name: str, stored: str, given_as: str, field: FieldInfo) -> Slot:
    if field.is_required():
        return Slot(name, stored, given_as, None)
    none_by_default = field.default_factory is None and field.default is None
    return Slot(name, stored, given_as, lambda: _default_of(field), none_by_default)


def _default_of(field: FieldInfo) -> object:
    if field.default_factory_takes_validated_data:
        return field  # Not known without the other values; the field stands for "something".
    return field.get_default(call_default_factory=True)


def dataclass_shape(cls: type[DataclassInstance]) -> Shape:
    """Say how a dataclass is opened and made. Fields that ``__init__`` does not take are not stored."""
    names = tuple(each.name for each in dataclasses.fields(cls) if each.init)
    adapter = Adapter(cls, cls.__name__, {name: name for name in names})

    def opened(value: object) -> Mapping[str, object]:
        if not isinstance(value, cls):
            raise wrong_python(adapter.expected, value)
        if type(value) is not cls:
            _check_nothing_lost(value, [each.name for each in dataclasses.fields(value) if each.init], known)
        return {name: getattr(value, name) for name in names}

    known = frozenset(names)
    return Shape(adapter.expected, (cls,), opened, adapter.validate)


def dataclass_slots(cls: type[DataclassInstance]) -> Fields:
    """List the fields of a dataclass; those of a pydantic dataclass may carry aliases and metadata."""
    declared: Mapping[str, FieldInfo] = getattr(cls, "__pydantic_fields__", {})
    hints = get_type_hints(cls, include_extras=True)
    return [
        _pydantic_slot(each.name, declared[each.name])
        if each.name in declared
        else (_dataclass_slot(each), FieldSpec(each.name, hints[each.name]))
        for each in dataclasses.fields(cls)
        if each.init
    ]


def _pydantic_slot(name: str, field: FieldInfo) -> tuple[Slot, FieldSpec]:
    spec = FieldSpec(name, annotation_of(field), discriminator=discriminator_of(field))
    return _slot(name, name, name, field), spec


def _dataclass_slot(field: dataclasses.Field[object]) -> Slot:
    if field.default_factory is not dataclasses.MISSING:
        return Slot(field.name, field.name, field.name, field.default_factory)
    if field.default is dataclasses.MISSING:
        return Slot(field.name, field.name, field.name, None)
    default = field.default
    return Slot(field.name, field.name, field.name, lambda: default, default is None)


def is_typed_dict(cls: type) -> bool:
    """Tell a TypedDict of ``typing`` or ``typing_extensions``."""
    return "__required_keys__" in vars(cls)


def is_named_tuple(cls: type) -> bool:
    """Tell a NamedTuple, of either kind."""
    return hasattr(cls, "_fields") and issubclass(cls, tuple)


def is_root_model(cls: type) -> bool:
    """Tell a pydantic model that is but its root."""
    # A start without such models does not load the class.
    loaded = sys.modules.get("pydantic.root_model")
    return loaded is not None and issubclass(cls, loaded.RootModel)


def typed_dict_shape(cls: type) -> Shape:
    """Say how a TypedDict is opened and made; a key it does not declare is refused."""
    names = frozenset(get_type_hints(cls))
    adapter = Adapter(cls, cls.__name__, {name: name for name in names})

    def opened(value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise wrong_python(adapter.expected, value)
        values = cast("dict[str, object]", value)
        if not names.issuperset(values):
            raise refused(f"has keys that {adapter.expected} does not declare", values)
        return values

    return Shape(adapter.expected, (dict,), opened, adapter.validate)


def typed_dict_slots(cls: type) -> Fields:
    """List the keys of a TypedDict."""
    required: frozenset[str] = getattr(cls, "__required_keys__", frozenset())
    hints = get_type_hints(cls, include_extras=True)
    return [_key_slot(name, hint, name in required) for name, hint in hints.items()]


def _key_slot(name: str, hint: object, required: bool) -> tuple[Slot, FieldSpec]:
    while (qualifier := str(get_origin(hint)).rpartition(".")[2]) in _QUALIFIERS:
        required = qualifier == "Required" or (required and qualifier != "NotRequired")
        hint = get_args(hint)[0]
    default: Callable[[], object] | None = None if required else lambda: None
    return Slot(name, name, name, default, always=required), FieldSpec(name, hint)
