"""PartiQL statements: names, parameters, what is refused; played with canned replies."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, LiteralString

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynakit import (
    ConditionFailed,
    ConnectionFailed,
    EncodeError,
    Environment,
    ItemAlreadyExists,
    OutcomeUnknown,
    Partiql,
    PartiqlBatch,
    PartiqlTransaction,
    StatementError,
    StatementsFailed,
    TransactionCancelled,
    show_values,
    typed,
)
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.wire import Item, Payload
from tests.unit.support.checked import checked, compiled
from tests.unit.support.models import NOON, Invoice, Order, Status, shop
from tests.unit.support.playing import Answer, Played, play

REAL = Environment.simulated(tables={"shop": 'prod"shop'})
BILL: Item = {
    "PK": {"S": "CUSTOMER#c1"},
    "SK": {"S": "INVOICE#000007"},
    "customer_id": {"S": "c1"},
    "number": {"N": "7"},
}
ALL = Partiql('SELECT * FROM {Invoice} WHERE "PK" = ?', ["CUSTOMER#c1"], entity=Invoice)
ROWS = Partiql('SELECT * FROM {shop} WHERE "PK" = ?', ["CUSTOMER#c1"], table=shop)
PAY = Partiql('UPDATE {Invoice} SET a = ? WHERE "PK" = ?', [1, "c"], entity=Invoice, bypass_upkeep=True)


def run(statement: Any, *answers: Answer) -> Played[Any]:
    environment = Environment.simulated()
    return play(statement.flow(environment), answers, environment)


WRITTEN: list[tuple[Partiql[Any], str]] = [
    (Partiql("SELECT * FROM {Order}", entity=Order), 'SELECT * FROM "prod""shop"'),
    (Partiql("SELECT * FROM {Order.by_status}", entity=Order), 'SELECT * FROM "prod""shop"."GSI1"'),
    (Partiql("SELECT a FROM {shop.by_total}", table=shop), 'SELECT a FROM "prod""shop"."by_total"'),
    (
        Partiql("INSERT INTO {shop} VALUE {'PK': ?, 'm': {}}", [1], table=shop, bypass_upkeep=True),
        "INSERT INTO \"prod\"\"shop\" VALUE {'PK': ?, 'm': {}}",
    ),
    (
        Partiql("SELECT * FROM {shop} WHERE a = '{shop} ? ''' AND \"?{shop}\" = ?", [1], table=shop),
        'SELECT * FROM "prod""shop" WHERE a = \'{shop} ? \'\'\' AND "?{shop}" = ?',
    ),
]


@pytest.mark.parametrize(("statement", "expected"), WRITTEN)
def test_names_are_replaced_and_quoted_outside_quotation_marks_only(
    statement: Partiql[Any], expected: str
) -> None:
    assert compiled(statement, REAL)["Statement"] == expected


@given(st.text())
def test_a_value_never_comes_into_the_text(value: str) -> None:
    statement = Partiql("SELECT * FROM {shop} WHERE a = ?", [value], table=shop)
    assert compiled(statement)["Statement"] == 'SELECT * FROM "shop" WHERE a = ?'


PARAMETERS: list[tuple[object, Payload]] = [
    ("x", {"S": "x"}),
    (1, {"N": "1"}),
    (Decimal("1.50"), {"N": "1.5"}),
    (True, {"BOOL": True}),
    (None, {"NULL": True}),
    (b"x", {"B": "eA=="}),
    (["a", 1], {"L": [{"S": "a"}, {"N": "1"}]}),
    ({"a": None}, {"M": {"a": {"NULL": True}}}),
    ({"a"}, {"SS": ["a"]}),
    (typed(Order.status, Status.paid), {"S": "paid"}),
    (typed(Order.placed_at, NOON), {"S": "2026-05-01T12:00:00.000000Z"}),
    (typed(Order.due, NOON), {"N": "1777636800"}),
]


@pytest.mark.parametrize(("value", "expected"), PARAMETERS)
def test_values_are_stored_as_their_attribute_says_or_as_undeclared_ones_are(
    value: object, expected: Payload
) -> None:
    assert compiled(Partiql("SELECT ? FROM {shop}", [value], table=shop))["Parameters"] == [expected]


def test_a_value_without_a_known_form_is_refused_by_its_place() -> None:
    statement = Partiql("SELECT * FROM {shop} WHERE a = ? AND b = ?", [1, NOON], table=shop)
    with pytest.raises(EncodeError, match=r"parameter 2 is <datetime>, .* typed\(Order.attribute"):
        compiled(statement)


REFUSED: list[tuple[LiteralString, list[object], str]] = [
    ("SELECT * FROM {Ordr}", [], "there is no {Ordr}; did you mean 'Order'?"),
    ("SELECT * FROM {Order.GSI1}", [], "there is no {Order.GSI1}"),
    ("SELECT * FROM {Order} WHERE a = ?", [], "it has 1 `?` and 0 parameters"),
    ("SELECT * FROM {Order} WHERE a = '?'", [1], "it has 0 `?` and 1 parameters"),
    ("DROP TABLE {Order}", [], "it begins with 'DROP'; expected one of SELECT"),
    ("", [], "it begins with ''"),
    ("INSERT INTO {Order} VALUE ?", [1], "does not keep rendered index keys"),
    ("update {Order} SET a = 1", [], "or say bypass_upkeep=True"),
    ("DELETE FROM {Order}", [], "Use put, update or delete"),
]


@pytest.mark.parametrize(("text", "parameters", "message"), REFUSED)
def test_what_is_wrong_is_refused_when_the_statement_is_made(
    text: LiteralString, parameters: list[object], message: str
) -> None:
    with pytest.raises(StatementError) as caught:
        Partiql(text, parameters, entity=Order)
    assert message in str(caught.value)


def test_a_statement_longer_than_8_kb_is_refused() -> None:
    text: LiteralString = "SELECT * FROM {shop} WHERE a = 'x" + "x" * 9000 + "'"
    with pytest.raises(StatementError, match="9,0.. characters; DynamoDB allows 8,192"):
        compiled(Partiql(text, table=shop))


def test_a_statement_says_what_it_is_and_its_text_only_where_values_are_shown() -> None:
    secret = Partiql("SELECT * FROM {shop} WHERE a = 'secret'", table=shop)
    assert str(secret) == "partiql `SELECT … {shop}`"
    with show_values():
        assert "secret" in str(secret)


def test_pages_are_read_to_the_end() -> None:
    played = run(
        ALL, {"Items": [BILL], "NextToken": "t1"}, {"Items": [], "NextToken": "t2"}, {"Items": [BILL]}
    )
    assert played.result == [Invoice(customer_id="c1", number=7)] * 2
    assert [payload.get("NextToken") for payload in played.payloads] == [None, "t1", "t2"]


def test_rows_of_a_table_are_dicts() -> None:
    assert run(ROWS, {"Items": [{"a": {"N": "1"}, "b": {"SS": ["x"]}}]}).result == [{"a": 1, "b": {"x"}}]


def test_a_read_whose_replies_are_lost_is_sent_again_and_never_unknown() -> None:
    played = run(ALL, *[ReplyLost("reset")] * 10)
    assert isinstance(played.raised, ConnectionFailed)
    assert len(played.calls) == 10


def test_a_write_whose_reply_is_lost_is_unknown_and_not_sent_again() -> None:
    played = run(PAY, ReplyLost("reset"))
    assert isinstance(played.raised, OutcomeUnknown)
    assert len(played.calls) == 1


@pytest.mark.parametrize("code", ["DuplicateItemException", "ConditionalCheckFailedException"])
def test_an_insert_of_what_is_there_is_said_so(code: str) -> None:
    insert = Partiql("INSERT INTO {Invoice} VALUE {'PK': ?}", ["x"], entity=Invoice, bypass_upkeep=True)
    played = run(insert, ServiceError(400, code, body={"Item": BILL}))
    assert isinstance(played.raised, ItemAlreadyExists)
    assert played.raised.item == BILL


BATCH = PartiqlBatch((ALL, ALL, ALL))


def failed(code: str) -> Payload:
    return {"Error": {"Code": code, "Message": "no"}}


def test_a_batch_gives_the_row_of_each_statement() -> None:
    played = run(BATCH, {"Responses": [{"Item": BILL}, {}, {"Item": BILL}]})
    bill = Invoice(customer_id="c1", number=7)
    assert played.result == [bill, None, bill]
    assert len(checked(BATCH.compile(REAL)).payload["Statements"]) == 3


def test_throttled_statements_of_a_batch_are_sent_again_alone() -> None:
    first = {"Responses": [{"Item": BILL}, failed("ThrottlingError"), {}]}
    played = run(BATCH, first, {"Responses": [{"Item": BILL}]})
    assert [row is not None for row in played.result] == [True, True, False]
    assert [len(payload["Statements"]) for payload in played.payloads] == [3, 1]


def test_every_statement_of_a_batch_that_failed_has_its_error() -> None:
    writes = PartiqlBatch((PAY, PAY, PAY, PAY))
    answer = [{}, failed("ConditionalCheckFailed"), failed("InternalServerError"), failed("ValidationError")]
    error = run(writes, {"Responses": answer}).raised
    assert isinstance(error, StatementsFailed)
    assert [getattr(one, "code", None) for one in error.errors] == [
        None,
        "ConditionalCheckFailed",
        "InternalServerError",
        "ValidationError",
    ]
    assert isinstance(error.errors[1], ConditionFailed)
    counts = (len(error.done), len(error.unprocessed), len(error.failed), len(error.unknown))
    assert counts == (1, 0, 2, 1)


def test_a_batch_throttled_for_ever_gives_its_statements_back() -> None:
    error = run(PartiqlBatch((ALL,)), *[{"Responses": [failed("ThrottlingError")]}] * 10).raised
    assert isinstance(error, StatementsFailed)
    assert error.unprocessed == (ALL,)


def test_a_lost_reply_to_a_batch_of_writes_leaves_all_unknown() -> None:
    error = run(PartiqlBatch((PAY, PAY)), ReplyLost("reset")).raised
    assert isinstance(error, StatementsFailed)
    assert error.unknown == (PAY, PAY)


def test_a_transaction_is_sent_again_with_its_token() -> None:
    played = run(PartiqlTransaction((PAY, PAY)), ReplyLost("reset"), {"Responses": [{}, {}]})
    assert played.result == [None, None]
    assert played.payloads[0] == played.payloads[1]
    assert played.payloads[0]["ClientRequestToken"]


def test_a_cancelled_transaction_has_a_reason_per_statement() -> None:
    body = {"CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": BILL}]}
    played = run(PartiqlTransaction((PAY, PAY)), ServiceError(400, "TransactionCanceledException", body=body))
    error = played.raised
    assert isinstance(error, TransactionCancelled)
    assert [(reason.operation, reason.code, reason.item) for reason in error.reasons] == [
        (PAY, "None", None),
        (PAY, "ConditionalCheckFailed", BILL),
    ]


TOO_MANY: dict[str, tuple[PartiqlBatch[Any] | PartiqlTransaction[Any], str]] = {
    "empty batch": (PartiqlBatch(()), "got 0 statements; expected 1 to 25"),
    "full batch": (PartiqlBatch((ALL,) * 26), "got 26 statements"),
    "mixed batch": (PartiqlBatch((ALL, PAY)), "reads and writes are mixed"),
    "empty transaction": (PartiqlTransaction(()), "got 0 operations"),
    "full transaction": (PartiqlTransaction((ALL,) * 101), "got 101 operations"),
    "mixed transaction": (PartiqlTransaction((ALL, PAY)), "reads and writes are mixed"),
}


@pytest.mark.parametrize(("many", "message"), TOO_MANY.values(), ids=TOO_MANY)
def test_what_cannot_go_together_is_refused(
    many: PartiqlBatch[Any] | PartiqlTransaction[Any], message: str
) -> None:
    with pytest.raises(StatementError) as caught:
        compiled(many)
    assert message in str(caught.value)
    assert len(many) == len(tuple(many))
