"""Batches: chunks of 100 gets and 25 writes, leftovers sent again with the next chunk, nothing lost.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from dynakit.codec.number import canonical
from dynakit.errors import (
    ConnectionFailed,
    OutcomeUnknown,
    RequestError,
    StatementError,
    Throttled,
    Unprocessed,
)
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.kept import kept_by_put
from dynakit.operations.limits import Budget, units_used
from dynakit.operations.point import seen
from dynakit.operations.retry import delay, request
from dynakit.operations.sealing import seal
from dynakit.operations.sealing_open import has_sealed, opened_found
from dynakit.operations.target import Target, target_of
from dynakit.operations.unbatched import refuse_delete, refuse_put
from dynakit.schema.definition import definition_of
from dynakit.schema.item import encode_item
from dynakit.schema.query import Query
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

E = TypeVar("E", bound="Entity")
T = TypeVar("T")

Identity: TypeAlias = tuple[object, ...]
"""What tells an item from all others: its table, and its key."""

MAX_GETS = 100
MAX_WRITES = 25


def get_many(
    keys: Iterable[E | Query[E]],
    environment: Environment,
    *,
    consistent: bool = False,
    expired: bool = False,
    deleted: bool = False,
    trusted: bool = False,
) -> Flow[list[E | None]]:
    """Get items by primary key, in the order asked; ``None`` for no item. Equal keys are read once.

    Items that have expired or are softly deleted count as none, unless ``expired`` or ``deleted`` ask for
    them. Raises :class:`Unprocessed` with the caller's keys when the service leaves some unprocessed until
    the deadline, counted from the last progress.
    """
    asked = list(keys)
    targets: list[Target[E]] = [target_of(key) for key in asked]
    items = yield from get_items(asked, targets, environment, consistent=consistent, where="get_many")
    return [
        seen(key, item, target.definition, environment, expired=expired, deleted=deleted, trusted=trusted)
        for key, item, target in zip(asked, items, targets, strict=True)
    ]


def get_items(
    asked: Sequence[T],
    targets: Sequence[Target[Any]],
    environment: Environment,
    *,
    consistent: bool,
    where: str,
) -> Flow[list[Item | None]]:
    """The stored items of these targets, in order; errors carry the objects that were ``asked`` for."""
    tables = _Tables(environment)
    places = [(tables.name(target.definition.stored_in), target.key) for target in targets]
    identities = [tables.identity(table, key) for table, key in places]
    work, by_identity = _work(asked, identities), dict(zip(identities, targets, strict=True))
    keys = dict(zip(identities, places, strict=True))
    found: dict[Identity, Item] = {}
    while work.left:
        chunk = work.chunk(MAX_GETS)
        call = _get_call([keys[identity] for identity in chunk], consistent=consistent)
        reply = (yield from request(call, environment, statement=where)).payload
        for table, items in reply.get("Responses", {}).items():
            found |= {tables.identity(table, item): item for item in items}
        left: Payload = reply.get("UnprocessedKeys", {})
        unprocessed = [tables.identity(table, key) for table in left for key in left[table]["Keys"]]
        yield from _pace(work, chunk, _recognised(chunk, unprocessed), environment, where)
    for identity, item in found.items():
        definition = by_identity[identity].definition
        if has_sealed(definition):
            found[identity] = yield from opened_found(definition, item, environment)
    return [found.get(identity) for identity in identities]


def put_many(
    items: Iterable[E], environment: Environment, *, last_wins: bool = False, budget: Budget | None = None
) -> Flow[None]:
    """Put entities, overwriting what is there. All are checked before the first is sent.

    ``budget`` limits the write units per second, by the capacity that replies report.

    Raises :class:`StatementError` for two entities under one key, unless ``last_wins=True``;
    :class:`Unprocessed` with the caller's entities when some could not be written.
    """
    given, tables = list(items), _Tables(environment)
    requests: list[_Request] = []
    settled: list[Mapping[str, object]] = []
    for item in given:
        definition = definition_of(type(item))
        refuse_put("put_many", definition)
        settled.append(kept_by_put(definition, item, environment).values)
        stored = encode_item(definition, item, settled[-1])
        if definition.sealed:
            key = {name: stored[name] for name in definition.stored_in.key_names}
            stored = yield from seal(definition, key, stored, environment)
        requests.append(tables.request(definition.stored_in, stored, {"PutRequest": {"Item": stored}}))
    yield from _write_many(
        "put_many", given, tables, requests, environment, budget=budget, last_wins=last_wins
    )
    for item, values in zip(given, settled, strict=True):
        vars(item).update(values)


def put_stored(
    table: Table, given: Iterable[tuple[T, Item]], environment: Environment, *, budget: Budget | None = None
) -> Flow[None]:
    """Put items as they are stored, each with what stands for it in errors; of equal keys the last.

    They are nobody's entities here: no unique constraint and no version is looked at. Raises
    :class:`Unprocessed` as :func:`put_many`.
    """
    tables, pairs = _Tables(environment), list(given)
    requests = [tables.request(table, item, {"PutRequest": {"Item": item}}) for _, item in pairs]
    objects = [one for one, _ in pairs]
    yield from _write_many(
        "put_stored", objects, tables, requests, environment, budget=budget, last_wins=True
    )


def delete_many(
    keys: Iterable[E | Query[E]],
    environment: Environment,
    *,
    last_wins: bool = False,
    permanently: bool = False,
    budget: Budget | None = None,
) -> Flow[None]:
    """Delete items by primary key, whether they are there or not. Raises as :func:`put_many`.

    Entities that are deleted softly are refused unless ``permanently``.
    """
    given, tables = list(keys), _Tables(environment)
    requests: list[_Request] = []
    for key in given:
        target: Target[Any] = target_of(key)
        refuse_delete("delete_many", target.definition, permanently=permanently)
        body: Payload = {"DeleteRequest": {"Key": target.key}}
        requests.append(tables.request(target.definition.stored_in, target.key, body))
    yield from _write_many(
        "delete_many", given, tables, requests, environment, budget=budget, last_wins=last_wins
    )


@dataclass(frozen=True, slots=True)
class _Request:
    table: str
    identity: Identity
    body: Payload


class _Tables:
    """The real names of tables, each looked up once, and who an item in one of them is."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._names: dict[Table, str] = {}
        self._key_names: dict[str, tuple[str, ...]] = {}

    def name(self, table: Table) -> str:
        name = self._names.get(table)
        if name is None:
            name = self._names[table] = self._environment.table_name(table)
            self._key_names[name] = table.key_names
        return name

    def identity(self, table: str, item: Item) -> Identity:
        """Who an item or a key is; the service may write a number in another way than it was sent."""
        return (table, *[_plain(item[name]) for name in self._key_names[table]])

    def request(self, table: Table, item: Item, body: Payload) -> _Request:
        name = self.name(table)
        return _Request(name, self.identity(name, item), body)


