"""Tables as a Terraform configuration in JSON, for the AWS provider.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from dynakit.deployment import Deployment
from dynakit.errors import DefinitionError
from dynakit.export.names import checked, logical_id, merged
from dynakit.export.printer import Document
from dynakit.export.terraform_beside import beside
from dynakit.export.terraform_table import Expression, keys_of, table_arguments
from dynakit.wire import Payload

PROVIDER = {"source": "hashicorp/aws", "version": ">= 6.30.0, < 7.0.0"}
"""Since that version indexes have a ``key_schema`` and can have keys of several attributes."""


def export(deployments: Sequence[Deployment]) -> Document:
    """A configuration, to be saved as ``NAME.tf.json``: tables, replicas, auto-scaling, policies, outputs.

    A table with replicas is made in the region of the first of them, any other in the provider's.
    Terraform refuses to destroy the tables unless their deletion policy is ``Delete``.

    Raises:
        DefinitionError: when there is no table, two would be one resource, or one has what the provider
            cannot make: vector indexes, and replicas that differ in tags, table class or days of recovery.
    """
    checked(deployments)
    data = merged(keys_of(made) for made in deployments)
    found: Document = {
        "terraform": {"required_providers": {"aws": PROVIDER}},
        **({"data": {"aws_kms_key": data}} if data else {}),
        "resource": {
            "aws_dynamodb_table": merged(_table(made) for made in deployments),
            **_beside(deployments),
        },
        "output": merged(_outputs(made) for made in deployments),
    }
    return cast("Document", _written(found))


def _table(made: Deployment) -> Payload:
    if made.table.vector_indexes:
        raise DefinitionError(
            f"table {made.table.name!r}: it has a vector index, which Terraform's AWS provider cannot make. "
            "Export it as CloudFormation."
        )
    return {logical_id(made): table_arguments(made)}


def _beside(deployments: Sequence[Deployment]) -> Payload:
    kinds: dict[str, list[Payload]] = {}
    for made in deployments:
        for kind, label, arguments in beside(made):
            kinds.setdefault(kind, []).append({label: arguments})
    return {kind: merged(each) for kind, each in kinds.items()}


def _outputs(made: Deployment) -> Payload:
    name = logical_id(made)
    address = f"aws_dynamodb_table.{name}"
    found = {f"{name}Name": f"${{{address}.name}}", f"{name}Arn": f"${{{address}.arn}}"}
    if made.stream is not None:
        found[f"{name}StreamArn"] = f"${{{address}.stream_arn}}"
    return {name: {"value": Expression(value)} for name, value in found.items()}


def _written(value: object) -> object:
    """The same, with text that is no expression written so that it is none."""
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, Mapping):
        return {key: _written(each) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_written(each) for each in cast("Sequence[object]", value)]
    return value
