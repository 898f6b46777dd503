"""Index keys follow an update that says where their other attributes come from, and a move."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dynakit import (
    Entity,
    ItemAlreadyExists,
    NotFound,
    Repository,
    StatementError,
    Update,
    VersionConflict,
)
from dynakit.schema.definition import definition_of
from dynakit.schema.item import decode_item, render_key
from dynakit.wire import Item
from tests.integration.backends import Database, Opener, each_store
from tests.integration.lifecycle_models import Document, Ticket, kept, virtual_time

ONE = Ticket.primary(ticket_id="1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(kept, environment=virtual_time())


@pytest.fixture
def tickets(db: Database) -> Repository[Ticket]:
    return db.repository(Ticket)


def rendered(entity: type[Entity], item: Item) -> Item:
    """The index keys that the templates give of the stored attributes."""
    definition = definition_of(entity)
    values = decode_item(definition, item).__dict__
    keys: Item = {}
    for key in definition.keys.values():
        keys.update(render_key(definition, key, values) or {})
    return keys


def assert_in_step(db: Database, entity: type[Entity], key: Ticket | Document) -> None:
    item = db.stored(key)
    assert item is not None
    assert {name: value for name, value in item.items() if name[:4] in ("GSI1", "GSI2", "PK", "SK")} == (
        rendered(entity, item)
    )


Source = Callable[[Ticket], dict[str, object]]
SOURCES: dict[str, Source] = {
    "current": lambda ticket: {"current": ticket},
    "fetch_missing": lambda _: {"fetch_missing": True},
}


@each_store()
@pytest.mark.parametrize("source", SOURCES)
def test_the_rest_of_a_key_is_taken_from_the_item(
    db: Database, tickets: Repository[Ticket], source: str
) -> None:
    ticket = tickets.create(Ticket(ticket_id="1", owner="ann", priority=12))
    with pytest.raises(StatementError, match="priority is not known"):
        tickets.update(ONE, Ticket.status.set("closed"))
    db.wire.clear()
    update: Update[Ticket] = Update(ONE, Ticket.status.set("closed"), **SOURCES[source](ticket))  # type: ignore[arg-type]
    found = db.client.execute(update)
    assert found.status == "closed"
    assert_in_step(db, Ticket, ticket)
    assert db.wire.actions == (["UpdateItem"] if source == "current" else ["GetItem", "UpdateItem"])


def test_an_index_whose_part_is_absent_loses_and_gets_its_keys(
    db: Database, tickets: Repository[Ticket]
) -> None:
    ticket = tickets.create(Ticket(ticket_id="1", owner="ann", priority=None))
    assert "GSI1PK" not in (db.stored(ONE) or {})
    tickets.update(ONE, Ticket.status.set("closed"), fetch_missing=True)
    assert_in_step(db, Ticket, ticket)
    tickets.update(ONE, Ticket.priority.set(3), fetch_missing=True)
    assert "GSI1PK" in (db.stored(ONE) or {})
    assert_in_step(db, Ticket, ticket)
    tickets.update(ONE, Ticket.priority.remove())
    assert "GSI1PK" not in (db.stored(ONE) or {})


def test_what_was_taken_must_still_be_so(db: Database, tickets: Repository[Ticket]) -> None:
    stale = tickets.create(Ticket(ticket_id="1", owner="ann"))
    tickets.update(ONE, Ticket.priority.set(9), Ticket.note.set("theirs"), fetch_missing=True)
    with pytest.raises(VersionConflict):
        tickets.update(ONE, Ticket.status.set("closed"), current=stale)
    tickets.update(ONE, Ticket.note.set("free"), current=stale)
    assert_in_step(db, Ticket, stale)


def test_what_is_fetched_is_fetched_until_nobody_writes_in_between(
    db: Database, tickets: Repository[Ticket]
) -> None:
    ticket = tickets.create(Ticket(ticket_id="1", owner="ann"))
    others = iter([7, 8, 9])

    def another_writer(_: object) -> None:
        if db.wire.actions[-1] == "UpdateItem" and (priority := next(others, None)):
            db.raw.execute(Update(ONE, Ticket.priority.set(priority), fetch_missing=True))

    db.wire.before = another_writer
    found = tickets.update(ONE, Ticket.status.set("closed"), fetch_missing=True)
    assert (found.status, found.priority) == ("closed", 9)
    assert_in_step(db, Ticket, ticket)
    assert db.wire.actions[-5:] == ["GetItem", *["UpdateItem"] * 4]


def test_a_false_where_is_told_apart_from_what_was_taken(tickets: Repository[Ticket]) -> None:
    ticket = tickets.create(Ticket(ticket_id="1", owner="ann"))
    with pytest.raises(Exception, match="the condition `status = .*` was false"):
        tickets.update(ONE, Ticket.status.set("closed"), where=Ticket.status == "none", current=ticket)


def test_current_must_be_the_item_as_it_was_loaded(tickets: Repository[Ticket]) -> None:
    with pytest.raises(StatementError, match="was not loaded whole"):
        tickets.update(ONE, Ticket.status.set("x"), current=Ticket(ticket_id="1", owner="ann"))
    other = tickets.create(Ticket(ticket_id="2", owner="ann"))
    with pytest.raises(StatementError, match="another item"):
        tickets.update(ONE, Ticket.status.set("x"), current=other)


def test_fetch_missing_of_a_missing_item_is_not_found(tickets: Repository[Ticket]) -> None:
    with pytest.raises(NotFound):
        tickets.update(ONE, Ticket.status.set("x"), fetch_missing=True)


def test_a_move_gives_an_item_another_key_and_keeps_the_rest(db: Database) -> None:
    documents = db.repository(Document)
    document = documents.create(Document(document_id="1", owner="ann", text="a"))
    table = db.name(kept)
    db.put_raw(kept, {**(db.stored(document) or {}), "colour": {"S": "red"}})
    document = documents.require(document)
    db.environment.sleep(60)
    moved = documents.move(document, Document.document_id.set("2"), Document.status.set("final"))
    assert table
    assert (moved.document_id, moved.status, moved.text, moved.version) == ("2", "final", "a", 2)
    assert moved.created_at == document.created_at
    [item] = db.everything(kept)
    assert item["colour"] == {"S": "red"}
    assert documents.require(moved) == moved
    assert_in_step(db, Document, moved)
    documents.move(Document.primary(document_id="2"), Document.document_id.set("3"))
    assert [one["PK"].get("S") for one in db.everything(kept)] == ["DOCUMENT#3"]


def test_a_move_is_refused_where_it_would_lose_something(db: Database, tickets: Repository[Ticket]) -> None:
    one = tickets.create(Ticket(ticket_id="1", owner="ann"))
    two = tickets.create(Ticket(ticket_id="2", owner="bob"))
    before = db.everything(kept)
    with pytest.raises(ItemAlreadyExists):
        tickets.move(one, Ticket.ticket_id.set("2"))
    with pytest.raises(StatementError, match="stays the same"):
        tickets.move(one, Ticket.note.set("x"))
    with pytest.raises(StatementError, match=r"expected \.set"):
        tickets.move(one, Ticket.priority.add(1))
    with pytest.raises(NotFound):
        tickets.move(Ticket.primary(ticket_id="9"), Ticket.ticket_id.set("8"))
    assert db.everything(kept) == before
    tickets.update(ONE, Ticket.note.set("theirs"))
    with pytest.raises(VersionConflict):
        tickets.move(one, Ticket.ticket_id.set("3"))
    tickets.delete(two)
    with pytest.raises(NotFound):
        tickets.move(two, Ticket.ticket_id.set("4"))
    assert [item["PK"].get("S") for item in db.everything(kept)] == ["TICKET#1"]
