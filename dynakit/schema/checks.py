"""What can be wrong in a declaration, said at import by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn, cast

from pydantic import BaseModel

from dynakit.codec.codec import Codec
from dynakit.errors import DefinitionError, did_you_mean
from dynakit.keys.part import PlainPart, TemplatePart
from dynakit.schema.key import Key
from dynakit.table import Index, KeyAttribute, Table

if TYPE_CHECKING:
    from dynakit.schema.definition import Attribute, EntityKey

_RESERVED = frozenset(name for name in (*dir(BaseModel), *dir(type(BaseModel))) if not name.startswith("_"))


def wrong(entity: str, attribute: str | None, problem: str) -> NoReturn:
    """Raise a :class:`DefinitionError` that begins with the entity and the attribute or key."""
    where = entity if attribute is None else f"{entity}.{attribute}"
    raise DefinitionError(f"{where}: {problem}", entity=entity, attribute=attribute)


def check_names(entity: str, namespace: Mapping[str, object], keys: frozenset[str]) -> None:
    """Refuse attributes that are named like pydantic's own class attributes, or like a ``Key``."""
    annotations = cast("Mapping[str, object]", namespace.get("__annotations__", {}))
    for name in annotations:
        if name in _RESERVED:
            wrong(
                entity, name, f"pydantic uses this name itself. Name it `{name}_: … = attr(name={name!r})`."
            )
        if name in keys or isinstance(namespace.get(name), Key):
            wrong(entity, name, "a Key has this name too; an attribute needs its own. Rename one of them.")


def check_placeholders(
    entity: str, key: str, names: tuple[str, ...], attributes: Mapping[str, Attribute]
) -> None:
    """Refuse a template that names no attribute."""
    for name in names:
        if name not in attributes:
            wrong(
                entity,
                key,
                f"the key template names {name!r}, which is no attribute of {entity}{did_you_mean(name, attributes)}",
            )


def check_index_name(entity: str, key: str, table: Table, index: str) -> Index:
    """Return the table's index of this name."""
    for known in table.indexes:
        if known.name == index:
            return known
    hint = did_you_mean(index, (known.name for known in table.indexes))
    wrong(entity, key, f"table {table.name!r} has no index {index!r}{hint}")


def check_count(entity: str, key: str, what: str, declared: int, keys: tuple[KeyAttribute, ...]) -> None:
    """Refuse a key with more or fewer parts than the table or index has key attributes."""
    if declared != len(keys):
        names = ", ".join(attribute.name for attribute in keys) or "none"
        wrong(entity, key, f"got {declared} {what} template(s); expected {len(keys)} ({names}).")


def check_plain(entity: str, key: str, attribute: Attribute, target: KeyAttribute) -> None:
    """Refuse an attribute that cannot itself be a key attribute of this type."""
    codec: Codec = attribute.codec
    if attribute.key_only:
        wrong(
            entity,
            attribute.name,
            "a key attribute of its own is stored; key_only=True does not fit. Remove it.",
        )
    if codec.attribute_type != target.type:
        stored = codec.attribute_type or "several types"
        wrong(
            entity,
            key,
            f"{attribute.name} is stored as {stored}, but key attribute {target.name!r} has type {target.type}. "
            f'Declare KeyAttribute("{target.name}", …) with that type on the table, or use stored_as=….',
        )


def check_template_type(entity: str, key: str, target: KeyAttribute) -> None:
    """Refuse a rendered template on a key attribute that holds no text."""
    if target.type != "S":
        wrong(
            entity,
            key,
            f"key attribute {target.name!r} has type {target.type} and cannot hold a rendered template. "
            f"Use an attribute that is stored under the name {target.name!r}, as `{{attribute}}`.",
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
        if attribute.stored in seen:
            wrong(
                entity,
                attribute.name,
                f"it is stored as {attribute.stored!r}, and so is {seen[attribute.stored]}.",
            )
        if attribute.stored in rendered - plain:
            wrong(
                entity,
                attribute.name,
                f"it is stored as {attribute.stored!r}, which holds a rendered key. Give it another name=…, or make "
                f"the template exactly {{{attribute.name}}}.",
            )
        if attribute.stored in added:
            wrong(
                entity, attribute.name, f"it is stored as {attribute.stored!r}, which dynakit writes itself."
            )
        seen[attribute.stored] = attribute.name


def check_shared_attributes(entity: str, keys: tuple[EntityKey, ...]) -> None:
    """Refuse two patterns that would write different things into one key attribute."""
    seen: dict[str, tuple[str, str]] = {}
    for key in keys:
        for part in key.parts:
            source = part.template.source if isinstance(part, TemplatePart) else f"{{{part.name}}}"
            other, known = seen.setdefault(part.attribute, (key.name, source))
            if known != source:
                wrong(
                    entity,
                    key.name,
                    f"key attribute {part.attribute!r} would hold {source!r}, and {known!r} by {other}; "
                    "one attribute holds one template.",
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
