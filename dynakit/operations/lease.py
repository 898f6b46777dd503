"""``Lease``: a lock that one of many processes holds, and that is free again when its holder is gone.

No wall clock is trusted, and no two clocks are compared. A holder writes a new record version with each
renewal. An observer counts it as gone when it has seen one and the same version for the holder's whole
duration by its own monotonic clock. The holder counts its duration from before it sent its last renewal,
which is earlier, and stops a margin before its end. Each time it is taken, the lease gives a greater fencing
number, by which the guarded resource can refuse holders of the past.
https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dynakit.errors import LeaseLost, LeaseTaken, StatementError
from dynakit.operations.flow import Flow, Sleep
from dynakit.operations.retry import Refused, request
from dynakit.schema.private import private_key
from dynakit.table import Table
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment

_CONDITION_FAILED = "ConditionalCheckFailedException"
_LONGEST_POLL = 1.0
_SHORTEST_POLL = 0.01
_NAMES = {"#holder": "holder", "#version": "version", "#seconds": "seconds", "#fence": "fence"}


@dataclass(frozen=True)
class Lease:
    """A lock by name, in an item of its own in the table.

    ``duration`` is how long it stays taken after its holder was last heard of. ``margin`` is how long before
    that end the holder itself stops to count on it, by default a tenth: for clocks of different speed.
    The item stays for ever, because it holds the fencing number, and so it has no time to live; do not
    delete it.

    Raises :class:`StatementError` for a table whose keys are numbers or binary, for a name that cannot be a
    key, and for a margin that is not between 0 and the duration.
    """

    table: Table
    name: str
    duration: timedelta = timedelta(seconds=20)
    margin: timedelta | None = None

    def __post_init__(self) -> None:
        self.key  # noqa: B018 - raises for a name or a table that cannot be
        if not timedelta(0) <= self.safety < self.duration:
            raise StatementError(
                f"{self}: got a duration of {self.duration} and a margin of {self.safety}; expected a "
                "positive duration and a margin that is shorter."
            )

    @property
    def key(self) -> Item:
        """The primary key of its item."""
        return private_key(str(self), self.table, "lease", self.name)

    @property
    def safety(self) -> timedelta:
        """The margin, given or by default."""
        return self.duration / 10 if self.margin is None else self.margin

    def __str__(self) -> str:
        return f"lease {self.name!r}"


@dataclass(frozen=True)
class Held:
    """A lease that was taken. ``until`` is the end by the holder's monotonic clock, ``fence`` its number."""

    lease: Lease
    holder: str
    fence: int
    until: float


@dataclass(frozen=True)
class Seen:
    """What an observer knows of another's lease: the record version, and since when it has not changed."""

    version: str
    since: float
    seconds: float

    @property
    def gone_at(self) -> float:
        """When its holder counts as gone, by the observer's monotonic clock."""
        return self.since + self.seconds


def try_acquire(lease: Lease, environment: Environment, seen: Seen | None = None) -> Flow[Held | Seen | None]:
    """Take the lease if it is free, or its holder is gone; else give what was seen, for the next time.

    ``None`` says that somebody else was faster and is through already.
    """
    item = yield from _read(lease, environment)
    if item is not None and "holder" in item:
        seen = _seen(item, seen, environment)
        if environment.monotonic() < seen.gone_at:
            return seen
    return (yield from _take(lease, item, environment))


def acquire(lease: Lease, environment: Environment, wait: float | None = None) -> Flow[Held]:
    """Take the lease, waiting for at most ``wait`` seconds; ``None`` waits for ever.

    A holder that is gone is noticed after its whole duration: a shorter wait does not get past it.
    Raises :class:`LeaseTaken` when the time is up, and :class:`OutcomeUnknown` when replies were lost to
    the end: then the lease may be taken by nobody, until its duration is over.
    """
    until = None if wait is None else environment.monotonic() + wait
    seen: Seen | None = None
    while True:
        found = yield from try_acquire(lease, environment, seen)
        if isinstance(found, Held):
            return found
        seen = found
        now = environment.monotonic()
        if until is not None and now >= until:
            raise LeaseTaken(
                f"{lease}: somebody else holds it; waited {wait:g} s. Try again later.", lease=lease
            )
        pause = _pause(lease, seen, environment)
        yield Sleep(pause if until is None else min(pause, until - now))


def renew(held: Held, environment: Environment) -> Flow[Held]:
    """Begin the duration anew. Raises :class:`LeaseLost` when it is over, or somebody else has the lease."""
    sent = environment.monotonic()
    if sent >= held.until:
        raise _lost(held, "its duration was over before it was renewed")
    lease = held.lease
    values: Item = {
        ":holder": {"S": held.holder},
        ":version": {"S": environment.write_token()},
        ":seconds": _seconds(lease),
    }
    call = _update(
        lease, "SET #version = :version, #seconds = :seconds", "#holder = :holder", values, environment
    )
    try:
        yield from request(
            call, environment, interprets=(_CONDITION_FAILED,), statement=lease, until=held.until
        )
    except Refused as refused:
        raise _lost(held, "somebody else has it") from refused.error
    if environment.monotonic() >= held.until:
        raise _lost(held, "its duration was over before the reply came")
    return Held(lease, held.holder, held.fence, _until(lease, sent))


