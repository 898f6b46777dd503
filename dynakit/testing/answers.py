"""The reply of the service that an answer stands for, by the action it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn

from dynakit.client.driver import run
from dynakit.environment import Environment
from dynakit.operations.sealing import seal
from dynakit.schema.definition import definition_of
from dynakit.schema.entity import Entity
from dynakit.schema.item import encode_item, primary_key_of
from dynakit.wire import Call, Item, Payload

_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


def reply_with(
    answer: Entity | Sequence[Entity | None] | int | None, call: Call, environment: Environment
) -> Payload:
    """The reply. Raises ``AssertionError`` for an answer that the action cannot give."""
    if isinstance(answer, int):
        return _fitting(call, ("Query", "Scan"), {"Count": answer, "ScannedCount": answer}, "a number")
    if answer is None or isinstance(answer, Entity):
        return _of_one(answer, call, environment)
    return _of_many(answer, call, environment)


def _of_one(answer: Entity | None, call: Call, environment: Environment) -> Payload:
    if call.action in _WRITES:
        if call.payload.get("ReturnValues", "NONE") == "NONE":
            return {}
        if answer is None and call.action != "UpdateItem":
            return {}
        if answer is None:
            raise AssertionError(f"{call.action} gives the item: answer it with the entity, not with None")
        return {"Attributes": _item(answer, environment)}
    if call.action == "GetItem":
        return {} if answer is None else {"Item": _item(answer, environment)}
    return _of_many([] if answer is None else [answer], call, environment)


def _of_many(answer: Sequence[Entity | None], call: Call, environment: Environment) -> Payload:
    if call.action == "BatchGetItem":
        return {"Responses": _by_table(answer, environment)}
    if call.action == "TransactGetItems":
        return {"Responses": [{} if one is None else {"Item": _item(one, environment)} for one in answer]}
    rows = [_item(one, environment) for one in answer if one is not None]
    counted: Payload = {"Count": len(rows), "ScannedCount": len(rows)}
    found = counted if call.payload.get("Select") == "COUNT" else {"Items": rows, **counted}
    return _fitting(call, ("Query", "Scan"), found, "entities")


def _fitting(call: Call, actions: tuple[str, ...], reply: Payload, what: str) -> Payload:
    if call.action not in actions:
        raise AssertionError(f"{call.action} cannot be answered with {what}; give the reply as a dict")
    return reply


def _by_table(answer: Sequence[Entity | None], environment: Environment) -> dict[str, list[Item]]:
    tables: dict[str, list[Item]] = {}
    for one in answer:
        if one is not None:
            name = environment.table_name(definition_of(type(one)).stored_in)
            tables.setdefault(name, []).append(_item(one, environment))
    return tables


def _item(entity: Entity, environment: Environment) -> Item:
    """The item as it would be stored: encrypted and offloaded values are sealed, as they are by a write."""
    definition = definition_of(type(entity))
    item = encode_item(definition, entity)
    return run(
        seal(definition, primary_key_of(definition, entity.__dict__), item, environment), _refuse, _refuse
    )


def _refuse(_step: object) -> NoReturn:
    raise AssertionError("a spy has no key service and no object store; give it LocalKeys and MemoryObjects")
