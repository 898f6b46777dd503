"""What AWS accepts of single values that declarations have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from dynakit.errors import DefinitionError, did_you_mean

MAX_TAGS = 50
MAX_TAG_KEY = 128
MAX_TAG_VALUE = 256
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html"""

MAX_POLICY_BYTES = 20 * 1024
"""Without white space, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html"""

MAX_CSV_COLUMNS = 255
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CsvOptions.html"""

MAX_RECOVERY_DAYS = 35

_TAG = re.compile(r"[\w\s.:/=+\-@]*")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
_STREAM = re.compile(r"arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]{1,128}")
_BUCKET = re.compile(r"[a-z0-9A-Z][a-z0-9A-Z._-]{1,253}[a-z0-9A-Z]")
_ACCOUNT = re.compile(r"[0-9]{12}")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")


def check_units(where: object, units: Iterable[object]) -> None:
    """Refuse units that are no whole number of at least one; ``None`` says nothing."""
    for each in units:
        if each is not None and (not isinstance(each, int) or isinstance(each, bool) or each < 1):
            raise DefinitionError(f"{where}: got {each!r}; expected a whole number of at least 1.")


def check_choice(what: str, value: str | None, choices: Any) -> None:
    """Refuse what is not one of the choices of a ``Literal``; ``None`` says nothing."""
    names: tuple[str, ...] = get_args(choices)
    if value is not None and value not in names:
        known = ", ".join(name if name.isidentifier() else repr(name) for name in names)
        raise DefinitionError(f"{what}: got {value!r}{did_you_mean(value, names)}; expected one of {known}.")


def check_region(what: str, region: str) -> None:
    """Refuse what is no region."""
    if not _REGION.fullmatch(region):
        raise DefinitionError(f"{what}: got region {region!r}; expected one such as 'eu-central-1'.")


def check_recovery(days: int | None) -> None:
    """Refuse days that point-in-time recovery does not reach back."""
    if days is not None and not 1 <= days <= MAX_RECOVERY_DAYS:
        raise DefinitionError(f"point_in_time_recovery: got {days} days; expected 1 to {MAX_RECOVERY_DAYS}.")


def check_stream_arn(arn: str) -> None:
    """Refuse what is no ARN of a Kinesis data stream."""
    if not _STREAM.fullmatch(arn):
        raise DefinitionError(
            f"Kinesis stream {arn!r}: expected its ARN, arn:aws:kinesis:REGION:ACCOUNT:stream/NAME."
        )


def check_bucket(bucket: str, owner: str | None) -> None:
    """Refuse what is no name of a bucket in S3, and an owner that is no account."""
    if not _BUCKET.fullmatch(bucket):
        raise DefinitionError(
            f"import from {bucket!r}: expected the name of a bucket, of 3 letters, digits, '.', '-' or more; "
            "files in it are told by prefix=…."
        )
    if owner is not None and not _ACCOUNT.fullmatch(owner):
        raise DefinitionError(f"import from {bucket!r}: expected the owner as an account of 12 digits.")


def check_columns(where: str, names: tuple[str, ...]) -> None:
    """Refuse a header that no CSV file of an import has."""
    if not isinstance(names, tuple | list):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(f"{where}: expected csv_header as a tuple of names, one for each column.")
    if len(names) > MAX_CSV_COLUMNS or "" in names or len({*names}) < len(names):
        raise DefinitionError(
            f"{where}: got a csv_header of {len(names)} names; expected at most {MAX_CSV_COLUMNS}, all "
            "different, none empty."
        )


def check_tags(tags: Mapping[str, str] | None) -> None:
    """Refuse tags that AWS does; those of ``aws:`` are its own."""
    if len(tags or ()) > MAX_TAGS:
        raise DefinitionError(f"tags: got {len(tags or ())}; DynamoDB allows {MAX_TAGS}. Make them fewer.")
    for key, value in (tags or {}).items():
        if not 1 <= len(key) <= MAX_TAG_KEY or len(value) > MAX_TAG_VALUE:
            raise DefinitionError(
                f"tag {key!r}: got a key of {len(key)} and a value of {len(value)} characters; expected 1 to "
                f"{MAX_TAG_KEY}, and at most {MAX_TAG_VALUE}."
            )
        if key.lower().startswith("aws:"):
            raise DefinitionError(
                f"tag {key!r}: tags that begin with 'aws:' are set by AWS alone. Rename it."
            )
        if not _TAG.fullmatch(key) or not _TAG.fullmatch(value):
            raise DefinitionError(
                f"tag {key!r}: expected letters, digits, spaces and '_.:/=+-@' in its key and its value."
            )


def check_policy(what: str, policy: Mapping[str, object] | None) -> None:
    """Refuse what is no policy document, or too large a one."""
    if policy is None:
        return
    if not isinstance(policy, Mapping) or not policy.get("Statement"):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(
            f"{what}: expected a policy document, {{'Version': '2012-10-17', 'Statement': [...]}}, with at "
            "least one statement."
        )
    import json

    try:
        size = len(json.dumps(policy, separators=(",", ":"), ensure_ascii=False).encode())
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{what}: it cannot be written as JSON: {error}.") from error
    if size > MAX_POLICY_BYTES:
        raise DefinitionError(f"{what}: it has {size} bytes; DynamoDB allows {MAX_POLICY_BYTES}. Shorten it.")


def check_variable(where: str, name: str | None) -> None:
    """Refuse what is no environment variable of a function.

    https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
    """
    if name is not None and not _VARIABLE.fullmatch(name):
        raise DefinitionError(
            f"{where}: got environment_variable {name!r}; expected two or more letters, digits and '_', a "
            "letter first."
        )
