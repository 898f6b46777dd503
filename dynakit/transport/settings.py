"""What the synchronous and the asynchronous HTTP transport have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dynakit.transport.base import Timeouts
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.interception import Interception
from dynakit.transport.proxies import Proxy, proxy_for

IDLE_SECONDS = 20.0
"""A connection unused for this long is closed, not reused: something on the way may have dropped it."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where calls go, what they are signed with, and how.

    ``verify`` is the path of a CA bundle, ``True`` for the usual one, or ``False`` to check no certificate.
    ``proxies`` is asked for each connection that is opened, with the URL it is for.
    """

    endpoint: Endpoint
    credentials: Credentials
    interception: Interception = field(default_factory=Interception)
    timeouts: Timeouts = field(default_factory=Timeouts)
    verify: str | bool = True
    proxies: Callable[[str], Proxy | None] = proxy_for
