"""botocore's chain of credentials, and whether there is anything it could find."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from dynakit.operations.reply import CredentialsMissing, Failure, NotSent
from dynakit.transport.configuration import PROFILE_VARIABLES, has_files

if TYPE_CHECKING:
    from botocore.credentials import Credentials as BotocoreCredentials
    from botocore.credentials import ReadOnlyCredentials
    from botocore.session import Session

T = TypeVar("T")

_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "BOTO_CONFIG",
    *PROFILE_VARIABLES,
)
_FILES = ("/etc/boto.cfg", "~/.boto")


def may_be_found() -> bool:
    """Whether anything but the metadata service of the machine could give credentials."""
    if any(name in os.environ for name in _VARIABLES):
        return True
    return has_files() or any(os.path.exists(os.path.expanduser(file)) for file in _FILES)


def search(session: Session | None, *, metadata: bool) -> BotocoreCredentials | None:
    """What the chain of a session gives, or with ``None`` that of the process, metadata service or not.

    Raises ``CredentialsMissing`` or ``NotSent``, as :func:`frozen` does.
    """
    return _explained(lambda: _searched(session, metadata))


def frozen(source: BotocoreCredentials) -> ReadOnlyCredentials:
    """Key, secret, token and account that belong together, refreshed when they are about to expire."""
    return _explained(source.get_frozen_credentials)


def _searched(session: Session | None, metadata: bool) -> BotocoreCredentials | None:
    if session is None:
        import botocore.session

        session = botocore.session.get_session()
        if not metadata:
            session.get_component("credential_provider").remove("iam-role")
    found: BotocoreCredentials | None = session.get_credentials()
    return found


def _explained(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Exception as error:
        raise _failure(error) from error


def _failure(error: Exception) -> Failure:
    """What an error of the chain means; the text of one that is not botocore's may hold anything."""
    from botocore.exceptions import BotoCoreError, ClientError

    from dynakit.transport.failures import describe, failure_by_type

    if failure_by_type(error):
        return NotSent(f"the source of the credentials was not reached ({describe(error)})")
    told = str(error) if isinstance(error, BotoCoreError | ClientError) else describe(error)
    return CredentialsMissing(f"the credentials could not be loaded ({told})")
