"""Entity ↔ item: key attributes and the type attribute are added on the way out, and taken away again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from dynakit.codec.adapter import BY_NAME, input_name
from dynakit.codec.size import MAX_ITEM_SIZE, MAX_NESTING, item_depth, item_size, surely_fits
from dynakit.codec.source import GIVES_UP
from dynakit.errors import DecodeError, EncodeError, StatementError, UnknownEntity
from dynakit.keys.limits import MAX_BYTES_OF_CHARACTER, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from dynakit.keys.part import KeyPart
from dynakit.keys.term import key_bytes
from dynakit.schema.compiled import (
    Reader,
    construct_entity,
    entity_reader,
    item_writer,
    key_writer,
    text_reader,
)
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.family import check_concrete, type_of
from dynakit.schema.origin import origin_of, remember, remembered
from dynakit.schema.refusal import first_refusal
from dynakit.schema.registry import family_of, member_of
from dynakit.table import Index, Table
from dynakit.unparsed import parsed
from dynakit.wire import AttributeValue, Item

if TYPE_CHECKING:
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


def encode_item(definition: Definition[E], entity: E, kept: Mapping[str, object] | None = None) -> Item:
    """The whole item of an entity: attributes, rendered keys, the type attribute.

    ``kept`` are values to store instead of the entity's own, by Python name. Attributes that the item had
    when it was read and that the entity does not know are kept.

    Raises:
        EncodeError: when a value does not fit its attribute, a primary key attribute is missing, a key is
            too long, or the item is larger than 400 KB.
        StatementError: for an abstract entity, and one from an index that does not hold all of its item.
    """
    values: Mapping[str, object] = {**entity.__dict__, **kept} if kept else entity.__dict__
    item = _whole_item(definition, values)
    origin = origin_of(entity)
    if origin is not None and _under_one_key(definition, item, origin.item):
        if not origin.whole:
            raise StatementError(
                f"{definition.name}: it was read from an index that does not hold all of the item, and "
                "storing it would drop the rest. Get it from the table first, or update it."
            )
        item = {**unknown_attributes(definition, origin.item), **item}
    return check_size(definition, item)


def _under_one_key(definition: Definition[E], first: Item, second: Item) -> bool:
    names = definition.stored_in.key_names
    return [first[name] for name in names] == [second.get(name) for name in names]


def unknown_attributes(definition: Definition[E], item: Item) -> Item:
    """The attributes of a stored item that neither the entity nor dynakit knows."""
    if definition.known_names.issuperset(item):
        return {}
    return {name: value for name, value in item.items() if name not in definition.known_names}


def primary_key_of(definition: Definition[E], values: Mapping[str, object]) -> Item:
    """The table's key attributes. Raises :class:`EncodeError` when one of the values is missing."""
    primary = definition.primary_key
    rendered = render_key(definition, primary, values)
    if rendered is not None:
        return rendered
    missing = [name for name in primary.names if values.get(name) is None]
    raise EncodeError(
        f"{definition.name}.{primary.name}: {', '.join(missing)} is missing; the primary key needs "
        f"{', '.join(primary.names)}.",
        entity=definition.name,
        path=missing[0],
    )


def render_key(definition: Definition[E], key: EntityKey, values: Mapping[str, object]) -> Item | None:
    """The attributes of one key, checked for size; ``None`` where a sparse index holds no entry."""
    try:
        return key_writer(definition, key)(values)
    except GIVES_UP:
        pass
    for name in key.names:
        if values.get(name) is None:
            return None
    return {part.attribute: render_part(definition, key, part, values) for part in key.parts}


def render_part(
    definition: Definition[E], key: EntityKey, part: KeyPart, values: Mapping[str, object]
) -> AttributeValue:
    """One key attribute. Raises :class:`EncodeError` for a value that does not fit, or too long a key."""
    try:
        value = part.render(values)
    except EncodeError as error:
        raise _of(definition, error, f"{definition.name}.{key.name}: ") from error
    limit = MAX_PARTITION_KEY_BYTES if part in key.partition else MAX_SORT_KEY_BYTES
    _check_key_size(definition, key, part, value, limit)
    return value


