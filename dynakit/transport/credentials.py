"""What requests are signed with: botocore's chain of credentials, loaded when first needed."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from dynakit.operations.reply import CredentialsMissing, NotSent
from dynakit.transport.failures import describe, failure_by_type

if TYPE_CHECKING:
    from botocore.credentials import Credentials as BotocoreCredentials
    from botocore.credentials import ReadOnlyCredentials
    from botocore.session import Session

# What the chain of a session depends on, apart from files. When one of these changes, as it does when a
# mock starts or stops, a session of dynakit's own is made anew.
_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


class Credentials:
    """The credentials of a session, or with ``session=None`` of the environment, found and kept fresh.

    ``local`` is for an endpoint on this machine: where there are no credentials, dummy ones are used, and
    the metadata service of the machine is not asked. May be shared by threads.
    """

    def __init__(self, session: Session | None, *, local: bool) -> None:
        self._session = session
        self._local = local
        self._lock = threading.Lock()
        self._found: BotocoreCredentials | None = None
        self._found_for: tuple[str | None, ...] = ()

    def ready(self) -> bool:
        """Whether :meth:`frozen` will answer without asking a file, a process or the network."""
        found = self._found
        if found is None or self._stale():
            return False
        refresh_needed: Any = getattr(found, "refresh_needed", None)
        return refresh_needed is None or not refresh_needed()

    def frozen(self) -> ReadOnlyCredentials:
        """Key, secret and token that belong together, refreshed when they are about to expire.

        Raises ``CredentialsMissing``, or ``NotSent`` if the network on the way to them failed.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._load()
            if found is not None:
                return found.get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            if failure_by_type(error):
                raise NotSent(f"the source of the credentials was not reached ({describe(error)})") from error
            raise CredentialsMissing(f"the credentials could not be loaded ({error})") from error
        raise CredentialsMissing("no credentials were found")

    def _stale(self) -> bool:
        return self._session is None and self._found_for != _variables()

    def _load(self) -> BotocoreCredentials | None:
        with self._lock:
            if self._found is None or self._stale():
                self._found_for = _variables()
                self._found = self._search()
            return self._found

    def _search(self) -> BotocoreCredentials | None:
        if self._session is not None:
            found: BotocoreCredentials | None = self._session.get_credentials()
        else:
            found = _own_chain(self._local)
        return _dummy() if found is None and self._local else found


def _variables() -> tuple[str | None, ...]:
    return tuple(map(os.environ.get, _VARIABLES))


def _own_chain(local: bool) -> BotocoreCredentials | None:
    import botocore.session

    session = botocore.session.get_session()
    if local:
        session.get_component("credential_provider").remove("iam-role")
    found: BotocoreCredentials | None = session.get_credentials()
    return found


def _dummy() -> BotocoreCredentials:
    from botocore.credentials import Credentials as BotocoreCredentials

    return BotocoreCredentials("local", "local")
