"""Compressed, encrypted and offloaded values, by every way into a table and out of it."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from datetime import timedelta

import pytest

from dynakit import (
    ConditionFailed,
    DecodeError,
    Environment,
    Item,
    LocalKeys,
    MemoryObjects,
    StatementError,
)
from tests.integration.backends import Database, Opener, each_store
from tests.integration.sealed_models import (
    KEYS,
    LONG,
    SECRET,
    Card,
    Clock,
    Letter,
    Ring,
    Stamp,
    a_letter,
    an_environment,
    letters,
)

FIRST = Letter.primary(box="b", number=1)
BOX = Letter.primary(box="b")
NOISE = "".join(random.Random(1).choices(string.ascii_letters, k=1000))


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


@pytest.fixture
def db(open_db: Opener, objects: MemoryObjects) -> Database:
    return open_db(letters, environment=an_environment(objects))


def by_update(db: Database) -> None:
    db.repository(Letter).create(a_letter(card=Card(number="x", pin=1), hint=None, body="", sealed=""))
    card, hint = Letter.card.set(Card(number=SECRET, pin=7)), Letter.hint.set(SECRET)
    db.repository(Letter).update(FIRST, card, hint, Letter.body.set(LONG), Letter.sealed.set(SECRET))


def by_upsert(db: Database) -> None:
    card, hint = Letter.card.set(Card(number=SECRET, pin=7)), Letter.hint.set_if_absent(SECRET)
    rest = (Letter.notes.set("n" * 500), Letter.body.set(LONG), Letter.sealed.set(SECRET))
    db.repository(Letter).upsert(FIRST, card, hint, *rest)


def by_save_changes(db: Database) -> None:
    stored = db.repository(Letter).create(a_letter(body="short"))
    stored.body = LONG
    saved = db.repository(Letter).save_changes(stored)
    assert saved.body == LONG
    saved.read = True
    saved = db.repository(Letter).save_changes(saved)
    saved.read = False
    db.repository(Letter).save_changes(saved)


def by_transaction(db: Database) -> None:
    with db.client.transaction() as tx:
        tx.create(a_letter())


def by_move(db: Database) -> None:
    db.repository(Letter).create(a_letter(9))
    db.repository(Letter).move(Letter.primary(box="b", number=9), Letter.number.set(1))


WRITES: dict[str, Callable[[Database], object]] = {
    "create": lambda db: db.repository(Letter).create(a_letter()),
    "put": lambda db: db.repository(Letter).put(a_letter()),
    "once": lambda db: db.repository(Letter).put(a_letter(), once=True),
    "put_many": lambda db: db.repository(Letter).put_many([a_letter()]),
    "update": by_update,
    "upsert": by_upsert,
    "save_changes": by_save_changes,
    "transaction": by_transaction,
    "move": by_move,
}


@each_store()
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_each_way_in_stores_no_plain_text_and_reads_back(db: Database, write: Callable[..., object]) -> None:
    write(db)
    stored = json.dumps(db.stored(FIRST))
    for plain in (SECRET, LONG, base64.b64encode(SECRET.encode()).decode()):
        assert plain not in stored
    assert db.repository(Letter).get(FIRST) == a_letter()


READS: dict[str, Callable[[Database], object]] = {
    "get": lambda db: db.repository(Letter).require(FIRST),
    "all": lambda db: db.repository(Letter).all(BOX)[0],
    "first": lambda db: db.repository(Letter).first(BOX.newest_first()),
    "page": lambda db: db.repository(Letter).page(BOX.limit(1)).items[0],
    "iterate": lambda db: next(iter(db.repository(Letter).iterate(BOX))),
    "get_many": lambda db: db.repository(Letter).get_many([FIRST])[0],
    "collect": lambda db: db.client.collect([Stamp, Letter], box="b")[Letter][0],
    "update": lambda db: db.repository(Letter).update(FIRST, Letter.read.set(False)),
}


@each_store()
def test_each_way_out_opens(db: Database) -> None:
    db.repository(Letter).create(a_letter())
    db.repository(Stamp).create(Stamp(box="b", number=1))
    for name, read in READS.items():
        assert read(db) == a_letter(), name


@each_store()
def test_a_projection_opens_what_it_holds(db: Database) -> None:
    db.repository(Letter).create(a_letter())
    row = next(iter(db.client.iterate(BOX.project(Letter.hint, Letter.body))))
    assert (row[Letter.hint], row[Letter.body]) == (SECRET, LONG)


@each_store()
def test_a_value_moved_to_another_item_is_refused(db: Database) -> None:
    repository = db.repository(Letter)
    repository.put_many([a_letter(1), a_letter(2)])
    stolen = stored_of(db, 1)
    for name in ("card", "hint", "body"):
        db.put_raw(letters, {**stored_of(db, 2), name: stolen[name]})
        with pytest.raises(DecodeError, match=f"Letter.{name}"):
            repository.get(Letter.primary(box="b", number=2))
        repository.put(a_letter(2))


@each_store()
def test_a_value_moved_to_another_attribute_is_refused(db: Database) -> None:
    db.repository(Letter).put(a_letter())
    item = stored_of(db, 1)
    db.put_raw(letters, {**item, "other_hint": item["hint"]})
    with pytest.raises(DecodeError, match="altered, or encrypted for another item, attribute or table"):
        db.repository(Letter).get(FIRST)


@each_store()
def test_a_value_altered_by_one_byte_is_refused(db: Database) -> None:
    db.repository(Letter).put(a_letter())
    item = stored_of(db, 1)
    data = base64.b64decode(item["hint"].get("B", ""))
    for place in (0, 1, 3, 7, 20, len(data) // 2, len(data) - 1):
        changed = bytes(byte ^ (index == place) for index, byte in enumerate(data))
        db.put_raw(letters, {**item, "hint": {"B": base64.b64encode(changed).decode()}})
        with pytest.raises(DecodeError, match="Letter.hint") as error:
            db.repository(Letter).get(FIRST)
        assert SECRET not in str(error.value)


@each_store()
def test_plain_text_in_place_of_an_encrypted_value_is_refused(db: Database) -> None:
    db.repository(Letter).put(a_letter())
    db.put_raw(letters, {**stored_of(db, 1), "hint": {"S": "forged"}})
    with pytest.raises(DecodeError, match="is not encrypted"):
        db.repository(Letter).get(FIRST)


@each_store()
def test_keys_rotate_and_a_key_that_is_not_given_is_named(open_db: Opener, objects: MemoryObjects) -> None:
    ring = Ring(LocalKeys(KEYS, current="old"))
    repository = open_db(letters, environment=an_environment(objects, keys=ring)).repository(Letter)
    repository.put(a_letter())
    ring.keys = LocalKeys(KEYS, current="new")
    assert repository.get(FIRST) == a_letter()
    ring.keys = LocalKeys({"new": KEYS["new"]})
    with pytest.raises(DecodeError, match="key 'old', which is not known here; expected one of new"):
        repository.get(FIRST)


@each_store()
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Environment(), r"Letter.card: .* no keys; .* keys=LocalKeys"),
        (Environment(keys=LocalKeys(KEYS)), r"Letter.body: .* no objects; .* objects=S3Objects"),
    ],
)
def test_a_client_that_lacks_something_writes_nothing(
    open_db: Opener, given: Environment, message: str
) -> None:
    db = open_db(letters, environment=given)
    with pytest.raises(StatementError, match=message):
        db.repository(Letter).put(a_letter())
    assert db.everything(letters) == []


@each_store()
def test_large_values_are_elsewhere_and_small_ones_inline(db: Database, objects: MemoryObjects) -> None:
    db.repository(Letter).put(a_letter(body="short", parts={"a": "b"}))
    assert objects.keys == ()
    assert stored_of(db, 1)["body"] == {"S": "short"}
    db.repository(Letter).put(a_letter(sealed=NOISE, parts={"a": LONG}))
    assert len(objects.keys) == 3
    assert db.repository(Letter).get(FIRST) == a_letter(sealed=NOISE, parts={"a": LONG})


@each_store()
def test_what_looks_like_a_pointer_is_data(db: Database) -> None:
    """A dictionary of the user's cannot name an object to be read."""
    forged = {"bucket": "memory", "key": "k", "size": "1", "sha256": "x"}
    db.repository(Letter).put(a_letter(parts=forged))
    assert db.repository(Letter).require(FIRST).parts == forged


