"""Resources of templates, without what the AWS CDK writes otherwise and means the same by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

Resources: TypeAlias = Mapping[str, Any]

WITHOUT_ORDER = {"AttributeDefinitions", "Replicas", "Tags"}
DEFAULTS = {"BillingMode": "PROVISIONED", "SSEType": "KMS"}
"""Left out by ``Table``, though not by ``TableV2``."""

OWN_NAMES = {"PolicyName", "RoleARN", "ScalingTargetId"}
"""Of scaling: CDK names its policies, and tells the role that AWS takes anyway."""

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


def comparable(resources: Resources) -> list[tuple[str, Any, Any]]:
    """Type, properties and deletion policies of each, by type; references to a table are its logical id."""
    tables = [name for name, each in resources.items() if "DynamoDB" in each["Type"]]
    assert len(tables) == 1
    found = [
        (
            each["Type"],
            _plain(each["Properties"], tables[0]),
            {name: each[name] for name in POLICIES if each["Type"].startswith("AWS::DynamoDB")},
        )
        for each in resources.values()
    ]
    return sorted(found, key=_canonical)


def _plain(value: object, table: str) -> Any:
    if isinstance(value, list):
        return [_plain(each, table) for each in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    mapping = cast("dict[str, Any]", value)
    if mapping.keys() & {"Fn::Sub", "Fn::Join"}:
        return _text(mapping, table)
    return {
        name: plain
        for name, each in mapping.items()
        if name not in OWN_NAMES and DEFAULTS.get(name) != each
        if (plain := _named(name, _plain(each, table))) != []
    }


def _named(name: str, value: Any) -> Any:
    if name in WITHOUT_ORDER:
        return sorted(value, key=_canonical)
    if name == "PolicyDocument":
        return value | {"Statement": [_scalars(statement) for statement in value["Statement"]]}
    if name == "GlobalSecondaryIndexes":
        # A replica has each index of the table also where it has nothing of its own to say of it.
        return [index for index in value if list(index) != ["IndexName"]]
    return value


def _scalars(statement: dict[str, Any]) -> dict[str, Any]:
    """In a policy, a list of one is that one."""
    return {name: _scalar(value) for name, value in statement.items()}


def _scalar(value: object) -> object:
    if not isinstance(value, list):
        return value
    members = cast("list[object]", value)
    return members[0] if len(members) == 1 else members


def _text(function: dict[str, Any], table: str) -> str:
    if "Fn::Sub" in function:
        text: str = function["Fn::Sub"]
        return text.replace(f"${{{table}}}", "TABLE")
    joint, parts = function["Fn::Join"]
    return str(joint).join("TABLE" if part == {"Ref": table} else str(part) for part in parts)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
