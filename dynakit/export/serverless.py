"""Tables as a ``serverless.yml`` of version 3 of the Serverless Framework, which ``osls`` carries on.

https://github.com/oss-serverless/serverless
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from dynakit.deployment import Deployment
from dynakit.errors import DefinitionError
from dynakit.export import cloudformation
from dynakit.export.printer import Document
from dynakit.export.routes import Route, Statement
from dynakit.export.sam import RUNTIME

_STAGE = "dev"
_VARIABLE = re.compile(r"(?<!\\)\$\{(?!AWS::)")


def export(
    deployments: Sequence[Deployment],
    *,
    service: str | None = None,
    region: str | None = None,
    statements: Sequence[Statement] = (),
    routes: Sequence[Route] = (),
    runtime: str = RUNTIME,
) -> Document:
    """The whole file: provider, what functions may do, functions, tables.

    ``service`` is the name of the service, cleaned to letters, digits and hyphens; that of the first table
    unless given. The stage is that of the tables, ``dev`` where they have none.

    Raises:
        DefinitionError: when there is no table, two would be one resource, or one cannot be made; when the
            tables are of several stages.
    """
    found: Document = {
        "service": service_name(service or next((made.table.name for made in deployments), "")),
        "configValidationMode": "error",
        "provider": _provider(deployments, region, statements, runtime),
    }
    if routes:
        found["functions"] = _functions(routes)
    return found | {"resources": resources(deployments)}


def resources(deployments: Sequence[Deployment]) -> Document:
    """The resources alone, to be included in a file as ``resources: ${file(tables.yml)}``."""
    found = {
        "Resources": cloudformation.resources(deployments),
        "Outputs": cloudformation.outputs(deployments),
    }
    return cast("Document", _escaped(found))


def service_name(name: str) -> str:
    """A name as services can have it: letters, digits and hyphens, a letter first."""
    cleaned = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    cleaned = re.sub(r"^[^A-Za-z]+", "", cleaned)
    return cleaned if len(cleaned) > 1 else f"{cleaned or 'service'}-tables"


def _provider(
    deployments: Sequence[Deployment], region: str | None, statements: Sequence[Statement], runtime: str
) -> Document:
    stages = {made.stage for made in deployments}
    if len(stages) > 1:
        raise DefinitionError("export: the tables are of several stages; expected one. Export them apart.")
    found: Document = {"name": "aws", "runtime": runtime, "stage": next(iter(stages), None) or _STAGE}
    if region is not None:
        found["region"] = region
    variables = cloudformation.variables(deployments)
    if variables:
        found["environment"] = variables
    if statements:
        found["iam"] = {"role": {"statements": _escaped(statements)}}
    return found


def _functions(routes: Iterable[Route]) -> Document:
    found: Document = {}
    for route in routes:
        function = found.setdefault(route.function, {"handler": route.handler, "events": []})
        function["events"].append({"httpApi": {"method": route.method, "path": route.path}})
    return found


def _escaped(value: object) -> object:
    """The same, with ``${…}`` written so that it is no variable of the file."""
    if isinstance(value, str):
        return _VARIABLE.sub(r"\\${", value)
    if isinstance(value, Mapping):
        return {key: _escaped(each) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_escaped(each) for each in cast("Iterable[object]", value)]
    return value
