"""``dynakit export …``: what is made from the declaration besides requests."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from dynakit.cli.options import Stage, Target, command_group

if TYPE_CHECKING:
    from dynakit.deployment import Deployment
    from dynakit.export.printer import Document

app = command_group("Infrastructure, permissions and schemas from the declaration.")


class Text(StrEnum):
    """How a document is written."""

    JSON = "json"
    YAML = "yaml"


class Json(StrEnum):
    """Which JSON of an entity is meant."""

    SERIALIZATION = "serialization"
    VALIDATION = "validation"


Output: TypeAlias = Annotated[Text, typer.Option("--output", "-o", help="How the document is written.")]


@app.command()
def cloudformation(target: Target, stage: Stage = None, output: Output = Text.YAML) -> None:
    """Write a CloudFormation template of tables. It has their auto-scaling and outputs.

    Example: dynakit export cloudformation schemas.backend:users > template.yml
    """
    from dynakit.export.cloudformation import export

    _print(export(_deployments(target, stage)), output)


@app.command()
def sam(target: Target, stage: Stage = None, output: Output = Text.YAML) -> None:
    """Write a template of the Serverless Application Model.

    Example: dynakit export sam schemas.backend:users > template.yml
    """
    from dynakit.export.sam import export

    _print(export(_deployments(target, stage)), output)


@app.command()
def serverless(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    stage: Stage = None,
    service: Annotated[str | None, typer.Option(help="The name of the service.")] = None,
    region: Annotated[str | None, typer.Option(help="The AWS region to deploy to.")] = None,
    resources: Annotated[bool, typer.Option("--resources", help="Write the resources alone.")] = False,
    output: Output = Text.YAML,
) -> None:
    """Write a serverless.yml, or resources to include in one.

    Example: dynakit export serverless schemas.backend:users --service backend > serverless.yml
    """
    from dynakit.export import serverless as exported

    made = _deployments(target, stage)
    whole = exported.resources(made) if resources else exported.export(made, service=service, region=region)
    _print(whole, output)


@app.command()
def terraform(target: Target, stage: Stage = None) -> None:
    """Write a configuration of Terraform, in its JSON syntax.

    Example: dynakit export terraform schemas.backend:users > tables.tf.json
    """
    from dynakit.export.terraform import export

    _print(export(_deployments(target, stage)), Text.JSON)


@app.command()
def cdk(target: Target, stage: Stage = None) -> None:
    """Write a Python module with a construct of the AWS CDK.

    Example: dynakit export cdk schemas.backend > tables.py
    """
    from dynakit.cli.printing import out
    from dynakit.export.cdk import export

    out(export(_deployments(target, stage)))


@app.command()
def jsonschema(
    target: Target,
    mode: Annotated[
        Json, typer.Option(help="The JSON that entities are given out as, or the JSON that they take in.")
    ] = Json.SERIALIZATION,
    openapi: Annotated[
        bool, typer.Option("--openapi", help="Write an OpenAPI document with them as its components.")
    ] = False,
    output: Output = Text.JSON,
) -> None:
    """Write the JSON Schema of entities.

    Example: dynakit export jsonschema schemas.backend:User --mode validation
    """
    from dynakit.cli.target import find
    from dynakit.export import jsonschema as exported

    entities = find(target).entities
    _print((exported.openapi if openapi else exported.export)(entities, mode=mode.value), output)


@app.command()
def iam(
    target: Target,
    use: Annotated[str, typer.Option(help="What code does, such as get,put,query.")],
    tenant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ATTRIBUTE=VALUE",
            help="Only items whose partition key has it, as customer_id=${aws:PrincipalTag/customer}.",
        ),
    ] = None,
    stage: Stage = None,
    output: Output = Text.JSON,
) -> None:
    """Write the least IAM policy for what code does.

    A table stands for its entities, an entity for all its patterns, a pattern for itself. What is done with
    a table, such as lease or create, is about the table of the target.

    Example: dynakit export iam schemas.backend:User.by_cpf --use query
    """
    from dynakit.cli.permissions import least_policy
    from dynakit.cli.target import find

    _print(least_policy(find(target), use, tenant=tenant, stage=stage), output)


def _deployments(target: str, stage: str | None) -> list[Deployment]:
    from dynakit.cli.target import find
    from dynakit.deployment import deployment

    return [deployment(table, stage) for table in find(target).tables]


def _print(document: Document, text: Text) -> None:
    from dynakit.cli.printing import out
    from dynakit.export.printer import as_json, as_yaml

    out(as_json(document) if text is Text.JSON else as_yaml(document))
