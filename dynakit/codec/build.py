"""From an annotation to its codec: compiled once, when an attribute is declared."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from enum import Enum
from typing import (  # noqa: UP035
    TYPE_CHECKING,
    Any,
    ForwardRef,
    Literal,
    Tuple,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import BaseModel, JsonValue, Secret

from dynakit.codec import foreign, models
from dynakit.codec.adapter import model_builder
from dynakit.codec.annotations import (
    Resolved,
    alias_value,
    is_union,
    is_unpacked,
    resolve,
    union_of,
    without_none,
)
from dynakit.codec.codec import Codec, Step
from dynakit.codec.constraints import constraints_of
from dynakit.codec.fault import article, wrong_python
from dynakit.codec.fields import FieldsOf, FieldSpec, plain_fields
from dynakit.codec.generic import ANY, any_set
from dynakit.codec.maps import dict_codec
from dynakit.codec.records import Record, Shape
from dynakit.codec.scalars import mapped
from dynakit.codec.sealed import Compression, Layer, layers_of, sealing_codec
from dynakit.codec.sequences import list_codec, tuple_codec
from dynakit.codec.sets import set_codec
from dynakit.codec.stored import Form, stored_codec
from dynakit.codec.tables import BASES, CONTAINERS, MAPPINGS, SCALARS, SEQUENCES, SETS
from dynakit.codec.unions import nothing_codec, optional_codec, plain_union
from dynakit.codec.vector import vector_codec, vector_type
from dynakit.errors import DefinitionError
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from pydantic import RootModel


def codec_for(
    annotation: object,
    *,
    stored_as: Form | None = None,
    discriminator: str | None = None,
    fields_of: FieldsOf = plain_fields,
) -> Codec:
    """Compile the codec of an annotation.

    ``stored_as`` gives another stored form of the whole value (``None`` beside it stays absent), and
    ``discriminator`` the field that tells the members of a union apart; both may stand in ``Annotated``,
    too. ``fields_of`` says how the fields of nested models are stored.

    Raises:
        DefinitionError: the annotation has no stored form, is not complete yet, or is ambiguous.
    """
    builder = _Builder(fields_of)
    codec = builder.codec(annotation, stored_as, discriminator)
    for finish in builder.unfinished:
        finish()
    if builder.sealing - (codec.seal is not None):
        raise DefinitionError(
            "Encrypted[…] or Offloaded[…] stands inside another value; it stands for a whole attribute. "
            "Put it around the type of the attribute"
        )
    return codec


class _Pending:
    """A codec that is being compiled, for those below it that need it."""

    real: Codec

    def write(self, value: object) -> AttributeValue | None:
        return self.real.write(value)

    def read(self, value: AttributeValue) -> object:
        return self.real.read(value)

    def find(self, step: Step) -> tuple[Step, Codec] | None:
        return self.real.child(step)


class _Builder:
    """The compilation of one annotation; classes and aliases seen are kept, so they can hold themselves."""

    def __init__(self, fields_of: FieldsOf) -> None:
        self.fields_of = fields_of
        self.known: dict[object, Codec] = {}
        self.unfinished: list[Callable[[], None]] = []
        self.sealing = 0

    def codec(
        self,
        annotation: object,
        stored_as: Form | None = None,
        discriminator: str | None = None,
    ) -> Codec:
        """Compile one annotation."""
        resolved = resolve(annotation, stored_as, discriminator)
        codec = self.resolved(resolved)
        constraints = constraints_of(resolved.metadata, codec.constraints)
        return dataclasses.replace(codec, constraints=constraints) if constraints else codec

    def resolved(self, resolved: Resolved) -> Codec:
        """Compile an annotation that was taken apart."""
        layers = layers_of(resolved.metadata)
        if layers:
            return self.layered(resolved, layers)
        core = resolved.core
        if isinstance(core, str | ForwardRef):
            raise DefinitionError(
                "an annotation names a class that is not there yet. Define that class first"
            )
        if is_union(core):
            return self.union(resolved)
        if core is not JsonValue and (value := alias_value(core)) is not None:
            return self.alias(resolved, value)
        if resolved.stored_as is not None:
            return stored_codec(resolved.stored_as, resolved.whole(core))
        if vector := vector_type(resolved.metadata):
            return vector_codec(vector)
        if isinstance(core, type) or core is JsonValue or core is None:
            return SCALARS.get(core) or self.known.get(core) or self.of_class(resolved, cast("type", core))
        return self.of_form(resolved)

    def layered(self, resolved: Resolved, layers: tuple[Layer, ...]) -> Codec:
        """Compile what is compressed, encrypted or offloaded."""
        bare = dataclasses.replace(
            resolved, metadata=tuple(each for each in resolved.metadata if each not in layers)
        )
        codec = self.codec(bare.whole(bare.core), bare.stored_as, bare.discriminator)
        if isinstance(layers[0], Compression):
            from dynakit.codec.compressed import compressed_codec

            codec, layers = compressed_codec(codec, layers[0]), layers[1:]
        if not layers:
            return codec
        self.sealing += 1
        return sealing_codec(codec, layers)

    def union(self, resolved: Resolved) -> Codec:
        """Compile a union, and ``None`` beside it."""
        members, has_none = without_none(resolved.core)
        codec = self.members(members, resolved)
        return optional_codec(codec) if has_none else codec

    def members(self, members: tuple[object, ...], resolved: Resolved) -> Codec:
        """Compile the members of a union other than ``None``."""
        whole = resolved.whole(union_of(members))
        if len(members) == 1:
            return self.codec(whole, resolved.stored_as, resolved.discriminator)
        if resolved.stored_as is not None:
            return stored_codec(resolved.stored_as, whole)
        codecs = [self.codec(member) for member in members]
        if resolved.discriminator is None:
            return plain_union(codecs)
        from dynakit.codec.discriminated import discriminated_union

        codec, finish = discriminated_union(codecs, resolved.discriminator)
        self.unfinished.append(finish)
        return codec

    def alias(self, resolved: Resolved, value: object) -> Codec:
        """Compile what a ``type`` alias stands for, which may name the alias again."""
        core, form, field = resolved.core, resolved.stored_as, resolved.discriminator
        key = (get_origin(core) or core, str(get_args(core)), form, field)
        return self.known.get(key) or self.holding_itself(
            key, lambda: self.codec(resolved.whole(value), form, field)
        )

    def holding_itself(self, key: object, compile_it: Callable[[], Codec]) -> Codec:
        """Compile what may come across itself below: there it finds a codec that asks the real one."""
        pending = _Pending()
        self.known[key] = Codec("a value", None, ANY.reads, pending.write, pending.read, find=pending.find)
        self.known[key] = pending.real = compile_it()
        return pending.real

    def of_form(self, resolved: Resolved) -> Codec:
        """Compile an annotation with arguments in brackets."""
        core = resolved.core
        origin, arguments = get_origin(core), get_args(core)
        if origin is Literal:
            return _literal(arguments)
        if origin in CONTAINERS:
            return self.container(origin, (Any, ...) if core is Tuple else arguments)  # noqa: UP006
        if origin is Secret:
            return foreign.secret_codec(Secret, self.codec(arguments[0]))
        if origin is Callable:
            raise DefinitionError("a function cannot be stored")
        return foreign.foreign_codec(resolved.whole(core), core)

    def container(self, origin: Any, arguments: tuple[Any, ...]) -> Codec:
        """Compile a list, tuple, set or dictionary; without arguments it holds anything."""
        if origin is tuple:
            return self.tuple_of(arguments)
        if origin in MAPPINGS:
            key, element = arguments or (str, Any)
            return dict_codec(self.codec(key), self.codec(element))
        element = self.codec(arguments[0]) if arguments else ANY
        if origin in SETS:
            return any_set(SETS[origin]) if element is ANY else set_codec(element, SETS[origin])
        return list_codec(element, *SEQUENCES[origin])

    def tuple_of(self, arguments: tuple[Any, ...]) -> Codec:
        """Compile a tuple, of one length or of any."""
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return list_codec(self.codec(arguments[0]), (tuple,), tuple)
        if any(is_unpacked(each) for each in arguments):
            raise DefinitionError("a tuple with a part of any length cannot be stored; use a list")
        return tuple_codec([self.codec(each) for each in arguments], tuple, tuple)

    def of_class(self, resolved: Resolved, core: type[Any]) -> Codec:
        """Compile a class that has no codec of its own in the tables."""
        if core in CONTAINERS:
            return self.container(core, (Any, ...) if core is tuple else ())
        if issubclass(core, Enum):
            return _enum(core)
        if foreign.is_secret(core):
            return foreign.secret_codec(core, self.codec(foreign.secret_inner(core)))
        return self.structure(core) or self.opaque(resolved, core)

    def structure(self, core: type[Any]) -> Codec | None:
        """Compile a class with fields; ``None`` for one without."""
        if models.is_root_model(core):
            return self.holding_itself(core, lambda: self.root_model(core))
        if issubclass(core, BaseModel):
            return self.record(core, models.model_shape(core), lambda: self.model_slots(core))
        if dataclasses.is_dataclass(core):
            return self.record(core, models.dataclass_shape(core), lambda: models.dataclass_slots(core))
        if models.is_typed_dict(core):
            return self.record(core, models.typed_dict_shape(core), lambda: models.typed_dict_slots(core))
        if models.is_named_tuple(core):
            return self.named_tuple(core)
        return None

    def model_slots(self, model: type[BaseModel]) -> models.Fields:
        """List the fields of a nested model as the caller wants them stored."""
        return models.model_slots(model, self.fields_of(model))

    def record(self, core: type, shape: Shape, slots: Callable[[], models.Fields]) -> Codec:
        """Compile a class with fields; it is known before they are, so they can hold it."""
        record = Record(shape)
        self.known[core] = record.codec
        record.fill([(slot, self.field(core, slot.name, spec)) for slot, spec in slots()])
        return record.codec

    def field(self, core: type, name: str, spec: FieldSpec) -> Codec:
        """Compile a field of a nested class; what is wrong is told with its place."""
        try:
            return self.codec(spec.annotation, spec.stored_as, spec.discriminator)
        except DefinitionError as error:
            raise DefinitionError(f"{core.__name__}.{name}: {error}", attribute=name) from error

    def root_model(self, core: type[RootModel[Any]]) -> Codec:
        """Compile a RootModel: it is stored as its root."""
        models.complete(core)
        expected, build = article(core.__name__), model_builder(core, {})
        spec = self.fields_of(core)["root"]
        base = self.field(core, "root", spec)

        def to_base(value: object) -> object:
            if not isinstance(value, core):
                raise wrong_python(expected, value)
            return cast("RootModel[object]", value).root

        codec = mapped(base, expected, (core,), to_base, build)
        missing = base.absent
        return dataclasses.replace(
            codec, optional=False, absent=None if missing is None else lambda: build(missing())
        )

    def named_tuple(self, core: type[Any]) -> Codec:
        """Compile a NamedTuple: a list, by position."""
        hints = get_type_hints(core, include_extras=True)
        names: Iterable[str] = core._fields
        elements = [self.codec(hints.get(name, Any)) for name in names]
        return tuple_codec(elements, core, lambda items: core(*items), tuple(names))

    def opaque(self, resolved: Resolved, core: type) -> Codec:
        """Compile a class that pydantic alone knows how to take apart."""
        for base in BASES:
            if issubclass(core, base):
                return foreign.subtype_codec(resolved.whole(core), core, SCALARS[base])
        return foreign.foreign_codec(resolved.whole(core), core)


def _literal(values: tuple[object, ...]) -> Codec:
    from dynakit.codec.choices import literal_codecs

    given = [value for value in values if value is not None]
    codec = plain_union(literal_codecs(given)) if given else nothing_codec()
    return optional_codec(codec) if len(given) < len(values) else codec


def _enum(cls: type[Enum]) -> Codec:
    from dynakit.codec.choices import enum_codecs

    members = list(cls)
    if not members:
        raise DefinitionError(f"{cls.__name__} cannot be stored: it is an Enum without members")
    return plain_union(enum_codecs(cls, members))
