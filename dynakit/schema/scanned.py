"""The request of a scan, and what it makes of the rows: which entity they are, which are left out.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dynakit.errors import StatementError
from dynakit.expressions.compile import Placeholders, WireWriter, check_length
from dynakit.expressions.condition import MAX_IN_OPERANDS, Condition, all_of
from dynakit.schema.definition import Definition, EntityKey
from dynakit.schema.family import type_of
from dynakit.schema.hidden import hidden_filter, hiding
from dynakit.schema.item import decode_item, is_of
from dynakit.schema.lifecycle import is_hidden
from dynakit.schema.partial import decode_values
from dynakit.schema.private import is_private_key
from dynakit.schema.request import missing_from
from dynakit.schema.resolver import EntityResolver
from dynakit.table import Index
from dynakit.values import dataclass
from dynakit.wire import Call, Item, Payload

if TYPE_CHECKING:
    from dynakit.environment import Environment
    from dynakit.schema.scan import Scan


@dataclass(frozen=True)
class Scanned:
    """One entity of a scan, and the user's filters on it; ``where`` names the scan in errors."""

    where: str
    definition: Definition[Any]
    index: Index | None
    filters: tuple[Condition[Any], ...]

    @property
    def key(self) -> EntityKey:
        """The pattern on the table or index. Raises :class:`StatementError` where there is none."""
        if self.index is None:
            return self.definition.primary_key
        for key in self.definition.keys.values():
            if key.index == self.index:
                return key
        raise StatementError(
            f"{self.where}: {self.definition.name} has no pattern on index {self.index.name!r}. Scan the "
            "table, or leave the entity out."
        )

    @property
    def holds_type(self) -> bool:
        """Whether rows have the type attribute."""
        name = self.definition.stored_in.type_attribute
        return name is not None and self.held(name)

    def held(self, stored: str) -> bool:
        """Whether rows have this attribute, where the item has it."""
        held = self.definition.stored_in.held_by(self.index)
        return held is None or stored in held

    def decode(self, scan: Scan[Any], row: Item) -> object:
        """Read a row as a result. Raises :class:`DecodeError`."""
        if scan.gives_dicts:
            return decode_values(self.definition, row, self.key)
        whole = self.key.gives_whole_items
        return decode_item(self.definition, row, whole=whole, trusted=scan.trusts)

    def check(self, scan: Scan[Any]) -> None:
        """Refuse an index whose rows are no whole items, or do not tell that they are hidden."""
        missing = [] if self.key.gives_whole_items else missing_from(self.definition, self.key)
        hides = hiding(self.definition, expired=scan.shows_expired, deleted=scan.shows_deleted)
        missing += [one.stored for one in hides if not self.held(one.stored)]
        if missing and self.index is not None:
            raise StatementError(
                f"{self.where}: index {self.index.name!r} does not hold {', '.join(dict.fromkeys(missing))}, "
                f"which a whole {self.definition.name} has. Scan the table."
            )

    def own_filter(self, placeholders: Placeholders) -> str | None:
        """The user's filter. Raises :class:`StatementError` for what the index does not hold."""
        condition: Condition[Any] | None = all_of(self.filters)
        if condition is None:
            return None
        resolver = EntityResolver(self.definition)
        for path in condition.paths():
            if not self.held(resolver.attribute(path).stored):
                raise StatementError(
                    f"{self.where}: the index does not hold {path}. Filter by what it holds."
                )
        return condition.write(WireWriter(resolver, placeholders))

    def whole_filter(self, scan: Scan[Any], placeholders: Placeholders, now: datetime) -> str | None:
        """The user's filter and the library's, without the type."""
        own = self.own_filter(placeholders)
        hidden = hidden_filter(
            self.definition, placeholders, now, expired=scan.shows_expired, deleted=scan.shows_deleted
        )
        return " AND ".join(text for text in (own and f"({own})", hidden) if text) or None

    def written(self) -> str:
        """The user's filter and its values as canonical text."""
        placeholders = Placeholders()
        payload: Payload = {"FilterExpression": self.own_filter(placeholders)}
        placeholders.add_to(payload)
        return json.dumps(payload, sort_keys=True)


