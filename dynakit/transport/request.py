"""One call as a signed HTTP request, and what an HTTP reply says.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

from dynakit import __version__
from dynakit.errors import EncodeError
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.transport.endpoint import Endpoint
from dynakit.wire import Call, Payload, Service

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.credentials import ReadOnlyCredentials

CONTENT_TYPE = "application/x-amz-json-1.0"

_APIS: dict[Service, str] = {
    "dynamodb": "DynamoDB_20120810",
    "search": "DynamoDB_20120810",
    "streams": "DynamoDBStreams_20120810",
}
"""What stands in front of the action; other services speak other protocols."""


def headers_of(call: Call) -> dict[str, str]:
    """The headers that make an HTTP request a call; ``ServiceError`` for a service of another protocol."""
    api = _APIS.get(call.service)
    if api is None:
        raise ServiceError(
            400, "UnknownOperationException", f"{call.service} is not called in DynamoDB's protocol"
        )
    return {"X-Amz-Target": f"{api}.{call.action}", "Content-Type": CONTENT_TYPE}


def body_of(call: Call) -> bytes:
    """The payload as compact UTF-8. Raises ``EncodeError`` for a text that has no UTF-8 form."""
    text = json.dumps(call.payload, separators=(",", ":"), ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise EncodeError(
            f"{call.action}: a text holds a lone surrogate; Unicode text was expected. Remove the character."
        ) from None


def prepare(call: Call, endpoint: Endpoint, credentials: ReadOnlyCredentials) -> AWSPreparedRequest:
    """The signed request, in the form botocore gives to its ``before-send`` handlers."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    url = f"{endpoint.url_of(call.service).removesuffix('/')}/"
    request = AWSRequest("POST", url, headers_of(call), body_of(call))
    signer: Any = SigV4Auth(cast("Any", credentials), "dynamodb", endpoint.region)
    signer.add_auth(request)
    # Proxies may change these two, so they are no part of the signature.
    request.headers["Accept-Encoding"] = "identity"
    request.headers["User-Agent"] = f"dynakit/{__version__}"
    prepared = request.prepare()
    headers: Any = prepared.headers
    for name, value in headers.items():
        headers[name] = value.encode()
    return prepared


def read_reply(status: int, headers: Mapping[str, str], body: bytes) -> Payload:
    """The payload of a reply that came over a wire; ``headers`` are found without regard to case.

    A 200 counts only with DynamoDB's content type, as a complete JSON object, and with the right checksum
    where there is one. Other statuses are a ``ServiceError`` if the body says which. Everything else does
    not come from DynamoDB as it sent it, and raises ``ReplyLost``.
    """
    check_wire(status, headers, body)
    return read_answer(status, headers, body)


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Payload:
    """The same for a reply that a mock made in this process, which may lack what a wire needs."""
    document = parse_object(status, body)
    if status == 200:
        return document
    raise _service_error(status, headers, document)


def check_wire(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise ``ReplyLost`` for a reply whose content type, length or checksum is not what it should be."""
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == 200 and kind != CONTENT_TYPE:
        raise ReplyLost(f"a reply of type {kind or 'unknown'!r} came, which is not DynamoDB's")
    length = headers.get("Content-Length")
    if length is not None and length.strip() != str(len(body)):
        raise ReplyLost(f"the reply (status {status}) was cut short at {len(body)} bytes")
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum.strip() != str(crc32(body)):
        raise ReplyLost(f"the reply (status {status}) does not have its CRC32 checksum")


def parse_object(status: int, body: bytes) -> Payload:
    """Parse a JSON object; anything else raises ``ReplyLost``."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        # The error holds the body, which must not travel along.
        raise ReplyLost(f"the reply (status {status}, {len(body)} bytes) is no complete JSON") from None
    if not isinstance(document, dict):
        raise ReplyLost(f"the reply (status {status}) is no JSON object")
    return cast("Payload", document)


def _service_error(status: int, headers: Mapping[str, str], document: Payload) -> ServiceError | ReplyLost:
    kind = document.get("__type")
    if not isinstance(kind, str) or not kind:
        return ReplyLost(f"a reply of status {status} came that names no error")
    message = document.get("message") or document.get("Message") or ""
    return ServiceError(
        status, kind.rpartition("#")[2], str(message), headers.get("x-amzn-RequestId"), document
    )
