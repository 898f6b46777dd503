"""Races for what dynakit keeps, on DynamoDB Local: the embedded backend makes its calls one at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from dynakit import (
    Check,
    Create,
    Delete,
    ItemAlreadyExists,
    NotFound,
    Put,
    Replace,
    Repository,
    TransactionCancelled,
    TransactWrite,
    Update,
    VersionConflict,
)
from dynakit.operations.member import Member
from tests.integration.backends import Database, Opener, each_store, only
from tests.integration.lifecycle_models import Document, Ticket, kept

RACERS = 20
ONE, TICKET = Document.primary(document_id="1"), Ticket.primary(ticket_id="1")


@pytest.fixture
def db(open_db: Opener) -> Database:
    return open_db(kept)


def race(run: Callable[[int], bool], racers: int = RACERS) -> int:
    """Let all racers start at once; how many of them won."""
    start = Barrier(racers)

    def racer(number: int) -> bool:
        start.wait()
        return run(number)

    with ThreadPoolExecutor(racers) as pool:
        return sum(pool.map(racer, range(racers)))


Save = Callable[[Repository[Document], Document], object]

SAVES: dict[str, Save] = {
    "replace": lambda documents, document: documents.replace(document),
    "save_changes": lambda documents, document: documents.save_changes(document),
}


@only("local")
@pytest.mark.parametrize("name", SAVES)
def test_no_change_is_lost_that_is_repeated_on_conflict(db: Database, name: str) -> None:
    documents = db.repository(Document)
    documents.create(Document(document_id="1", owner="o", priority=0))

    def count_up(_: int) -> bool:
        while True:
            document = documents.require(ONE, consistent=True)
            document.priority += 1
            try:
                SAVES[name](documents, document)
            except VersionConflict:
                continue
            return True

    assert race(count_up) == RACERS
    found = documents.require(ONE, consistent=True)
    assert (found.priority, found.version) == (RACERS, RACERS + 1)


@only("local")
def test_of_many_moves_of_one_item_one_is_done(db: Database) -> None:
    documents = db.repository(Document)
    document = documents.create(Document(document_id="1", text="whole"))

    def move(number: int) -> bool:
        key = document if number % 2 else ONE
        try:
            documents.move(key, Document.document_id.set(f"to-{number}"))
        except (VersionConflict, NotFound):
            return False
        return True

    assert race(move) == 1
    [item] = db.everything(kept)
    assert item["text"] == {"S": "whole"}
    assert item["PK"].get("S", "").startswith("DOCUMENT#to-")


@only("local")
def test_of_many_moves_to_one_key_one_is_done(db: Database) -> None:
    documents = db.repository(Document)
    for number in range(RACERS):
        documents.create(Document(document_id=str(number)))

    def move(number: int) -> bool:
        try:
            documents.move(Document.primary(document_id=str(number)), Document.document_id.set("taken"))
        except ItemAlreadyExists:
            return False
        return True

    assert race(move) == 1
    assert len(db.everything(kept)) == RACERS


@only("local")
def test_the_index_key_is_what_the_templates_say_whoever_wrote_which_part_of_it(db: Database) -> None:
    tickets = db.repository(Ticket)
    tickets.create(Ticket(ticket_id="1", owner="ann"))

    def change(number: int) -> bool:
        part = Ticket.status.set(f"s{number}") if number % 2 else Ticket.priority.set(number)
        return tickets.update(TICKET, part, fetch_missing=True).ticket_id == "1"

    assert race(change, 10) == 10
    found = tickets.require(TICKET, consistent=True)
    assert found.status != "open"
    assert found.priority != 1
    key = {name: value for name, value in (db.stored(TICKET) or {}).items() if name.startswith("GSI")}
    tickets.put(found)
    again = db.stored(TICKET) or {}
    assert key == {name: value for name, value in again.items() if name.startswith("GSI")}
    assert tickets.all(Ticket.by_owner(owner="ann")) == [found]


def five(db: Database) -> list[Member]:
    """Writes and a check of five items that can all be done."""
    documents, tickets = db.repository(Document), db.repository(Ticket)
    loaded = [documents.create(Document(document_id=str(number))) for number in (2, 3)]
    for number in (4, 5):
        tickets.create(Ticket(ticket_id=str(number), owner="ann"))
    loaded[0].text = "changed"
    return [
        Create(Document(document_id="1")),
        Replace(loaded[0]),
        Update(loaded[1], Document.text.set("changed")),
        Delete(Ticket.primary(ticket_id="4")),
        Check(Ticket.primary(ticket_id="5"), Ticket.status == "open"),
    ]


@each_store()
@pytest.mark.parametrize("position", range(5))
def test_a_transaction_of_five_names_the_one_that_failed_and_writes_nothing(
    db: Database, position: int
) -> None:
    parts = five(db)
    spoilt: tuple[Callable[[], object], ...] = (
        lambda: db.raw.execute(Create(Document(document_id="1"))),
        lambda: db.raw.execute(Update(Document.primary(document_id="2"), Document.text.set("theirs"))),
        lambda: db.raw.execute(Update(Document.primary(document_id="3"), Document.text.set("theirs"))),
        lambda: db.raw.execute(Delete(Ticket.primary(ticket_id="4"))),
        lambda: db.raw.execute(Put(Ticket(ticket_id="5", owner="ann", status="shut"))),
    )
    spoilt[position]()
    before = db.everything(kept)
    with pytest.raises(TransactionCancelled) as caught:
        db.client.execute(TransactWrite(tuple(parts)))
    codes = ["ConditionalCheckFailed" if number == position else "None" for number in range(5)]
    assert [reason.code for reason in caught.value.reasons] == codes
    assert [reason.operation for reason in caught.value.reasons] == parts
    assert db.everything(kept) == before
