"""Where a URL leads: what a connection is made to, and what stands in each request sent there."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from urllib.parse import quote, urlsplit

from dynakit.transport.signing import canonical_path
from dynakit.values import dataclass

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, eq=False)
class Destination:
    """A URL taken apart; the same object as long as it is the same URL, so it is told apart by identity.

    ``host`` and ``port`` are connected to, over TLS if ``tls``. ``authority`` is the value of the ``Host``
    header, ``path`` what is asked for, and ``signed_path`` the same as a signature has it.
    """

    url: str
    tls: bool
    host: str
    port: int
    authority: str
    path: str
    signed_path: str = field(repr=False)

    @property
    def host_and_port(self) -> str:
        """The form a proxy is told of a tunnel in."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@lru_cache(256)
def destination_of(url: str) -> Destination:
    """The destination of an endpoint's URL, to whose path a ``/`` is added where it has none at its end.

    A name outside ASCII is written by IDNA. Raises ``ValueError`` for one that has no such form.
    """
    parts = urlsplit(f"{url.removesuffix('/')}/")
    host, usual = (parts.hostname or "").encode("idna").decode("ascii"), _PORTS[parts.scheme]
    port = parts.port or usual
    authority = f"[{host}]" if ":" in host else host
    if port != usual:
        authority = f"{authority}:{port}"
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return Destination(
        f"{parts.scheme}://{authority}{path}",
        parts.scheme == "https",
        host,
        port,
        authority,
        path,
        canonical_path(path),
    )
