"""AWS Signature Version 4 for JSON requests by POST, with what changes seldom kept from call to call.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from hmac import digest
from time import gmtime, strftime
from typing import TYPE_CHECKING, NamedTuple

from dynakit.operations.reply import CredentialsMissing

if TYPE_CHECKING:
    from _hashlib import HASH

    from dynakit.transport.credentials import AccessKeys

CONTENT_TYPE = "application/x-amz-json-1.0"

_ALGORITHM = "AWS4-HMAC-SHA256"
_HEADERS = "content-type;host;x-amz-date;x-amz-target"
_HEADERS_WITH_TOKEN = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_VISIBLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


class _Derived(NamedTuple):
    """What holds for one day and one pair of keys."""

    keys: AccessKeys
    day: str
    inner: HASH
    outer: HASH
    """The two hashes of an HMAC, which have taken in the key."""
    scope: str
    begin: str
    """``Authorization`` up to the signature."""
    token: str
    """The canonical line of the session token."""
    headers: str


class Signer:
    """Signs requests of one region and service, whose moment is given; may be shared by threads.

    The signed headers are content type, host, date, session token if there is one, and target: proxies may
    change the others.
    """

    def __init__(self, region: str, service: str = "dynamodb") -> None:
        self._region, self._service = region, service
        self._clock = (-1, "")
        self._derived: _Derived | None = None

    def sign(  # noqa: PLR0917 - keywords cost a tenth of a microsecond each
        self, host: str, path: str, target: str, body: bytes, keys: AccessKeys, moment: float
    ) -> tuple[str, str]:
        """Sign a POST of ``body`` with content type :data:`CONTENT_TYPE`.

        Gives the values of the headers ``X-Amz-Date`` and ``Authorization``. ``host`` is as in the header,
        ``path`` as :func:`canonical_path` gives it, ``target`` the value of ``X-Amz-Target``; ``moment`` is
        in seconds since 1970. Raises ``CredentialsMissing`` for keys that no header can hold.
        """
        second = int(moment)
        known, date = self._clock
        if known != second:
            date = strftime("%Y%m%dT%H%M%SZ", gmtime(second))
            self._clock = (second, date)
        derived = self._derived
        if derived is None or derived.day != date[:8] or (derived.keys is not keys and derived.keys != keys):
            derived = self._derived = self._derive(keys, date[:8])
        request = (
            f"POST\n{path}\n\ncontent-type:{CONTENT_TYPE}\nhost:{host}\nx-amz-date:{date}\n{derived.token}"
            f"x-amz-target:{target}\n\n{derived.headers}\n{sha256(body).hexdigest()}"
        )
        text = f"{_ALGORITHM}\n{date}\n{derived.scope}\n{sha256(request.encode()).hexdigest()}"
        inner, outer = derived.inner.copy(), derived.outer.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return date, derived.begin + outer.hexdigest()

    def _derive(self, keys: AccessKeys, day: str) -> _Derived:
        token = keys.session_token
        _check("access key", keys.access_key_id)
        if token:
            _check("session token", token)
        try:
            key = f"AWS4{keys.secret_access_key}".encode()
        except UnicodeEncodeError:
            # That error holds the secret.
            raise CredentialsMissing("the secret access key is no Unicode text") from None
        for part in (day, self._region, self._service, "aws4_request"):
            key = digest(key, part.encode(), "sha256")
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        headers = _HEADERS_WITH_TOKEN if token else _HEADERS
        begin = f"{_ALGORITHM} Credential={keys.access_key_id}/{scope}, SignedHeaders={headers}, Signature="
        line = f"x-amz-security-token:{token}\n" if token else ""
        return _Derived(keys, day, *_hmac(key), scope, begin, line, headers)


def _hmac(key: bytes) -> tuple[HASH, HASH]:
    """The beginnings of an HMAC with SHA-256 by a key of at most 64 bytes.

    Going on from copies takes a third of the time of ``hmac.digest``, which looks up the hash each time.
    https://www.rfc-editor.org/rfc/rfc2104#section-4
    """
    block = key.ljust(64, b"\0")
    return sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))


@cache
def signer_of(region: str, service: str = "dynamodb") -> Signer:
    """The signer all transports of a region share."""
    return Signer(region, service)


def canonical_path(path: str) -> str:
    """The path of a URL as it is signed: without dot segments and empty ones, and quoted once more."""
    from urllib.parse import quote

    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    text = "/".join(segments)
    return quote(f"/{text}/" if text and path.endswith("/") else f"/{text}", safe="/~")


def _check(what: str, value: str) -> None:
    if not _VISIBLE.fullmatch(value):
        raise CredentialsMissing(f"the {what} holds characters, or none at all, that no header can hold")
