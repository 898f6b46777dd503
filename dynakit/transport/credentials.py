"""What requests are signed with: keys of the environment, else of botocore's chain, loaded when first needed.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

import math
import os
import threading
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from dynakit.environment import current
from dynakit.operations.reply import CredentialsMissing
from dynakit.transport.configuration import PROFILE_VARIABLES
from dynakit.transport.credential_sources import frozen, may_be_found, search
from dynakit.transport.variables import Snapshot, Variables
from dynakit.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.credentials import Credentials as BotocoreCredentials
    from botocore.credentials import RefreshableCredentials
    from botocore.session import Session

_KEY, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
_ACCOUNT = "AWS_ACCOUNT_ID"

# What the chain of a session depends on, apart from files. When one of these changes, as it does when a
# mock starts or stops, keys that are not those of a given session are looked for anew.
_VARIABLES = Variables(_KEY, _SECRET, *_TOKENS, _ACCOUNT, *PROFILE_VARIABLES)

_LOOK_AGAIN = 1
"""Seconds after which botocore is asked again whether its credentials are about to expire."""

_WAITED_FOR = 600
"""Seconds before their end from which on botocore lets everybody wait for new keys."""


@dataclass(frozen=True, slots=True)
class AccessKeys:
    """An access key, its secret and, where they are temporary, its session token.

    ``account_id`` is the account they belong to, where their source tells it.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    account_id: str | None = None


_DUMMY = AccessKeys("local", "local")


@dataclass(frozen=True, slots=True)
class _Found:
    """Keys, the variables they were found with, and what knows whether they are about to expire."""

    seen: Snapshot
    keys: AccessKeys
    source: RefreshableCredentials | None = None
    looked: float = 0.0
    """When the source was asked, by the clock that keys expire by, which goes on while a machine sleeps."""
    good_until: float = -math.inf
    """When to wait for new keys, by the same clock."""

    @property
    def fresh(self) -> bool:
        return self.source is None or 0 <= _now() - self.looked < _LOOK_AGAIN


class Credentials:
    """The credentials of a session, or with ``session=None`` of the process, found and kept fresh.

    Environment variables come first and need no botocore, unless they choose a profile: then botocore judges,
    as it does for files, roles, containers and the metadata service. ``local`` is for an endpoint on this
    machine: where there are no credentials, dummy ones are used, and the metadata service of the machine is
    not asked. May be shared by threads; one of them refreshes while the others go on with what is valid.
    """

    def __init__(self, session: Session | None, *, local: bool) -> None:
        self._session = session
        self._local = local
        self._lock = threading.Lock()
        self._found: _Found | None = None
        _all.add(self)

    def at_hand(self) -> AccessKeys | None:
        """The keys if they are known without asking a file, a process or the network, else ``None``.

        As long as they stay the same they are the same object.
        """
        found = self._found
        if found is None or not self._holds(found):
            return None
        return found.keys if found.source is None or found.fresh else None

    def keys(self) -> AccessKeys:
        """Keys that belong together, refreshed when they are about to expire.

        Raises ``CredentialsMissing``, or ``NotSent`` if the network on the way to them failed.
        """
        return self.at_hand() or self._asked()

    def good(self) -> AccessKeys | None:
        """The keys known, if they are good to go on with while somebody else refreshes them."""
        found = self._found
        return found.keys if found is not None and self._holds(found) and _now() < found.good_until else None

    def forked(self) -> None:
        """Make locks that nobody holds, in a child that was forked while a thread of its parent held one."""
        self._lock = threading.Lock()
        sources: list[Any] = [
            self._found and self._found.source,
            getattr(self._session, "_credentials", None),
        ]
        for source in sources:
            if hasattr(source, "_refresh_lock"):
                source._refresh_lock = threading.Lock()

    def _holds(self, found: _Found) -> bool:
        return self._session is not None or found.seen == _VARIABLES.snapshot()

    def _asked(self) -> AccessKeys:
        found = self._searched_once()
        if not found.fresh:
            assert found.source is not None
            found = self._found = _refreshed(found)
        return found.keys

    def _searched_once(self) -> _Found:
        """What is found by one thread for all that come meanwhile."""
        with self._lock:
            if self._found is None or not self._holds(self._found):
                self._found = None
                self._found = self._search()
            return self._found

    def _search(self) -> _Found:
        seen = _VARIABLES.snapshot()
        keys = self._known()
        if keys is not None:
            return _Found(seen, keys)
        source = search(self._session, metadata=not self._local)
        if source is not None:
            return _of_source(seen, source)
        if self._local:
            return _Found(seen, _DUMMY)
        raise CredentialsMissing("no credentials were found")

    def _known(self) -> AccessKeys | None:
        """The keys that are found without botocore."""
        if self._session is not None:
            return None
        return _of_environment() or (_DUMMY if self._local and not may_be_found() else None)


_all: WeakSet[Credentials] = WeakSet()


def _forked() -> None:
    for one in _all:
        one.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def _of_environment() -> AccessKeys | None:
    """What botocore's chain finds first, where no profile was chosen.

    An AWS_CREDENTIAL_EXPIRATION changes nothing: there is no way to refresh keys that stand here.
    """
    get = os.environ.get
    key = get(_KEY)
    if not key or any(name in os.environ for name in PROFILE_VARIABLES):
        return None
    secret = get(_SECRET)
    if not secret:
        raise CredentialsMissing(f"{_KEY} is set and {_SECRET} is not")
    token = next(filter(None, map(get, _TOKENS)), None)
    return AccessKeys(key, secret, token, get(_ACCOUNT) or None)


def _of_source(seen: Snapshot, source: BotocoreCredentials) -> _Found:
    refreshable: Any = source if hasattr(source, "refresh_needed") else None
    until, keys = _good_until(refreshable), _frozen(source)
    return _Found(seen, keys, refreshable, _looked(refreshable), until)


def _refreshed(found: _Found) -> _Found:
    """The same after botocore has had the chance to refresh them, which it lets one thread do."""
    assert found.source is not None
    until, keys = _good_until(found.source), _frozen(found.source)
    return replace(
        found,
        keys=found.keys if keys == found.keys else keys,
        looked=_looked(found.source),
        good_until=until,
    )


def _good_until(source: Any) -> float:
    """Asked before the keys are: so the end is never that of later ones."""
    end: datetime | None = getattr(source, "_expiry_time", None)
    return -math.inf if end is None else end.timestamp() - _WAITED_FOR


def _looked(source: RefreshableCredentials | None) -> float:
    """Now; for keys that will be over before they are looked at again, a time that is long ago."""
    over_soon = source is not None and source.refresh_needed(_LOOK_AGAIN)
    return -math.inf if over_soon else _now()


def _now() -> float:
    return current().now().timestamp()


def _frozen(source: BotocoreCredentials) -> AccessKeys:
    key, secret, token, *account = frozen(source)
    if not key or not secret:
        raise CredentialsMissing("the source of the credentials gave no key")
    return AccessKeys(key, secret, token or None, account[0] if account else None)
