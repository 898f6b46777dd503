"""What can be wrong in a declaration, said at import by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from dynakit.errors import DefinitionError, did_you_mean
from dynakit.keys.part import PlainPart, TemplatePart
from dynakit.keys.template import Template
from dynakit.schema.key import KeyName
from dynakit.table import Index, KeyAttribute, Table

if TYPE_CHECKING:
    from dynakit.schema.definition import Attribute, EntityKey
    from dynakit.schema.entity import Entity


def wrong(entity: str, attribute: str | None, problem: str) -> NoReturn:
    """Raise a :class:`DefinitionError` that begins with the entity and the attribute or key."""
    where = entity if attribute is None else f"{entity}.{attribute}"
    raise DefinitionError(f"{where}: {problem}", entity=entity, attribute=attribute)


def check_placeholders(
    entity: str, key: KeyName, template: Template, attributes: Mapping[str, Attribute]
) -> None:
    """Refuse a template that names no attribute."""
    for name in template.names:
        if name not in attributes:
            hint = did_you_mean(name, attributes)
            wrong(
                entity,
                key.name,
                f"the key template {template.source!r} names {name!r}, which is no attribute of "
                f"{entity}{hint}",
            )
        _check_in_the_clear(entity, key.name, attributes[name])


def _check_in_the_clear(entity: str, key: str, attribute: Attribute) -> None:
    """Refuse a key made of what DynamoDB cannot look into."""
    if attribute.codec.opaque is not None:
        wrong(
            entity,
            attribute.name,
            f"it is {attribute.codec.opaque}, and stands in key {key}; a key is stored as it is. Use another "
            "attribute, such as a keyed hash of the value.",
        )


def check_index_name(entity: str, key: KeyName, table: Table, index: str) -> Index:
    """Return the table's index of this name."""
    for known in table.indexes:
        if known.name == index:
            return known
    hint = did_you_mean(index, (known.name for known in table.indexes))
    wrong(entity, key.name, f"table {table.name!r} has no index {index!r}{hint}")


def check_count(entity: str, key: KeyName, what: str, declared: int, keys: tuple[KeyAttribute, ...]) -> None:
    """Refuse a key with more or fewer parts than the table or index has key attributes."""
    if declared != len(keys):
        names = ", ".join(attribute.name for attribute in keys) or "none"
        wrong(
            entity, key.name, f"{key.text}: {declared} for the {what} key; expected {len(keys)}, for {names}."
        )


def check_native(entity: str, key: KeyName, *, allowed: bool) -> None:
    """Refuse a list of attributes where templates are expected."""
    if not allowed:
        wrong(
            entity, key.name, f"{key.text}: lists are native keys of global indexes; expected templates here."
        )


def check_native_part(
    entity: str, key: KeyName, name: str, target: KeyAttribute, attributes: Mapping[str, Attribute]
) -> None:
    """Refuse a native key part that is no attribute stored under the name of the key attribute."""
    if name not in attributes:
        hint = did_you_mean(name, attributes)
        wrong(entity, key.name, f"{key.text} names {name!r}, which is no attribute of {entity}{hint}")
    _check_in_the_clear(entity, key.name, attributes[name])
    if attributes[name].stored != target.name:
        wrong(
            entity,
            key.name,
            f"{name} is stored as {attributes[name].stored!r}; expected {target.name!r}, because the parts "
            "of "
            f'a native key are the attributes themselves. Use attr(name="{target.name}").',
        )


def check_plain(entity: str, attribute: Attribute) -> None:
    """Refuse ``key_only=True`` for an attribute that is a key attribute itself."""
    if attribute.key_only:
        wrong(
            entity,
            attribute.name,
            "it is a key attribute itself, and so is stored; key_only=True does not fit. Remove it.",
        )


def check_unique(entity: str, key: KeyName, table: Table, attributes: tuple[str, ...]) -> None:
    """Refuse a constraint of nothing, and one in a table whose keys cannot hold guards."""
    if not attributes:
        wrong(entity, key.name, 'unique() names no attribute; expected at least one, as unique("email").')
    for target in (table.partition, *table.sort_of(None)):
        if target.type != "S":
            wrong(
                entity,
                key.name,
                f"the guards of unique values are stored under text keys, and key attribute {target.name!r} "
                f"has type {target.type}. Keep the values unique in another table.",
            )


def check_not_kept(entity: type[Entity], where: str, name: str, what: str) -> None:
    """Refuse an attribute that changes with every write where a value of the user's is expected."""
    options = entity.__attribute_options__.get(name)
    if options is not None and options.role not in (None, "expires"):
        wrong(
            entity.__name__,
            where,
            f"{name} is {options.role}(), which dynakit changes itself; it cannot be {what}. Leave it out.",
        )


