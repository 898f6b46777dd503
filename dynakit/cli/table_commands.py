"""``dynakit table …``: the tables of an endpoint, and what is declared."""

from __future__ import annotations

from typing import Annotated

import typer

from dynakit.cli.options import Endpoint, Form, Output, Profile, Region, Stage, Target, Yes, command_group

app = command_group("Tables, compared with what is declared and changed.")


@app.command()
def create(
    target: Target,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Create tables as declared, and wait until all is active.

    Where one is there already, none is created; see apply.

    Example: dynakit table create schemas.backend:users --endpoint http://localhost:8000
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.table_changes import create_all
    from dynakit.cli.target import find

    tables = find(target).tables
    with connected(tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        create_all(db, tables, stage)


@app.command()
def diff(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Output = Form.TABLE,
) -> None:
    """Show what would make tables as they are declared.

    Leaves with exit code 1 where there is anything to do.

    Example: dynakit table diff schemas.backend --stage prod
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.table_changes import plans_of
    from dynakit.cli.table_shown import show_plans
    from dynakit.cli.target import find

    tables = find(target).tables
    with connected(tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        plans = plans_of(db, tables, stage)
    show_plans(plans, output)
    if not all(plan.is_empty for plan in plans):
        raise typer.Exit(1)


@app.command()
def apply(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    keep: Annotated[
        bool, typer.Option("--keep", help="Change nothing where something would be taken away.")
    ] = False,
    yes: Yes = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Make tables as they are declared.

    The plan is shown and asked for, then one change is made after the other. Cut off, the same command goes
    on with what is left.

    Example: dynakit table apply schemas.backend:users --stage prod
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.table_changes import apply_all, plans_of
    from dynakit.cli.target import find

    tables = find(target).tables
    with connected(tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        apply_all(db, plans_of(db, tables, stage), keep=keep, yes=yes)


@app.command()
def describe(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Output = Form.TABLE,
) -> None:
    """Show tables as they are.

    As JSON or YAML, all that DynamoDB tells of them.

    Example: dynakit table describe schemas.backend:users --output json
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.table_shown import show_descriptions
    from dynakit.cli.target import find

    tables = find(target).tables
    with connected(tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        show_descriptions([db.tables.describe(table, stage=stage) for table in tables], output)


@app.command()
def delete(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    yes: Yes = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Delete tables with all their items.

    It asks first.

    Example: dynakit table delete schemas.backend:users --endpoint http://localhost:8000
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.table_changes import delete_all
    from dynakit.cli.target import find

    tables = find(target).tables
    with connected(tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        delete_all(db, tables, stage, yes=yes)