def scan_call(
    scan: Scan[Any], environment: Environment, segment: int, *, start: Item | None, count: bool
) -> Call:
    """One request; see :meth:`dynakit.schema.scan.Scan.request`."""
    for one in scan.scanned:
        one.check(scan)
    payload: Payload = {"TableName": environment.table_name(scan.table)}
    if scan.index is not None:
        payload["IndexName"] = scan.index.name
    placeholders = Placeholders()
    written = _filter(scan, placeholders, environment.now())
    if written:
        payload["FilterExpression"] = check_length("filter", written)
    placeholders.add_to(payload)
    payload |= _selected(scan, count=count)
    if scan.total_segments > 1:
        payload |= {"Segment": segment, "TotalSegments": scan.total_segments}
    payload |= {"ConsistentRead": True} if scan.consistent_read else {}
    payload |= {} if scan.page_size is None else {"Limit": scan.page_size}
    payload |= {} if start is None else {"ExclusiveStartKey": start}
    return Call("Scan", {**payload, "ReturnConsumedCapacity": "TOTAL"}, item_by_item=True)


def owner(scan: Scan[Any], row: Item) -> Scanned | None:
    """The entity of a row; ``None`` for a foreign one."""
    likely = likely_owner(scan, row)
    return likely if likely is not None and is_of(likely.definition, row) else None


def likely_owner(scan: Scan[Any], row: Item) -> Scanned | None:
    """The entity of a row by its type; its key may be none of that entity's, as reading it will tell."""
    type_name = type_of(scan.definitions[0], row)
    if type_name is not None:
        return scan.by_type.get(type_name)
    if is_private_key(scan.table, row) and scan.table.type_attribute not in row:
        return None
    if len(scan.scanned) == 1:
        return scan.scanned[0]
    return next((one for one in scan.scanned if is_of(one.definition, row)), None)


def hides(scan: Scan[Any], one: Scanned, row: Item, now: datetime) -> bool:
    """Whether a row is left out as expired or softly deleted."""
    lifecycle = one.definition.lifecycle
    if not lifecycle.hides:
        return False
    return is_hidden(lifecycle, row, now, expired=scan.shows_expired, deleted=scan.shows_deleted)


def counts_rows(scan: Scan[Any]) -> bool:
    """Whether the service can count alone, because its filter tells the entities."""
    return scan.scanned[0].holds_type


def _selected(scan: Scan[Any], *, count: bool) -> Payload:
    if count and counts_rows(scan):
        return {"Select": "COUNT"}
    # A local index fetches from the table what it does not hold.
    partial = scan.index is not None and scan.table.held_by(scan.index) is not None
    return {"Select": "ALL_ATTRIBUTES"} if partial and scan.index and scan.index.local else {}


def _filter(scan: Scan[Any], placeholders: Placeholders, now: datetime) -> str | None:
    if not scan.scanned[0].holds_type:
        return _untyped_filter(scan, placeholders, now)
    texts = [(one, one.whole_filter(scan, placeholders, now)) for one in scan.scanned]
    plain = [one for one, text in texts if text is None]
    terms = [_types(some, placeholders) for some in _chunks(plain)]
    owned = [f"{_types([one], placeholders)} AND {text}" for one, text in texts if text is not None]
    return owned[0] if len(texts) == len(owned) == 1 else " OR ".join([*terms, *map("({})".format, owned)])


def _untyped_filter(scan: Scan[Any], placeholders: Placeholders, now: datetime) -> str | None:
    """Rows that do not tell their type can be filtered for one entity only; hidden ones are told later."""
    if len(scan.scanned) == 1:
        return scan.scanned[0].whole_filter(scan, placeholders, now)
    if scan.filters:
        raise StatementError(
            f"{scan}: rows have no type attribute by which a filter could tell the entities apart. Scan one "
            "entity, or choose among the results."
        )
    return None


def _types(members: Sequence[Scanned], placeholders: Placeholders) -> str:
    name = placeholders.name(str(members[0].definition.stored_in.type_attribute))
    types = [placeholders.value({"S": one.definition.type_name}) for one in members]
    return f"{name} = {types[0]}" if len(types) == 1 else f"{name} IN ({', '.join(types)})"


def _chunks(members: Sequence[Scanned]) -> list[Sequence[Scanned]]:
    return [members[start : start + MAX_IN_OPERANDS] for start in range(0, len(members), MAX_IN_OPERANDS)]
