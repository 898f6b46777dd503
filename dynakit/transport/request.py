"""One call as a signed HTTP request, and what an HTTP reply says.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from msgspec.json import Decoder, Encoder

from dynakit.errors import EncodeError
from dynakit.operations.reply import ReplyLost, ServiceError
from dynakit.transport.content_encoding import decoded
from dynakit.transport.destination import Destination, destination_of
from dynakit.transport.http_reply import HttpReply
from dynakit.transport.signing import CONTENT_TYPE, signer_of
from dynakit.transport.user_agent import user_agent
from dynakit.wire import Call, Payload, Service

if TYPE_CHECKING:
    from dynakit.transport.credentials import AccessKeys
    from dynakit.transport.endpoint import Endpoint

_APIS: dict[Service, str] = {
    "dynamodb": "DynamoDB_20120810",
    "search": "DynamoDB_20120810",
    "streams": "DynamoDBStreams_20120810",
}
"""What stands in front of the action; other services speak other protocols."""

_AGENT = user_agent()

_LARGE = 2**11
"""Bytes of a page below which it is faster to parse it at once."""

_encode, _decode = Encoder().encode, Decoder().decode


class HttpRequest(NamedTuple):
    """A signed request by POST."""

    destination: Destination
    fields: str
    """All headers, each line with its end."""
    body: bytes

    @property
    def url(self) -> str:
        """The whole URL."""
        return self.destination.url

    @property
    def headers(self) -> dict[str, str]:
        """The headers by their names."""
        return dict(_name_and_value(line) for line in self.fields.splitlines())

    @property
    def head(self) -> bytes:
        """Everything before the body, as it is sent to the server itself or through a tunnel."""
        return f"POST {self.destination.path} HTTP/1.1\r\n{self.fields}\r\n".encode()

    def head_for_proxy(self, authorization: str | None) -> bytes:
        """The same as it is sent to a proxy that sends it on; ``authorization`` is for the proxy alone."""
        own = f"Proxy-Authorization: {authorization}\r\n" if authorization else ""
        return f"POST {self.url} HTTP/1.1\r\n{self.fields}{own}\r\n".encode()


def _name_and_value(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


def headers_of(call: Call) -> dict[str, str]:
    """The headers that make an HTTP request a call; ``ServiceError`` for a service of another protocol."""
    return {"X-Amz-Target": _target(call.service, call.action), "Content-Type": CONTENT_TYPE}


@lru_cache(1024)
def _target(service: Service, action: str) -> str:
    api = _APIS.get(service)
    if api is None:
        raise ServiceError(
            400, "UnknownOperationException", f"{service} is not called in DynamoDB's protocol"
        )
    if not (action.isascii() and action.isalnum()):
        raise ServiceError(400, "UnknownOperationException", "an action has a name of letters and digits")
    return f"{api}.{action}"


def body_of(call: Call) -> bytes:
    """The payload as compact UTF-8. Raises ``EncodeError`` for a text that has no UTF-8 form."""
    try:
        return _encode(call.payload)
    except UnicodeEncodeError:
        raise EncodeError(
            f"{call.action}: a text holds a lone surrogate; Unicode text was expected. Remove the character."
        ) from None


def prepare(
    call: Call, endpoint: Endpoint, keys: AccessKeys, moment: float, agent: str = _AGENT
) -> HttpRequest:
    """The signed request; ``moment`` is in seconds since 1970, by the clock of the service.

    ``agent`` is the value of ``User-Agent``, which is no part of the signature, as proxies may change it.

    Raises ``EncodeError`` as :func:`body_of`, ``ServiceError`` as :func:`headers_of`, and
    ``CredentialsMissing`` for keys that no header can hold or an account that is required and not known.
    """
    destination = destination_of(endpoint.url_for(call, keys))
    target, body = _target(call.service, call.action), body_of(call)
    authority = destination.authority
    date, authorization = signer_of(endpoint.region).sign(
        authority, destination.signed_path, target, body, keys, moment
    )
    token = f"X-Amz-Security-Token: {keys.session_token}\r\n" if keys.session_token else ""
    return HttpRequest(
        destination,
        f"Host: {authority}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n"
        f"X-Amz-Date: {date}\r\nX-Amz-Target: {target}\r\n{token}"
        f"Authorization: {authorization}\r\nAccept-Encoding: identity\r\nUser-Agent: {agent}\r\n",
        body,
    )


def read_reply(reply: HttpReply, *, item_by_item: bool = False) -> Payload:
    """The payload of a reply that came over a wire.

    A 200 counts only with DynamoDB's content type, as a complete JSON object, and with the right checksum
    where there is one. Other statuses are a ``ServiceError`` if the body says which, and 429 in any case.
    Everything else does not come from DynamoDB as it sent it, and raises ``ReplyLost``. ``item_by_item``: as
    in :class:`~dynakit.wire.Call`.
    """
    status, headers, body, _ = reply
    _check_content(status, headers, body)
    # The checksum is that of the bytes as sent.
    coding = headers.get("content-encoding")
    if coding:
        body = decoded(coding, body)
    if item_by_item and status == 200 and len(body) >= _LARGE:
        from dynakit.transport.page_body import unparsed_page

        page = unparsed_page(body)
        if page is not None:
            return page
    return parse_object(200, body) if status == 200 else read_answer(status, headers, body)


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Payload:
    """The same for a reply that a mock made in this process, which may lack what a wire needs."""
    if status == 429:
        raise _throttle(headers, body)
    document = parse_object(status, body)
    if status == 200:
        return document
    raise _service_error(status, headers, document)


def check_wire(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise ``ReplyLost`` for a reply whose content type, length or checksum is not what it should be.

    Headers are looked for by names in lower case.
    """
    length = headers.get("content-length")
    if length is not None and length.strip() != str(len(body)):
        raise ReplyLost(f"the reply (status {status}) was cut short at {len(body)} bytes")
    _check_content(status, headers, body)


