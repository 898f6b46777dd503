"""A use case is tested on a repository without a store: statements remembered, answers from a list."""

from __future__ import annotations

import asyncio

import pytest

from dynakit import (
    AsyncRepository,
    ConditionFailed,
    Create,
    ItemAlreadyExists,
    NotFound,
    Put,
    Repository,
    Spy,
    StatementError,
    TransactWrite,
    Update,
)
from dynakit.operations.reply import ServiceError
from tests.unit.support.models import Customer, Order, Status, an_order

ORDER = an_order()
KEY = Order.primary(customer_id="c1", placed_at=ORDER.placed_at, order_id="o1")
OPEN = Order.by_status(status=Status.open)
CUSTOMER = Customer(customer_id="c1", email="a@b")


class Orders(Repository[Order]):
    def pay(self) -> Order:
        return self.update(KEY, Order.status.set(Status.paid), where=Order.status == Status.open)


def test_a_repository_runs_without_a_store() -> None:
    with Spy([ORDER, an_order(status=Status.paid)]) as spy:
        orders = Orders(spy.client)
        assert orders.get(KEY) == ORDER
        assert orders.pay().status is Status.paid
    assert spy.statements == [
        KEY,
        Update(KEY, Order.status.set(Status.paid), where=Order.status == Status.open),
    ]
    assert spy.names == ["get Order", "update Order"]
    assert [call.action for call in spy.calls] == ["GetItem", "UpdateItem"]


def test_the_same_list_serves_asynchronous_code() -> None:
    async def main(spy: Spy) -> list[object]:
        orders = AsyncRepository(spy.async_client, Order)
        return [await orders.get(KEY), await orders.all(OPEN), await orders.create(ORDER)]

    with Spy([None, [ORDER], None]) as spy:
        assert asyncio.run(main(spy)) == [None, [ORDER], ORDER]
    assert spy.statements == [KEY, OPEN, Create(ORDER)]


def test_entities_and_numbers_answer_queries_counts_and_batches() -> None:
    with Spy([[ORDER, ORDER], 7, [], [ORDER], ORDER, None]) as spy:
        orders = Orders(spy.client)
        assert orders.all(OPEN) == [ORDER, ORDER]
        assert orders.count(OPEN) == 7
        assert orders.first(OPEN) is None
        assert orders.get_many([KEY, an_order(order_id="o2")]) == [ORDER, None]
        assert orders.one(OPEN) == ORDER
        assert not orders.exists(KEY)


def test_none_is_the_success_of_a_write() -> None:
    with Spy([None, None, None, None]) as spy:
        orders = Orders(spy.client)
        assert orders.put(ORDER) == ORDER
        orders.delete(KEY)
        orders.put_many([ORDER])
        spy.client.execute(TransactWrite((Create(ORDER), Put(CUSTOMER))))
    assert [call.action for call in spy.calls] == [
        "PutItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
    ]


def test_an_error_reaches_the_caller_and_a_failure_is_one_attempt() -> None:
    taken = ItemAlreadyExists("taken")
    throttled = ServiceError(400, "ThrottlingException")
    with Spy(
        [taken, throttled, throttled, None, ServiceError(400, "ConditionalCheckFailedException")]
    ) as spy:
        orders = Orders(spy.client)
        with pytest.raises(ItemAlreadyExists) as caught:
            orders.create(ORDER)
        assert caught.value is taken
        assert orders.create(ORDER) == ORDER
        with pytest.raises(ConditionFailed):
            orders.put(ORDER, where=Order.total == 1)
    assert [call.attempt for call in spy.calls] == [1, 1, 2, 3, 1]
    assert len(spy.statements) == 3


def test_the_rules_of_statements_hold_without_a_store() -> None:
    """A wrong statement, and what is not found, fail as they would."""
    with Spy([None]) as spy:
        orders = Orders(spy.client)
        with pytest.raises(StatementError):
            orders.get(OPEN)
        with pytest.raises(NotFound):
            orders.require(KEY)
    assert len(spy.calls) == 1


def test_a_dict_is_the_reply_as_on_the_wire() -> None:
    with Spy([{"Items": [], "Count": 0, "ScannedCount": 3}]) as spy:
        assert Orders(spy.client).all(OPEN) == []


def test_a_call_without_an_answer_names_it() -> None:
    spy = Spy([])
    with pytest.raises(AssertionError, match=r"no answer is left for create Order \(PutItem\)"):
        Orders(spy.client).create(ORDER)


def test_answers_left_over_fail_the_block_unless_it_failed_by_itself() -> None:
    with pytest.raises(AssertionError, match="2 answers were not asked for: Order, int"), Spy([ORDER, 1]):
        pass
    with pytest.raises(LookupError), Spy([ORDER]):
        raise LookupError
    spy = Spy()
    spy.answer_with(None)
    with pytest.raises(AssertionError, match="1 answers"):
        spy.assert_all_used()


@pytest.mark.parametrize("answer", [7, [ORDER]])
def test_an_answer_that_the_action_cannot_give_is_refused(answer: int | list[Order]) -> None:
    with pytest.raises(AssertionError, match="GetItem cannot be answered with"):
        Orders(Spy([answer]).client).get(KEY)


def test_an_update_is_answered_with_the_entity_it_leaves() -> None:
    with pytest.raises(AssertionError, match="answer it with the entity, not with None"):
        Orders(Spy([None]).client).pay()
