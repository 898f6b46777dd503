"""Where features of writes meet: hidden items, unique values, moves, subclasses, batches."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dynakit import (
    Attr,
    Check,
    ConditionFailed,
    Entity,
    Index,
    Key,
    NotFound,
    Query,
    StatementError,
    Table,
    TransactionCancelled,
    TransactWrite,
    UniqueViolation,
    Update,
    attr,
    calculated,
    deleted,
    expires,
    unique,
    updated,
    version,
)
from tests.integration.backends import Database, Opener, each_store
from tests.integration.lifecycle_models import START, virtual_time

adverse = Table(
    "adverse", pk="PK", sk=None, time_to_live="ttl", indexes=[Index("GSI1", pk="GSI1PK", sk="GSI1SK")]
)


def plus_one(count: int) -> int:
    return count + 1


class Visit(Entity, table=adverse):
    """Everything that hides an item, and a version."""

    primary = Key("VISIT#{visit_id}")
    by_change = Key("VISITS", "{place}#{changed_at}", index="GSI1")

    visit_id: Attr[str]
    place: Attr[str] = attr(default="")
    count: Attr[int] = attr(default=0)
    more: Attr[int] = calculated(plus_one)
    until: Attr[datetime] = expires(after=timedelta(hours=1))
    deleted_at: Attr[datetime | None] = deleted()
    changed_at: Attr[datetime] = updated()
    number: Attr[int] = version()


class Tally(Entity, table=adverse):
    """Without a version; nested values that may be missing."""

    primary = Key("TALLY#{tally_id}")
    by_change = Key("TALLIES", "{place}#{changed_at}", index="GSI1")

    tally_id: Attr[str]
    place: Attr[str] = attr(default="")
    count: Attr[int] = attr(default=0)
    more: Attr[int] = calculated(plus_one)
    until: Attr[datetime] = expires(after=timedelta(hours=1))
    deleted_at: Attr[datetime | None] = deleted()
    changed_at: Attr[datetime] = updated()


class Voucher(Entity, table=adverse):
    """Its code stands in an index key only, and is free while it is deleted."""

    primary = Key("VOUCHER#{voucher_id}")
    by_code = Key("CODE#{code}", "VOUCHER", index="GSI1")
    code_once = unique("code", kept_when_deleted=False)

    voucher_id: Attr[str]
    code: Attr[str] = attr(key_only=True)
    until: Attr[datetime] = expires(after=timedelta(hours=1))
    deleted_at: Attr[datetime | None] = deleted()


class Animal(Entity, table=adverse):
    """A base with a constraint that its subclasses share."""

    primary = Key("ANIMAL#{animal_id}")
    chip_once = unique("chip")

    animal_id: Attr[str]
    chip: Attr[str | None] = attr(default=None)


class Dog(Animal, table=adverse):
    """With a constraint of its own."""

    tag_once = unique("tag")

    tag: Attr[str | None] = attr(default=None)


class Cat(Animal, table=adverse):
    """With nothing of its own to keep."""

    lives: Attr[int] = attr(default=9)


VISIT, TALLY = Visit.primary(visit_id="1"), Tally.primary(tally_id="1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(adverse, environment=virtual_time())


def visit(db: Database, **changes: object) -> Visit:
    with db.environment.use():
        return Visit.model_validate({"visit_id": "1", **changes})


def tally(db: Database, **changes: object) -> Tally:
    with db.environment.use():
        return Tally.model_validate({"tally_id": "1", **changes})


def guards(db: Database) -> dict[str, str]:
    return {
        item["PK"].get("S", "").removeprefix("$UNIQUE#"): item["_owner"].get("M", {})["PK"].get("S", "")
        for item in db.everything(adverse)
        if "_owner" in item
    }


@each_store()
def test_a_versioned_item_that_was_never_stored_may_be_put_over_an_expired_one(db: Database) -> None:
    visits = db.repository(Visit)
    visits.create(visit(db, count=5))
    with pytest.raises(Exception, match="written since"):
        visits.put(visit(db))
    db.environment.sleep(3600)
    assert visits.put(visit(db)).number == 1
    assert visits.require(VISIT).count == 0


@each_store()
def test_an_upsert_makes_an_expired_item_anew(db: Database) -> None:
    tallies = db.repository(Tally)
    tallies.create(tally(db, count=5))
    place, count = Tally.place.set("x"), Tally.count.set(1)
    assert tallies.upsert(TALLY, place, count).until == START + timedelta(hours=1)
    db.environment.sleep(3600)
    found = tallies.upsert(TALLY, place, count)
    assert (found.count, found.until) == (1, START + timedelta(hours=2))
    assert tallies.get(TALLY) == found


@each_store()
def test_an_upsert_of_a_deleted_item_is_refused(db: Database) -> None:
    tallies = db.repository(Tally)
    tallies.create(tally(db, count=5))
    tallies.delete(TALLY)
    before = db.everything(adverse)
    with pytest.raises(NotFound, match="hidden"):
        tallies.upsert(TALLY, Tally.place.set("x"), Tally.count.set(1))
    with pytest.raises(ConditionFailed):
        tallies.put(tally(db), where=Tally.count == 5)
    with pytest.raises(TransactionCancelled):
        db.client.execute(TransactWrite((Check(TALLY, Tally.count == 5),)))
    assert db.everything(adverse) == before
    db.client.execute(TransactWrite((Check(Tally.primary(tally_id="2"), Tally.count.not_exists()),)))


@each_store()
def test_deletion_and_restoration_read_what_an_index_key_of_the_moment_needs(db: Database) -> None:
    tallies = db.repository(Tally)
    tallies.create(tally(db, place="hall"))
    for seconds, act in ((60, tallies.delete), (120, tallies.restore)):
        db.environment.sleep(60)
        act(TALLY)
        stored = db.stored(TALLY)
        assert stored is not None
        moment = (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert stored["GSI1SK"] == {"S": f"hall#{moment}"}


def test_a_batch_keeps_what_a_put_keeps(db: Database) -> None:
    tallies = db.repository(Tally)
    one = tally(db)
    one.count = 7
    db.environment.sleep(60)
    tallies.put_many([one])
    assert (one.more, one.changed_at) == (8, START + timedelta(seconds=60))
    assert tallies.require(TALLY) == one


@each_store()
def test_a_restored_value_is_held_until_the_item_expires(db: Database) -> None:
    """The code stands only inside a key, from which its guard is told."""
    vouchers = db.repository(Voucher)
    with db.environment.use():
        one, two = (Voucher(voucher_id=number, code="abc") for number in ("1", "2"))
    vouchers.create(one)
    with pytest.raises(UniqueViolation):
        vouchers.create(two)
    vouchers.delete(one)
    assert guards(db) == {}
    vouchers.restore(Voucher.primary(voucher_id="1"))
    with pytest.raises(UniqueViolation):
        vouchers.create(two)
    vouchers.update(Voucher.primary(voucher_id="1"), Voucher.code.set("xyz"))
    assert guards(db) == {"Voucher#code_once#xyz": "VOUCHER#1"}
    db.environment.sleep(3600)
    with db.environment.use():
        vouchers.create(Voucher(voucher_id="3", code="xyz"))
    assert guards(db) == {"Voucher#code_once#xyz": "VOUCHER#3"}


@each_store()
def test_a_move_by_key_reads_again_while_others_write(db: Database) -> None:
    cats = db.repository(Cat)
    cats.create(Cat(animal_id="1"))
    others = iter([7, 8])

    def another_writer(_: object) -> None:
        if db.wire.actions[-1] == "TransactWriteItems" and (lives := next(others, None)):
            db.raw.execute(Update(Cat.primary(animal_id="1"), Cat.lives.set(lives)))

    db.wire.before = another_writer
    moved = cats.move(Cat.primary(animal_id="1"), Cat.animal_id.set("2"))
    assert (moved.animal_id, moved.lives) == ("2", 8)


def test_a_hidden_item_is_not_moved(db: Database) -> None:
    visits = db.repository(Visit)
    visits.create(visit(db))
    loaded = visits.require(VISIT)
    db.environment.sleep(3600)
    for key in (VISIT, loaded):
        with pytest.raises(NotFound):
            visits.move(key, Visit.visit_id.set("2"))


@each_store()
def test_subclasses_share_a_constraint_of_their_base_and_keep_their_type(db: Database) -> None:
    animals, dogs, cats = db.repository(Animal), db.repository(Dog), db.repository(Cat)
    dogs.create(Dog(animal_id="1", chip="c", tag="t"))
    with pytest.raises(UniqueViolation, match="Animal.chip_once"):
        cats.create(Cat(animal_id="2", chip="c"))
    one: Query[Animal] = Animal.primary(animal_id="1")
    with pytest.raises(StatementError, match="may be a Dog, whose tag_once"):
        animals.delete(one)
    moved = animals.move(one, Animal.animal_id.set("3"))
    assert moved == Dog(animal_id="3", chip="c", tag="t")
    assert guards(db) == {"Animal#chip_once#c": "ANIMAL#3", "Dog#tag_once#t": "ANIMAL#3"}
    dogs.delete(Dog.primary(animal_id="3"))
    assert guards(db) == {}