def _check_content(status: int, headers: Mapping[str, str], body: bytes) -> None:
    kind = headers.get("content-type", "")
    if kind != CONTENT_TYPE and status == 200:
        kind = kind.partition(";")[0].strip().lower()
        if kind != CONTENT_TYPE:
            raise ReplyLost(f"a reply of type {kind or 'unknown'!r} came, which is not DynamoDB's")
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum.strip() != str(crc32(body)):
        raise ReplyLost(f"the reply (status {status}) does not have its CRC32 checksum")


def parse_object(status: int, body: bytes) -> Payload:
    """Parse a JSON object; anything else raises ``ReplyLost``."""
    try:
        document: Payload | list[object] = _decode(body)
    except (ValueError, RecursionError):
        # The error holds the body, which must not travel along.
        raise ReplyLost(f"the reply (status {status}, {len(body)} bytes) is no complete JSON") from None
    if not isinstance(document, dict):
        raise ReplyLost(f"the reply (status {status}) is no JSON object")
    return document


def _throttle(headers: Mapping[str, str], body: bytes) -> ServiceError:
    """What a 429 says. A gateway's need not name an error, or be JSON; its code is then the number.

    https://www.rfc-editor.org/rfc/rfc6585#section-4
    """
    try:
        told = _service_error(429, headers, parse_object(429, body))
    except ReplyLost:
        told = None
    return told if isinstance(told, ServiceError) else ServiceError(429, "429")


def _service_error(status: int, headers: Mapping[str, str], document: Payload) -> ServiceError | ReplyLost:
    kind = document.get("__type")
    if not isinstance(kind, str) or not kind:
        return ReplyLost(f"a reply of status {status} came that names no error")
    message = document.get("message") or document.get("Message") or ""
    return ServiceError(
        status, kind.rpartition("#")[2], str(message), headers.get("x-amzn-requestid"), document
    )
