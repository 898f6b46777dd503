"""Guards of unique constraints against the items they belong to: checked, repaired, made for old data.

A scan tells nothing of one moment, so each suspicion is looked at again in a transactional read before it is
reported or acted on, and each repair is a transaction that demands what was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dynakit.errors import CodecError
from dynakit.expressions.compile import Placeholders
from dynakit.operations.batch import get_items
from dynakit.operations.flow import Flow
from dynakit.operations.guard import same_value
from dynakit.operations.limits import Budget, units_used
from dynakit.operations.retry import request
from dynakit.operations.target import Target
from dynakit.operations.transact import Cancelled, transact, transact_call
from dynakit.operations.unique_standing import Upheld
from dynakit.operations.uniqueness import Release, Take
from dynakit.schema.unique import OWNER, Constraint
from dynakit.values import dataclass
from dynakit.wire import AttributeValue, Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.entity import Entity

Kind: TypeAlias = Literal["missing", "orphaned", "duplicate", "misdated", "unreadable"]

ATTEMPTS = 5
"""How often a repair that other writers got in the way of is looked at again."""


@dataclass(frozen=True)
class UniqueFinding:
    """One guard that is not as it should be; ``keys`` are the primary keys of the items it is about.

    ``missing``: an item has the value and no guard. ``orphaned``: the guard's owner is gone or has another
    value. ``duplicate``: two items have the value. ``misdated``: the guard expires at another time than its
    owner. ``unreadable``: the item's values cannot be read. A guard's key contains the value.
    """

    kind: Kind
    constraint: str
    guard: Item = field(repr=False)
    keys: tuple[Item, ...] = field(repr=False)
    repaired: bool = False


@dataclass(frozen=True)
class UniqueReport:
    """What a check or repair found: the number of items and guards read, of findings, and the findings.

    ``findings`` are at most the first so many as were asked for; ``counts`` and ``repaired`` count all.
    """

    entity: str
    items: int
    guards: int
    counts: dict[Kind, int]
    repaired: int
    findings: tuple[UniqueFinding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong, or nothing is any more."""
        return sum(self.counts.values()) == self.repaired

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items())) or "all in order"
        repaired = f"; {self.repaired} repaired" if self.repaired else ""
        return f"{self.entity}: {self.items} items, {self.guards} guards: {counts}{repaired}"


def check_unique(
    entity: type[Entity],
    environment: Environment,
    *,
    repair: bool = False,
    listed: int = 1000,
    read_units_per_second: float | None = None,
) -> Flow[UniqueReport]:
    """Compare all items of an entity, and of those that share its constraints, with their guards.

    Reads the whole table consistently. With ``repair`` missing guards are made and orphaned ones deleted,
    while writers go on; duplicates are reported and left alone. Raises :class:`StatementError` for an entity
    without constraints.
    """
    checker = _Checker(Upheld.of(entity), environment, repair, listed)
    budget = Budget("check_unique", read_units_per_second)
    payload: Payload = {"TableName": checker.table_name, "ConsistentRead": True}
    if read_units_per_second is not None:
        payload["ReturnConsumedCapacity"] = "TOTAL"
    while True:
        yield from budget.wait(environment)
        reply = yield from request(
            Call("Scan", payload), environment, statement=f"check_unique of {entity.__name__}"
        )
        budget.spend(units_used(reply.payload, 0), environment)
        yield from checker.page(reply.payload.get("Items", []))
        after: Item | None = reply.payload.get("LastEvaluatedKey")
        if after is None:
            return checker.report(entity.__name__)
        payload = {**payload, "ExclusiveStartKey": after}


@dataclass(frozen=True)
class _Suspect:
    """A guard's key, and the item that claims or owns it."""

    constraint: Constraint
    guard: Item
    item: Item


