"""A law of all writes: whatever is written in whatever order, what is stored is in step with itself.

After any sequence of writes every index key is what the templates say of the stored attributes, every guard
belongs to an item that has its value and each such item has its guards, versions only grow, and each write
ended as a model of the table says.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dynakit import (
    Attr,
    Client,
    DynakitError,
    Entity,
    Environment,
    Index,
    Item,
    ItemAlreadyExists,
    Key,
    NotFound,
    Repository,
    StatementError,
    Table,
    UniqueViolation,
    UpdateAction,
    VersionConflict,
    attr,
    calculated,
    deleted,
    unique,
    updated,
    version,
)
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, render_key
from tests.integration.backends import Database, Opener, only

lots = Table(
    "lots",
    pk="PK",
    sk="SK",
    indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK"), Index("GSI2", pk="GSI2PK", sk="GSI2SK")],
)


def label_of(owner: str | None, rank: int) -> str:
    return f"{owner}/{rank}"


class Lot(Entity, table=lots):
    """Two indexes, one of them sparse; a version, soft deletion, a calculated and a unique value."""

    primary = Key("LOT#{lot_id}", "LOT")
    by_owner = Key("OWNER#{owner}", "{rank:ordered}#{lot_id}", index="GSI1")
    by_label = Key("LABEL#{label}", "{updated_at}", index="GSI2")
    code_once = unique("code:lower")

    lot_id: Attr[str]
    owner: Attr[str | None] = attr(default=None)
    rank: Attr[int] = attr(default=0)
    code: Attr[str | None] = attr(default=None)
    label: Attr[str] = calculated(label_of)
    version: Attr[int] = version()
    updated_at: Attr[datetime] = updated()
    deleted_at: Attr[datetime | None] = deleted()


IDS = st.sampled_from(["a", "b"])
OWNERS = st.sampled_from(["ann", None])
CODES = st.sampled_from(["x", "X", None])
RANKS = st.integers(0, 1)
Outcome = type[DynakitError] | None


def owner_of(item: Item) -> str:
    return item["_owner"].get("M", {})["PK"].get("S", "")


class Writes(RuleBasedStateMachine):
    """Writes of two lots, by a client that also holds stale entities."""

    open_db: Callable[[], Database]

    def __init__(self) -> None:
        super().__init__()
        self.db = self.open_db()
        self.client: Client = self.db.client
        self.lots: Repository[Lot] = self.db.repository(Lot)
        self.model: dict[str, Lot] = {}
        self.held: dict[str, Lot] = {}
        self.versions: dict[str, int] = {}

    @rule(lot_id=IDS, owner=OWNERS, rank=RANKS, code=CODES)
    def create(self, lot_id: str, owner: str | None, rank: int, code: str | None) -> None:
        lot = Lot(lot_id=lot_id, owner=owner, rank=rank, code=code)
        expected: Outcome = None
        if lot_id in self.model:
            expected = ItemAlreadyExists
        elif self._taken(code, lot_id):
            expected = UniqueViolation
        if self._ends(lambda: self.lots.create(lot), expected):
            self.versions.pop(lot_id, None)
            self._now(lot)

    @rule(lot_id=IDS, owner=OWNERS, rank=RANKS, way=st.sampled_from(["by key", "rank", "owner", "both"]))
    def update(self, lot_id: str, owner: str | None, rank: int, way: str) -> None:
        key = Lot.primary(lot_id=lot_id)
        changes: list[UpdateAction[Lot]] = [] if way == "owner" else [Lot.rank.set(rank)]
        changes += [Lot.owner.set(owner)] if way in ("owner", "both") else []
        act = lambda: self.lots.update(key, *changes, fetch_missing=way in ("rank", "owner"))  # noqa: E731
        expected: Outcome = self._missing(lot_id)
        if way == "by key":
            expected = StatementError
        if (found := self._ends(act, expected)) is not None:
            self._now(found)

    @rule(lot_id=IDS, code=CODES, held=st.booleans())
    def recode(self, lot_id: str, code: str | None, held: bool) -> None:
        held = held and lot_id in self.held
        key = self.held[lot_id] if held else Lot.primary(lot_id=lot_id)
        act = lambda: self.lots.update(key, Lot.code.set(code))  # noqa: E731
        expected = self._missing(lot_id) or self._stale(key)
        if expected is None and self._taken(code, lot_id):
            expected = UniqueViolation
        if (found := self._ends(act, expected)) is not None:
            self._now(found)

    @rule(lot_id=IDS, owner=OWNERS, rank=RANKS, code=CODES, saves=st.booleans(), fresh=st.booleans())
    def write_back(  # noqa: PLR0917 - what a rule draws
        self, lot_id: str, owner: str | None, rank: int, code: str | None, saves: bool, fresh: bool
    ) -> None:
        held = self.lots.get(Lot.primary(lot_id=lot_id)) if fresh else self.held.get(lot_id)
        if held is None:
            return
        changed = held.model_copy(update={"owner": owner, "rank": rank, "code": code})
        same = saves and (owner, rank, code) == self._values(held)
        expected = self._missing(lot_id) or self._stale(changed)
        if expected is None and self._taken(code, lot_id):
            expected = UniqueViolation
        verb = self.lots.save_changes if saves else self.lots.replace
        if self._ends(lambda: verb(changed), None if same else expected) and not same:
            self._now(changed)

    @rule(lot_id=IDS, held=st.booleans())
    def move(self, lot_id: str, held: bool) -> None:
        to = "b" if lot_id == "a" else "a"
        held = held and lot_id in self.held
        key = self.held[lot_id] if held else Lot.primary(lot_id=lot_id)
        expected = self._missing(lot_id) or self._stale(key)
        if to in self.model:
            if expected is not None:
                return
            expected = ItemAlreadyExists
        if (found := self._ends(lambda: self.lots.move(key, Lot.lot_id.set(to)), expected)) is not None:
            del self.model[lot_id]
            self.versions.pop(to, None)
            self._now(found)

    @rule(lot_id=IDS, permanently=st.booleans(), held=st.booleans())
    def delete(self, lot_id: str, permanently: bool, held: bool) -> None:
        held = held and lot_id in self.held
        key = self.held[lot_id] if held else Lot.primary(lot_id=lot_id)
        there = lot_id in self.model if permanently else self._missing(lot_id) is None
        expected: Outcome = self._stale(key) if there else NotFound
        act = lambda: self.lots.delete(key, permanently=permanently)  # noqa: E731
        if not self._ends_quietly(act, expected):
            return
        if permanently:
            del self.model[lot_id]
        else:
            self._read(lot_id)

    @rule(lot_id=IDS)
    def restore(self, lot_id: str) -> None:
        hidden = lot_id in self.model and self.model[lot_id].deleted_at is not None
        act = lambda: self.lots.restore(Lot.primary(lot_id=lot_id))  # noqa: E731
        if (found := self._ends(act, None if hidden else NotFound)) is not None:
            self._now(found)

    @rule(first=IDS, code=CODES)
    def hand_over(self, first: str, code: str | None) -> None:
        """Delete one and create another in one transaction; the code may go over."""
        second = "b" if first == "a" else "a"
        if second in self.model or self._missing(first) is not None:
            return
        loaded = self.lots.require(Lot.primary(lot_id=first))
        made = Lot(lot_id=second, code=code)
        with self.client.transaction() as tx:
            tx.delete(loaded, permanently=True)
            tx.create(made)
        del self.model[first]
        self.versions.pop(second, None)
        self._now(made)

    @rule(lot_id=IDS)
    def hold(self, lot_id: str) -> None:
        """Keep the entity as it is now, to be stale later."""
        found = self.lots.get(Lot.primary(lot_id=lot_id))
        if found is not None:
            self.held[lot_id] = found

    @invariant()
    def everything_is_in_step(self) -> None:
        stored = self.db.everything(lots)
        items = [item for item in stored if "_owner" not in item]
        definition = definition_of(Lot)
        wanted: dict[str, str] = {}
        for item in items:
            lot = decode_item(definition, item)
            rendered: Item = {}
            for key in definition.keys.values():
                rendered.update(render_key(definition, key, lot.__dict__) or {})
            names = [name for name in item if name.startswith(("GSI", "PK", "SK"))]
            assert {name: item[name] for name in names} == rendered
            assert lot.label == label_of(lot.owner, lot.rank)
            assert lot == self.model[lot.lot_id]
            assert lot.version >= self.versions.get(lot.lot_id, 0)
            self.versions[lot.lot_id] = lot.version
            if lot.code is not None:
                wanted[lot.code.lower()] = f"LOT#{lot.lot_id}"
        assert {decode_item(definition, item).lot_id for item in items} == self.model.keys()
        guards = [item for item in stored if "_owner" in item]
        assert {item["PK"].get("S", "").rpartition("#")[2]: owner_of(item) for item in guards} == wanted

    def _ends(self, act: Callable[[], Lot], expected: Outcome) -> Lot | None:
        """Carry a write out, which must end as expected; what it gives, if it is done."""
        self.db.environment.sleep(1)
        if expected is None:
            return act()
        with pytest.raises(expected) as caught:
            act()
        assert caught.type is expected
        return None

    def _ends_quietly(self, act: Callable[[], None], expected: Outcome) -> bool:
        done = Lot(lot_id="done")

        def acted() -> Lot:
            act()
            return done

        return self._ends(acted, expected) is done

    def _now(self, lot: Lot) -> None:
        self.model[lot.lot_id] = lot.model_copy()

    def _read(self, lot_id: str) -> None:
        found = self.lots.get(Lot.primary(lot_id=lot_id), deleted=True)
        assert found is not None
        self.model[lot_id] = found

    def _missing(self, lot_id: str) -> Outcome:
        known = self.model.get(lot_id)
        return NotFound if known is None or known.deleted_at is not None else None

    def _stale(self, key: Any) -> Outcome:
        """What a held entity meets that was written since."""
        if not isinstance(key, Lot):
            return None
        known = self.model.get(key.lot_id)
        same = known is not None and (known.version, known.updated_at) == (key.version, key.updated_at)
        return None if same else VersionConflict

    def _taken(self, code: str | None, lot_id: str) -> bool:
        return code is not None and any(
            other.code is not None and other.code.lower() == code.lower()
            for other in self.model.values()
            if other.lot_id != lot_id
        )

    @staticmethod
    def _values(lot: Lot) -> tuple[str | None, int, str | None]:
        return lot.owner, lot.rank, lot.code


@only("local")
def test_whatever_is_written_all_stays_in_step(open_db: Opener) -> None:
    """On DynamoDB Local, which refuses what AWS refuses."""
    clock = Environment.simulated(now=datetime(2026, 1, 1, tzinfo=UTC))
    environment = replace(clock, entropy=os.urandom)

    class Machine(Writes):
        """On this backend."""

        @staticmethod
        def open_db() -> Database:
            return open_db(lots, environment=environment)

    examples = settings().max_examples // 2
    run_state_machine_as_test(Machine, settings=settings(max_examples=examples, stateful_step_count=40))