def decode_item(definition: Definition[E], item: Item, *, whole: bool = True, trusted: bool = False) -> E:
    """Read an item as its entity, or the subclass it is; ``whole`` says that the item is all that is stored.

    With ``trusted`` pydantic does not validate the entity, nor the models directly within it.

    Raises:
        UnknownEntity: when the item is another entity's.
        DecodeError: when a stored value has the wrong type, or pydantic refuses the values.
    """
    read: Reader[E] | None = definition.functions.get("trusted" if trusted else "checked")
    try:
        return (read or entity_reader(definition, trusted=trusted))(item, remembered(item, whole=whole))
    except GIVES_UP:
        pass  # Outside, so that no error below says that it came of this one.
    member = member_of(definition, item)
    if member is not definition:
        return decode_item(member, item, whole=whole, trusted=trusted)
    return _decoded_with_care(definition, item, whole, trusted)


def decode_items(
    definition: Definition[E], items: Iterable[Item], *, whole: bool = True, trusted: bool = False
) -> list[E]:
    """Read items, each as :func:`decode_item` does."""
    read = entity_reader(definition, trusted=trusted)
    entities: list[E] = []
    for item in items:
        try:
            entities.append(read(item, item if whole else (item, False)))
            continue
        except GIVES_UP:
            pass
        entities.append(decode_item(definition, item, whole=whole, trusted=trusted))
    return entities


def decode_texts(
    definition: Definition[E], texts: Iterable[bytes], *, whole: bool = True, trusted: bool = False
) -> list[E]:
    """Read the JSON of items, each as :func:`decode_item` does."""
    read = text_reader(definition, trusted=trusted)
    entities: list[E] = []
    for text in texts:
        try:
            entities.append(read(text, text if whole else (text, False)))
            continue
        except GIVES_UP:
            pass
        entities.append(decode_item(definition, parsed(text), whole=whole, trusted=trusted))
    return entities


def _decoded_with_care(definition: Definition[E], item: Item, whole: bool, trusted: bool) -> E:
    """The same, attribute by attribute, so that errors have their places."""
    key = _key_in(definition, item)
    from_key = check_type(definition, item, key, whole=True)
    values = {**_read_attributes(definition, item, key), **read_key_only(definition, item, from_key)}
    try:
        entity = construct_entity(definition, values) if trusted else _made(definition, values)
    except ValidationError as error:
        raise _refused(definition, error, _key_in(definition, item)) from None
    remember(entity, item, whole=whole)
    return entity


def _key_in(definition: Definition[E], item: Item) -> Item:
    return {name: item[name] for name in definition.stored_in.key_names if name in item}


def _made(definition: Definition[E], values: Mapping[str, object]) -> E:
    """Make the entity from values by attribute name, whatever aliases it has."""
    validator, fields = definition.entity.__pydantic_validator__, definition.entity.__pydantic_fields__
    made: E
    if BY_NAME:
        made = validator.validate_python(values, by_name=True, by_alias=False)
    else:
        given = {input_name(definition.entity, name, fields[name]): value for name, value in values.items()}
        made = validator.validate_python(given)
    return made


def check_type(definition: Definition[E], item: Item, key: Item, *, whole: bool = False) -> dict[str, object]:
    """The values inside an item's primary key. Raises :class:`UnknownEntity` for another entity's item.

    A row that does not tell its type is taken for an abstract entity's, unless it is read as a ``whole``.
    """
    type_name, definition = type_of(definition, item), member_of(definition, item)
    known = {definition.type_name} if whole and definition.abstract else {None, definition.type_name}
    if type_name not in known or (type_name is not None and definition.abstract):
        expected = " or ".join(repr(one.type_name) for one in family_of(definition)) or "a subclass"
        raise UnknownEntity(
            f"{definition.name}: the item's type is {type_name!r}; expected {expected}.",
            type_name=type_name,
            key=key,
        )
    values = definition.primary_key.read(item)
    if values is None:
        raise UnknownEntity(
            f"{definition.name}: the item's key ({', '.join(key)}) is none of pattern "
            f"{definition.primary_key.name}.",
            type_name=type_name,
            key=key,
        )
    return values


def is_of(definition: Definition[E], item: Item) -> bool:
    """Whether an item is of this entity or a subclass, by its type attribute and its key."""
    try:
        check_type(definition, item, {})
    except UnknownEntity:
        return False
    return True


