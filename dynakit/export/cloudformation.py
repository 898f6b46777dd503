"""Tables as a CloudFormation template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_DynamoDB.html
"""

from __future__ import annotations

from collections.abc import Sequence

from dynakit.deployment import Deployment, deployment
from dynakit.export.global_table import global_table
from dynakit.export.names import checked, logical_id, merged
from dynakit.export.printer import Document
from dynakit.export.scaling import scaling_resources
from dynakit.export.single_table import single_table
from dynakit.table import Table
from dynakit.wire import Payload

VERSION = "2010-09-09"

_UNKNOWN_TO_LINTER = {"cfn-lint": {"config": {"ignore_checks": ["E3039"]}}}
"""cfn-lint wants every defined attribute in a key, also those that DynamoDB wants for a search of vectors."""


def export(deployments: Sequence[Deployment]) -> Document:
    """A template: tables (global ones where they have replicas), their auto-scaling, what they give out.

    Tables are kept when they are taken out of the stack, unless their settings say otherwise.

    Raises:
        DefinitionError: when there is no table, two would be one resource, or one cannot be made.
    """
    return {
        "AWSTemplateFormatVersion": VERSION,
        "Resources": resources(deployments),
        "Outputs": outputs(deployments),
    }


def resources(deployments: Sequence[Deployment]) -> Document:
    """The resources alone, by logical id: the declared name of a table, cleaned to letters and digits."""
    checked(deployments)
    return merged(_resources(made) for made in deployments)


def outputs(deployments: Sequence[Deployment]) -> Document:
    """The name of each table, its ARN, and that of its stream."""
    return merged(_outputs(made) for made in deployments)


def variables(deployments: Sequence[Deployment]) -> Document:
    """The environment variables that functions read the names of tables from."""
    return {
        made.table.environment_variable: {"Ref": logical_id(made)}
        for made in deployments
        if made.table.environment_variable is not None
    }


def arn(table: Table, part: str = "") -> Document:
    """The ARN of a table of the template, or of what stands below it, such as ``/index/GSI1``."""
    name = logical_id(deployment(table))
    return {"Fn::Sub": f"${{{name}.Arn}}{part}"} if part else {"Fn::GetAtt": [name, "Arn"]}


def _resources(made: Deployment) -> Document:
    scaling = {} if made.settings.replicas else scaling_resources(made)
    return merged([{logical_id(made): _table(made)}, scaling])


def _outputs(made: Deployment) -> Document:
    name = logical_id(made)
    found: Document = {
        f"{name}Name": {"Value": {"Ref": name}},
        f"{name}Arn": {"Value": {"Fn::GetAtt": [name, "Arn"]}},
    }
    if made.stream is not None:
        found[f"{name}StreamArn"] = {"Value": {"Fn::GetAtt": [name, "StreamArn"]}}
    return found


def _table(made: Deployment) -> Payload:
    policy = made.settings.deletion_policy or "Retain"
    regional = not made.settings.replicas
    kind, properties = ("Table", single_table(made)) if regional else ("GlobalTable", global_table(made))
    found: Payload = {
        "Type": f"AWS::DynamoDB::{kind}",
        "DeletionPolicy": policy,
        "UpdateReplacePolicy": "Delete" if policy == "Delete" else "Retain",
        "Properties": properties,
    }
    if regional and any(index.narrowed_by for index in made.table.vector_indexes):
        found["Metadata"] = _UNKNOWN_TO_LINTER
    return found
