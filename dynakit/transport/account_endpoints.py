"""Endpoints of accounts: which account a call is for, and whether it goes to a host of that account.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-account-endpoints.html
"""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias, cast, get_args

from dynakit.errors import ConnectionFailed
from dynakit.transport.aws_hosts import LABEL, Variant, has_account_hosts
from dynakit.wire import Call, Payload

AccountMode: TypeAlias = Literal["disabled", "preferred", "required"]


def account_mode(given: str | None, region: str, variant: Variant) -> AccountMode:
    """The mode of an AWS endpoint, from AWS_ACCOUNT_ID_ENDPOINT_MODE or the profile.

    Raises ``ConnectionFailed`` for a word that is none, and for ``required`` where there are no such hosts.
    """
    mode = (given or "preferred").lower()
    if mode not in get_args(AccountMode):
        raise _wrong(f"{given!r} is none", "preferred, disabled or required")
    if variant.fips or not has_account_hosts("dynamodb", region):
        if mode == "required":
            raise _wrong(f"required cannot be had in {region} or with FIPS", "another region, or preferred")
        return "disabled"
    return cast("AccountMode", mode)


def account_of(call: Call, region: str, account: str | None) -> str | None:
    """The account that a call is for: of the table's ARN where it is named by one, else ``account``.

    Raises ``ValueError`` if that cannot be part of the name of a host.
    """
    resource = _resource(call.payload)
    if resource is not None and resource.startswith("arn:"):
        parts = resource.split(":", 5)
        if len(parts) == 6 and parts[2:4] == ["dynamodb", region] and re.fullmatch(LABEL, parts[4]):
            return parts[4]
    if account is not None and not re.fullmatch(LABEL, account):
        raise ValueError("the account id is no label of a host")
    return account


def _resource(payload: Payload) -> str | None:
    """The name or ARN of the table or stream that a request is about, the first of several."""
    name: Any = payload.get("TableName")
    if name is None:
        name = payload.get("ResourceArn") or payload.get("StreamArn") or payload.get("ShardIterator")
    if name is None and "RequestItems" in payload:
        name = next(iter(payload["RequestItems"]), None)
    if name is None and payload.get("TransactItems"):
        name = next(iter(payload["TransactItems"][0].values())).get("TableName")
    return name if isinstance(name, str) else None


def _wrong(what: str, expected: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"account_id_endpoint_mode: {what}; {expected} was expected. "
        "Check AWS_ACCOUNT_ID_ENDPOINT_MODE and the profile."
    )
