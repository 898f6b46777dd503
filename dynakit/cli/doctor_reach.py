"""Whether a server answers at all, and what time it has: asked without a signature."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, build_opener

from dynakit.environment import current
from dynakit.errors import DynakitError
from dynakit.values import dataclass

if TYPE_CHECKING:
    from dynakit.transport.endpoint import Endpoint

TIMEOUT: Final = 5
"""Seconds waited for a connection, and for a reply."""


@dataclass(frozen=True)
class Reached:
    """What came of it: ``problem`` where nothing answered; ``skew`` are the seconds its clock is ahead."""

    problem: str | None = None
    skew: float | None = None


def reach(place: Endpoint) -> Reached:
    """Ask a server for anything; every answer will do, an error too."""
    from dynakit.transport.configuration import Configuration
    from dynakit.transport.endpoint import ca_bundle
    from dynakit.transport.tls import tls_context

    try:
        handlers = [HTTPSHandler(context=tls_context(ca_bundle(Configuration())))] if _is_tls(place) else []
        with build_opener(*handlers).open(place.url, timeout=TIMEOUT) as reply:
            return Reached(skew=_skew(reply.headers))
    except HTTPError as answered:
        with answered:
            return Reached(skew=_skew(answered.headers))
    except URLError as error:
        return Reached(f"{place.url} was not reached: {_reason(error.reason)}. {_ADVICE}")
    except (OSError, HTTPException) as error:
        return Reached(f"{place.url} was not reached: {_reason(error)}. {_ADVICE}")
    except DynakitError as error:
        return Reached(str(error))


_ADVICE: Final = "Check --endpoint, the network, HTTPS_PROXY and NO_PROXY; or start one: dynakit local start"


def _is_tls(place: Endpoint) -> bool:
    return place.url.startswith("https:")


def _reason(error: object) -> str:
    said = error.strerror if isinstance(error, OSError) else None
    return said or str(error) or type(error).__name__


def _skew(headers: Any) -> float | None:
    date = headers.get("date")
    try:
        return None if date is None else parsedate_to_datetime(date).timestamp() - current().now().timestamp()
    except (ValueError, OverflowError):
        return None
