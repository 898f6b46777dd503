"""Tables as a template of the Serverless Application Model, with the functions that use them.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dynakit.deployment import Deployment
from dynakit.export import cloudformation
from dynakit.export.names import merged
from dynakit.export.printer import Document
from dynakit.export.routes import ANY, Route, Statement

TRANSFORM = "AWS::Serverless-2016-10-31"
RUNTIME = "python3.13"


def export(
    deployments: Sequence[Deployment],
    *,
    statements: Sequence[Statement] = (),
    routes: Sequence[Route] = (),
    runtime: str = RUNTIME,
) -> Document:
    """The CloudFormation template of the tables, and functions that may do what the statements say.

    Each function has the names of the tables in its environment, where they declare a variable.

    Raises:
        DefinitionError: when there is no table, two would be one resource, or one cannot be made.
    """
    template = cloudformation.export(deployments)
    functions = _functions(routes, statements)
    resources = merged([template["Resources"], functions])
    globals_ = {"Globals": _shared(deployments, runtime)} if functions else {}
    return {
        "AWSTemplateFormatVersion": cloudformation.VERSION,
        "Transform": TRANSFORM,
        **globals_,
        "Resources": resources,
        "Outputs": template["Outputs"],
    }


def _shared(deployments: Sequence[Deployment], runtime: str) -> Document:
    variables = cloudformation.variables(deployments)
    environment = {"Environment": {"Variables": variables}} if variables else {}
    return {"Function": {"Runtime": runtime, **environment}}


def _functions(routes: Iterable[Route], statements: Sequence[Statement]) -> Document:
    found: Document = {}
    policies = {"Policies": [{"Version": "2012-10-17", "Statement": list(statements)}]} if statements else {}
    for route in routes:
        function = found.setdefault(
            route.function,
            {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Handler": route.handler, "CodeUri": ".", **policies, "Events": {}},
            },
        )
        events: Document = function["Properties"]["Events"]
        method = "ANY" if route.method == ANY else route.method
        events[f"Route{len(events) + 1}"] = {
            "Type": "HttpApi",
            "Properties": {"Path": route.path, "Method": method},
        }
    return found
