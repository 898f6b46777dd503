"""Requests, held to what DynamoDB takes: botocore's model of the service, and the grammar of expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

import botocore.session
from botocore.validate import ParamValidator

from dynakit import Environment
from dynakit.wire import Call, Payload

if TYPE_CHECKING:
    from botocore.model import ServiceModel

_GRAMMAR = re.compile(r"^[#:A-Za-z0-9_ ().,<>=+\-\[\]]*$")
_PLACEHOLDER = re.compile(r"[#:][A-Za-z0-9_]+")
_BARE_NAME = re.compile(r"(?<![#:\w])[A-Za-z_][A-Za-z0-9_]*")
_MODELS = {"streams": "dynamodbstreams", "kms": "kms", "s3": "s3"}
_WORDS = {
    *(
        "SET",
        "REMOVE",
        "ADD",
        "DELETE",
        "AND",
        "OR",
        "NOT",
        "BETWEEN",
        "IN",
        "begins_with",
        "contains",
        "size",
    ),
    *("attribute_exists", "attribute_not_exists", "attribute_type", "if_not_exists", "list_append"),
}


class Compiled(Protocol):
    """A statement that knows its request."""

    def compile(self, environment: Environment) -> Call: ...


def compiled(statement: Compiled, environment: Environment | None = None) -> Payload:
    """The payload of a statement's request, checked; under a simulated environment by default."""
    return checked(statement.compile(environment or Environment.simulated())).payload


def checked(call: Call) -> Call:
    """Hold a request to the service's model, and each of its expressions to the grammar."""
    shape = _service(_MODELS.get(call.service, "dynamodb")).operation_model(call.action).input_shape
    assert shape is not None
    report = ParamValidator().validate(call.payload, shape)
    assert not report.has_errors(), report.generate_report()
    for part in _with_expressions(call.payload):
        _check_expressions(part)
    return call


@cache
def _service(name: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(name)


def _with_expressions(payload: Payload) -> Iterator[Payload]:
    yield payload
    for member in cast("list[dict[str, Payload]]", payload.get("TransactItems", [])):
        yield from member.values()


def _check_expressions(payload: Payload) -> None:
    written = [str(value) for name, value in payload.items() if name.endswith("Expression")]
    for expression in written:
        assert _GRAMMAR.fullmatch(expression), f"not of the grammar: {expression}"
        assert expression.count("(") == expression.count(")"), expression
        assert set(_BARE_NAME.findall(expression)) <= _WORDS, f"a name without placeholder: {expression}"
    used = {placeholder for expression in written for placeholder in _PLACEHOLDER.findall(expression)}
    names: dict[str, str] = payload.get("ExpressionAttributeNames", {})
    values: Payload = payload.get("ExpressionAttributeValues", {})
    assert used == {*names, *values}, "placeholders used and given differ"
    assert "ExpressionAttributeNames" not in payload or names, "an empty map of names is refused"
    assert "ExpressionAttributeValues" not in payload or values, "an empty map of values is refused"
    assert len(set(names.values())) == len(names), "one name, one placeholder"
