"""``dynakit import …``: schemas made from what others wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dynakit.cli.options import Endpoint, Profile, Region, Yes, command_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dynakit.client.sync import Client
    from dynakit.table import Table
    from dynakit.wire import Item
    from dynakit.workbench.model import Model

app = command_group("Schemas made from models of other tools.")


@app.callback()
def group() -> None:
    """Schemas made from models of other tools."""


@app.command()
def workbench(  # noqa: PLR0917 - each is an option of the command
    model: Annotated[Path, typer.Argument(help="The model file that NoSQL Workbench wrote.")],
    out: Annotated[
        Path | None, typer.Option(help="The Python file to write; standard output without.")
    ] = None,
    rows: Annotated[
        bool, typer.Option("--rows", help="Also put the model's sample rows into its tables.")
    ] = False,
    endpoint: Endpoint = None,
    region: Region = None,
    profile: Profile = None,
    yes: Yes = False,
) -> None:
    """Write the Python schema of a model of NoSQL Workbench. It has its tables, entities and keys.

    With --rows its tables must be there already; items of the same keys are overwritten.

    Example: dynakit import workbench model.json --out schema.py --rows --endpoint http://localhost:8000
    """
    from dynakit.cli.asking import confirm
    from dynakit.cli.files import print_or_write, read_text
    from dynakit.workbench.document import read_model
    from dynakit.workbench.schema import schema_file

    read = read_model(read_text(model, "Give a model file."))
    if rows and endpoint is None:
        confirm(f"put the sample rows into {', '.join(table.name for table in read.tables)} of AWS", yes=yes)
    print_or_write(schema_file(read), out, yes=yes)
    if rows:
        _put(read, endpoint, region, profile)


def _put(model: Model, endpoint: str | None, region: str | None, profile: str | None) -> None:
    from dynakit.cli.connection import connected
    from dynakit.workbench.stored import table_of

    tables = [(table_of(each), each.sample_rows) for each in model.tables]
    with connected((table for table, _ in tables), endpoint=endpoint, region=region, profile=profile) as db:
        for table, rows in tables:
            _put_into(db, table, rows)


def _put_into(db: Client, table: Table, rows: Sequence[Item]) -> None:
    from dynakit.cli.printing import count_text, tell
    from dynakit.errors import DynakitError, Unprocessed
    from dynakit.workbench.stored import put_rows

    try:
        db.run(put_rows(table, rows, db.environment))
    except Unprocessed as error:
        left = len([*error.failed, *error.unprocessed, *error.unknown])
        cause = f" The cause: {error.__cause__}" if error.__cause__ is not None else ""
        raise DynakitError(
            f"table {table.name}: {left} of {count_text(len(rows), 'row')} were not put. Run the same "
            f"command again.{cause}"
        ) from error
    tell(f"table {table.name}: {count_text(len(rows), 'row')} put")
