"""Transactional gets: up to 100 items as they were at one moment.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders
from dynakit.operations.flow import Flow
from dynakit.operations.sealing_open import opened_one
from dynakit.operations.target import Target, item_text, target_of
from dynakit.operations.transact import Cancelled, check_count, transact
from dynakit.operations.transaction import Reason, cancellation
from dynakit.schema.definition import Definition
from dynakit.schema.item import decode_item
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.query import Read
from dynakit.schema.request import projected_steps
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity
    from dynakit.schema.partial import Partial

R = TypeVar("R", bound="Entity | Partial[Any]")

Asked: TypeAlias = "R | Read[Any, R]"
"""One item: an entity with its key, or ``Order.primary(…)`` with every key attribute, projected or not."""

Keyed: TypeAlias = "Entity | Read[Any, Any]"
"""The same, of whatever entity."""


@dataclass(frozen=True)
class TransactGet:
    """Items read together: no write of another transaction is seen in half. Costs twice the read units.

    Gives a result for each key, in their order: the entity (a partial of it for a projection), ``None`` for
    an item that is missing, expired or softly deleted.
    """

    keys: tuple[Keyed, ...]
    expired: bool = False
    deleted: bool = False

    def __iter__(self) -> Iterator[Keyed]:
        return iter(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def compile(self, environment: Environment) -> Call:
        """The request exactly as it is sent.

        Raises :class:`StatementError` for more than 100 keys, for none, and for two of one item.
        """
        check_count(str(self), len(self.keys), self)
        targets = [target_of(key) for key in self.keys]
        self._check_distinct(targets)
        gets = [_get(key, target, environment) for key, target in zip(self.keys, targets, strict=True)]
        return Call("TransactGetItems", {"TransactItems": [{"Get": get} for get in gets]})

    def flow(self, environment: Environment) -> Flow[tuple[Any, ...]]:
        """Carry it out; sent again while throttling or other transactions are in the way, to the deadline.

        Raises :class:`TransactionCancelled` with one reason per key, in order.
        """
        call = self.compile(environment)
        try:
            reply = yield from transact(call, environment, self, retry_conflicts=True)
        except Cancelled as cancelled:
            reasons = [Reason(key, cancelled.code(place), None) for place, key in enumerate(self.keys)]
            error = cancellation(self, call.action, reasons, cancelled, done="read", name=item_text)
            raise error from cancelled.refused.error
        rows: list[Payload] = reply.get("Responses", [])
        found: list[object] = []
        for key, row in zip(self.keys, rows, strict=True):
            item = yield from opened_one(target_of(key).definition, row.get("Item"), environment)
            found.append(self._read(key, item, environment))
        return tuple(found)

    def _read(self, key: Keyed, item: Item | None, environment: Environment) -> object:
        definition: Definition[Any] = target_of(key).definition
        if not item:
            return None
        now = environment.now()
        if is_hidden(definition.lifecycle, item, now, expired=self.expired, deleted=self.deleted):
            return None
        found: object = _read_of(key, item) if isinstance(key, Read) else decode_item(definition, item)
        return found

    def _check_distinct(self, targets: Sequence[Target[Any]]) -> None:
        identities = [
            f"{target.definition.stored_in.name} {sorted(target.key.items())}" for target in targets
        ]
        counted = Counter(identities)
        for key, identity in zip(self.keys, identities, strict=True):
            if counted[identity] > 1:
                raise StatementError(
                    f"{self}: `{item_text(key)}` is asked for twice; a transaction reads an item once. "
                    "Remove one of them.",
                    statement=self,
                )

    def __str__(self) -> str:
        return f"transactional get of {len(self.keys)}"


def _get(key: Keyed, target: Target[Any], environment: Environment) -> Payload:
    payload: Payload = {"TableName": environment.table_name(target.definition.stored_in), "Key": target.key}
    if isinstance(key, Read):
        payload |= _projection(key)
    return payload


def _read_of(read: Read[Any, Any], item: Item) -> object:
    found: object = read.decode(item)
    return found


def _projection(read: Read[Any, Any]) -> Payload:
    """The attributes asked for, and those that tell whether the item is hidden."""
    if not read.paths:
        return {}
    placeholders, payload = Placeholders(), Payload()
    steps = list(projected_steps(read))
    stored = ((attribute.stored,) for attribute in read.definition.lifecycle.hides)
    wanted = [*steps, *(name for name in stored if name not in steps)]
    payload["ProjectionExpression"] = ", ".join(placeholders.path(one) for one in wanted)
    placeholders.add_to(payload)
    return payload
