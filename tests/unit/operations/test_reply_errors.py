"""Which error each failure becomes, and what its message says."""

from __future__ import annotations

import pytest

from dynakit import errors
from dynakit.operations.reply import (
    CredentialsMissing,
    Failure,
    NotSent,
    ReplyLost,
    ServiceError,
    is_read,
    request_error,
)
from dynakit.wire import Call

READ = Call("Query", {"TableName": "shop"})
WRITE = Call("PutItem", {"TableName": "shop"})


def _of(code: str, status: int = 400, message: str = "said so") -> ServiceError:
    return ServiceError(status, code, message, "request-1")


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        *((action, True) for action in ("GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems")),
        *((action, True) for action in ("DescribeTable", "ListTables", "DescribeTimeToLive")),
        *((action, False) for action in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")),
        *((action, False) for action in ("TransactWriteItems", "CreateTable", "ExecuteStatement")),
    ],
)
def test_reads_are_the_actions_that_change_nothing(action: str, expected: bool) -> None:
    assert is_read(action) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ResourceNotFoundException", errors.TableMissing),
        ("ProvisionedThroughputExceededException", errors.Throttled),
        ("ThrottlingException", errors.Throttled),
        ("RequestLimitExceeded", errors.Throttled),
        ("Throttling", errors.Throttled),
        ("AccessDeniedException", errors.AccessDenied),
        ("UnrecognizedClientException", errors.AccessDenied),
        ("InvalidSignatureException", errors.AccessDenied),
        ("ExpiredTokenException", errors.AccessDenied),
        ("MissingAuthenticationToken", errors.AccessDenied),
        ("IncompleteSignature", errors.AccessDenied),
        ("ConditionalCheckFailedException", errors.ConditionFailed),
        ("TransactionCanceledException", errors.TransactionCancelled),
        ("ValidationException", errors.RequestError),
        ("ItemCollectionSizeLimitExceededException", errors.RequestError),
        ("SomethingNew", errors.RequestError),
    ],
)
@pytest.mark.parametrize("message", ["said so", "Throttling: ResourceNotFoundException", ""])
def test_errors_are_told_apart_by_code_never_by_message(
    code: str, expected: type[errors.RequestError], message: str
) -> None:
    failure = _of(code, message=message)
    error = request_error(WRITE, failure, 3, "statement")
    assert type(error) is expected
    assert (error.action, error.code, error.request_id) == ("PutItem", code, "request-1")
    assert (error.attempts, error.statement) == (3, "statement")


@pytest.mark.parametrize(
    ("call", "failure", "expected"),
    [
        (READ, NotSent("refused"), errors.ConnectionFailed),
        (WRITE, NotSent("refused"), errors.ConnectionFailed),
        (READ, ReplyLost("reset"), errors.ConnectionFailed),
        (WRITE, ReplyLost("reset"), errors.OutcomeUnknown),
        (READ, _of("InternalServerError", 500), errors.RequestError),
        (WRITE, _of("InternalServerError", 500), errors.OutcomeUnknown),
        (WRITE, CredentialsMissing("none were found"), errors.AccessDenied),
    ],
)
def test_failures_of_the_network_and_faults_of_the_server(
    call: Call, failure: Failure, expected: type[errors.RequestError]
) -> None:
    assert type(request_error(call, failure, 1)) is expected


def test_a_failed_condition_carries_the_item_found() -> None:
    item = {"id": {"S": "1"}}
    error = request_error(WRITE, ServiceError(400, "ConditionalCheckFailedException", body={"Item": item}), 1)
    assert isinstance(error, errors.ConditionFailed)
    assert error.item == item


def test_a_cancelled_transaction_names_its_reasons_by_code() -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"id": {"S": "canary"}}}]
    call = Call(
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "b"}}, {"Delete": {"TableName": "a"}}]},
    )
    error = request_error(
        call, ServiceError(400, "TransactionCanceledException", body={"CancellationReasons": reasons}), 1
    )
    assert isinstance(error, errors.TransactionCancelled)
    assert error.reasons == ()  # made by the flow, which knows the operations
    assert str(error) == (
        "TransactWriteItems on 'a', 'b': cancelled (None, ConditionalCheckFailed); nothing was written."
    )


def _located(failure: Failure) -> Failure:
    failure.endpoint = "http://localhost:8000 (region us-east-1)"
    return failure


@pytest.mark.parametrize(
    ("call", "failure", "expected"),
    [
        (
            READ,
            _located(_of("ResourceNotFoundException")),
            (
                "Query on 'shop' at http://localhost:8000 (region us-east-1): there is no such table or "
                "index; an existing one was expected. Create it, or check the table name bound when "
                "connecting, the endpoint and the region."
            ),
        ),
        (
            WRITE,
            _of("AccessDeniedException", message="User: arn:x is not\n authorized"),
            (
                "PutItem on 'shop': AccessDeniedException: this identity may not do this; allow it "
                "dynamodb:PutItem. User: arn:x is not authorized"
            ),
        ),
        (
            Call("BatchGetItem", {"RequestItems": {"shop": {}, "log": {}}}),
            _of("ValidationException", message="Too\nmany"),
            "BatchGetItem on 'log', 'shop': ValidationException: Too many",
        ),
        (
            READ,
            ServiceError(
                400, "ThrottlingException", body={"ThrottlingReasons": [{"reason": "TableReadKeyRange"}]}
            ),
            (
                "Query on 'shop': throttled to the end (ThrottlingException: TableReadKeyRange; 2 attempts); "
                "nothing was written by the last attempt. Raise the capacity, or spread the keys."
            ),
        ),
        (
            WRITE,
            ReplyLost("no valid reply came (ReadTimeoutError)"),
            (
                "PutItem on 'shop': the reply to a write was lost (last: no valid reply came "
                "(ReadTimeoutError); 2 attempts); whether it was applied cannot be known. "
                "Read the item to find out."
            ),
        ),
        (
            Call("ListTables", {}),
            CredentialsMissing("no credentials were found"),
            (
                "ListTables: no credentials were found; credentials were expected. Set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, choose a profile with AWS_PROFILE, or connect with a session."
            ),
        ),
    ],
)
def test_messages_say_where_what_and_what_to_do(call: Call, failure: Failure, expected: str) -> None:
    assert str(request_error(call, failure, 2)) == expected


@pytest.mark.parametrize(
    "failure",
    [
        _of("ValidationException", message="one\ntwo " + "x" * 5000),
        _of("AccessDeniedException", message="one\r\ntwo"),
        _of("ResourceNotFoundException", message="one\ntwo"),
        _of("InternalServerError", 500, "one\ntwo"),
    ],
)
def test_messages_are_one_short_line(failure: Failure) -> None:
    message = str(request_error(WRITE, failure, 1))
    assert "\n" not in message
    assert "\r" not in message
    assert len(message) < 700


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "TransactionCanceledException", "Other"])
@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("call", [READ, WRITE])
def test_no_message_holds_a_value_of_an_item(code: str, status: int, call: Call) -> None:
    item = {"id": {"S": "canary"}}
    payload = {**call.payload, "Item": item, "Key": item, "ExpressionAttributeValues": {":v": item["id"]}}
    body = {"Item": item, "CancellationReasons": [{"Code": "ConditionalCheckFailed", "Item": item}]}
    failure = ServiceError(status, code, "The conditional request failed", body=body)
    error = request_error(Call(call.action, payload), failure, 1)
    assert "canary" not in f"{error}{error!r}{failure}{failure!r}"
