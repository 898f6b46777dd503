"""The proxy a URL is reached through, by the environment variables that everybody uses.

``https_proxy`` and ``http_proxy`` by the scheme of the URL, ``no_proxy`` for hosts reached directly; each in
small or in capital letters, the small ones first. The rules are those of ``urllib.request``, whose import
costs too much.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from dynakit.errors import ConnectionFailed
from dynakit.values import dataclass

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy spoken to over ``scheme`` (``http`` or ``https``).

    ``authorization`` is the value of the ``Proxy-Authorization`` header, where a user was given; no text of a
    proxy shows it.
    """

    scheme: str
    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def proxy_for(url: str) -> Proxy | None:
    """The proxy of the environment for a URL, ``None`` where it is reached directly.

    Raises ``ConnectionFailed`` for a proxy that is none of HTTP.
    """
    parts = urlsplit(url)
    given = _variable(parts.scheme)
    if given is None or _is_exempt(parts.netloc):
        return None
    return _read(given, parts.scheme)


def _variable(kind: str) -> str | None:
    small = os.environ.get(f"{kind}_proxy")
    if small is not None:
        return small or None
    if kind == "http" and "REQUEST_METHOD" in os.environ:
        # A CGI server sets HTTP_PROXY from a header that anybody may send (CVE-2016-1000110).
        return None
    return os.environ.get(f"{kind}_proxy".upper()) or None


def _is_exempt(netloc: str) -> bool:
    listed = _variable("no")
    if listed is None or listed == "*":
        return listed == "*"
    host = netloc.lower()
    name, _, port = host.rpartition(":")
    forms = (host, name) if port.isdecimal() and name else (host,)
    suffixes = [one.strip().lstrip(".").lower() for one in listed.split(",") if one.strip()]
    return any(form == suffix or form.endswith(f".{suffix}") for form in forms for suffix in suffixes)


def _read(given: str, kind: str) -> Proxy:
    """A proxy as it stands in a variable; one without a scheme is spoken to over ``http``."""
    text = given if "://" in given else f"http://{given.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        usual = _PORTS[parts.scheme]
        port = parts.port or usual
        host = (parts.hostname or "").encode("idna").decode("ascii")
        authorization = _authorization(parts)
    except (ValueError, KeyError):
        raise _unusable(kind) from None
    if not host:
        raise _unusable(kind)
    return Proxy(parts.scheme, host, port, authorization)


def _authorization(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(user.encode()).decode('ascii')}"


def _unusable(kind: str) -> ConnectionFailed:
    # What stands there may hold a password.
    return ConnectionFailed(
        f"{kind}_proxy: no proxy that can be used; http://host:port or https://host:port was expected. "
        f"Check {kind}_proxy and {kind.upper()}_PROXY, or add the endpoint's host to no_proxy."
    )