def overwrite_by_put(db: Database) -> None:
    db.repository(Letter).put(a_letter(body="short"))


def overwrite_by_update(db: Database) -> None:
    loaded = db.repository(Letter).require(FIRST)
    db.repository(Letter).update(loaded, Letter.body.set("short"))


def overwrite_in_transaction(db: Database) -> None:
    loaded = db.repository(Letter).require(FIRST)
    with db.client.transaction() as tx:
        tx.update(loaded, Letter.body.remove())


OVERWRITES: dict[str, Callable[[Database], object]] = {
    "put": overwrite_by_put,
    "update": overwrite_by_update,
    "transaction": overwrite_in_transaction,
    "delete": lambda db: db.repository(Letter).delete(FIRST),
}


@each_store()
@pytest.mark.parametrize("write", OVERWRITES.values(), ids=OVERWRITES)
def test_the_old_object_is_deleted_after_the_write(
    db: Database, objects: MemoryObjects, write: Callable[..., object]
) -> None:
    db.repository(Letter).put(a_letter())
    assert len(objects.keys) == 1
    write(db)
    assert not objects.keys


@each_store()
def test_a_write_that_fails_leaves_the_old_object(db: Database, objects: MemoryObjects) -> None:
    db.repository(Letter).put(a_letter())
    before = objects.keys
    with pytest.raises(ConditionFailed):
        db.repository(Letter).update(FIRST, Letter.body.set(LONG + "!"), where=Letter.read.is_true())
    assert set(before) < set(objects.keys)
    assert db.repository(Letter).require(FIRST).body == LONG


