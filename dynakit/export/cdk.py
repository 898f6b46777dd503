"""Tables as a construct of the AWS CDK, in Python.

https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_dynamodb.html
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator, Sequence
from textwrap import dedent

from dynakit.deployment import Deployment
from dynakit.errors import DefinitionError
from dynakit.export import cdk_global, cdk_overrides, cdk_table
from dynakit.export.names import checked, logical_id, merged
from dynakit.python_source import Call, Name, Statement, literal, statement

_MODULES = ("dynamodb", "iam", "kinesis", "kms", "s3")
_NAMES = ("CfnResource", "CfnTag", "Duration", "RemovalPolicy", "Stack", "Tags")
_MEMBERS = ("node", "to_string")
"""What every construct has."""

_INDENT = 8
_MODULE = '''"""DynamoDB tables, written by `dynakit export cdk`: change their declaration instead."""

{imports}


class Tables(Construct):
    """The tables, each as an attribute{where}."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)

{body}
'''


def export(deployments: Sequence[Deployment]) -> str:
    """The text of a module with the construct ``Tables``, which has an attribute for each table.

    Each is a ``TableV2``; a ``Table`` where write units are fixed, or it is imported. What these have no
    argument for is put into their resource. Tables with replicas want a stack of the region of the first.

    Raises:
        DefinitionError: when there is no table, one has a name that DynamoDB refuses, two would be one
            attribute or resource, or one cannot be made; when tables with replicas begin in different
            regions; for policies that CDK would change.
    """
    checked(deployments)
    merged({logical_id(made): made} for made in deployments)
    tables = merged({attribute_name(made): made} for made in deployments)
    region = _region(deployments)
    blocks = [_check(region)] if region else []
    blocks += [_block(made, f"self.{name}") for name, made in tables.items()]
    body = "\n\n".join(blocks)
    where = f"; for a stack of region {region}" if region else ""
    return _MODULE.format(imports="\n".join(_imports(body)), where=where, body=body)


def attribute_name(made: Deployment) -> str:
    """The attribute that a table is, such as ``backend_users`` for ``BackendUsers``."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+", made.table.name)
    name = "_".join(words).lower()
    taken = keyword.iskeyword(name) or name in _MEMBERS or name[0].isdigit()
    return f"table_{name}" if taken else name


def _region(deployments: Sequence[Deployment]) -> str | None:
    """The region of the first replicas."""
    regions = {made.settings.replicas[0].region: None for made in deployments if made.settings.replicas}
    if len(regions) > 1:
        raise DefinitionError(
            f"export: the first replicas are in {', '.join(regions)}; expected one region, which is that of "
            "the stack. Put the same region first, or export the tables apart."
        )
    return next(iter(regions), None)


def _check(region: str) -> str:
    refused = Call("ValueError", [f"these tables are for a stack of region {region}"])
    return "\n".join(
        [
            f"{' ' * _INDENT}if Stack.of(self).region != {literal(region)}:",
            statement(("raise ", refused), indent=_INDENT + 4),
        ]
    )


def _block(made: Deployment, table: str) -> str:
    lines = [statement(each, indent=_INDENT) for each in _statements(made, table)]
    return "\n".join(lines)


def _statements(made: Deployment, table: str) -> Iterator[Statement]:
    single = cdk_table.is_single(made)
    yield from cdk_table.statements(made, table) if single else cdk_global.statements(made, table)
    overrides = list(cdk_table.overrides(made) if single else cdk_overrides.overrides(made))
    if overrides:
        yield "resource = ", Call("cast", [Name("CfnResource"), Name(f"{table}.node.default_child")])
    for path, value in overrides:
        if value is None:
            yield "", Call("resource.add_property_deletion_override", [path])
        else:
            yield "", Call("resource.add_property_override", [path, value])


def _imports(body: str) -> Iterator[str]:
    used = {node.id for node in ast.walk(ast.parse(dedent(body))) if isinstance(node, ast.Name)}
    if "cast" in used:
        yield "from typing import cast\n"
    yield f"from aws_cdk import {', '.join(name for name in _NAMES if name in used)}"
    for module in _MODULES:
        if module in used:
            yield f"from aws_cdk import aws_{module} as {module}"
    yield "from constructs import Construct"
