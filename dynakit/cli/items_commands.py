"""``dynakit items …``: what a table holds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from dynakit.cli.options import (
    Endpoint,
    Form,
    Given,
    Output,
    Profile,
    Region,
    Stage,
    Target,
    Yes,
    command_group,
)

app = command_group("What a table holds.")


class FileFormat(StrEnum):
    """How a file holds items."""

    JSONL = "jsonl"
    CSV = "csv"
    DYNAMODB_JSON = "dynamodb-json"


FileForm: TypeAlias = Annotated[
    FileFormat | None, typer.Option("--format", help="By default csv for a .csv file, else jsonl.")
]
Rate: TypeAlias = Annotated[float | None, typer.Option(help="At most so many capacity units a second.")]
AtOnce: TypeAlias = Annotated[int, typer.Option(min=1, max=64, help="Requests under way at a time.")]
Limit: TypeAlias = Annotated[int | None, typer.Option(min=1, help="At most so many; all without it.")]
Consistent: TypeAlias = Annotated[bool, typer.Option("--consistent", help="Read with strong consistency.")]


@app.command()
def get(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    values: Given = None,
    consistent: Consistent = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Output = Form.TABLE,
) -> None:
    """Show the item of an entity under a primary key. Leave with exit code 1 where there is none.

    Example: dynakit items get schemas.backend:User id=u1 username=ana
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.items_shown import show_one
    from dynakit.cli.target import find

    found = find(target)
    with connected(found.tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        show_one(db, found, values, consistent=consistent, form=output)


@app.command()
def query(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    values: Given = None,
    limit: Limit = None,
    newest_first: Annotated[
        bool, typer.Option("--newest-first", help="From the last sort key to the first.")
    ] = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Output = Form.TABLE,
) -> None:
    """Show the items that a pattern finds, by values of its keys.

    The target is a pattern, or an entity for its primary one.

    Example: dynakit items query schemas.backend:User.by_cpf cpf=52998224725 --limit 10
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.items_shown import show_query
    from dynakit.cli.target import find

    found = find(target)
    with connected(found.tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        show_query(db, found, values, limit=limit, newest_first=newest_first, form=output)


@app.command()
def scan(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    limit: Limit = None,
    consistent: Consistent = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
    output: Output = Form.TABLE,
) -> None:
    """Show the items of an entity, or of all in a table. It reads the whole table.

    Example: dynakit items scan schemas.backend:users --limit 20 --output json
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.items_shown import show_scan
    from dynakit.cli.target import find

    found = find(target)
    with connected(found.tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        show_scan(db, found, limit=limit, consistent=consistent, form=output)


@app.command()
def put(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    file: Annotated[str, typer.Argument(help="A file of JSON; - for standard input.")],
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Store items of an entity, in place of those under their keys.

    The file holds a JSON object, an array of them or JSON lines, as get writes them with --output json. All
    are validated before the first is stored.

    Example: dynakit items put schemas.backend:User user.json
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.items_put import entities_in, put_all
    from dynakit.cli.target import find

    found = find(target)
    items = entities_in(file, found.entity)
    with connected(found.tables, endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        put_all(db, items)


@app.command(name="export")
def export_items(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    to: Annotated[Path | None, typer.Option(help="The file; standard output without it.")] = None,
    file_format: FileForm = None,
    columns: Annotated[
        str | None, typer.Option(help="Columns of CSV, separated by commas; by default all declared.")
    ] = None,
    segments: Annotated[int, typer.Option(min=1, max=1_000_000, help="Parts read on their own.")] = 4,
    at_once: AtOnce = 4,
    items_per_request: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    rate: Rate = None,
    consistent: Consistent = False,
    yes: Yes = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Write all items of a table as they are stored. Cut off, the same command goes on.

    Example: dynakit items export schemas.backend:users --to users.jsonl
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.items_export import Export, export_to_file, export_to_pipe
    from dynakit.cli.items_whole import whole_table, writing_for
    from dynakit.transfer.exporting import TableScan

    table = whole_table(target)
    scan = TableScan(table, segments, min(at_once, segments), consistent, rate, items_per_request)
    writing = writing_for(table, to, file_format, columns)
    with connected([table], endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        export = Export(db, scan, writing, [endpoint, region, profile])
        if to is None:
            export_to_pipe(export)
        else:
            export_to_file(export, to, yes=yes)


@app.command(name="import")
def import_items(  # noqa: PLR0917 - each is an option of the command
    target: Target,
    source: Annotated[
        Path | None, typer.Option("--from", help="The file; standard input without it.")
    ] = None,
    file_format: FileForm = None,
    at_once: AtOnce = 4,
    rate: Rate = None,
    yes: Yes = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    stage: Stage = None,
) -> None:
    """Store items in a table as they are. They replace those under their keys.

    Cut off, the same command goes on.

    Example: dynakit items import schemas.backend:users --from users.jsonl --yes
    """
    from dynakit.cli.connection import connected
    from dynakit.cli.items_import import Import, import_file, import_pipe
    from dynakit.cli.items_whole import format_of, whole_table
    from dynakit.transfer.formats import Reading
    from dynakit.transfer.importing import Importer

    table = whole_table(target)
    importer = Importer(table, at_once=at_once, write_units=rate)
    reading = Reading(table, format_of(source, file_format))
    with connected([table], endpoint=endpoint, region=region, profile=profile, stage=stage) as db:
        into = Import(db, importer, reading, [endpoint, region, profile])
        if source is None:
            import_pipe(into, yes=yes)
        else:
            import_file(into, source, yes=yes)