@each_store()
def test_a_missing_object_and_an_altered_one_are_told(db: Database, objects: MemoryObjects) -> None:
    db.repository(Letter).put(a_letter())
    (key,) = objects.keys
    environment = db.client.environment
    db.client.run(objects.put(key, b"Sother", environment))
    with pytest.raises(DecodeError, match="Letter.body: points to an object that was altered"):
        db.repository(Letter).get(FIRST)
    db.client.run(objects.delete([key], environment))
    with pytest.raises(DecodeError, match="Letter.body: points to an object that is not in"):
        db.repository(Letter).get(FIRST)


@each_store()
def test_the_sweep_finds_the_upload_of_a_write_that_failed(open_db: Opener, objects: MemoryObjects) -> None:
    clock = Clock()
    db = open_db(letters, environment=an_environment(objects, clock=clock))
    db.repository(Letter).put(a_letter())
    (kept,) = objects.keys
    with pytest.raises(ConditionFailed):
        db.repository(Letter).create(a_letter(body=NOISE))
    (orphan,) = set(objects.keys) - {kept}
    young = db.client.sweep(letters, delete=True)
    assert (young.orphans, young.listed, young.items) == ((), 2, 0)
    clock.days = 2
    told = db.client.sweep(letters)
    assert (told.orphans, told.deleted, len(objects.keys)) == ((orphan,), False, 2)
    swept = db.client.sweep(letters, delete=True)
    assert (swept.orphans, swept.size, swept.deleted, objects.keys) == ((orphan,), 1001, True, (kept,))
    assert db.repository(Letter).require(FIRST).body == LONG


@each_store()
def test_a_sweep_refuses_an_age_at_which_writes_may_be_under_way(db: Database) -> None:
    with pytest.raises(StatementError, match="expected 1:00:00 or more"):
        db.client.sweep(letters, older_than=timedelta(minutes=59))


def stored_of(db: Database, number: int) -> Item:
    item = db.stored(Letter.primary(box="b", number=number))
    assert item is not None
    return item
