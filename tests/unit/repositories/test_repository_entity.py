"""Which entity a repository is of, and what each verb of it sends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

import pytest

from dynakit import AsyncRepository, Client, DefinitionError, Entity, Environment, Repository
from dynakit.client.aio import AsyncClient
from dynakit.wire import Call, Payload
from tests.unit.support.checked import checked
from tests.unit.support.models import Customer, Invoice

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

BILL = Invoice(customer_id="c1", number=1)
BILLS = Invoice.primary(customer_id="c1")
KEY = {"PK": {"S": "CUSTOMER#c1"}, "SK": {"S": "INVOICE#000001"}}
ITEM = {**KEY, "customer_id": {"S": "c1"}, "number": {"N": "1"}, "_type": {"S": "Invoice"}}


class Recorded:
    """A transport that answers each call with an item, and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def send(self, call: Call) -> Payload:
        self.calls.append(checked(call))
        responses = {"shop": [ITEM]}
        return {"Item": ITEM, "Items": [ITEM], "Count": 1, "Attributes": ITEM, "Responses": responses}

    def close(self) -> None:
        self.calls.append(Call("closed", {}))


class AsyncRecorded(Recorded):
    async def send(self, call: Call) -> Payload:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().send(call)

    async def close(self) -> None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        super().close()


def client() -> tuple[Client, Recorded]:
    transport = Recorded()
    return Client(transport, Environment.simulated()), transport


class Invoices(Repository[Invoice]):
    pass


class Counted(Repository[E], Generic[E]):
    """A base of the user's own, with a verb for any entity."""


class OldInvoices(Invoices):
    pass


class CountedInvoices(Counted[Invoice]):
    pass


@pytest.mark.parametrize("repository", [Invoices, OldInvoices, CountedInvoices])
def test_a_subclass_says_its_entity_also_through_bases(repository: type[Repository[Invoice]]) -> None:
    assert repository(client()[0]).entity is Invoice


def test_an_entity_given_is_taken() -> None:
    assert Repository(client()[0], Customer).entity is Customer


def test_a_repository_of_nothing_is_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        Counted[Invoice](client()[0])
    assert str(caught.value) == (
        "Counted: it names no entity. Pass it, as Counted(client, Order), or declare "
        "`class Counted(Repository[Order])`."
    )


# Each verb: how it is called, the action it sends, and what it gives.
VERBS: dict[str, tuple[Callable[[Repository[Invoice]], object], str, object]] = {
    "get": (lambda bills: bills.get(BILL), "GetItem", BILL),
    "require": (lambda bills: bills.require(BILL, consistent=True), "GetItem", BILL),
    "exists": (lambda bills: bills.exists(BILL), "GetItem", True),
    "create": (lambda bills: bills.create(BILL), "PutItem", BILL),
    "put": (lambda bills: bills.put(BILL, where=Invoice.number == 1), "PutItem", BILL),
    "replace": (lambda bills: bills.replace(BILL), "PutItem", BILL),
    "delete": (lambda bills: bills.delete(BILL, missing_ok=True), "DeleteItem", None),
    "first": (lambda bills: bills.first(BILLS), "Query", BILL),
    "one": (lambda bills: bills.one(BILLS), "Query", BILL),
    "all": (lambda bills: bills.all(BILLS), "Query", [BILL]),
    "iterate": (lambda bills: list(bills.iterate(BILLS)), "Query", [BILL]),
    "page": (lambda bills: bills.page(BILLS).items, "Query", [BILL]),
    "count": (lambda bills: bills.count(BILLS), "Query", 1),
    "get_many": (lambda bills: bills.get_many([BILL]), "BatchGetItem", [BILL]),
    "put_many": (lambda bills: bills.put_many([BILL]), "BatchWriteItem", None),
    "delete_many": (lambda bills: bills.delete_many([BILL]), "BatchWriteItem", None),
}


@pytest.mark.parametrize(("verb", "action", "expected"), VERBS.values(), ids=VERBS)
def test_a_verb_sends_one_action_and_gives_its_result(
    verb: Callable[[Repository[Invoice]], object], action: str, expected: object
) -> None:
    db, transport = client()
    assert verb(Invoices(db)) == expected
    assert [call.action for call in transport.calls] == [action]


def test_updates_give_the_item_as_it_then_is() -> None:
    db, transport = client()
    customers = Repository(db, Customer)
    ann = Customer.primary(customer_id="c1")
    with pytest.raises(Exception, match="the item's type is 'Invoice'; expected 'Customer'"):
        customers.update(ann, Customer.active.set(False))
    with pytest.raises(Exception, match="the item's type is 'Invoice'; expected 'Customer'"):
        customers.upsert(ann, Customer.active.set(False))
    assert [call.action for call in transport.calls] == ["UpdateItem", "UpdateItem"]


def test_the_awaited_verbs_send_the_same() -> None:
    async def run() -> list[Call]:
        transport = AsyncRecorded()
        async with AsyncClient(transport, Environment.simulated()) as db:
            bills = AsyncRepository(db, Invoice)
            assert await bills.get(BILL) == BILL
            assert await bills.create(BILL) == BILL
            assert [bill async for bill in bills.iterate(BILLS)] == [BILL]
            assert (await bills.page(BILLS)).items == [BILL]
        return transport.calls

    assert [call.action for call in asyncio.run(run())] == ["GetItem", "PutItem", "Query", "Query", "closed"]


def test_a_client_closes_its_transport_at_the_end_of_its_block() -> None:
    db, transport = client()
    with db as same:
        assert same is db
    assert transport.calls == [Call("closed", {})]


def test_iterating_sends_nothing_before_it_is_asked() -> None:
    db, transport = client()
    results = Invoices(db).iterate(BILLS)
    assert transport.calls == []
    assert next(results) == BILL
    assert len(transport.calls) == 1