def check_template_type(entity: str, key: KeyName, target: KeyAttribute) -> None:
    """Refuse a rendered template on a key attribute that holds no text."""
    if target.type != "S":
        wrong(
            entity,
            key.name,
            f"key attribute {target.name!r} has type {target.type} and cannot hold a rendered template. "
            f"Use an attribute that is stored under that name, as exactly `{{attribute}}`.",
        )


def check_stored_names(
    entity: str, attributes: Mapping[str, Attribute], keys: tuple[EntityKey, ...], table: Table | None
) -> None:
    """Refuse two attributes under one stored name, and attributes under a name that is taken."""
    plain = {part.attribute for key in keys for part in key.parts if isinstance(part, PlainPart)}
    rendered = {part.attribute for key in keys for part in key.parts if isinstance(part, TemplatePart)}
    added = () if table is None else (table.type_attribute, table.token_attribute)
    seen: dict[str, str] = {}
    for attribute in attributes.values():
        if attribute.key_only:
            continue
        name, stored = attribute.name, attribute.stored
        if stored in seen:
            wrong(entity, name, f"it is stored as {stored!r}, and so is {seen[stored]}. Give one a name=….")
        if stored in rendered - plain:
            wrong(
                entity,
                name,
                f"it is stored as {stored!r}, which holds a rendered key. Give it another name=…, or make "
                "the "
                f"template exactly {{{name}}}.",
            )
        if stored in added:
            wrong(entity, name, f"it is stored as {stored!r}, which dynakit writes itself. Give it a name=….")
        seen[stored] = name


def check_key_attributes(entity: str, attributes: Mapping[str, Attribute], table: Table) -> None:
    """Refuse attributes that DynamoDB would refuse under the name of a key attribute or of a vector index."""
    for attribute in attributes.values():
        target = table.typed_attributes.get(attribute.stored)
        if target is None or attribute.key_only:
            continue
        _check_in_the_clear(entity, target.name, attribute)
        if attribute.codec.attribute_type != target.type:
            written = attribute.codec.attribute_type or "one of several types"
            wrong(
                entity,
                attribute.name,
                f"it is stored as {written}, but key attribute {target.name!r} has type {target.type}. "
                "Declare "
                f'KeyAttribute("{target.name}", …) with its type on the table, or use stored_as=….',
            )
        if attribute.writes_null:
            wrong(
                entity,
                attribute.name,
                f"None would be stored as NULL, because the default is another, and key attribute "
                f"{target.name!r} has type {target.type}. Make None its default, or refuse None.",
            )
    _check_vectors(entity, attributes, table)


def _check_vectors(entity: str, attributes: Mapping[str, Attribute], table: Table) -> None:
    """Refuse an attribute under the name of a vector index's that is no vector of as many dimensions."""
    for index in table.vector_indexes:
        for attribute in attributes.values():
            if attribute.stored != index.attribute or attribute.codec.dimensions == index.dimensions:
                continue
            wrong(
                entity,
                attribute.name,
                f"it is stored as {attribute.codec.expected}, but vector index {index.name!r} holds "
                f"vectors of {index.dimensions} numbers. Declare Attr[Vector[Literal[{index.dimensions}]]].",
            )


def check_shared_attributes(entity: str, keys: tuple[EntityKey, ...]) -> None:
    """Refuse two patterns that would write different things into one key attribute."""
    seen: dict[str, tuple[str, str]] = {}
    for key in keys:
        for part in key.parts:
            other, known = seen.setdefault(part.attribute, (key.name, part.source))
            if known != part.source:
                wrong(
                    entity,
                    key.name,
                    f"key attribute {part.attribute!r} would hold {part.source!r}, and {known!r} by {other}; "
                    "one attribute "
                    "holds one template. Make them the same.",
                )


def check_key_only(entity: str, attributes: Mapping[str, Attribute], keys: tuple[EntityKey, ...]) -> None:
    """Refuse attributes that stand only inside keys, but inside none that every item has and can be read."""
    whole = [key for key in keys if not any(attributes[name].codec.optional for name in key.names)]
    told = {name for key in whole for name in key.told}
    for attribute in attributes.values():
        if attribute.key_only and attribute.name not in told:
            wrong(
                entity,
                attribute.name,
                "key_only=True, but no key that each item has holds it as it is, so it cannot be read back. "
                "Put it into a key template without optional attributes, not as :lower, or store it.",
            )


def check_primary(entity: str, key: EntityKey, attributes: Mapping[str, Attribute]) -> None:
    """Refuse a primary key made of attributes that may be absent."""
    for name in key.names:
        if attributes[name].codec.optional:
            wrong(entity, name, f"it is part of the primary key {key.name} and may not be optional.")
