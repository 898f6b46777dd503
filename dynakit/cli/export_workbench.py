"""``dynakit export workbench``: a schema as a model of NoSQL Workbench."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dynakit.cli.options import Endpoint, Profile, Region, Stage, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dynakit.client.sync import Client
    from dynakit.table import Table
    from dynakit.wire import Item


def workbench(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    name: Annotated[
        str | None, typer.Option(help="What the model is called; else as its first table.")
    ] = None,
    rows: Annotated[
        int, typer.Option(min=0, help="Take so many sample rows from each table; made up without.")
    ] = 0,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Write a model of NoSQL Workbench. It has a facet for each entity, and sample rows.

    Example: dynakit export workbench schemas.backend > model.json
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.printing import out, tell
    from dynakit.cli.target import find
    from dynakit.cli.usage import UsageError
    from dynakit.environment import Environment
    from dynakit.export.printer import as_json
    from dynakit.workbench.export import export, left_out

    tables = find(target).tables
    if not rows and (endpoint or region or profile):
        raise UsageError("a server is named, but no rows are asked for. Add --rows, such as --rows 25.")
    taken: Mapping[Table, Sequence[Item]] = {}
    if rows:
        with connected(tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
            taken = {table: _taken(db, table, rows) for table in tables}
    for table in tables:
        for each in left_out(table):
            tell(f"table {table.name}: left out: {each}")
    model = export(tables, name or tables[0].name, rows=taken, written=Environment().now())
    out(as_json(model))


def _taken(db: Client, table: Table, count: int) -> list[Item]:
    """The first items of a table, at most so many."""
    found: list[Item] = []
    request: dict[str, object] = {"TableName": db.environment.table_name(table), "Limit": count}
    while len(found) < count:
        reply = db.call("Scan", request)
        found += reply["Items"]
        if "LastEvaluatedKey" not in reply:
            break
        request = {**request, "ExclusiveStartKey": reply["LastEvaluatedKey"]}
    return found[:count]