@dataclass
class _Work(Generic[T]):
    """The caller's objects by what they are about, and which of them are still to do."""

    given: Mapping[Identity, list[T]]
    left: list[Identity]
    done: list[Identity] = field(default_factory=list[Identity])
    stalls: int = 0
    until: float = float("inf")

    def chunk(self, size: int) -> list[Identity]:
        taken, self.left = self.left[:size], self.left[size:]
        return taken

    def objects(self, identities: Iterable[Identity]) -> list[T]:
        return [one for identity in identities for one in self.given[identity]]

    def unprocessed(
        self,
        where: str,
        cause: RequestError | None = None,
        *,
        unprocessed: Iterable[Identity] = (),
        failed: Iterable[Identity] = (),
        unknown: Iterable[Identity] = (),
    ) -> Unprocessed:
        """The error that gives every object back, each in one of its lists."""
        lists = {
            "unprocessed": self.objects([*unprocessed, *self.left]),
            "failed": self.objects(failed),
            "unknown": self.objects(unknown),
            "done": self.objects(self.done),
        }
        counts = ", ".join(f"{len(objects)} {name}" for name, objects in lists.items() if objects)
        why = "" if cause is None else f" The cause: {cause}"
        return Unprocessed(
            f"{where}: {counts}. The objects are on the attributes of these names; send those again that "
            f"are not done.{why}",
            done=lists["done"],
            unprocessed=lists["unprocessed"],
            failed=lists["failed"],
            unknown=lists["unknown"],
            action=where,
            attempts=1 if cause is None else cause.attempts,
        )


def _work(given: Sequence[T], identities: Sequence[Identity]) -> _Work[T]:
    grouped: dict[Identity, list[T]] = {}
    for one, identity in zip(given, identities, strict=True):
        grouped.setdefault(identity, []).append(one)
    return _Work(grouped, list(grouped))


