"""The commands, as typer sees them: each group in a file of its own."""

from __future__ import annotations

from typing import Annotated

import typer

import dynakit
from dynakit.cli import (
    doctor_command,
    explain_command,
    export_commands,
    export_workbench,
    import_commands,
    items_commands,
    local_commands,
    schema_commands,
    table_commands,
)
from dynakit.cli.options import command_group

app = command_group("Single-table DynamoDB from one declaration.", completion=True)
app.add_typer(schema_commands.app, name="schema")
app.add_typer(export_commands.app, name="export")
export_commands.app.command(name="workbench")(export_workbench.workbench)
app.add_typer(import_commands.app, name="import")
app.add_typer(table_commands.app, name="table")
app.add_typer(items_commands.app, name="items")
app.add_typer(local_commands.app, name="local")
app.command(name="explain")(explain_command.explain)
app.command(name="doctor")(doctor_command.doctor)


def is_usage_error(error: Exception) -> bool:
    """Whether typer raises this for what was typed; it has no public name for all of these."""
    _, usage_error, *_ = typer.BadParameter.__mro__
    return isinstance(error, usage_error)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"dynakit {dynakit.__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Single-table DynamoDB from one declaration.

    A TARGET is module:object, a file path:object, or either alone for all of its tables.
    """


@app.command()
def demo() -> None:
    """Walk through dynakit on an example shop, in memory.

    Example: dynakit demo
    """
    from dynakit.cli.demo import run

    run()
