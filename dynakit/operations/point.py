"""Point reads: the request of one primary key, and what a reader sees of the item under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from dynakit.errors import NotFound
from dynakit.operations.flow import Flow
from dynakit.operations.retry import request
from dynakit.operations.sealing_open import has_sealed, opened_found
from dynakit.operations.target import Target, item_text, target_of
from dynakit.schema.definition import Definition, definition_of
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.query import Query, Read
from dynakit.schema.registry import demanded_types
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")


def get(
    key: E | Query[E],
    environment: Environment,
    *,
    consistent: bool = False,
    expired: bool = False,
    deleted: bool = False,
    trusted: bool = False,
) -> Flow[E | None]:
    """Get one item; ``None`` when there is none, or it has expired or is softly deleted.

    ``expired`` and ``deleted`` ask for those too, as ``including_expired()`` on the key does; ``trusted`` is
    ``trusted()`` on it.
    """
    target: Target[E] = target_of(key)
    call = get_call(target, environment, consistent=consistent, statement=key)
    reply = yield from request(call, environment, statement=key)
    item: Item | None = reply.payload.get("Item")
    if item is not None and has_sealed(target.definition):
        item = yield from opened_found(target.definition, item, environment)
    return seen(key, item, target.definition, environment, expired=expired, deleted=deleted, trusted=trusted)


def require(
    key: E | Query[E],
    environment: Environment,
    *,
    consistent: bool = False,
    expired: bool = False,
    deleted: bool = False,
    trusted: bool = False,
) -> Flow[E]:
    """Get one item, as :func:`get`. Raises :class:`NotFound` when there is none."""
    found = yield from get(
        key, environment, consistent=consistent, expired=expired, deleted=deleted, trusted=trusted
    )
    if found is None:
        raise NotFound(f"{item_text(key)}: there is no such item.", statement=key)
    return found


def get_call(
    target: Target[Any], environment: Environment, *, consistent: bool = False, statement: object = None
) -> Call:
    """The ``GetItem`` request of one primary key."""
    payload: Payload = {"TableName": environment.table_name(target.definition.stored_in), "Key": target.key}
    if consistent:
        payload["ConsistentRead"] = True
    return Call("GetItem", payload, statement=statement)


def seen(
    key: E | Query[E],
    item: Item | None,
    definition: Definition[E],
    environment: Environment,
    *,
    expired: bool,
    deleted: bool,
    trusted: bool,
) -> E | None:
    """The entity of an item that was read; ``None`` for none, or a hidden one that is not asked for."""
    if item is None:
        return None
    if definition.lifecycle.hides and _hidden(key, item, environment, expired=expired, deleted=deleted):
        return None
    return decode_item(definition, item, trusted=trusted or (isinstance(key, Read) and key.trusts))


def present(
    key: E | Query[E], environment: Environment, *, expired: bool = False, deleted: bool = False
) -> Flow[bool]:
    """Whether an item is stored under this primary key, and not hidden."""
    target: Target[E] = target_of(key)
    call = get_call(target, environment)
    types = demanded_types(target.definition, alone=False)
    telling = [*target.key, *(one.stored for one in target.definition.lifecycle.hides)]
    telling += [str(target.definition.stored_in.type_attribute)] if types else []
    names = {f"#n{position}": name for position, name in enumerate(telling)}
    call.payload.update(ProjectionExpression=", ".join(names), ExpressionAttributeNames=names)
    reply = yield from request(call, environment, statement=key)
    item: Item | None = reply.payload.get("Item")
    if item is None or (types and not is_of(target.definition, item)):
        return False
    return not _hidden(key, item, environment, expired=expired, deleted=deleted)


def _hidden(
    key: Entity | Read[Any, Any], item: Item, environment: Environment, *, expired: bool, deleted: bool
) -> bool:
    if isinstance(key, Read):
        lifecycle = key.definition.lifecycle
        expired, deleted = expired or key.shows_expired, deleted or key.shows_deleted
    else:
        lifecycle = definition_of(type(key)).lifecycle
    if not lifecycle.hides:
        return False
    return is_hidden(lifecycle, item, environment.now(), expired=expired, deleted=deleted)