def _write_many(
    where: str,
    given: Sequence[T],
    tables: _Tables,
    requests: Sequence[_Request],
    environment: Environment,
    *,
    budget: Budget | None,
    last_wins: bool,
) -> Flow[None]:
    by_identity = {one.identity: one for one in requests}
    if len(by_identity) < len(requests) and not last_wins:
        raise StatementError(
            f"{where}: {len(requests) - len(by_identity)} of {len(requests)} share a primary key with "
            "another one; "
            "one batch writes an item once. Remove them, or pass last_wins=True."
        )
    work = _work(given, [one.identity for one in requests])
    while work.left:
        chunk = work.chunk(MAX_WRITES)
        call = _write_call([by_identity[identity] for identity in chunk], budget)
        yield from _afford(work, budget, environment)
        try:
            reply = yield from request(call, environment, statement=where)
        except OutcomeUnknown as error:
            raise work.unprocessed(where, error, unknown=chunk) from error
        except (Throttled, ConnectionFailed) as error:
            raise work.unprocessed(where, error, unprocessed=chunk) from error
        except RequestError as error:
            raise work.unprocessed(where, error, failed=chunk) from error
        unprocessed = _left_over_writes(reply.payload.get("UnprocessedItems", {}), tables, chunk)
        if budget is not None:
            budget.spend(units_used(reply.payload, len(chunk) - len(unprocessed)), environment)
        yield from _pace(work, chunk, unprocessed, environment, where)


def _afford(work: _Work[T], budget: Budget | None, environment: Environment) -> Flow[None]:
    """Wait for the budget; that time is no stall of the service's."""
    if budget is not None:
        begun = environment.monotonic()
        yield from budget.wait(environment)
        work.until += environment.monotonic() - begun


def _pace(
    work: _Work[T],
    chunk: Sequence[Identity],
    unprocessed: Sequence[Identity],
    environment: Environment,
    where: str,
) -> Flow[None]:
    """Take the leftovers back, and wait before they are sent again; the deadline counts from progress."""
    left_over = set(unprocessed)
    work.done += [identity for identity in chunk if identity not in left_over]
    if not unprocessed:
        work.stalls = 0
        return
    now = environment.monotonic()
    if len(unprocessed) < len(chunk) or work.stalls == 0:
        work.until = now + environment.retry.deadline
    work.stalls = work.stalls + 1
    pause = delay(environment, work.stalls)
    if now + pause >= work.until:
        raise work.unprocessed(where, unprocessed=unprocessed)
    work.left = [*unprocessed, *work.left]
    yield Sleep(pause)


def _get_call(places: Sequence[tuple[str, Item]], *, consistent: bool) -> Call:
    tables: dict[str, Payload] = {}
    for name, key in places:
        table = tables.get(name)
        if table is None:
            table = tables[name] = {"Keys": [], **({"ConsistentRead": True} if consistent else {})}
        table["Keys"].append(key)
    return Call("BatchGetItem", {"RequestItems": tables})


def _write_call(requests: Sequence[_Request], budget: Budget | None) -> Call:
    tables: dict[str, list[Payload]] = {}
    for one in requests:
        tables.setdefault(one.table, []).append(one.body)
    asked = {"ReturnConsumedCapacity": "TOTAL"} if budget is not None and budget.limited else {}
    return Call("BatchWriteItem", {"RequestItems": tables, **asked})


def _left_over_writes(unprocessed: Payload, tables: _Tables, chunk: Sequence[Identity]) -> Sequence[Identity]:
    left: list[Identity] = []
    for table, bodies in unprocessed.items():
        for body in bodies:
            item: Item = body["PutRequest"]["Item"] if "PutRequest" in body else body["DeleteRequest"]["Key"]
            left.append(tables.identity(table, item))
    return _recognised(chunk, left)


def _recognised(chunk: Sequence[Identity], left: Sequence[Identity]) -> Sequence[Identity]:
    """Those of a chunk that are left; all of it when one of them is none of it: rather twice than never."""
    remaining = set(left)
    return [identity for identity in chunk if identity in remaining] if remaining <= set(chunk) else chunk


def _plain(value: AttributeValue) -> tuple[str, object]:
    return ("N", canonical(value["N"])) if "N" in value else next(iter(value.items()))
