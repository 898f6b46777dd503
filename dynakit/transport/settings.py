"""What the synchronous and the asynchronous HTTP transport have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from dynakit.operations.reply import ServiceError
from dynakit.transport.base import Timeouts
from dynakit.transport.credentials import Credentials
from dynakit.transport.endpoint import Endpoint
from dynakit.transport.http_reply import HttpReply
from dynakit.transport.interception import Interception
from dynakit.transport.proxies import Proxy, proxy_for
from dynakit.transport.request import read_reply
from dynakit.transport.skew import ClockSkew
from dynakit.transport.user_agent import user_agent
from dynakit.values import dataclass
from dynakit.wire import Payload

IDLE_SECONDS = 20.0
"""A connection unused for this long is closed, not reused: something on the way may have dropped it."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where calls go, what they are signed with, and how.

    ``verify`` is the path of a CA bundle, ``True`` for the usual one, or ``False`` to check no certificate.
    ``proxies`` is asked for each connection that is opened, with the URL it is for. ``skew`` is what is known
    of the service's clock. ``agent`` is the value of ``User-Agent``.
    """

    endpoint: Endpoint
    credentials: Credentials
    interception: Interception = field(default_factory=Interception)
    timeouts: Timeouts = field(default_factory=Timeouts)
    verify: str | bool = True
    proxies: Callable[[str], Proxy | None] = proxy_for
    skew: ClockSkew = field(default_factory=ClockSkew)
    agent: str = field(default_factory=user_agent)

    def read(self, reply: HttpReply, moment: float, *, item_by_item: bool = False) -> Payload:
        """The payload of a reply to a request signed for ``moment``; a refusal for that sets the clock."""
        try:
            return read_reply(reply, item_by_item=item_by_item)
        except ServiceError as error:
            self.skew.learn(error, reply.headers.get("date"), moment)
            raise
