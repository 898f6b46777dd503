"""From a declared ``Key`` to what each key attribute of the table or index holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from dynakit.errors import DefinitionError, EncodeError
from dynakit.keys.part import KeyPart, PlainPart, TemplatePart
from dynakit.keys.segment import Segment, segment_for
from dynakit.keys.template import BoundTemplate, Template, parse_template
from dynakit.schema import checks
from dynakit.schema.definition import Attribute, EntityKey
from dynakit.schema.fields import nested_fields, plain_type, text_form
from dynakit.schema.key import Key, KeyName, KeyTemplate
from dynakit.schema.unique import Constraint, Unique
from dynakit.table import KeyAttribute, Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue

if TYPE_CHECKING:
    from dynakit.codec.fields import FieldSpec
    from dynakit.schema.entity import Entity


def bind_key(entity: type[Entity], table: Table, key: Key, attributes: Mapping[str, Attribute]) -> EntityKey:
    """Bind a key to its table or index. Raises :class:`DefinitionError` where they do not fit."""
    named = KeyName(key.name, repr(key))
    index = None if key.index is None else checks.check_index_name(entity.__name__, named, table, key.index)
    binder = _Binder(entity, named, attributes, takes_lists=index is not None and not index.local)
    partition = binder.parts("partition", key.pk, table.partition_of(index))
    sort = binder.parts("sort", key.sk, table.sort_of(index))
    return EntityKey(key.name, index, partition, sort)


def bind_unique(
    entity: type[Entity], table: Table, unique: Unique, attributes: Mapping[str, Attribute]
) -> Constraint:
    """Compile a unique constraint. Raises :class:`DefinitionError` where it does not fit entity or table."""
    named = KeyName(unique.name, repr(unique))
    binder = _Binder(entity, named, attributes, takes_lists=False)
    checks.check_unique(entity.__name__, named, table, unique.attributes)
    for name in (*unique.scope, *unique.attributes):
        attribute = name.partition(":")[0]
        checks.check_not_kept(entity, named.name, attribute, "unique")
    source = "#".join(f"{{{name}}}" for name in (*unique.scope, *unique.attributes))
    owner = next(cls for cls in entity.__mro__ if vars(cls).get(unique.name) is unique)
    return Constraint(
        unique.name,
        getattr(owner, "__type_name__", owner.__name__),
        binder.bound(binder.parsed(source)),
        unique.kept_when_deleted,
    )


@dataclass(frozen=True)
class _Binder:
    entity: type[Entity]
    key: KeyName
    attributes: Mapping[str, Attribute]
    takes_lists: bool

    @property
    def name(self) -> str:
        return self.entity.__name__

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        return nested_fields(self.entity)

    def parts(
        self, what: str, declared: KeyTemplate | None, targets: tuple[KeyAttribute, ...]
    ) -> tuple[KeyPart, ...]:
        """What the key attributes hold, one each."""
        if declared is None or isinstance(declared, str):
            sources = [] if declared is None else [declared]
            checks.check_count(self.name, self.key, what, len(sources), targets)
            return tuple(self.part(*pair) for pair in zip(sources, targets, strict=True))
        checks.check_native(self.name, self.key, allowed=self.takes_lists)
        checks.check_count(self.name, self.key, what, len(declared), targets)
        return tuple(self.native(*pair) for pair in zip(declared, targets, strict=True))

    def native(self, name: str, target: KeyAttribute) -> PlainPart:
        """A part of a native multi-attribute key: the attribute itself."""
        checks.check_native_part(self.name, self.key, name, target, self.attributes)
        return self.plain(self.attributes[name], target)

    def part(self, source: str, target: KeyAttribute) -> KeyPart:
        """A rendered template; or the attribute itself, for exactly ``{x}`` where ``x`` is stored there."""
        template = self.parsed(source)
        sole = template.sole
        if sole is not None and self.attributes[sole].stored == target.name:
            return self.plain(self.attributes[sole], target)
        checks.check_template_type(self.name, self.key, target)
        return TemplatePart(target.name, self.bound(template))

    def parsed(self, source: str) -> Template:
        """A template, each of its names an attribute."""
        try:
            template = parse_template(source)
        except DefinitionError as error:
            raise self.wrong(str(error)) from error
        checks.check_placeholders(self.name, self.key, template, self.attributes)
        return template

    def bound(self, template: Template) -> BoundTemplate:
        """The template with what renders the entity's values."""
        segments = self.segments(template)
        try:
            return template.bind(segments)
        except DefinitionError as error:
            raise self.wrong(str(error)) from error

    def plain(self, attribute: Attribute, target: KeyAttribute) -> PlainPart:
        """A key attribute that is an attribute of the entity."""
        checks.check_plain(self.name, attribute)
        codec = attribute.codec

        def encode(value: object) -> AttributeValue:
            encoded = codec.encode(value, attribute.name)
            if encoded is None:
                raise EncodeError(f"{attribute.name}: got None; a key needs a value", path=attribute.name)
            return encoded

        return PlainPart(
            attribute=target.name,
            name=attribute.name,
            type=target.type,
            encode=encode,
            decode=lambda value: codec.decode(value, attribute.name),
            sortable=codec.sortable,
        )

    def segments(self, template: Template) -> dict[str, Segment]:
        """What each placeholder writes."""
        segments: dict[str, Segment] = {}
        for placeholder in template.placeholders:
            spec = self.fields[placeholder.name]
            try:
                kind = plain_type(spec.annotation)
                segments[placeholder.name] = segment_for(kind, placeholder.format, text_form=text_form(spec))
            except DefinitionError as error:
                raise self.wrong(f"{placeholder.name}: {error}") from error
        return segments

    def wrong(self, problem: str) -> DefinitionError:
        """The error of this key."""
        key = self.key.name
        return DefinitionError(f"{self.name}.{key}: {problem}", entity=self.name, attribute=key)