def check_size(definition: Definition[E], item: Item) -> Item:
    """Return the item. Raises :class:`EncodeError` above 400 KB, or 32 levels of maps and lists.

    What local indexes hold of the item counts as part of it.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
    """
    name = definition.name
    local = [index for index in definition.stored_in.indexes if index.local]
    if surely_fits(item, 1 + len(local)):
        return item
    copies = [_local_entry(definition.stored_in, index, item) for index in local]
    size = sum(map(item_size, (item, *copies)))
    if size > MAX_ITEM_SIZE:
        with_indexes = " with its entries in local indexes" if any(copies) else ""
        raise EncodeError(
            f"{name}: the item has {size:,} bytes{with_indexes}; DynamoDB allows {MAX_ITEM_SIZE:,}. "
            "Split it, or store the large value elsewhere.",
            entity=name,
        )
    depth = item_depth(item)
    if depth > MAX_NESTING:
        raise EncodeError(
            f"{name}: the item has {depth} levels of maps and lists; DynamoDB allows {MAX_NESTING}. "
            "Store the deep part as text, as with stored_as=json_text.",
            entity=name,
        )
    return item


def _local_entry(table: Table, index: Index, item: Item) -> Item:
    """What a local index holds of an item."""
    if any(key.name not in item for key in index.sort):
        return {}
    if index.projection.type == "ALL":
        return item
    held = {*table.key_names, *(key.name for key in index.sort), *index.projection.attributes}
    return {name: value for name, value in item.items() if name in held}


def _whole_item(definition: Definition[E], values: Mapping[str, object]) -> Item:
    try:
        return item_writer(definition)(values)
    except GIVES_UP:
        pass
    key = primary_key_of(definition, values)
    check_concrete(definition)
    item = {**_attributes(definition, values), **key}
    for index_key in definition.keys.values():
        if index_key.index is not None:
            item.update(render_key(definition, index_key, values) or {})
    type_attribute = definition.stored_in.type_attribute
    if type_attribute is not None:
        item[type_attribute] = {"S": definition.type_name}
    return item


def _attributes(definition: Definition[E], values: Mapping[str, object]) -> Item:
    item: Item = {}
    try:
        for attribute in definition.by_stored.values():
            encoded = attribute.encode(values.get(attribute.name))
            if encoded is not None:
                item[attribute.stored] = encoded
    except EncodeError as error:
        raise _of(definition, error, f"{definition.name}.") from error
    return item


def _read_attributes(definition: Definition[E], item: Item, key: Item) -> dict[str, object]:
    values: dict[str, object] = {}
    try:
        for stored, attribute in definition.by_stored.items():
            if stored in item:
                values[attribute.name] = attribute.decode(item[stored])
            else:
                values.update(attribute.missing())
    except DecodeError as error:
        name = definition.name
        message = f"{name}.{error}"
        raise DecodeError(message, entity=name, path=error.path, value=error.value, key=key) from error
    return values


def read_key_only(definition: Definition[E], item: Item, from_key: Mapping[str, object]) -> dict[str, object]:
    """The attributes that stand only inside keys: in the primary key, else in those of indexes."""
    if not definition.key_only:
        return {}
    sources = [(key, key.read(item) or {}) for key in definition.telling_keys(definition.index_only)]
    return {
        name: value
        for key, values in (*sources, (definition.primary_key, from_key))
        for name, value in values.items()
        if name in definition.key_only and name in key.told
    }


def _refused(definition: Definition[E], error: ValidationError, key: Item) -> DecodeError:
    attribute, reason = first_refusal(error)
    return DecodeError(
        f"{definition.name}.{attribute or 'item'}: the stored item is refused by the model ({reason}). "
        "Migrate the item, or widen the model.",
        entity=definition.name,
        path=attribute,
        key=key,
    )


def _of(definition: Definition[E], error: EncodeError, prefix: str) -> EncodeError:
    return EncodeError(f"{prefix}{error}", entity=definition.name, path=error.path, value=error.value)


def _check_key_size(
    definition: Definition[E], key: EntityKey, part: KeyPart, value: AttributeValue, limit: int
) -> None:
    text = value.get("S")
    if "N" in value or (text and len(text) * MAX_BYTES_OF_CHARACTER <= limit):
        return
    size = len(key_bytes(value))
    if 0 < size <= limit:
        return
    raise EncodeError(
        f"{definition.name}.{key.name}: key attribute {part.attribute!r} "
        f"({', '.join(part.names) or 'constant'}) has "
        f"{size:,} bytes; expected 1 to {limit:,}.",
        entity=definition.name,
        path=part.names[0] if part.names else None,
    )