@dataclass
class _Checker:
    upheld: Upheld
    environment: Environment
    repairs: bool
    listed: int
    items: int = 0
    guards: int = 0
    repaired: int = 0
    counts: Counter[Kind] = field(default_factory=Counter[Kind])
    findings: list[UniqueFinding] = field(default_factory=list[UniqueFinding])

    @property
    def table_name(self) -> str:
        return self.environment.table_name(self.upheld.table)

    def report(self, entity: str) -> UniqueReport:
        counts: dict[Kind, int] = {kind: count for kind, count in self.counts.items() if count}
        return UniqueReport(entity, self.items, self.guards, counts, self.repaired, tuple(self.findings))

    def page(self, rows: Sequence[Item]) -> Flow[None]:
        """Check what one page of the scan has: items by their guards, guards by their owners."""
        now = self.environment.now()
        claims = [claim for row in rows for claim in self._claims(row, now)]
        stored = yield from self._stored([claim.guard for claim in claims])
        for claim, guard in zip(claims, stored, strict=True):
            if guard is None or not _is_of(guard, claim.item) or self._date(claim.item) != self._date(guard):
                yield from self._look(claim)
        owned = [owned for row in rows for owned in self._owned(row)]
        owners = yield from self._stored([owned.item for owned in owned])
        for suspect, row, owner in zip(owned, self._guards(rows), owners, strict=True):
            if self.upheld.standing(suspect.constraint, row, owner, now) == "lacks":
                yield from self._look(suspect)

    def _claims(self, row: Item, now: datetime) -> Iterator[_Suspect]:
        if self.upheld.definition(row) is None:
            return
        self.items += 1
        try:
            claims = list(self.upheld.claims(row, now))
        except CodecError as error:
            self._note(UniqueFinding("unreadable", str(error.path), {}, (self.upheld.key(row),)))
            return
        yield from (_Suspect(constraint, guard, row) for constraint, guard in claims)

    def _guards(self, rows: Sequence[Item]) -> list[Item]:
        return [row for row in rows if self.upheld.constraint_of(row) is not None]

    def _owned(self, row: Item) -> Iterator[_Suspect]:
        constraint = self.upheld.constraint_of(row)
        if constraint is not None:
            self.guards += 1
            yield _Suspect(constraint, self.upheld.key(row), row[OWNER].get("M", {}))

    def _stored(self, keys: Sequence[Item]) -> Flow[list[Item | None]]:
        definition = next(iter(self.upheld.members.values()))
        own = [self.upheld.key(key) for key in keys]
        targets: list[Target[Any]] = [Target(definition, key, {}) for key in own]
        return (yield from get_items(own, targets, self.environment, consistent=True, where="check_unique"))

    def _look(self, suspect: _Suspect) -> Flow[None]:
        """Look again at one moment, and mend it; again where others write in between."""
        finding: UniqueFinding | None = None
        for _ in range(ATTEMPTS):
            finding, mend = yield from self._judged(suspect)
            if finding is None:
                return
            if not self.repairs or mend is None:
                break
            try:
                yield from transact(transact_call(mend, self.environment), self.environment, "check_unique")
            except Cancelled:
                continue
            finding = replace(finding, repaired=True)
            break
        if finding is not None:
            self._note(finding)

    def _judged(self, suspect: _Suspect) -> Flow[tuple[UniqueFinding | None, list[Payload] | None]]:
        """What is wrong at this moment, and the transaction that mends it."""
        key, now = self.upheld.key(suspect.item), self.environment.now()
        item, guard = yield from self._together(key, suspect.guard)
        claims = [] if item is None else [one for _, one in self.upheld.claims(item, now)]
        claimed = suspect.guard in claims
        if item is not None and claimed and (guard is None or _is_of(guard, key)):
            if guard is not None and self._date(guard) == self._date(item):
                return None, None
            kind: Kind = "missing" if guard is None else "misdated"
            return self._finding(kind, suspect, key), [self._check(key, item), self._take(suspect, item)]
        if guard is None:
            return None, None
        owner_key = guard[OWNER].get("M", {})
        owner = item if _is_of(guard, key) else (yield from self._together(owner_key, suspect.guard))[0]
        holds = self.upheld.standing(suspect.constraint, guard, owner, now) != "lacks"
        if item is not None and claimed:
            if holds:
                return self._finding("duplicate", suspect, owner_key, key), None
            taken = self._take(suspect, item, owner_key)
            return self._finding("missing", suspect, key), [
                self._check(key, item),
                self._check(owner_key, owner),
                taken,
            ]
        if holds:
            return None, None
        release = Release(suspect.constraint, self.upheld.table, suspect.guard, owner_key)
        mend = [self._check(owner_key, owner), release.member(self.environment)]
        return self._finding("orphaned", suspect, owner_key), mend

    def _together(self, item: Item, guard: Item) -> Flow[tuple[Item | None, Item | None]]:
        gets = [{"Get": {"TableName": self.table_name, "Key": key}} for key in (item, guard)]
        call = Call("TransactGetItems", {"TransactItems": gets})
        found = yield from transact(call, self.environment, "check_unique", retry_conflicts=True)
        one, two = found["Responses"]
        return one.get("Item"), two.get("Item")

    def _check(self, key: Item, item: Item | None) -> Payload:
        """That an item is still as it was read, or still not there."""
        placeholders = Placeholders()
        own = placeholders.name(self.upheld.table.partition.name)
        written = [f"attribute_exists({own})" if item is not None else f"attribute_not_exists({own})"]
        written += [] if item is None else [one.write(placeholders) for one in self.upheld.as_read(item)]
        payload: Payload = {
            "TableName": self.table_name,
            "Key": key,
            "ConditionExpression": " AND ".join(written),
        }
        placeholders.add_to(payload)
        return {"ConditionCheck": payload}

    def _take(self, suspect: _Suspect, item: Item, *besides: Item) -> Payload:
        take = Take(
            suspect.constraint,
            self.upheld.table,
            suspect.guard,
            self.upheld.key(item),
            self.environment.now(),
            self._date(item),
            besides,
        )
        return take.member(self.environment)

    def _date(self, item: Item) -> AttributeValue | None:
        name = self.upheld.table.time_to_live
        return None if name is None else item.get(name)

    def _finding(self, kind: Kind, suspect: _Suspect, *keys: Item) -> UniqueFinding:
        return UniqueFinding(kind, suspect.constraint.name, suspect.guard, keys)

    def _note(self, finding: UniqueFinding) -> None:
        self.counts[finding.kind] += 1
        self.repaired += finding.repaired
        if len(self.findings) < self.listed:
            self.findings.append(finding)


def _is_of(guard: Item, item: Item) -> bool:
    """Whether a guard belongs to the item of this key."""
    owner = guard[OWNER].get("M", {})
    return all(name in item and same_value(value, item[name]) for name, value in owner.items())