def release(held: Held, environment: Environment) -> Flow[None]:
    """Give the lease back, if it is still this holder's. Raises :class:`LeaseLost` where it is not."""
    values: Item = {":holder": {"S": held.holder}}
    removed = "REMOVE #holder, #version, #seconds"
    call = _update(held.lease, removed, "#holder = :holder", values, environment)
    try:
        yield from request(call, environment, interprets=(_CONDITION_FAILED,), statement=held.lease)
    except Refused as refused:
        if not _released_before(held, refused, environment):
            raise _lost(held, "somebody else has it") from refused.error


def _released_before(held: Held, refused: Refused, environment: Environment) -> bool:
    """Whether an earlier attempt did it: the lease is free since, or was taken while nobody else could."""
    item: Payload = refused.error.body.get("Item") or {}
    free = bool(item) and "holder" not in item and _fence(item) == held.fence
    return refused.ambiguous_before and (free or environment.monotonic() < held.until)


def _read(lease: Lease, environment: Environment) -> Flow[Payload | None]:
    table = environment.table_name(lease.table)
    call = Call("GetItem", {"TableName": table, "Key": lease.key, "ConsistentRead": True})
    reply = yield from request(call, environment, statement=lease)
    item: Payload | None = reply.payload.get("Item")
    return item


def _seen(item: Payload, seen: Seen | None, environment: Environment) -> Seen:
    version = item["version"]["S"]
    if seen is not None and seen.version == version:
        return seen
    return Seen(version, environment.monotonic(), float(item["seconds"]["N"]))


def _take(lease: Lease, item: Payload | None, environment: Environment) -> Flow[Held | Seen | None]:
    """Take it, if nothing has changed since it was read. A first version is the holder's own token."""
    token, fence = environment.write_token(), _fence(item or {}) + 1
    sent = environment.monotonic()
    values: Item = {":token": {"S": token}, ":seconds": _seconds(lease), ":fence": {"N": str(fence)}}
    condition = _unchanged(item, values)
    changes = "SET #holder = :token, #version = :token, #seconds = :seconds, #fence = :fence"
    call = _update(lease, changes, condition, values, environment)
    try:
        yield from request(call, environment, interprets=(_CONDITION_FAILED,), statement=lease)
    except Refused as refused:
        found: Payload = refused.error.body.get("Item") or {}
        if found.get("holder") != {"S": token}:
            return _seen(found, None, environment) if "holder" in found else None
    return Held(lease, token, fence, _until(lease, sent))


def _unchanged(item: Payload | None, values: Item) -> str:
    """The condition that the record is as it was read; adds what it takes to the values.

    The fencing number stands in it too, so that a request that was under way for long cannot take the lease
    after it was taken and given back.
    """
    if item is None:
        return "attribute_not_exists(#fence)"
    values[":last"] = item["fence"]
    if "version" not in item:
        return "attribute_not_exists(#holder) AND #fence = :last"
    values[":seen"] = item["version"]
    return "#version = :seen AND #fence = :last"


def _update(lease: Lease, changes: str, condition: str, values: Item, environment: Environment) -> Call:
    payload: Payload = {
        "TableName": environment.table_name(lease.table),
        "Key": lease.key,
        "UpdateExpression": changes,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {
            placeholder: name for placeholder, name in _NAMES.items() if placeholder in changes + condition
        },
        "ExpressionAttributeValues": values,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Call("UpdateItem", payload)


def _pause(lease: Lease, seen: Seen | None, environment: Environment) -> float:
    poll = min(_LONGEST_POLL, lease.duration.total_seconds() / 4) * (0.5 + environment.uniform() / 2)
    left = poll if seen is None else seen.gone_at - environment.monotonic()
    return max(min(poll, left), _SHORTEST_POLL)


def _until(lease: Lease, sent: float) -> float:
    return sent + (lease.duration - lease.safety).total_seconds()


def _seconds(lease: Lease) -> AttributeValue:
    return {"N": str(lease.duration.total_seconds())}


def _fence(item: Payload) -> int:
    return int(item["fence"]["N"]) if "fence" in item else 0


def _lost(held: Held, why: str) -> LeaseLost:
    return LeaseLost(
        f"{held.lease}: it was lost, {why}; another may have worked at the same time. Refuse what carries an "
        "older fencing number than the last.",
        lease=held.lease,
        fence=held.fence,
    )
